"""From characters to words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ecgmm.paper.words.alphabet import CHARACTERS
from ecgmm.paper.words.word import Character, Word

WIDEST_STEP = 1.2
"""From the middle of a character to that of the next, in heights of the capitals.

In typewriters' type it is 1.07 and across a space 2.1; in others some 0.9 and, across a space, 1.3.
"""

WIDEST_STEP_OF_WIDE = 1.45
_LARGEST_RISE = 0.35
_LARGEST_CHANGE = 2.0
_SAME_LINE = 0.6
_WIDE = frozenset("MmW%")
_HALF_WIDTH = 0.4


def join_words(characters: Sequence[Character]) -> list[Word]:
    """Chain characters that stand next to each other at one height and in one size."""
    rest = sorted(characters, key=lambda of: of.x_px)
    words = []
    while rest:
        chain = [rest.pop(0)]
        while (following := _next(chain[-1], rest)) is not None:
            rest.remove(following)
            chain.append(following)
        words.append(_word(chain))
    return words


def _next(of: Character, rest: Sequence[Character]) -> Character | None:
    """The nearest character to the right that goes on with the word."""
    for other in rest:
        if other.x_px - of.x_px > WIDEST_STEP_OF_WIDE * _LARGEST_CHANGE * of.cap_height_px:
            return None
        if _goes_on(of, other):
            return other
    return None


def _goes_on(of: Character, other: Character) -> bool:
    low, high = sorted((of.cap_height_px, other.cap_height_px))
    size_px = math.sqrt(low * high)
    is_wide = {CHARACTERS[of.index], CHARACTERS[other.index]} & _WIDE
    return (
        high < _LARGEST_CHANGE * low
        and abs(of.y_px - other.y_px) < _LARGEST_RISE * size_px
        and 0 < other.x_px - of.x_px <= (WIDEST_STEP_OF_WIDE if is_wide else WIDEST_STEP) * size_px
    )


def _word(chain: Sequence[Character]) -> Word:
    size_px = float(np.median([of.cap_height_px for of in chain]))
    middle_px = float(np.median([of.y_px for of in chain]))
    return Word(
        text="".join(CHARACTERS[of.index] for of in chain),
        left_px=chain[0].x_px - _HALF_WIDTH * size_px,
        top_px=min(of.y_px for of in chain) - size_px / 2
        if len(chain) > 1
        else middle_px - size_px / 2,
        right_px=chain[-1].x_px + _HALF_WIDTH * size_px,
        bottom_px=max(of.y_px for of in chain) + size_px / 2
        if len(chain) > 1
        else middle_px + size_px / 2,
        confidence=min(float(of.probabilities[of.index]) for of in chain),
        characters=tuple(chain),
    )


def lines(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The words in lines from top to bottom, each from left to right."""
    rest = sorted(words, key=lambda word: word.middle_px)
    while rest:
        reach_px = rest[0].middle_px + _SAME_LINE * rest[0].height_px
        line = [word for word in rest if word.middle_px <= reach_px]
        rest = rest[len(line) :]
        yield sorted(line, key=lambda word: word.left_px)
