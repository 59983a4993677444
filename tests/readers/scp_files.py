"""Writes SCP-ECG files, coded as EN 1064 describes, with what an encoder may choose."""

import struct
from binascii import crc_hqx
from pathlib import Path

import numpy as np
from format_files import RATE_HZ, STEP_UV, Counts

CODES = {"I": 1, "II": 2, "III": 61, "aVR": 62, "aVL": 63, "aVF": 64}
CODES |= {f"V{number}": 2 + number for number in range(1, 7)}
STEP_US = 1_000_000 // RATE_HZ
OWN_TABLE = ((2, 2, 1, 0, 0b00), (2, 10, 1, 0, 0b10), (2, 18, 1, 0, 0b01))
"""`00` for nought, `01` before 8 bits, `10` before 16: the first bit of a code is its lowest."""


def write_scp(
    path: Path,
    counts: Counts,
    *,
    order: int = 2,
    coding: str = "default",
    beats_at: tuple[int, ...] = (),
    bimodal: int = 0,
) -> Path:
    """Write one rhythm.

    Args:
        path: of the file.
        counts: steps of 5 uV a lead.
        order: of the differences.
        coding: `"default"`, `"own"` (a table in the file) or `"none"`.
        beats_at: samples, counted from 1, in whose middle a reference beat was subtracted.
        bimodal: what the file says of bimodal compression.
    """
    samples = len(next(iter(counts.values())))
    beat = np.rint(40 * np.hanning(50)).astype(int)
    fiducial = 25
    left = {name: lead.astype(int) for name, lead in counts.items()}
    for at in beats_at:
        for lead in left.values():
            first, shape = max(at - fiducial, 0), beat[max(fiducial - at, 0) :]
            part = lead[first : first + len(shape)]
            part -= shape[: len(part)]
    flags = 0b100 | (1 if beats_at else 0)
    leads = b"".join(struct.pack("<IIB", 1, samples, CODES[name]) for name in counts)
    sections = {1: b"", 3: struct.pack("<BB", len(counts), flags) + leads}
    if coding != "none":
        sections[2] = _tables(coding)
    if beats_at:
        sections[4] = struct.pack("<HHH", 50 * STEP_US // 1000, fiducial, len(beats_at)) + b"".join(
            struct.pack("<HIII", 0, max(1, at - 24), at, min(samples, at + 25)) for at in beats_at
        )
        sections[5] = _signals([beat] * len(counts), order, coding, 0)
    sections[6] = _signals(list(left.values()), order, coding, bimodal)
    path.write_bytes(_file(sections))
    return path


def _tables(coding: str) -> bytes:
    if coding == "default":
        return struct.pack("<H", 19999)
    rows = b"".join(struct.pack("<BBBhI", *row) for row in OWN_TABLE)
    return struct.pack("<HH", 1, len(OWN_TABLE)) + rows


def _signals(leads: list[np.ndarray], order: int, coding: str, bimodal: int) -> bytes:
    parts = [_coded(_differences(lead, order), coding) for lead in leads]
    head = struct.pack("<HHBB", STEP_UV * 1000, STEP_US, order, bimodal)
    return head + struct.pack(f"<{len(parts)}H", *map(len, parts)) + b"".join(parts)


def _differences(lead: np.ndarray, order: int) -> np.ndarray:
    return np.concatenate([lead[:order], np.diff(lead, order)])


def _coded(values: np.ndarray, coding: str) -> bytes:
    if coding == "none":
        return values.astype("<i2").tobytes()
    code = _default_code if coding == "default" else _own_code
    bits = "".join(code(int(value)) for value in values)
    bits += "0" * (-len(bits) % 16)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _default_code(value: int) -> str:
    if value == 0:
        return "0"
    if abs(value) <= 8:
        return "1" * abs(value) + "0" + ("1" if value < 0 else "0")
    if -128 <= value < 128:
        return "1111111110" + f"{value & 0xFF:08b}"
    return "1111111111" + f"{value & 0xFFFF:016b}"


def _own_code(value: int) -> str:
    if value == 0:
        return "00"
    if -128 <= value < 128:
        return "01" + f"{value & 0xFF:08b}"
    return "10" + f"{value & 0xFFFF:016b}"


def _file(sections: dict[int, bytes]) -> bytes:
    numbers = range(12)
    bodies = {number: _section(number, sections[number]) for number in sections}
    length = 16 + 10 * len(numbers)
    place, pointers = 7 + length, struct.pack("<HII", 0, length, 7)
    for number in numbers[1:]:
        size = len(bodies.get(number, b""))
        pointers += struct.pack("<HII", number, size, place if size else 0)
        place += size
    content = _section(0, pointers) + b"".join(bodies[number] for number in sorted(bodies))
    sized = struct.pack("<I", 6 + len(content)) + content
    return struct.pack("<H", crc_hqx(sized, 0xFFFF)) + sized


def _section(number: int, content: bytes) -> bytes:
    content += b"\0" * (len(content) % 2)
    reserved = b"SCPECG" if number == 0 else b"\0" * 6
    head = struct.pack("<HIBB6s", number, 16 + len(content), 20, 20, reserved)
    return struct.pack("<H", crc_hqx(head + content, 0xFFFF)) + head + content
