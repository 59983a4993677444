"""What a person corrects in a reading, as plain data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from ecgmm.errors import InputError
from ecgmm.labels import AAMI_CLASSES

Change = Literal["label", "label_alike", "move", "not_a_beat", "add_beat", "rename_lead"]

MOST_CORRECTIONS = 10_000
"""More than a person sets in a day of recording."""
LONGEST_LEAD = 200
"""Characters that a file may have called a lead."""
NAME_PATTERN = r"^[A-Za-z0-9+][A-Za-z0-9 +_./()-]{0,39}$"
"""What a person may call one."""

_NEEDED: dict[Change, tuple[str, ...]] = {
    "label": ("time_s", "label"),
    "label_alike": ("time_s", "label"),
    "move": ("time_s", "to_s"),
    "not_a_beat": ("time_s",),
    "add_beat": ("time_s", "label"),
    "rename_lead": ("lead", "name"),
}


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that a person changes.

    Attributes:
        change: a beat's class (`"label"`), that of every beat shaped like it (`"label_alike"`),
            its time (`"move"`), that it is none (`"not_a_beat"`), one that was missed
            (`"add_beat"`), or what a lead is called (`"rename_lead"`).
        time_s: when the beat is, as the reading says it.
        label: its AAMI class.
        to_s: when it is in truth.
        lead: the lead as the reading calls it.
        name: what it is called in truth.
    """

    change: Change
    time_s: float | None = None
    label: str | None = None
    to_s: float | None = None
    lead: str | None = None
    name: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The correction in the report: what belongs to its change."""
        return {"change": self.change} | {
            name: getattr(self, name) for name in _NEEDED[self.change]
        }


def corrections_from_json(described: Any) -> tuple[Correction, ...]:
    """The corrections that a JSON list describes.

    Raises:
        InputError: `bad_correction` where one of them is none.
    """
    if not isinstance(described, Sequence) or isinstance(described, str):
        raise _bad(f"Expected a list of corrections. Received {described!r:.60}.")
    if len(described) > MOST_CORRECTIONS:
        raise _bad(f"Expected up to {MOST_CORRECTIONS} corrections. Received {len(described)}.")
    return tuple(_correction(one, number) for number, one in enumerate(described, 1))


def _correction(described: Any, number: int) -> Correction:
    change: Any = described.get("change") if isinstance(described, dict) else None
    if change not in get_args(Change):
        raise _bad(
            f"Correction {number}: Expected a change among {', '.join(get_args(Change))}. "
            f"Received {described!r:.60}."
        )
    said = {each.name: described.get(each.name) for each in fields(Correction)}
    needed = {name: said[name] for name in _NEEDED[change]}
    for name, value in needed.items():
        if not _IS_SOUND[name](value):
            raise _bad(f"Correction {number}: Expected {_EXPECTED[name]}. Received {value!r:.60}.")
    return Correction(change, **needed)


def _is_time(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and 0 <= value < float("inf")


def _is_lead(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_LEAD


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(NAME_PATTERN, value) is not None


_IS_SOUND = {
    "time_s": _is_time,
    "to_s": _is_time,
    "label": lambda value: value in AAMI_CLASSES,
    "lead": _is_lead,
    "name": _is_name,
}
_EXPECTED = {
    "time_s": "time_s in seconds",
    "to_s": "to_s in seconds",
    "label": f"a label among {', '.join(AAMI_CLASSES)}",
    "lead": "the lead's name",
    "name": "a name of up to 40 letters, digits and + - _ . / ( )",
}


def _bad(message: str) -> InputError:
    return InputError("bad_correction", message)
