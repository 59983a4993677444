"""Alarms about the rhythm as a whole."""

from __future__ import annotations

from ecgmm.monitor.alarms.situation import Cause, Situation

PROBABLE = 0.5
"""More probable than every other readable rhythm together."""


def af_onset(situation: Situation) -> Cause | None:
    """Atrial fibrillation has been the most probable rhythm for 30 s (ESC 2020).

    Irregular intervals without P waves over 30 s of one lead establish it.
    """
    if situation.af_share is None or situation.af_share <= PROBABLE:
        return None
    length_s = situation.limits.af_s
    text = f"Atrial fibrillation for {length_s:g} s."
    return Cause("af_onset", "warning", situation.read_to_s - length_s, text)
