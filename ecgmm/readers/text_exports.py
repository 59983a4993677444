"""Text exports whose first lines are no header of a table, but say what its columns are.

Layouts: LabChart's "Export as text" (https://www.adinstruments.com/support), BIOPAC AcqKnowledge's
text export with a header (https://www.biopac.com), the OpenBCI GUI's raw data
(https://docs.openbci.com/Software/OpenBCISoftware/GUIDocs) and Shimmer's calibrated CSV
(https://www.shimmersensing.com).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ecgmm.readers.csv_statements import plain_statements

_LABCHART_KEY = re.compile(r"^(?P<key>[A-Za-z]+)=\s*(?P<value>.*)$")
_BIOPAC_STEP = re.compile(
    r"^(?P<number>\d+(?:[.,]\d+)?)\s+(?P<unit>msec/sample|sec/sample|samples/sec(?:ond)?|k?Hz)$",
    re.IGNORECASE,
)
_BIOPAC_SEPARATOR = re.compile(r"[\t,;]")
_BIOPAC_CLOCKS = ("min", "sec", "msec", "hrs")
_BIOPAC_CHANNELS = re.compile(r"^(?P<count>\d{1,2})\s+channels?$")
_MOST_LINES = 40
"""Of a preamble: LabChart has ten, BIOPAC two a channel."""
_OPENBCI = "%OpenBCI"
_OPENBCI_CHANNELS = re.compile(r"^%Number of channels = (?P<count>\d{1,2})\s*$")
_OPENBCI_LEAD = re.compile(r"^(?:EXG|EEG) Channel", re.IGNORECASE)
_SHIMMER_COLUMN = re.compile(
    r"^Shimmer\w*?_(?:[0-9A-F]{4}_)?(?P<what>(?:ECG|EXG|Timestamp)\w*(?:-\w+)?|[A-Za-z]\w*(?:-\w+)?)"
    r"_(?:CAL|RAW)$"
)
_SHIMMER_RESOLUTION = re.compile(r"_\d+BIT$")
_SHIMMER_LEADS = {
    "ECG_LA-RA": "I",
    "ECG_LL-RA": "II",
    "ECG_LL-LA": "III",
    "ECG_Vx-RL": "V",
    "ECG_RESP": "Respiration",
    "Timestamp_Unix": "timestamp",
    "Timestamp": "timestamp",
}


@dataclass(frozen=True)
class Preamble:
    """What the lines before a table say.

    Attributes:
        lines: how many there are.
        names: of the columns; empty where the table has a header of its own.
        units: of the columns.
        statements: keys in lower case and values, as comments have them.
    """

    lines: int
    names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    statements: dict[str, str] = field(default_factory=dict)


def find_preamble(lines: Sequence[str]) -> Preamble | None:
    """What the lines before a table say, a vendor's or plain statements; None without any."""
    return _labchart(lines) or _biopac(lines) or _statements(lines)


def named_as_usual(names: Sequence[str]) -> tuple[str, ...]:
    """Column names of Shimmer's exports as a table would have them; others as they are."""
    return tuple(_shimmer_name(name) for name in names)


def openbci_names(lines: Sequence[str], width: int) -> tuple[str, ...]:
    """Names of the columns of an OpenBCI file that has none, by its number of channels."""
    count = next((match for line in lines if (match := _OPENBCI_CHANNELS.match(line))), None)
    if not lines or not lines[0].startswith(_OPENBCI) or count is None:
        return ()
    channels = int(count["count"])
    others = [f"Other {index}" for index in range(width - 1 - channels)]
    return ("Sample Index", *(f"EXG Channel {index}" for index in range(channels)), *others)


def without_gui_columns(lines: Sequence[str], names: Sequence[str]) -> tuple[set[int], str]:
    """Columns of an OpenBCI file that are no electrode, and the unit of those that are.

    Returns:
        Indices and `"uV"`; none and `""` for any other file.
    """
    if not lines or not lines[0].startswith(_OPENBCI):
        return set(), ""
    others = {
        index
        for index, name in enumerate(names)
        if not _OPENBCI_LEAD.match(name) and name.lower() not in ("timestamp", "sample index")
    }
    return others, "uV"


def _labchart(lines: Sequence[str]) -> Preamble | None:
    """Lines `Key=<tab>value`, values of the channels apart by tabs; then time and the channels."""
    stated: dict[str, str] = {}
    for line in lines[:_MOST_LINES]:
        match = _LABCHART_KEY.match(line)
        if match is None:
            break
        stated[match["key"].lower()] = match["value"]
    if "interval" not in stated or "channeltitle" not in stated:
        return None
    titles = _channels(stated["channeltitle"])
    step, _, unit = stated["interval"].strip().partition(" ")
    seconds = {"s": 1.0, "ms": 1e-3}.get(unit.strip())
    statements = {}
    step_s = (_number(step) or 0.0) * (seconds or 0.0)
    if step_s > 0:
        statements["sampling_rate"] = f"{1.0 / step_s:.9g} Hz"
    ranges = (value.rpartition(" ")[2] for value in _channels(stated.get("range", "")))
    units = _channels(stated["unitname"]) if "unitname" in stated else tuple(ranges)
    dated = ["date"] if stated.get("dateformat", "").strip() else []
    return Preamble(
        lines=len(stated),
        names=(*dated, "time", *titles),
        units=(*([""] * len(dated)), "s", *units),
        statements=statements,
    )


def _channels(values: str) -> tuple[str, ...]:
    return tuple(value.strip() for value in values.strip("\t\r\n").split("\t"))


def _biopac(lines: Sequence[str]) -> Preamble | None:
    """A title, the step, the number of channels, name and unit of each, a header and counts."""
    step = _BIOPAC_STEP.match(lines[1].strip()) if len(lines) > 2 else None
    announced = _BIOPAC_CHANNELS.match(lines[2].strip()) if step else None
    rate_hz = _biopac_rate_hz(step["number"], step["unit"].lower()) if step else None
    if announced is None or rate_hz is None:
        return None
    channels = int(announced["count"])
    described = [line.strip() for line in lines[3 : 3 + 2 * channels]]
    below = 3 + 2 * channels
    if len(lines) < below + 3:
        return None
    header = [field.strip() for field in _BIOPAC_SEPARATOR.split(lines[below]) if field.strip()]
    has_clock = len(header) > channels
    unit_of_clock = header[0] if has_clock and header[0] in _BIOPAC_CLOCKS else ""
    return Preamble(
        lines=below + 2,
        names=(*(["time"] if has_clock else []), *described[::2]),
        units=(*([unit_of_clock] if has_clock else []), *described[1::2]),
        statements={"sampling_rate": f"{rate_hz:.9g} Hz"},
    )


def _statements(lines: Sequence[str]) -> Preamble | None:
    """Lines such as `Sample Rate,250`."""
    count, statements = plain_statements(lines)
    return Preamble(lines=count, statements=statements) if count else None


def _biopac_rate_hz(number: str, unit: str) -> float | None:
    """From a step or a rate, as releases of AcqKnowledge differ."""
    value = _number(number)
    if not value:
        return None
    if unit.endswith("/sample"):
        return (1e3 if unit.startswith("m") else 1.0) / value
    return value * (1e3 if unit.startswith("k") else 1.0)


def _number(text: str) -> float | None:
    """A number above zero, with a decimal point or comma; None for anything else."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None


def _shimmer_name(name: str) -> str:
    match = _SHIMMER_COLUMN.match(name)
    if match is None:
        return name
    what = _SHIMMER_RESOLUTION.sub("", match["what"])
    return _SHIMMER_LEADS.get(what, what)
