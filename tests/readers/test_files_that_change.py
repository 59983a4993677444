"""A file that shrinks, goes or grows while it is read is one clear error, or is read as it was."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import wfdb
from format_files import RATE_HZ, ecg_counts, write_edf, write_ishne

from ecgmm.errors import InputError
from ecgmm.readers.route import open_signal
from ecgmm.readers.signal_file import SignalFile

DURATION_S = 60.0
PIECE_S = 10.0


def write_wfdb(path: Path) -> Path:
    signal_mv = np.stack(list(ecg_counts(["II"], DURATION_S).values()), axis=1) / 200
    wfdb.wrsamp(path.stem, RATE_HZ, ["mV"], ["II"], signal_mv, fmt=["16"], write_dir=path.parent)
    return path.with_suffix(".dat")


WRITERS: dict[str, Callable[[Path], Path]] = {
    "r.hea": write_wfdb,
    "r.edf": lambda path: write_edf(path, ecg_counts(["II"], DURATION_S)),
    "r.ecg": lambda path: write_ishne(path, ecg_counts(["II"], DURATION_S)),
}
every_format = pytest.mark.parametrize("name", WRITERS)


def opened(tmp_path: Path, name: str) -> tuple[SignalFile, Path]:
    """A recording that is open and not yet read, and the file with its samples."""
    samples = WRITERS[name](tmp_path / name)
    return open_signal(tmp_path / name), samples


@every_format
def test_one_that_shrinks(tmp_path: Path, name: str) -> None:
    file, samples = opened(tmp_path, name)
    pieces = file.pieces(PIECE_S, margin_s=0.0)
    assert next(pieces).recording.duration_s == PIECE_S
    samples.write_bytes(samples.read_bytes()[:9_000])
    with pytest.raises(InputError) as caught:
        list(pieces)
    assert "\n" not in caught.value.message
    with pytest.raises(InputError):
        file.whole()


@every_format
def test_one_that_goes(tmp_path: Path, name: str) -> None:
    file, samples = opened(tmp_path, name)
    samples.unlink()
    with pytest.raises(InputError) as caught:
        list(file.pieces(PIECE_S))
    assert "\n" not in caught.value.message


@every_format
def test_one_that_grows_is_read_as_long_as_it_was(tmp_path: Path, name: str) -> None:
    file, samples = opened(tmp_path, name)
    with samples.open("ab") as growing:
        growing.write(bytes(50_000))
    assert file.whole().duration_s == DURATION_S
