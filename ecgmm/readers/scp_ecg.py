"""SCP-ECG files: the European standard for resting ECGs (EN 1064, ISO 11073-91064).

A pointer section names the others: 2 holds Huffman tables, 3 the leads, 4 the places of the QRS
complexes, 5 the reference beat, 6 the rhythm. The rhythm may be what is left after the reference
beat was subtracted from each QRS. It may also be thinned out between the QRS complexes ("bimodal
compression"); that is refused, since no file was found on which a reader could be proved.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers import scp_huffman
from ecgmm.readers.limits import MAX_LEADS, check_length
from ecgmm.readers.stored_leads import StoredLead, to_recording
from ecgmm.recording import Recording

_HEADER_BYTES = 16
"""Of every section: checksum, number, length, two versions, six reserved."""
_POINTERS_START = 22
_POINTER = struct.Struct("<HII")
_LEAD_NAMES = {
    **{1: "I", 2: "II", 61: "III", 62: "aVR", 63: "aVL", 64: "aVF", 65: "-aVR"},
    **{3: "V1", 4: "V2", 5: "V3", 6: "V4", 7: "V5", 8: "V6", 9: "V7", 66: "V8", 67: "V9"},
    **{10: "V2R", 11: "V3R", 12: "V4R", 13: "V5R", 14: "V6R", 15: "V7R", 16: "X", 17: "Y", 18: "Z"},
}
"""EN 1064, table of lead identification."""
_SUBTRACTED = 1
"""Flag of section 3: the reference beat was taken out of the rhythm."""
_MILLIVOLTS_PER_NANOVOLT = 1e-6


def is_scp(head: bytes) -> bool:
    """Whether a file begins with the pointer section, which points at itself and then at section 1.

    The letters `SCPECG` stand there only since version 1.3.
    """
    if len(head) < _POINTERS_START + 2 * _POINTER.size:
        return False
    own, _, own_place = _POINTER.unpack_from(head, _POINTERS_START)
    (following,) = struct.unpack_from("<H", head, _POINTERS_START + _POINTER.size)
    return head[8:10] == b"\0\0" and (own, own_place, following) == (0, 7, 1)


def read_scp(path: Path) -> Recording:
    """Read the rhythm of an SCP-ECG file.

    Args:
        path: a file for which `is_scp` holds.

    Raises:
        InputError: `damaged` when it is cut off or contradicts itself, `unsupported` for bimodal
            compression, `no_ecg` without a rhythm, or as `stored_leads.to_recording` does.
    """
    try:
        return _read(path.read_bytes(), path)
    except (struct.error, ValueError) as error:
        what = "a section is cut off" if isinstance(error, struct.error) else str(error)
        raise InputError("damaged", f"{path.name}: {what}.") from error


def _read(content: bytes, path: Path) -> Recording:
    sections = _sections(content)
    rhythm, facts = sections.get(6, b""), sections.get(3, b"")
    if not rhythm or not facts:
        raise InputError("no_ecg", f"{path.name}: this SCP-ECG file holds no rhythm.")
    spans, subtracted = _leads(facts)
    nanovolts, step_us, differences, bimodal = struct.unpack_from("<HHBB", rhythm)
    if bimodal:
        raise InputError(
            "unsupported",
            f"{path.name}: SCP-ECG with bimodal compression is not read; export it without.",
        )
    if step_us == 0:
        raise ValueError("its header states no sampling rate")
    check_length(_samples(spans), len(spans), 1e6 / step_us, path.name)
    counts = [end - start + 1 for _, start, end in spans]
    tables = scp_huffman.read_tables(sections[2]) if sections.get(2) else None
    stored = _stored(rhythm, counts, differences, tables)
    if subtracted:
        _add_reference_beat(stored, spans, sections, nanovolts, step_us, tables)
    return to_recording(
        _on_one_clock(stored, spans, nanovolts * _MILLIVOLTS_PER_NANOVOLT), 1e6 / step_us, path.stem
    )


def _sections(content: bytes) -> dict[int, bytes]:
    """What each section holds, by its number; sections without content are left out."""
    (length,) = struct.unpack_from("<I", content, 10)
    found = {}
    for place in range(_POINTERS_START, min(6 + length, len(content)), _POINTER.size):
        if place + _POINTER.size > len(content):
            break
        number, size, start = _POINTER.unpack_from(content, place)
        if size <= _HEADER_BYTES:
            continue
        if start - 1 + size > len(content):
            raise ValueError(f"section {number} is cut off; copy the file once more")
        found[number] = content[start - 1 + _HEADER_BYTES : start - 1 + size]
    return found


def _leads(facts: bytes) -> tuple[list[tuple[int, int, int]], bool]:
    """Code, first and last sample of each lead, counted from 1; whether beats were subtracted."""
    count, flags = struct.unpack_from("<BB", facts)
    if count > MAX_LEADS:
        raise ValueError(f"{count} leads, where up to {MAX_LEADS} are expected")
    spans = []
    for lead in range(count):
        start, end, code = struct.unpack_from("<IIB", facts, 2 + 9 * lead)
        if not 1 <= start <= end:
            raise ValueError(f"a lead from sample {start} to {end}")
        spans.append((code, start, end))
    return spans, bool(flags & _SUBTRACTED)


def _samples(spans: list[tuple[int, int, int]]) -> int:
    """From the first sample of the earliest lead to the last of the latest."""
    starts, ends = [start for _, start, _ in spans], [end for _, _, end in spans]
    return max(ends, default=0) - min(starts, default=1) + 1


def _stored(
    section: bytes,
    counts: list[int],
    differences: int,
    tables: list[list[scp_huffman.CodeRow]] | None,
) -> list[NDArray[np.int64]]:
    """The leads of section 5 or 6 in steps, without tables as integers of two bytes."""
    lengths = struct.unpack_from(f"<{len(counts)}H", section, 6)
    place = 6 + 2 * len(counts)
    leads = []
    for length, count in zip(lengths, counts, strict=True):
        part = section[place : place + length]
        place += length
        if tables is not None:
            values = scp_huffman.decode(part, tables, count)
        elif len(part) >= 2 * count:
            values = np.frombuffer(part, "<i2", count).astype(np.int64)
        else:
            raise ValueError(f"a lead of {count} samples has {len(part)} bytes")
        leads.append(_summed(values, differences))
    return leads


def _summed(values: NDArray[np.int64], differences: int) -> NDArray[np.int64]:
    """The signal from its first or second differences; its first one or two samples are whole."""
    if differences == 0:
        return values
    if differences == 1:
        return np.cumsum(values)
    if differences == 2:
        slopes = values.copy()
        slopes[1:2] -= values[0]
        slopes[1:] = np.cumsum(slopes[1:])
        return np.cumsum(slopes)
    raise ValueError(f"differences of order {differences}")


def _add_reference_beat(
    stored: list[NDArray[np.int64]],
    spans: list[tuple[int, int, int]],
    sections: dict[int, bytes],
    nanovolts: int,
    step_us: int,
    tables: list[list[scp_huffman.CodeRow]] | None,
) -> None:
    """Put the reference beat back into each QRS of its type, in place."""
    places, beat = sections.get(4, b""), sections.get(5, b"")
    length_ms, fiducial, beats = struct.unpack_from("<HHH", places)
    beat_nanovolts, beat_step_us, differences = struct.unpack_from("<HHB", beat)
    if (beat_nanovolts, beat_step_us) != (nanovolts, step_us):
        raise ValueError("its reference beat has another step than its rhythm")
    count = round(length_ms * 1000 / step_us)
    reference = _stored(beat, [count] * len(spans), differences, tables)
    for number in range(beats):
        kind, first, middle, last = struct.unpack_from("<HIII", places, 6 + 14 * number)
        if kind != 0:
            continue
        for lead, (_, start, end), shape in zip(stored, spans, reference, strict=True):
            shift = middle - fiducial
            low = max(first, start, shift + 1)
            high = min(last, end, shift + count)
            if low <= high:
                lead[low - start : high - start + 1] += shape[low - shift - 1 : high - shift]


def _on_one_clock(
    stored: list[NDArray[np.int64]], spans: list[tuple[int, int, int]], step_mv: float
) -> list[StoredLead]:
    """The leads from the first sample of the earliest; missing where one begins later."""
    earliest = min((start for _, start, _ in spans), default=1)
    leads = []
    for values, (code, start, _) in zip(stored, spans, strict=True):
        late = np.full(start - earliest, np.nan, np.float32)
        placed = np.concatenate([late, values.astype(np.float32)])
        leads.append(StoredLead(_LEAD_NAMES.get(code, f"lead {code}"), placed, step_mv, "mV"))
    return leads
