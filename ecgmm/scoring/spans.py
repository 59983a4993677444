"""Stretches of a recording during which something holds, from the marks where it changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Span = tuple[float, float]

_BOTH_SIGNALS_UNREADABLE = 0x30
"""WFDB's subtype of a change of signal quality: a bit for each of the two signals."""


def marked_spans(
    mark_times_s: ArrayLike, marks: Sequence[str], opening: str, closing: str, end_s: float
) -> tuple[Span, ...]:
    """Spans between an opening mark and the next closing one.

    Args:
        mark_times_s: `[marks]` seconds, ascending.
        marks: the marks, such as PhysioNet's `[` and `]` around ventricular flutter.
        opening: mark that opens a span; ignored while one is open.
        closing: mark that closes it; ignored while none is open.
        end_s: where a span that is never closed ends.
    """
    spans = []
    opened_s = None
    for time_s, mark in zip(np.asarray(mark_times_s, float).tolist(), marks, strict=True):
        if mark == opening and opened_s is None:
            opened_s = time_s
        elif mark == closing and opened_s is not None:
            spans.append((opened_s, time_s))
            opened_s = None
    if opened_s is not None:
        spans.append((opened_s, end_s))
    return tuple(spans)


def rhythm_spans(
    change_times_s: ArrayLike, names: Sequence[str], wanted: Sequence[str], end_s: float
) -> tuple[Span, ...]:
    """Spans of a rhythm, from the marks where the rhythm changes.

    Args:
        change_times_s: `[changes]` seconds, ascending.
        names: rhythm that begins at each, such as `"(AFIB"`.
        wanted: names of the rhythm looked for.
        end_s: end of the recording, in seconds.
    """
    marks = ["on" if name in wanted else "off" for name in names]
    return marked_spans(change_times_s, marks, "on", "off", end_s)


def shutdown_spans(
    change_times_s: ArrayLike, subtypes: Sequence[int], end_s: float
) -> tuple[Span, ...]:
    """Spans in which no signal can be read, from signal-quality annotations.

    Args:
        change_times_s: `[changes]` seconds, ascending, of the `~` annotations.
        subtypes: subtype of each; bits 4 and 5 set together mean that neither signal can
            be read (WFDB Applications Guide, `bxb`).
        end_s: end of the recording, in seconds.
    """
    marks = [
        "on" if subtype & _BOTH_SIGNALS_UNREADABLE == _BOTH_SIGNALS_UNREADABLE else "off"
        for subtype in subtypes
    ]
    return marked_spans(change_times_s, marks, "on", "off", end_s)


def within(times_s: NDArray[np.float64], spans: Sequence[Span]) -> NDArray[np.bool_]:
    """Whether each time lies in one of the spans, their ends included.

    Args:
        times_s: `[times]` seconds.
        spans: onset and end of each, in seconds.
    """
    inside = np.zeros(len(times_s), bool)
    for onset_s, end_s in spans:
        inside |= (times_s >= onset_s) & (times_s <= end_s)
    return inside


def overlap_s(spans: Sequence[Span], others: Sequence[Span]) -> float:
    """Seconds that belong to both lists of spans, each free of overlaps in itself."""
    return sum(
        max(0.0, min(end_s, other_end_s) - max(onset_s, other_onset_s))
        for onset_s, end_s in spans
        for other_onset_s, other_end_s in others
    )


def total_s(spans: Sequence[Span]) -> float:
    """Seconds in all spans together."""
    return sum(end_s - onset_s for onset_s, end_s in spans)
