"""Every alarm rule, and which alarm speaks for which others."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import get_args

from ecgmm.monitor.alarms.rates import (
    bradycardia,
    extreme_bradycardia,
    extreme_tachycardia,
    tachycardia,
)
from ecgmm.monitor.alarms.rhythm import af_onset
from ecgmm.monitor.alarms.silence import asystole, lead_off, pause
from ecgmm.monitor.alarms.situation import Cause, Situation
from ecgmm.monitor.alarms.ventricular import (
    pvc_run,
    ventricular_fibrillation,
    ventricular_tachycardia,
)
from ecgmm.monitor.events import AlarmCode

RULES: tuple[Callable[[Situation], Cause | None], ...] = (
    ventricular_fibrillation,
    asystole,
    ventricular_tachycardia,
    extreme_tachycardia,
    extreme_bradycardia,
    pause,
    pvc_run,
    tachycardia,
    bradycardia,
    af_onset,
    lead_off,
)

CODES = frozenset(get_args(AlarmCode)) - {"signal_lost", "reading_failed"}
"""What the rules tell; the others are about the monitor itself."""

SPEAKS_FOR: dict[AlarmCode, frozenset[AlarmCode]] = {
    "ventricular_fibrillation": frozenset(
        (
            "asystole",
            "ventricular_tachycardia",
            "extreme_tachycardia",
            "extreme_bradycardia",
            "pause",
            "pvc_run",
            "tachycardia",
            "bradycardia",
            "af_onset",
        )
    ),
    "asystole": frozenset(("extreme_bradycardia", "pause", "bradycardia", "af_onset")),
    "ventricular_tachycardia": frozenset(("pvc_run", "tachycardia", "extreme_tachycardia")),
    "extreme_tachycardia": frozenset(("tachycardia",)),
    "extreme_bradycardia": frozenset(("bradycardia",)),
}
"""Graver alarms that tell, while they stand, what lesser ones would tell."""


def find_causes(situation: Situation, standing: Collection[AlarmCode] = ()) -> list[Cause]:
    """What calls for an alarm now, the gravest first.

    Args:
        situation: what is looked at.
        standing: alarms that stand, and speak for others too.
    """
    found = [cause for rule in RULES if (cause := rule(situation)) is not None]
    speaking = {cause.code for cause in found} | set(standing)
    silent = {code for graver in speaking for code in SPEAKS_FOR.get(graver, ())}
    return [cause for cause in found if cause.code not in silent]
