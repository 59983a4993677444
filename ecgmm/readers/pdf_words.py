"""The words that a page of a PDF holds as text, with their places: exact, where there are any."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

from ecgmm.paper.words.word import Word

MAX_CHARACTERS = 20_000
"""Ten full pages of text: an ECG's page has some hundreds."""
LONGEST_WORD = 40
"""Grids that are set in type, a character a dot, are longer than any word."""

_WIDEST_GAP = 0.6
_LARGEST_RISE = 0.5

Glyph = tuple[str, float, float, float, float]
"""A character with left, top, right and bottom of its ink, pixels of the drawn page."""


def page_words(page: Any, width_px: int, height_px: int) -> list[Word]:
    """Read the text of a page.

    Args:
        page: pypdfium2's.
        width_px: of the page as it is drawn.
        height_px: of the page as it is drawn.

    Returns:
        Its words in pixels of the drawn page, whatever the order of the text in the file.
    """
    words: list[list[Glyph]] = [[]]
    for glyph in _glyphs(page, width_px, height_px):
        text = glyph[0]
        if text.isspace() or (words[-1] and not _goes_on(words[-1][-1], glyph)):
            words.append([])
        if not text.isspace():
            words[-1].append(glyph)
    return [_word(glyphs) for glyphs in words if 0 < len(glyphs) <= LONGEST_WORD]


def _glyphs(page: Any, width_px: int, height_px: int) -> Iterator[Glyph]:
    text_page = page.get_textpage()
    for index in range(min(text_page.count_chars(), MAX_CHARACTERS)):
        text = text_page.get_text_range(index, 1)
        left, bottom, right, top = text_page.get_charbox(index)
        corners = [
            _on_picture(page, width_px, height_px, x, y) for x, y in ((left, top), (right, bottom))
        ]
        (x0, x1), (y0, y1) = (sorted(side) for side in zip(*corners, strict=True))
        yield text, x0, y0, x1, y1


def _on_picture(page: Any, width_px: int, height_px: int, x: float, y: float) -> tuple[int, int]:
    """Where a point of the page is drawn, whichever way the page is turned."""
    from pypdfium2 import raw

    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, width_px, height_px, 0, x, y, across, down)
    return across.value, down.value


def _goes_on(before: Glyph, glyph: Glyph) -> bool:
    """Whether a character stands right behind another on its line."""
    _, _, top, right, bottom = before
    _, left, own_top, _, own_bottom = glyph
    height = max(bottom - top, own_bottom - own_top, 1)
    gap = left - right
    rise = min(abs(own_bottom - bottom), abs(own_top - top))
    return -height < gap < _WIDEST_GAP * height and rise < _LARGEST_RISE * height


def _word(glyphs: list[Glyph]) -> Word:
    texts, lefts, tops, rights, bottoms = zip(*glyphs, strict=True)
    return Word("".join(texts), min(lefts), min(tops), max(rights), max(bottoms))
