"""Pieces of a printed page, and where on them every character stands."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.raster_page import lay_over
from ecgmm.paper.words.alphabet import INDEX, spell
from ecgmm.pipeline.lettering.surroundings import draw_marks, draw_traces, grid
from ecgmm.pipeline.lettering.typefaces import Typeface, random_typeface
from ecgmm.pipeline.lettering.wording import random_wording

HEIGHT_PX, WIDTH_PX = 96, 224
CAP_HEIGHT_PX = (5.5, 26.0)
"""Height of the capitals that a reader is to know."""

LOOKS_THE_SAME_TURNED = frozenset(map(INDEX.__getitem__, "0INSHXZ8/.:-%*+="))
_MOST_WORDS = 9
_TRIES = 4
_LEAN = 0.09
_TURNED_SHARE = 0.2
_MOST_BLUR_PX = 1.2
_OPAQUE = 255


@dataclass(frozen=True)
class PlacedCharacter:
    """A character of a crop.

    Attributes:
        index: in `alphabet.CHARACTERS`.
        x_px: its middle.
        y_px: the middle between the base line and the top of its line's capitals.
        width_px: of its ink.
        cap_height_px: of its line.
    """

    index: int
    x_px: float
    y_px: float
    width_px: float
    cap_height_px: float


@dataclass(frozen=True)
class Crop:
    """A piece of a page.

    Attributes:
        dark: `[96, 224]` float32, from 0 for paper to 1 for full ink.
        characters: what is written on it.
        quarter_turns: how often it was turned; unless 0, nothing on it is to be read.
    """

    dark: NDArray[np.float32]
    characters: tuple[PlacedCharacter, ...]
    quarter_turns: int


def random_crop(rng: np.random.Generator) -> Crop:
    """Print something and take a picture of it."""
    turns = int(rng.integers(1, 4)) if rng.random() < _TURNED_SHARE else 0
    shape = (HEIGHT_PX, WIDTH_PX) if turns % 2 == 0 else (WIDTH_PX, HEIGHT_PX)
    ink = np.zeros(shape, np.uint8)
    draw_traces(ink, rng)
    draw_marks(ink, rng)
    characters = _write_words(ink, rng)
    dark = np.maximum(grid(shape, rng), ink.astype(np.float32) / _OPAQUE)
    dark, characters = _leaning(dark, characters, rng)
    dark = np.ascontiguousarray(np.rot90(dark, -turns))
    characters = [_turned(character, turns, shape) for character in characters]
    return Crop(_photographed(dark, rng), tuple(characters), turns)


def _write_words(ink: NDArray[np.uint8], rng: np.random.Generator) -> list[PlacedCharacter]:
    """Write words that do not overlap, most of them in one typeface."""
    height, width = ink.shape
    taken = np.zeros(ink.shape, bool)
    written: list[PlacedCharacter] = []
    face = None
    for _ in range(int(rng.integers(1, _MOST_WORDS + 1))):
        if face is None or rng.random() < 0.3:
            face = random_typeface(float(rng.uniform(*CAP_HEIGHT_PX)), rng)
            darkness, spacing = (
                rng.uniform(0.45, 1.0),
                rng.choice([0.0, 0.0, rng.uniform(-0.05, 0.3)]),
            )
        line, characters = _line(random_wording(rng), face, spacing * face.cap_height_px)
        for _ in range(_TRIES):
            left, top = int(rng.integers(-10, width - 10)), int(rng.integers(-4, height - 4))
            rows = slice(max(0, top), max(0, top + line.shape[0]))
            columns = slice(max(0, left), max(0, left + line.shape[1]))
            if not taken[rows, columns].any():
                taken[rows, columns] = True
                lay_over(ink, (darkness * line).astype(np.uint8), left, top)
                written += [_moved(character, left, top) for character in characters]
                break
    return written


def _line(
    text: str, face: Typeface, spacing_px: float
) -> tuple[NDArray[np.uint8], list[PlacedCharacter]]:
    """A line of text on a tile of its own."""
    cap_px = face.cap_height_px
    foot_px, pen_px = 1.3 * cap_px + 2, 2.0
    tile = np.zeros(
        (round(1.9 * cap_px) + 4, round(1.4 * cap_px * len(text) + spacing_px * len(text)) + 8),
        np.uint8,
    )
    characters = []
    for word in text.split(" "):
        drawn = []
        for letter in word:
            glyph = face.glyph(letter)
            left, top = pen_px + glyph.left_px, foot_px + glyph.top_px
            lay_over(tile, glyph.ink, round(left), round(top))
            inked = np.flatnonzero(glyph.ink.max(axis=0) > _OPAQUE // 4)
            if len(inked):
                drawn.append((round(left) + inked[0], round(left) + inked[-1] + 1))
            pen_px += glyph.advance_px + spacing_px
        pen_px += 0.45 * cap_px + spacing_px
        characters += _placed(word, drawn, foot_px - cap_px / 2, cap_px)
    return tile[:, : round(pen_px) + 2], characters


def _placed(
    word: str, drawn: list[tuple[int, int]], y_px: float, cap_px: float
) -> list[PlacedCharacter]:
    known = [letter for letter in word if letter in _KNOWN]
    if len(known) != len(word) or len(drawn) != len(word):
        return []
    spelt = spell(word)
    if len(spelt) == 1:
        drawn = [(drawn[0][0], drawn[-1][1])]
    return [
        PlacedCharacter(INDEX[sign], (left + right) / 2 - 0.5, y_px, right - left, cap_px)
        for sign, (left, right) in zip(spelt, drawn, strict=True)
    ]


_KNOWN = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/.:-%()*+=|,")


def _moved(character: PlacedCharacter, left: int, top: int) -> PlacedCharacter:
    return PlacedCharacter(
        character.index,
        character.x_px + left,
        character.y_px + top,
        character.width_px,
        character.cap_height_px,
    )


def _leaning(
    dark: NDArray[np.float32], characters: list[PlacedCharacter], rng: np.random.Generator
) -> tuple[NDArray[np.float32], list[PlacedCharacter]]:
    """The crop as a page that lies askew shows it, in boxes that are not quite square."""
    height, width = dark.shape
    middle = np.array([width / 2, height / 2])
    turn = rng.normal(0, _LEAN / 2) if rng.random() < 0.6 else 0.0
    stretch = rng.uniform(0.85, 1.18)
    matrix = np.array(
        [[stretch * np.cos(turn), -np.sin(turn)], [stretch * np.sin(turn), np.cos(turn)]]
    )
    offset = middle - matrix @ middle
    leaning = cv2.warpAffine(
        dark,
        np.column_stack([matrix, offset]),
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    moved = []
    for of in characters:
        x, y = matrix @ (of.x_px, of.y_px) + offset
        moved.append(PlacedCharacter(of.index, x, y, of.width_px * stretch, of.cap_height_px))
    return np.asarray(leaning, np.float32), moved


def _turned(of: PlacedCharacter, turns: int, shape: tuple[int, int]) -> PlacedCharacter:
    """Where a character is after quarter turns clockwise of a crop of that shape."""
    x, y = of.x_px, of.y_px
    height, width = shape
    for _ in range(turns):
        x, y, height, width = height - 1 - y, x, width, height
    return PlacedCharacter(of.index, x, y, of.width_px, of.cap_height_px)


def _photographed(dark: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Blurred, shrunk, noisy, compressed; from 0 to 1."""
    blur_px = rng.uniform(0, _MOST_BLUR_PX) * (rng.random() < 0.7)
    if blur_px > 0.2:
        dark = np.asarray(cv2.GaussianBlur(dark, (0, 0), blur_px), np.float32)
    if rng.random() < 0.35:
        shrink = rng.uniform(0.45, 1.0)
        small = cv2.resize(dark, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        dark = np.asarray(cv2.resize(small, dark.shape[::-1]), np.float32)
    ink, paper = rng.uniform(0.6, 1.15), rng.uniform(-0.03, 0.08)
    noise = rng.normal(0, rng.choice([0, 0.02, 0.06]), dark.shape)
    levels = np.clip(_OPAQUE * (1 - paper - (ink - paper) * dark - noise), 0, _OPAQUE)
    grey = levels.astype(np.uint8)
    if rng.random() < 0.5:
        quality = int(rng.integers(15, 95))
        _, file = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
        grey = np.asarray(cv2.imdecode(file, cv2.IMREAD_GRAYSCALE), np.uint8)
    return (1 - grey.astype(np.float32) / _OPAQUE).astype(np.float32)
