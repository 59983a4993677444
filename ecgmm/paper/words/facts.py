"""What the words of a page say of its ECG: where which lead is, its scale, the heart rate."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ecgmm.paper.layouts import TWELVE_LEADS
from ecgmm.paper.words.alphabet import CHARACTERS, INDEX, fold
from ecgmm.paper.words.answers import NOTHING
from ecgmm.paper.words.lines import lines
from ecgmm.paper.words.word import Character, Word

SPEEDS_MM_PER_S = (5.0, 6.25, 10.0, 12.5, 25.0, 50.0, 100.0)
GAINS_MM_PER_MV = (2.5, 5.0, 10.0, 20.0, 40.0)
HEART_RATES_BPM = (20.0, 300.0)

LEAST_SURE = 0.35
_LEAST_READ = 0.12
"""Noise is read as words of less; `25mm/s` in print of 1.5 mm has a character of little more."""

_NUMBER = r"(?<!\d)(\d[\dISBZ]{0,2}(?:\.\d{1,2})?)"
_MM = r"\s?\.?\s?[mMrnhHNW]{1,2}\s?[mMrnhHNW]{1,2}"
"""In small print the arches of an `m` part, and run together with the next."""

_SPEED = re.compile(_NUMBER + _MM + r"\s?[/1I]{0,2}\s?[S5]")
_GAIN = re.compile(_NUMBER + _MM + r"\s?[/1IP]?\s?[mMrnhHNW]{1,2}[1I]?\s?V")
_RATE_NAMES = (
    "HR", "HF", "FC", "VR", "Vent. rate", "Vent rate", "Ventricular rate", "Heart rate", "Rate",
    "Frequenz", "Herzfrequenz", "Average", "Pulse",
)  # fmt: skip
_RATE_UNITS = ("bpm", "/min", "/ min", "lpm", "1/min", "beats/min")
_NAMED_RATE = re.compile(
    rf"(?:^|[^A-Za-z])(?:{'|'.join(re.escape(fold(name)) for name in _RATE_NAMES)})"
    r"[^A-Za-z\d]{0,6}(?:\(?bPm\)?)?[^A-Za-z\d]{0,6}(\d{2,3})(?![\d/])",
    re.IGNORECASE,
)
_RATE_WITH_UNIT = re.compile(
    rf"(?<![\d./])(\d{{2,3}})\s*(?:{'|'.join(re.escape(fold(unit)) for unit in _RATE_UNITS)})",
    re.IGNORECASE,
)
_AS_DIGIT = str.maketrans("ISBZ", "1582")
_STROKES_OF = {"I": 1, "1": 1, "II": 2, "III": 3}
_STROKES = ("I", "II", "III")
_MOST_OF_STROKES = 4
"""Of one name on a page: the marks of an axis are many, and read as `I` each."""


@dataclass(frozen=True)
class PlacedLead:
    """The name of a lead on a page.

    Attributes:
        name: as `layouts.TWELVE_LEADS` spells it.
        left_px: its left end.
        middle_px: the height of its middle.
        height_px: height of its capitals.
        confidence: from 0 to 1.
    """

    name: str
    left_px: float
    middle_px: float
    height_px: float
    confidence: float


@dataclass(frozen=True)
class PrintedFacts:
    """What a page says of itself.

    Attributes:
        leads: every word that is the name of a lead.
        speed_mm_per_s: paper speed; None where it is not printed, or two different ones are.
        gain_mm_per_mv: height of a millivolt; None likewise.
        heart_rate_bpm: the heart rate that the machine measured; None likewise.
    """

    leads: tuple[PlacedLead, ...] = ()
    speed_mm_per_s: float | None = None
    gain_mm_per_mv: float | None = None
    heart_rate_bpm: float | None = None

    @property
    def upright_evidence(self) -> float:
        """How much speaks for this being the right way up: about the number of sure lead names.

        A bar is an `I`, and so is an `I` upside down: strokes weigh a tenth.
        """
        names = sum(of.confidence * (0.1 if of.name in _STROKES else 1.0) for of in self.leads)
        return names + 2 * (self.speed_mm_per_s is not None) + 2 * (self.gain_mm_per_mv is not None)


def printed_facts(words: Sequence[Word]) -> PrintedFacts:
    """Find lead names, scale and heart rate among the words of a page."""
    read = [word for word in words if word.confidence >= _LEAST_READ]
    said = [" ".join(fold(word.text) for word in line) for line in lines(read)]
    return PrintedFacts(
        leads=_without_marks([lead for word in words for lead in _leads(word)]),
        speed_mm_per_s=_only(_numbers(_SPEED, said, SPEEDS_MM_PER_S)),
        gain_mm_per_mv=_only(_numbers(_GAIN, said, GAINS_MM_PER_MV)),
        heart_rate_bpm=_heart_rate(said),
    )


def _leads(word: Word) -> list[PlacedLead]:
    """The lead that a word names, if it does."""
    scores = {name: _score(word, name) for name in TWELVE_LEADS}
    name = max(scores, key=lambda of: scores[of])
    if scores[name] < LEAST_SURE:
        return []
    return [PlacedLead(name, word.left_px, word.middle_px, word.height_px, scores[name])]


def _without_marks(leads: Sequence[PlacedLead]) -> tuple[PlacedLead, ...]:
    """The names without strokes that stand all over the page, as the marks of an axis do."""
    counts = Counter(lead.name for lead in leads)
    marks = {name for name in _STROKES if counts[name] > _MOST_OF_STROKES}
    return tuple(lead for lead in leads if lead.name not in marks)


def _score(word: Word, name: str) -> float:
    """How likely a word is to be a lead's name."""
    if not word.characters:
        return word.confidence if word.text.casefold() == name.casefold() else 0.0
    first, last = word.characters[0], word.characters[-1]
    return max(
        _spells(word.characters, name),
        _spells(word.characters[1:], name) * _is_nothing(first),
        _spells(word.characters[:-1], name) * _is_nothing(last),
    )


