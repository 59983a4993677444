"""From a picture of a page to the words on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.words.characters import each_once, find_characters
from ecgmm.paper.words.lines import join_words
from ecgmm.paper.words.word import Character, Word

COARSE_PX_PER_MM = 4.0
"""At this scale lead names, 2 to 5 mm high on most machines, are 8 to 20 pixels high."""

FINE = 2
"""How much more finely small print is looked at again."""

USUAL_PAGE_MM = 280.0
"""Longest side of a page whose scale is not known: between A4 and letter paper, less a margin."""

_SMALL_PRINT_PX = 12.0
_PAPER_MM = 5.0
_DARKEST_SHARE = 99.7
_FAINTEST_INK = 0.25
_MARGIN_PX = 12
_MOST_FINE_SHARE = 0.25


def read_words(light: NDArray[np.uint8], px_per_mm: float | None = None) -> tuple[Word, ...]:
    """Read what is printed on a page.

    The whole page is looked at once at 4 px/mm, which is enough for lead names; where there is
    smaller print, that is looked at again at 8 px/mm.

    Args:
        light: `[height, width]` or `[height, width, 3]`, dark ink on light paper, the right way up
            within some 5 degrees; grid and traces may be on it.
        px_per_mm: its scale; by default its longer side is taken for that of a usual page.

    Returns:
        The words, in no order, in pixels of the picture.
    """
    if px_per_mm is None:
        px_per_mm = max(light.shape[:2]) / USUAL_PAGE_MM
    grey = (
        light if light.ndim == 2 else np.asarray(cv2.cvtColor(light, cv2.COLOR_RGB2GRAY), np.uint8)
    )
    shrink = COARSE_PX_PER_MM / px_per_mm
    fine = _resized(grey, FINE * shrink)
    coarse = _darkness(_resized(fine, 1 / FINE))
    found = find_characters(coarse)
    boxes = _small_print(found, coarse.shape)
    if boxes:
        dark = _darkness(fine, FINE)
        found = each_once([*found, *(of for box in boxes for of in _looked_at_again(dark, box))])
    return tuple(_scaled(word, 1 / shrink) for word in join_words(found))


def _resized(grey: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=how), np.uint8)


def _darkness(grey: NDArray[np.uint8], scale: int = 1) -> NDArray[np.float32]:
    """From 0 for the paper around a place to 1 for the page's ink."""
    size = 1 + 2 * round(scale * COARSE_PX_PER_MM * _PAPER_MM / 2)
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    paper = cv2.blur(paper, (size, size)).astype(np.float32)
    dark = 1 - grey / np.maximum(paper, 1)
    ink = max(_FAINTEST_INK, float(np.percentile(dark[::4, ::4], _DARKEST_SHARE)))
    return np.clip(dark / ink, 0, 1).astype(np.float32)


Box = tuple[int, int, int, int]
"""Left, top, right and bottom, pixels of the coarse picture."""


def _small_print(characters: Sequence[Character], shape: tuple[int, ...]) -> list[Box]:
    """Boxes around small print, those that are fullest of it first, up to a share of the page."""
    mask = np.zeros(shape, np.uint8)
    for of in characters:
        if of.cap_height_px < _SMALL_PRINT_PX:
            left, right = round(of.x_px) - 2 * _MARGIN_PX, round(of.x_px) + 2 * _MARGIN_PX
            top, bottom = round(of.y_px) - _MARGIN_PX, round(of.y_px) + _MARGIN_PX
            cv2.rectangle(mask, (left, top), (right, bottom), 1, cv2.FILLED)
    _, _, found, _ = cv2.connectedComponentsWithStats(mask)
    boxes, room = [], _MOST_FINE_SHARE * mask.size
    for left, top, width, height, _ in sorted(found[1:].tolist(), key=_emptiness):
        if width * height <= room:
            room -= width * height
            boxes.append((left, top, left + width, top + height))
    return boxes


def _emptiness(component: Sequence[int]) -> float:
    _, _, width, height, filled = component
    return -filled / (width * height)


def _looked_at_again(dark: NDArray[np.float32], box: Box) -> list[Character]:
    """What a box of the fine picture says, in pixels of the coarse one."""
    left, top, right, bottom = (FINE * side for side in box)
    return [
        replace(
            of,
            x_px=(of.x_px + left + 0.5) / FINE - 0.5,
            y_px=(of.y_px + top + 0.5) / FINE - 0.5,
            cap_height_px=of.cap_height_px / FINE,
        )
        for of in find_characters(np.ascontiguousarray(dark[top:bottom, left:right]))
    ]


def _scaled(word: Word, factor: float) -> Word:
    return replace(
        word,
        left_px=factor * word.left_px,
        top_px=factor * word.top_px,
        right_px=factor * word.right_px,
        bottom_px=factor * word.bottom_px,
    )
