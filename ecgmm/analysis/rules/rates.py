"""How fast the heart beats."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis import words
from ecgmm.analysis.heart_rate import mean_rate_bpm
from ecgmm.analysis.reading import Finding, Severity
from ecgmm.analysis.rules.evidence import TOLERANCE, Evidence

NORMAL_BPM = (60.0, 100.0)
"""The textbook's limits at rest; the upper one is also ACC/AHA/HRS 2015's."""
FEWEST_INTERVALS = 3
"""Fewer are too few to speak of a rate."""
MARKED_BRADYCARDIA_BPM = 50.0
"""ACC/AHA/HRS 2018: sinus bradycardia that counts is below 50 bpm."""
EXTREME_BRADYCARDIA_BPM = 40.0
"""CinC 2015."""
EXTREME_BRADYCARDIA_BEATS = 5
"""CinC 2015."""
EXTREME_TACHYCARDIA_BPM = 140.0
"""CinC 2015."""
EXTREME_TACHYCARDIA_BEATS = 17
"""CinC 2015."""
TOLD_BELOW_BPM, TOLD_ABOVE_BPM = 0.55, 0.45
"""Limits hold for the rate as it is told, in whole bpm made from tenths: from 39.45 on, which is
39.5, the heart is told to beat at 40 and not below it."""
WINDOWS_AT_ONCE = 10_000
"""A day has 100,000 beats; the medians of so many windows of 16 intervals take 1.3 MB at a time."""


def bradycardia(evidence: Evidence) -> list[Finding]:
    """A mean heart rate below 60 bpm; a warning below 50 bpm.

    60 bpm is the textbook limit. ACC/AHA/HRS 2018 lowers it to 50 bpm, since rates in between
    are common in healthy people, so that those are told without alarm.
    """
    rate_bpm = _mean_rate_bpm(evidence)
    if rate_bpm is None or rate_bpm >= NORMAL_BPM[0]:
        return []
    marked = rate_bpm < MARKED_BRADYCARDIA_BPM
    severity: Severity = "warning" if marked else "info"
    limit_bpm = MARKED_BRADYCARDIA_BPM if marked else NORMAL_BPM[0]
    text = f"Bradycardia: mean heart rate {words.rate(rate_bpm)}, below {words.rate(limit_bpm)}."
    return [Finding("bradycardia", text, severity, evidence.all_beats)]


def tachycardia(evidence: Evidence) -> list[Finding]:
    """A mean heart rate above 100 bpm, the textbook limit at rest.

    ACC/AHA/HRS 2015 (Page et al., guideline for supraventricular tachycardia, Circulation
    2016;133:e506) defines sinus tachycardia by the same figure.
    """
    rate_bpm = _mean_rate_bpm(evidence)
    if rate_bpm is None or rate_bpm <= NORMAL_BPM[1]:
        return []
    text = (
        f"Tachycardia: mean heart rate {words.rate(rate_bpm)}, above {words.rate(NORMAL_BPM[1])}."
    )
    return [Finding("tachycardia", text, "warning", evidence.all_beats)]


def extreme_bradycardia(evidence: Evidence) -> list[Finding]:
    """A rate below 40 bpm for 5 consecutive beats (CinC 2015).

    The rate is that of the median interval, so that one pause among normal intervals is a
    pause and no bradycardia.
    """
    limit_s = 60.0 / (EXTREME_BRADYCARDIA_BPM - TOLD_BELOW_BPM)
    beats, medians_s = _stretches(
        evidence, EXTREME_BRADYCARDIA_BEATS, lambda medians_s: medians_s > limit_s + TOLERANCE
    )
    if not beats:
        return []
    text = (
        f"Extreme bradycardia: down to {words.rate(60.0 / medians_s.max())} over "
        f"{EXTREME_BRADYCARDIA_BEATS} beats."
    )
    return [Finding("extreme_bradycardia", text, "critical", beats)]


def extreme_tachycardia(evidence: Evidence) -> list[Finding]:
    """A rate above 140 bpm for 17 consecutive beats (CinC 2015), by the median interval."""
    limit_s = 60.0 / (EXTREME_TACHYCARDIA_BPM + TOLD_ABOVE_BPM)
    beats, medians_s = _stretches(
        evidence, EXTREME_TACHYCARDIA_BEATS, lambda medians_s: medians_s < limit_s - TOLERANCE
    )
    if not beats:
        return []
    text = (
        f"Extreme tachycardia: up to {words.rate(60.0 / medians_s.min())} over "
        f"{EXTREME_TACHYCARDIA_BEATS} beats."
    )
    return [Finding("extreme_tachycardia", text, "critical", beats)]


def _mean_rate_bpm(evidence: Evidence) -> int | None:
    """Mean heart rate as it is told; None from fewer than three intervals, too few for a rate."""
    known = np.count_nonzero(~np.isnan(evidence.rr_s))
    rate_bpm = mean_rate_bpm(evidence.rr_s) if known >= FEWEST_INTERVALS else None
    return None if rate_bpm is None else words.whole_bpm(rate_bpm)


def _stretches(
    evidence: Evidence,
    length: int,
    is_extreme: Callable[[NDArray[np.float64]], NDArray[np.bool_]],
) -> tuple[tuple[int, ...], NDArray[np.float64]]:
    """All beats of `length` neighbours whose median RR interval is extreme, and the medians."""
    if len(evidence.beats) < length:
        return (), np.empty(0)
    windows = np.lib.stride_tricks.sliding_window_view(evidence.rr_s, length - 1)
    belongs = np.zeros(len(evidence.beats), np.bool_)
    found_s = []
    for first in range(0, len(windows), WINDOWS_AT_ONCE):
        medians_s = np.median(windows[first : first + WINDOWS_AT_ONCE], axis=1)
        extreme = is_extreme(medians_s)
        found_s.append(medians_s[extreme])
        for offset in range(first, first + length):
            belongs[offset : offset + len(extreme)] |= extreme
    return evidence.chosen(belongs), np.concatenate(found_s)
