"""Long recordings are read piece by piece, and the pieces are the whole."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import wfdb
from format_files import ecg_counts, in_millivolts, write_edf, write_ishne
from PIL import Image

from ecgmm.errors import InputError
from ecgmm.readers.route import open_signal, read_input
from ecgmm.recording import Recording

LEADS = ("II", "V5")
DURATION_S = 12.0


def write_wfdb(path: Path, counts: dict[str, np.ndarray]) -> Path:
    signal_mv = in_millivolts(counts)
    wfdb.wrsamp(
        "rec",
        500,
        ["mV"] * 2,
        list(counts),
        signal_mv,
        fmt=["16"] * 2,
        adc_gain=[200.0] * 2,
        baseline=[0] * 2,
        write_dir=str(path.parent),
    )
    return path.parent / "rec.hea"


WRITERS: dict[str, Callable[[Path, dict[str, np.ndarray]], Path]] = {
    "edf": write_edf,
    "ishne": write_ishne,
    "wfdb": write_wfdb,
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize(("piece_s", "margin_s"), [(5, 1), (4, 0), (100, 1), (3, 7)])
def test_the_pieces_are_the_whole(
    tmp_path: Path, name: str, piece_s: float, margin_s: float
) -> None:
    counts = ecg_counts(LEADS, DURATION_S)
    path = WRITERS[name](tmp_path / "long", counts)
    file = open_signal(path)
    whole = read_input(path)
    assert isinstance(whole, Recording)
    assert (file.lead_names, file.duration_s) == (LEADS, DURATION_S)
    read = []
    for piece in file.pieces(piece_s, margin_s):
        start = round(piece.start_s * file.sampling_rate_hz)
        signal_mv = piece.recording.signal_mv
        np.testing.assert_array_equal(signal_mv, whole.signal_mv[start : start + len(signal_mv)])
        assert piece.first_sample == min(start + piece.first_sample, round(margin_s * 500))
        read.append(signal_mv[piece.first_sample : piece.last_sample])
    np.testing.assert_array_equal(np.concatenate(read), whole.signal_mv)
    np.testing.assert_allclose(whole.signal_mv, in_millivolts(counts), atol=1e-6)


def test_a_piece_costs_the_memory_of_a_piece(tmp_path: Path) -> None:
    samples = 4_000_000
    counts = {"II": np.tile(ecg_counts(("II",))["II"], samples // 1000)}
    file = open_signal(write_ishne(tmp_path / "long", counts))
    tracemalloc.start()
    seconds = sum(piece.last_sample - piece.first_sample for piece in file.pieces(60.0, 10.0)) / 500
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds == samples / 500
    assert peak_bytes < 4 * 80 * 500 * 4


def test_other_formats_come_in_the_same_form(tmp_path: Path) -> None:
    np.savez(tmp_path / "ecg.npz", signal_mv=np.ones((500, 2)), fs=250)
    file = open_signal(tmp_path / "ecg.npz")
    assert file.duration_s == 2.0
    assert file.whole().lead_names == ("lead 1", "lead 2")


def test_a_file_that_shrinks_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = write_ishne(tmp_path / "h", ecg_counts(LEADS, DURATION_S))
    file = open_signal(path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(InputError, match="changed while it was read"):
        list(file.pieces(4.0, 0.0))


def test_a_picture_is_no_signal(tmp_path: Path) -> None:
    Image.new("L", (20, 20)).save(tmp_path / "p", "PNG")
    with pytest.raises(InputError, match="is a picture"):
        open_signal(tmp_path / "p")
