"""The characters that the reader of print knows.

Letters that differ from another in size alone share one character (`c` and `C`, `o` and zero), and
so do strokes that many typefaces print alike (`I`, `l`, `|`). `II` and `III` are characters of
their own: as lead names they are printed so tightly that their strokes run together.
"""

from __future__ import annotations

_ALIKE = {
    **{letter: letter.upper() for letter in "ckpsuvwxz"},
    "o": "0", "O": "0", "l": "I", "|": "I", ",": ".", "\N{EN DASH}": "-", "\N{EM DASH}": "-",
}  # fmt: skip

CHARACTERS: tuple[str, ...] = (
    *"0123456789", *"CIKPSUVWXZ", *"AaBbDdEeFfGgHhiJjLMmNnQqRrTtYy", *"/.:-%()*+=", "II", "III",
)  # fmt: skip
"""Every character that is told apart, each by the sign that stands for it."""

INDEX = {character: index for index, character in enumerate(CHARACTERS)}


def fold(text: str) -> str:
    """A text as the reader would read it: each letter as the one that stands for those alike."""
    return "".join(_ALIKE.get(letter, letter) for letter in text)


def spell(text: str) -> list[str]:
    """The characters of a word without spaces; `II` and `III` are one where they are all of it.

    Raises:
        KeyError: for a sign that is not among the characters.
    """
    folded = fold(text)
    if folded in ("II", "III"):
        return [folded]
    return [CHARACTERS[INDEX[letter]] for letter in folded]
