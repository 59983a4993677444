"""What speaks against the reading of a page once its beats are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis import words
from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.decode import decode_beats
from ecgmm.analysis.heart_rate import heart_rate_bpm
from ecgmm.analysis.reading import Beat
from ecgmm.grid import STEP_S
from ecgmm.paper.strips import PaperStrip, PaperStrips

LARGEST_DIFFERENCE = 0.05
"""What machines' rates of a regular rhythm differ by is well below; a wrong scale is far above."""
LARGEST_LOSS = 0.05
"""Of what a page shows: half a second of a row, less than a beat."""
SHORTEST_WHOLE_S = 4.8
"""Rows of 5 s at 50 mm/s, and of 10 s, are whole; of less, no rhythm is told for sure."""
FEWEST_BEATS_APART = 3
LARGEST_SHARE_APART = 0.2
"""By one or two beats rows differ at their ends and where a lead is small."""
_TRUSTED_SHARE = 0.5


class Doubt(NamedTuple):
    """A doubt in a few words for beside the verdict, and in a sentence."""

    brief: str
    sentence: str


def printed_rate_doubt(
    printed_bpm: float | None, beats: Sequence[Beat], gaps: Sequence[tuple[float, float]] = ()
) -> Doubt | None:
    """What to say where the page prints another heart rate than was read.

    Args:
        printed_bpm: the rate on the page; None where none is printed.
        beats: the beats that were read.
        gaps: `(start_s, end_s)` of each span that could not be read.

    Returns:
        The doubt; None where both agree to a twentieth, or one is not known.
    """
    read_bpm = heart_rate_bpm(beats, gaps)
    if printed_bpm is None or read_bpm is None:
        return None
    if abs(read_bpm / printed_bpm - 1) <= LARGEST_DIFFERENCE:
        return None
    return Doubt(
        f"{printed_bpm:g} bpm printed",
        f"The page prints a heart rate of {printed_bpm:g} bpm, and {words.whole_bpm(read_bpm)} bpm "
        "was read: beats or paper speed may be wrong.",
    )


def lost_time_doubt(read_s: float, shown_s: float, whole_s: float | None) -> Doubt | None:
    """What to say where a page was not read from end to end, or shows very little.

    Args:
        read_s: how many seconds could be read.
        shown_s: how many its rows last, as they were found.
        whole_s: how many a whole row of its layout lasts; None where any length is usual.
    """
    expected_s = max(shown_s, whole_s or 0.0)
    if read_s < (1.0 - LARGEST_LOSS) * expected_s:
        brief = f"{words.lasting(read_s)} of {expected_s:.0f} s read"
        return Doubt(brief, f"Only part of its rows was read: {brief}.")
    if read_s < SHORTEST_WHOLE_S:
        brief = f"only {words.lasting(read_s)} read"
        return Doubt(brief, f"It is short: {brief}.")
    return None


def rows_doubt(
    strips: Sequence[PaperStrip], step_beats: Iterable[NDArray[np.float32]], beats: BeatList
) -> Doubt | None:
    """What to say where a row shows many more beats than all rows come to, or a rhythm row fewer.

    A small lead hides beats, so that fewer of them tell something in a rhythm row only. Steps next
    to a border between leads, where bars and leaps look like beats, do not count.

    Args:
        strips: the rows.
        step_beats: `[250, 6]` of each of them, in the order of `labels.STEP_CLASSES`.
        beats: those of all rows together.
    """
    has_shared_rows = any(len(strip.leads) > 1 for strip in strips)
    for number, (strip, of_strip) in enumerate(zip(strips, step_beats, strict=True), 1):
        own_s = decode_beats(of_strip).time_s
        own, common = (_trusted(strip, each) for each in (own_s, beats.time_s - strip.start_s))
        is_rhythm_row = has_shared_rows and len(strip.leads) == 1
        apart = abs(own - common) if is_rhythm_row else own - common
        if apart >= FEWEST_BEATS_APART and apart > LARGEST_SHARE_APART * common:
            return Doubt(
                "rows disagree on the rate",
                f"Row {number} shows {own} beats where all rows together show {common}.",
            )
    return None


def _trusted(strip: PaperStrip, time_s: NDArray[np.float64]) -> int:
    """How many beats lie where a strip is as good as it gets."""
    trusted = strip.say >= _TRUSTED_SHARE * strip.say.max()
    step = np.floor(time_s / STEP_S).astype(np.intp)
    inside = (step >= 0) & (step < len(trusted))
    return int(np.count_nonzero(trusted[step[inside]]))


def page_doubts(
    paper: PaperStrips,
    step_beats: Iterable[NDArray[np.float32]],
    beats: BeatList,
    gaps_s: Sequence[tuple[float, float]],
    shown_s: float,
) -> Iterator[Doubt]:
    """Every doubt about the beats of a page; none where it shows no ECG.

    Args:
        paper: its strips that look like an ECG.
        step_beats: `[250, 6]` of each of them.
        beats: those of all together.
        gaps_s: `(start_s, end_s)` of each span that could not be read.
        shown_s: how long its rows last.
    """
    if not paper.strips:
        return
    read_s = shown_s - sum(end_s - start_s for start_s, end_s in gaps_s)
    found = (
        lost_time_doubt(read_s, shown_s, paper.whole_row_s),
        printed_rate_doubt(paper.printed_rate_bpm, beats, gaps_s),
        rows_doubt(paper.strips, step_beats, beats),
    )
    yield from filter(None, found)
