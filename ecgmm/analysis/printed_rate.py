"""The heart rate that a machine printed on its page, as a check on what was read there."""

from __future__ import annotations

from collections.abc import Sequence

from ecgmm.analysis import words
from ecgmm.analysis.heart_rate import heart_rate_bpm
from ecgmm.analysis.reading import Beat

LARGEST_DIFFERENCE = 0.05
"""What machines' rates of a regular rhythm differ by is well below; a wrong scale is far above."""


def printed_rate_doubt(
    printed_bpm: float | None, beats: Sequence[Beat], gaps: Sequence[tuple[float, float]] = ()
) -> str | None:
    """What to say where the page prints another heart rate than was read.

    Args:
        printed_bpm: the rate on the page; None where none is printed.
        beats: the beats that were read.
        gaps: `(start_s, end_s)` of each span that could not be read.

    Returns:
        The doubt in words; None where both agree to a twentieth, or one is not known.
    """
    read_bpm = heart_rate_bpm(beats, gaps)
    if printed_bpm is None or read_bpm is None:
        return None
    if abs(read_bpm / printed_bpm - 1) <= LARGEST_DIFFERENCE:
        return None
    return (
        f"The page prints a heart rate of {printed_bpm:g} bpm, and {words.whole_bpm(read_bpm)} bpm "
        "was read: beats or paper speed may be wrong."
    )
