"""EDF and BDF headers, checked before any library believes them.

Layout: Kemp et al. 1992 (https://www.edfplus.info/specs/edf.html): 256 bytes for the file and 256
for each signal, all of it text in fields of fixed width. BDF has samples of three bytes and is the
same otherwise (https://www.biosemi.com/faq/file_format.htm).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ecgmm.errors import InputError

SIGNATURE = b"0       "
BDF_SIGNATURE = b"\xffBIOSEMI"
ANNOTATIONS_LABELS = ("EDF Annotations", "BDF Annotations")
MAX_SIGNALS = 512
"""More than EEG caps have electrodes; a number beyond it is no count of signals."""
EDF_SAMPLE_BYTES, BDF_SAMPLE_BYTES = 2, 3
_BLOCK = 256
"""EDF: the header has this many bytes, and as many more for each signal."""
_SIGNAL_FIELDS = (
    *(("label", 16), ("transducer", 80), ("unit", 8), ("physical_min", 8), ("physical_max", 8)),
    *(("digital_min", 8), ("digital_max", 8), ("filter", 80), ("samples", 8), ("reserved", 32)),
)
"""EDF: name and length of each signal's fields, in their order."""


@dataclass(frozen=True)
class EdfHeader:
    """What matters of a header that its file bears out.

    Attributes:
        header_bytes: where the data begin.
        records: data records that are in the file.
        record_s: length of a data record in seconds.
        labels: label of each signal, those of annotations included.
        samples: samples that each signal has in a record.
        is_gapped: whether records may be apart in time (EDF+D, BDF+D).
        sample_bytes: 2 in EDF, 3 in BDF.
    """

    header_bytes: int
    records: int
    record_s: float
    labels: tuple[str, ...]
    samples: tuple[int, ...]
    is_gapped: bool
    sample_bytes: int

    @property
    def record_bytes(self) -> int:
        """Bytes of a data record."""
        return self.sample_bytes * sum(self.samples)

    @property
    def annotations(self) -> int | None:
        """Which signal holds annotations; None without one."""
        found = (i for i, label in enumerate(self.labels) if label in ANNOTATIONS_LABELS)
        return next(found, None)


def is_edf(head: bytes) -> bool:
    """Whether a file begins as EDF or BDF does, with a plausible number of signals."""
    signals = head[252:_BLOCK].strip()
    is_signed = head.startswith((SIGNATURE, BDF_SIGNATURE))
    return is_signed and len(head) >= _BLOCK and signals.isdigit()


def read_edf_header(path: Path) -> EdfHeader:
    """Read a header and hold it against the size of its file.

    Raises:
        InputError: `damaged` when it contradicts itself or the file is cut off.
    """
    with path.open("rb") as file:
        fixed = file.read(_BLOCK)
        signals = _whole(fixed[252:256], "number of signals", path)
        if not 1 <= signals <= MAX_SIGNALS:
            raise _damaged(path, f"{signals} signals, where 1 to {MAX_SIGNALS} are expected")
        fields = _signal_fields(file.read(_BLOCK * signals), signals, path)
    header_bytes = _whole(fixed[184:192], "header length", path)
    if header_bytes != _BLOCK * (1 + signals):
        raise _damaged(path, f"a header of {header_bytes} bytes for {signals} signals")
    samples = tuple(_whole(field, "samples of a record", path) for field in fields["samples"])
    if min(samples) < 1:
        raise _damaged(path, "a signal without samples in a record")
    _check_ranges(fields, path)
    header = EdfHeader(
        header_bytes=header_bytes,
        records=_whole(fixed[236:244], "number of records", path),
        record_s=_number(fixed[244:252], "length of a record", path),
        labels=tuple(field.decode("latin-1").strip() for field in fields["label"]),
        samples=samples,
        is_gapped=fixed[192:197] in (b"EDF+D", b"BDF+D"),
        sample_bytes=BDF_SAMPLE_BYTES if fixed.startswith(b"\xff") else EDF_SAMPLE_BYTES,
    )
    return _borne_out(header, path)


def _signal_fields(text: bytes, signals: int, path: Path) -> dict[str, list[bytes]]:
    if len(text) < _BLOCK * signals:
        raise _damaged(path, "its header is cut off")
    fields, start = {}, 0
    for name, width in _SIGNAL_FIELDS:
        end = start + width * signals
        fields[name] = [text[i : i + width] for i in range(start, end, width)]
        start = end
    return fields


def _check_ranges(fields: dict[str, list[bytes]], path: Path) -> None:
    """A signal without a range has no unit, whatever its header says."""
    for index, label in enumerate(fields["label"]):
        name = label.decode("latin-1").strip()
        if name in ANNOTATIONS_LABELS:
            continue
        for kind in ("physical", "digital"):
            low, high = (
                _number(fields[f"{kind}_{end}"][index], f"range of {name}", path)
                for end in ("min", "max")
            )
            if low == high:
                raise _damaged(path, f"signal {name} ranges from {low:g} to {high:g}")


def _borne_out(header: EdfHeader, path: Path) -> EdfHeader:
    """The header with the number of records that are there, if that is what it announces."""
    if header.record_s <= 0:
        raise _damaged(path, f"records of {header.record_s:g} s")
    there = (path.stat().st_size - header.header_bytes) // header.record_bytes
    if header.records == -1:
        return replace(header, records=there)
    if header.records < 1:
        raise _damaged(path, f"{header.records} data records")
    if header.records > there:
        raise _damaged(
            path, f"{header.records} data records announced, {there} in the file; copy it once more"
        )
    return header


def _whole(field: bytes, what: str, path: Path) -> int:
    number = _number(field, what, path)
    if not number.is_integer():
        raise _damaged(path, f"its {what} is {number:g}")
    return int(number)


def _number(field: bytes, what: str, path: Path) -> float:
    text = field.decode("latin-1").strip("\0 ")
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if "_" in text or not abs(number) < float("inf"):
        raise _damaged(path, f"its {what} is '{text}'")
    return number


def _damaged(path: Path, what: str) -> InputError:
    return InputError("damaged", f"{path.name}: {what}.")
