"""WFDB headers, checked before anything they name is opened.

A header is a text file that tells a program which other files to open and how much to read. The
checks here keep a hostile or broken one from naming a file outside its own folder, from claiming
more signal than its files hold, and from keeping the parser busy.

Header format: https://physionet.org/physiotools/wag/header-5.htm
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from ecgmm.errors import InputError
from ecgmm.readers.limits import MAX_LEADS, check_length

if TYPE_CHECKING:
    import wfdb

MAX_HEADER_BYTES = 1_000_000
"""`MAX_SEGMENTS` lines of `MAX_LINE_LENGTH` characters are half of it."""
MAX_LINE_LENGTH = 255
"""header(5) of the WFDB Applications Guide."""
MAX_SEGMENTS = 2000
"""So many files are opened for one record at the most."""
NO_FILE = "~"
DEFAULT_RATE_HZ = 250
"""header(5): where the record line ends before it."""
DEFAULT_GAIN = 200
"""header(5): where a signal's line ends before it, or has 0."""
_FIELDS_WITH_RATE = 3
"""Name, number of signals, rate."""
_FIELDS_WITH_GAIN = 3
"""File, format, gain."""

_BYTES_PER_SAMPLE = {
    "8": 1.0,
    "16": 2.0,
    "24": 3.0,
    "32": 4.0,
    "61": 2.0,
    "80": 1.0,
    "160": 2.0,
    "212": 1.5,
    "310": 4 / 3,
    "311": 4 / 3,
}
"""signal(5) of the WFDB Applications Guide."""
_COMPRESSED_FORMATS = ("508", "516", "524")
_MICROVOLTS_IN_OTHER_LETTERS = re.compile(rb"/[\x80-\xff]+[Vv]")


def read_header(
    path: Path, sampling_rate_hz: float | None = None
) -> wfdb.Record | wfdb.MultiRecord:
    """Parse a header and check everything that it claims.

    Args:
        path: a `.hea` file. What it names has to lie beside it.
        sampling_rate_hz: of a header that does not state it, or states none that can be.

    Returns:
        The header as `wfdb.rdheader` gives it, its `sig_len` filled in.

    Raises:
        InputError: when it cannot be parsed, names a file that is not there or not in its
            folder, or claims what its files cannot hold.
    """
    header = _parse(path)
    if sampling_rate_hz is not None and not (states_rate(path) and header.fs):
        header.fs = sampling_rate_hz
    check = _check_segments if is_multi_segment(header) else _check_signals
    samples_per_frame = check(header, path)
    check_length(
        header.sig_len * samples_per_frame,
        header.n_sig,
        float(header.fs) * samples_per_frame,
        path.name,
    )
    return header


def states_length(path: Path) -> bool:
    """Whether a header says how many samples its record has; wfdb reads no part of one without."""
    return _parse(path).sig_len is not None


def states_rate(path: Path) -> bool:
    """Whether a header says how many frames there are a second; header(5) has 250 otherwise."""
    return len(_fields(path)[0]) >= _FIELDS_WITH_RATE


