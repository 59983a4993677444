"""Parsing one WFDB record and checking it against its own header."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import wfdb
from numpy.typing import NDArray

_CHECKSUM_MODULUS = 2**16
_END_OF_ANNOTATIONS = b"\0\0"


class DamagedRecordError(Exception):
    """A record does not hold together; the message says why."""


@dataclass(frozen=True)
class AnnotationList:
    """Every annotation of a record, in time order.

    Attributes:
        samples: `[annotations]` int64, sample index of each.
        symbols: `[annotations]` PhysioNet symbols.
        subtypes: `[annotations]` int32.
        texts: `[annotations]` auxiliary texts, without the padding NULs.
    """

    samples: NDArray[np.int64]
    symbols: NDArray[np.str_]
    subtypes: NDArray[np.int32]
    texts: NDArray[np.str_]


NO_ANNOTATIONS = AnnotationList(
    samples=np.empty(0, np.int64),
    symbols=np.empty(0, np.str_),
    subtypes=np.empty(0, np.int32),
    texts=np.empty(0, np.str_),
)


def read_signals(
    folder: Path, name: str, signal_suffix: str, *, has_checksums: bool
) -> wfdb.Record:
    """Reads a record's signals as stored, in ADC counts.

    Args:
        folder: where the record's files are.
        name: record name, such as `"100"`.
        signal_suffix: what its one signal file must end in, such as `".dat"`.
        has_checksums: whether the headers state true checksums of the signals.

    Returns:
        A `wfdb.Record` whose `d_signal` is int16 `[samples, leads]`.

    Raises:
        DamagedRecordError: the header cannot be parsed or names another file, or the
            signal is not of the length or the checksum that the header states.
    """
    stem = str(folder / name)
    try:
        header = wfdb.rdheader(stem)
        _check_header(header, name, signal_suffix)
        record = wfdb.rdrecord(stem, physical=False, return_res=16)
    except DamagedRecordError:
        raise
    except Exception as error:  # wfdb raises whatever its parsing trips over
        raise DamagedRecordError(f"cannot be parsed ({_one_line(error)})") from error
    if len(record.d_signal) != header.sig_len:
        raise DamagedRecordError(
            f"signal has {len(record.d_signal)} samples, the header states {header.sig_len}"
        )
    if has_checksums:
        _check_sums(record)
    return record


def read_annotations(folder: Path, name: str, sample_count: int) -> AnnotationList:
    """Reads the reference annotations (`.atr`, in MIT format) of a record.

    An annotation on the sample after the last (SVDB 860 has one) is not of this signal
    and is left out.

    Args:
        folder: where the record's files are.
        name: record name.
        sample_count: length of the record's signals.

    Raises:
        DamagedRecordError: the file is cut short or cannot be parsed, or an annotation
            lies outside the record.
    """
    if not (folder / f"{name}.atr").read_bytes().endswith(_END_OF_ANNOTATIONS):
        raise DamagedRecordError("annotations are cut short")
    try:
        annotation = wfdb.rdann(str(folder / name), "atr")
    except Exception as error:  # wfdb raises whatever its parsing trips over
        raise DamagedRecordError(f"annotations cannot be parsed ({_one_line(error)})") from error
    samples = np.asarray(annotation.sample, np.int64)
    if len(samples) == 0:
        raise DamagedRecordError("holds no annotation")
    if samples[0] < 0 or samples[-1] > sample_count or np.any(np.diff(samples) < 0):
        raise DamagedRecordError(
            f"annotations run from sample {samples[0]} to {samples[-1]}, "
            f"the signal has {sample_count}"
        )
    inside = samples < sample_count
    texts = [text.split("\0")[0] for text in annotation.aux_note]
    return AnnotationList(
        samples=samples[inside],
        symbols=np.asarray(annotation.symbol, np.str_)[inside],
        subtypes=np.asarray(annotation.subtype, np.int32)[inside],
        texts=np.asarray(texts, np.str_)[inside],
    )


def _check_header(header: wfdb.Record, name: str, signal_suffix: str) -> None:
    if not isinstance(header, wfdb.Record) or not header.n_sig or not header.sig_len:
        raise DamagedRecordError("header describes no signal")
    if header.record_name != name:
        raise DamagedRecordError(f"header is that of record {header.record_name}")
    if not header.fs > 0:
        raise DamagedRecordError(f"header states a sampling rate of {header.fs} Hz")
    if set(header.units) != {"mV"} or None in (*header.sig_name, *header.adc_gain):
        raise DamagedRecordError("header does not state names and millivolts for every lead")
    strangers = set(header.file_name) - {name + signal_suffix}
    if strangers:
        raise DamagedRecordError(
            f"header points at {', '.join(sorted(strangers))} instead of {name}{signal_suffix}"
        )


def _check_sums(record: wfdb.Record) -> None:
    if None in record.checksum:
        raise DamagedRecordError("header states no checksum")
    sums = record.d_signal.sum(axis=0, dtype=np.int64) % _CHECKSUM_MODULUS
    for lead, stated, computed in zip(record.sig_name, record.checksum, sums, strict=True):
        if stated % _CHECKSUM_MODULUS != computed:
            raise DamagedRecordError(
                f"signal {lead} does not match its header's checksum "
                f"({stated % _CHECKSUM_MODULUS} stated, {computed} computed)"
            )


def _one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