def _spells(characters: Sequence[Character], name: str) -> float:
    """How likely characters are to spell a name: as likely as the least likely of them."""
    if set(name) == {"I"}:
        return _strokes(characters, len(name))
    if len(characters) != len(name):
        return 0.0
    return min(
        _probability(character, _spellings(letter))
        for character, letter in zip(characters, name, strict=True)
    )


def _strokes(characters: Sequence[Character], count: int) -> float:
    """How likely characters are so many strokes, read one by one or together."""
    read = [_STROKES_OF.get(CHARACTERS[of.index], count + 1) for of in characters]
    if not read or sum(read) != count:
        return 0.0
    return min(
        _probability(of, [sign for sign, strokes in _STROKES_OF.items() if strokes == number])
        for of, number in zip(characters, read, strict=True)
    )


def _is_nothing(character: Character) -> float:
    """How likely what was read next to a name is a beat or a mark."""
    return float(character.probabilities[NOTHING])


def _spellings(letter: str) -> tuple[str, ...]:
    return {"1": ("I", "1"), "a": ("a", "A")}.get(letter, (letter,))


def _probability(character: Character, same: Iterable[str]) -> float:
    return float(sum(character.probabilities[INDEX[of]] for of in same))


def _numbers(pattern: re.Pattern[str], said: Sequence[str], known: Sequence[float]) -> set[float]:
    found = {
        float(number.translate(_AS_DIGIT)) for line in said for number in pattern.findall(line)
    }
    return found & set(known)


def _heart_rate(said: Sequence[str]) -> float | None:
    """The rate that stands behind its name or before its unit."""
    low, high = HEART_RATES_BPM
    rates = {
        float(number)
        for pattern in (_NAMED_RATE, _RATE_WITH_UNIT)
        for line in said
        for number in pattern.findall(line)
    }
    return _only({rate for rate in rates if low <= rate <= high})


def _only(found: set[float]) -> float | None:
    return found.pop() if len(found) == 1 else None