def _fields(path: Path) -> list[list[str]]:
    """The words of each line that is no comment."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return [line.split() for line in text.splitlines() if line.strip() and line[:1] != "#"]


def assumed_defaults(path: Path, *, rate_is_given: bool = False) -> tuple[str, ...]:
    """What header(5) has in the place of a sampling rate or a gain that a header leaves out."""
    record, *signals = _fields(path)
    assumed = []
    if not rate_is_given and not states_rate(path):
        assumed.append(
            f"The header states no sampling rate: {DEFAULT_RATE_HZ} Hz was assumed, as the WFDB "
            "format has it. Times and rates are as good as that."
        )
    has_gains = all(len(line) >= _FIELDS_WITH_GAIN and line[2] != "0" for line in signals)
    if "/" not in record[0] and not has_gains:
        assumed.append(
            f"The header states no gain for a lead: {DEFAULT_GAIN} steps a millivolt were assumed, "
            "as the WFDB format has it. Voltages are as good as that."
        )
    return tuple(assumed)


def _parse(path: Path) -> wfdb.Record | wfdb.MultiRecord:
    import wfdb

    _check_text(path)
    try:
        return wfdb.rdheader(str(path.with_suffix("")))
    except Exception as error:  # wfdb raises whatever its parsing trips over
        raise _damaged(path, f"not a WFDB header ({type(error).__name__}: {error})") from error


def _check_text(path: Path) -> None:
    location = str(path.absolute())
    if "::" in location:
        raise InputError(
            "bad_path", f"{path.name}: '::' in the path {location}; rename the folder."
        )
    with path.open("rb") as file:
        text = file.read(MAX_HEADER_BYTES + 1)
    if len(text) > MAX_HEADER_BYTES:
        raise _damaged(path, f"a header of more than {MAX_HEADER_BYTES} bytes")
    lines = [line for line in text.splitlines() if line.strip() and line.lstrip()[:1] != b"#"]
    if not lines:
        raise InputError("empty_file", f"{path.name}: the header is empty.")
    most_lines = 1 + (MAX_SEGMENTS if b"/" in lines[0].split()[0] else MAX_LEADS)
    if len(lines) > most_lines:
        raise _damaged(path, f"{len(lines)} lines, where up to {most_lines} are expected")
    if max(map(len, lines)) > MAX_LINE_LENGTH:
        raise _damaged(path, f"a header line of more than {MAX_LINE_LENGTH} characters")
    if any(_MICROVOLTS_IN_OTHER_LETTERS.search(line) for line in lines):
        raise InputError("bad_unit", f"{path.name}: write its unit in plain letters, such as uV.")


def _check_signals(header: wfdb.Record, path: Path) -> int:
    """Check a header of signals against their files; the most samples a lead has in a frame."""
    file_names = header.file_name or []
    if not 1 <= header.n_sig <= MAX_LEADS:
        raise _damaged(path, f"{header.n_sig} leads, where 1 to {MAX_LEADS} are expected")
    if len(file_names) != header.n_sig:
        raise _damaged(path, f"{header.n_sig} leads announced, {len(file_names)} described")
    frame_samples = [1 if n is None else n for n in header.samps_per_frame]
    if min(frame_samples) < 1:
        raise _damaged(path, "a lead with no sample in a frame")
    for name in dict.fromkeys(file_names):
        leads = [lead for lead, file_name in enumerate(file_names) if file_name == name]
        frames = _frames_in_file(header, path, leads, sum(frame_samples[lead] for lead in leads))
        if header.sig_len is None:
            header.sig_len = frames
        if frames is not None and header.sig_len > frames:
            raise _damaged(
                path,
                f"{header.sig_len} samples announced, {name} holds {frames}; copy it once more",
            )
    if header.sig_len is None:
        raise _damaged(path, "the number of samples is missing")
    if max(skew or 0 for skew in header.skew) > header.sig_len:
        raise _damaged(path, "a lead that is skewed by more than the whole recording")
    return max(frame_samples)


def _frames_in_file(
    header: wfdb.Record, path: Path, leads: list[int], samples_per_frame: int
) -> int | None:
    """How many frames the signal file of `leads` has room for; None for compressed ones."""
    first = leads[0]
    file_size = _file_beside(path, header.file_name[first]).stat().st_size
    signal_format = header.fmt[first]
    if signal_format in _COMPRESSED_FORMATS:
        return None
    if signal_format not in _BYTES_PER_SAMPLE:
        raise InputError(
            "unknown_format",
            f"{path.name}: Expected a WFDB signal format such as 16 or 212. "
            f"Received {signal_format}.",
        )
    signal_bytes = max(0, file_size - (header.byte_offset[first] or 0))
    return int(signal_bytes / (_BYTES_PER_SAMPLE[signal_format] * samples_per_frame))


def _check_segments(header: wfdb.MultiRecord, path: Path) -> int:
    """Check a header of segments and theirs; the most samples a lead has in a frame."""
    if header.n_seg > MAX_SEGMENTS:
        raise _damaged(path, f"{header.n_seg} segments, where up to {MAX_SEGMENTS} are expected")
    if header.n_seg != len(header.seg_name):
        raise _damaged(path, f"{header.n_seg} segments announced, {len(header.seg_name)} listed")
    if header.sig_len is None or header.sig_len != sum(header.seg_len):
        raise _damaged(path, "its segments do not add up to its length")
    has_layout = header.seg_len[0] == 0
    parts: dict[str, wfdb.Record] = {}
    samples_per_frame = 1
    for name, length in list(zip(header.seg_name, header.seg_len, strict=True))[has_layout:]:
        if name == NO_FILE and not has_layout:
            raise _damaged(path, "a gap between segments, but no layout segment")
        if name == NO_FILE:
            continue
        if name not in parts:
            parts[name] = _parse_segment(path, name)
            samples_per_frame = max(samples_per_frame, _check_signals(parts[name], path))
        if length > parts[name].sig_len:
            raise _damaged(
                path, f"{length} samples of segment {name}, which has {parts[name].sig_len}"
            )
    if has_layout:
        _parse_segment(path, header.seg_name[0])
    elif len({tuple(part.units) for part in parts.values()}) > 1:
        raise InputError("bad_unit", f"{path.name}: its segments are in different units.")
    return samples_per_frame


def _parse_segment(path: Path, name: str) -> wfdb.Record:
    segment = _parse(_file_beside(path, f"{name}.hea"))
    if is_multi_segment(segment):
        raise _damaged(path, f"its segment {name} is itself made of segments")
    return segment


def is_multi_segment(header: wfdb.Record | wfdb.MultiRecord) -> bool:
    """Whether a header lists segments rather than signals."""
    return hasattr(header, "n_seg")


def _file_beside(path: Path, name: str) -> Path:
    """The file `name` in the folder of `path`, which no name and no link may leave."""
    beside = path.parent / name
    if not name or Path(name).name != name or not _lies_in(beside, path.parent):
        raise InputError(
            "unsafe_path", f"{path.name}: names '{name}', which is not in the header's own folder."
        )
    if not beside.is_file():
        raise InputError(
            "missing_file", f"{path.name}: its file {name} is not there; put it beside the header."
        )
    return beside


def _lies_in(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).parent == Path(os.path.realpath(folder))


def _damaged(path: Path, what: str) -> InputError:
    return InputError("damaged", f"{path.name}: {' '.join(what.split())}.")
