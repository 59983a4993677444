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
_BIOPAC_STEP = re.compile(r"^(?P<number>[\d.]+)\s+(?P<unit>msec|sec)/sample$")
_BIOPAC_CHANNELS = re.compile(r"^(?P<count>\d{1,2})\s+channels?$")
_MOST_LINES = 40
"""Of a preamble: LabChart has ten, BIOPAC two a channel."""
_OPENBCI = "%OpenBCI"
_OPENBCI_LEAD = re.compile(r"^(?:EXG|EEG) Channel", re.IGNORECASE)
_SHIMMER_COLUMN = re.compile(r"^Shimmer_\w+?_(?P<what>.+)_(?:CAL|RAW)$")
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
    if seconds is not None and _is_positive(step):
        statements["sampling_rate"] = f"{1.0 / (float(step) * seconds):.9g} Hz"
    return Preamble(
        lines=len(stated),
        names=("time", *titles),
        units=("s", *_channels(stated.get("unitname", ""))),
        statements=statements,
    )


def _channels(values: str) -> tuple[str, ...]:
    return tuple(value.strip() for value in values.strip("\t\r\n").split("\t"))


def _biopac(lines: Sequence[str]) -> Preamble | None:
    """A title, the step, the number of channels, name and unit of each, a header and counts."""
    step = _BIOPAC_STEP.match(lines[1].strip()) if len(lines) > 2 else None
    announced = _BIOPAC_CHANNELS.match(lines[2].strip()) if step else None
    if step is None or announced is None or not _is_positive(step["number"]):
        return None
    channels = int(announced["count"])
    described = [line.strip() for line in lines[3 : 3 + 2 * channels]]
    below = 3 + 2 * channels
    if len(lines) < below + 3:
        return None
    clock = lines[below].split("\t")[0].strip()
    has_clock = clock in ("min", "sec", "msec", "hrs")
    seconds = float(step["number"]) * (1e-3 if step["unit"] == "msec" else 1.0)
    return Preamble(
        lines=below + 2,
        names=(*(["time"] if has_clock else []), *described[::2]),
        units=(*([clock] if has_clock else []), *described[1::2]),
        statements={"sampling_rate": f"{1.0 / seconds:.9g} Hz"},
    )


def _statements(lines: Sequence[str]) -> Preamble | None:
    """Lines such as `Sample Rate,250`."""
    count, statements = plain_statements(lines)
    return Preamble(lines=count, statements=statements) if count else None


def _is_positive(text: str) -> bool:
    try:
        return 0 < float(text) < float("inf")
    except ValueError:
        return False


def _shimmer_name(name: str) -> str:
    match = _SHIMMER_COLUMN.match(name)
    if match is None:
        return name
    what = _SHIMMER_RESOLUTION.sub("", match["what"])
    return _SHIMMER_LEADS.get(what, what)
