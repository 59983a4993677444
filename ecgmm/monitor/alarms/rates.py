"""Alarms about how fast the heart beats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.rules.rates import EXTREME_BRADYCARDIA_BEATS, EXTREME_TACHYCARDIA_BEATS
from ecgmm.analysis.words import whole_bpm
from ecgmm.monitor.alarms.situation import RECENT_S, Cause, Situation
from ecgmm.monitor.heart_rate import SLOW_INTERVALS


def extreme_bradycardia(situation: Situation) -> Cause | None:
    """Below 40 bpm over 5 beats (CinC 2015), by the median interval: one pause is none."""
    limit_bpm = situation.limits.extreme_low_bpm
    beats, rr_s = _last(situation, EXTREME_BRADYCARDIA_BEATS)
    if not len(rr_s) or np.median(rr_s) <= 60.0 / limit_bpm:
        return None
    text = f"Extreme bradycardia: below {limit_bpm:g} bpm over {len(beats)} beats."
    onset_s = situation.time_s(beats.start)
    return Cause("extreme_bradycardia", "critical", onset_s, text, situation.ids_of(beats))


def extreme_tachycardia(situation: Situation) -> Cause | None:
    """Above 140 bpm over 17 beats (CinC 2015), by the mean interval."""
    limit_bpm = situation.limits.extreme_high_bpm
    beats, rr_s = _last(situation, EXTREME_TACHYCARDIA_BEATS)
    if not len(rr_s) or np.mean(rr_s) >= 60.0 / limit_bpm:
        return None
    text = f"Extreme tachycardia: above {limit_bpm:g} bpm over {len(beats)} beats."
    onset_s = situation.time_s(beats.start)
    return Cause("extreme_tachycardia", "critical", onset_s, text, situation.ids_of(beats))


def bradycardia(situation: Situation) -> Cause | None:
    """The displayed heart rate is below its limit; without a beat it is asystole."""
    limit_bpm = situation.limits.low_bpm
    if not situation.bpm or whole_bpm(situation.bpm) >= limit_bpm:
        return None
    text = f"Bradycardia: heart rate below {limit_bpm:g} bpm."
    return Cause("bradycardia", "warning", situation.read_to_s, text, _shown(situation))


def tachycardia(situation: Situation) -> Cause | None:
    """The displayed heart rate is above its limit."""
    limit_bpm = situation.limits.high_bpm
    if situation.bpm is None or whole_bpm(situation.bpm) <= limit_bpm:
        return None
    text = f"Tachycardia: heart rate above {limit_bpm:g} bpm."
    return Cause("tachycardia", "warning", situation.read_to_s, text, _shown(situation))


def _shown(situation: Situation) -> tuple[int, ...]:
    """The beats that the displayed rate follows from, as far as they all count."""
    return situation.ids[-(SLOW_INTERVALS + 1) :]


def _last(situation: Situation, beats: int) -> tuple[range, NDArray[np.float64]]:
    """The last beats and the intervals between them; none where one is not known."""
    count = len(situation.ids)
    last = range(count - beats, count)
    if count < beats or situation.time_s(count - 1) < situation.read_to_s - RECENT_S:
        return last, np.empty(0)
    rr_s = situation.evidence.rr_s[1 - beats :]
    return last, np.empty(0) if np.isnan(rr_s).any() else rr_s
