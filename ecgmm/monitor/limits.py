"""The limits of the alarms, which a user adjusts while the monitor runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ecgmm.errors import InputError

_RANGES = {
    "asystole_s": (3.0, 8.0),
    "pause_s": (1.5, 6.0),
    "low_bpm": (20.0, 120.0),
    "high_bpm": (60.0, 250.0),
    "extreme_low_bpm": (15.0, 100.0),
    "extreme_high_bpm": (80.0, 300.0),
    "vt_bpm": (90.0, 200.0),
    "vt_beats": (3.0, 15.0),
    "pvc_run_beats": (2.0, 15.0),
    "af_s": (20.0, 300.0),
}
"""What a user may set; no limit can be moved so far that its alarm never comes."""


@dataclass(frozen=True)
class AlarmLimits:
    """When each alarm is raised.

    The defaults of asystole, ventricular tachycardia and the extreme rates are those of the
    PhysioNet/Computing in Cardiology Challenge 2015 (Clifford et al. 2015).

    Attributes:
        asystole_s: no beat for this long.
        pause_s: an interval between two beats this long.
        low_bpm: a heart rate below it is bradycardia.
        high_bpm: a heart rate above it is tachycardia.
        extreme_low_bpm: the same, critical.
        extreme_high_bpm: the same, critical.
        vt_bpm: slowest rate of a run that is ventricular tachycardia.
        vt_beats: fewest ventricular beats of such a run.
        pvc_run_beats: fewest ventricular beats in a row that are a run.
        af_s: how long atrial fibrillation has to last.
    """

    asystole_s: float = 4.0
    pause_s: float = 3.0
    low_bpm: float = 50.0
    high_bpm: float = 120.0
    extreme_low_bpm: float = 40.0
    extreme_high_bpm: float = 140.0
    vt_bpm: float = 100.0
    vt_beats: int = 5
    pvc_run_beats: int = 3
    af_s: float = 30.0

    def changed(self, changes: Mapping[str, Any]) -> AlarmLimits:
        """These limits with some of them changed.

        Args:
            changes: new values, by name.

        Raises:
            InputError: `bad_limits` for an unknown name, a value out of range, or limits that
                contradict each other.
        """
        values = {name: _checked(name, value) for name, value in changes.items()}
        changed = replace(self, **values)  # type: ignore[arg-type]
        order = (changed.extreme_low_bpm, changed.low_bpm, changed.high_bpm)
        if not order[0] <= order[1] < order[2] <= changed.extreme_high_bpm:
            raise InputError(
                "bad_limits",
                "Expected extreme_low_bpm <= low_bpm < high_bpm <= extreme_high_bpm. Received "
                f"{order[0]:g}, {order[1]:g}, {order[2]:g}, {changed.extreme_high_bpm:g}.",
            )
        return changed

    def to_json(self) -> dict[str, float]:
        """Every limit by name."""
        return asdict(self)


def parse_limits(text: str) -> AlarmLimits:
    """Limits from text such as `"high_bpm=130,low_bpm=45"`; the others have their defaults.

    Raises:
        InputError: `bad_limits`, as `AlarmLimits.changed` does.
    """
    changes: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = part.partition("=")
        if not equals:
            raise InputError("bad_limits", f"Expected NAME=VALUE. Received '{part}'.")
        changes[name.strip()] = value.strip()
    return AlarmLimits().changed(changes)


def _checked(name: str, value: Any) -> float | int:
    if name not in _RANGES:
        names = ", ".join(field.name for field in fields(AlarmLimits))
        raise InputError("bad_limits", f"Expected one of {names}. Received '{name}'.")
    lowest, highest = _RANGES[name]
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    is_count = name.endswith("_beats")
    if not lowest <= number <= highest or (is_count and number != int(number)):
        kind = "a whole number" if is_count else "a number"
        raise InputError(
            "bad_limits",
            f"Expected {name} to be {kind} from {lowest:g} to {highest:g}. "
            f"Received '{str(value)[:40]}'.",
        )
    return int(number) if is_count else number
