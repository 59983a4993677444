"""NumPy files state their unit or are asked for it; nothing is unpickled, nothing blows up."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from refusal import code_of

from ecgmm.readers.route import identify, read_input
from ecgmm.recording import Recording

RATE_HZ = 250
SIGNAL = np.sin(np.arange(500) / 9).astype(np.float32)[:, np.newaxis] * [1.0, 0.5]


def npy_header_claiming(shape: tuple[int, ...]) -> bytes:
    stream = io.BytesIO()
    header = {"shape": shape, "fortran_order": False, "descr": "<f4"}
    np.lib.format.write_array_header_1_0(stream, header)
    return stream.getvalue() + b"\0" * 64


def test_an_archive_says_what_its_array_is(tmp_path: Path) -> None:
    path = tmp_path / "ecg.npz"
    np.savez(path, signal_uv=SIGNAL * 1000, fs=RATE_HZ, lead_names=["MLII", "v5"])
    assert identify(path) == "numpy"
    recording = read_input(path)
    assert isinstance(recording, Recording)
    assert (recording.sampling_rate_hz, recording.lead_names) == (RATE_HZ, ("MLII", "V5"))
    np.testing.assert_allclose(recording.signal_mv, SIGNAL, atol=1e-6)


@pytest.mark.parametrize("array", [SIGNAL, SIGNAL.T, SIGNAL.astype(np.float64), SIGNAL[:, 0]])
def test_a_bare_array_is_read_with_what_the_caller_states(
    tmp_path: Path, array: np.ndarray
) -> None:
    np.save(tmp_path / "ecg.npy", array)
    recording = read_input(tmp_path / "ecg.npy", sampling_rate_hz=RATE_HZ, unit="V")
    assert isinstance(recording, Recording)
    expected_mv = 1000 * (SIGNAL if array.ndim == 2 else SIGNAL[:, :1])
    np.testing.assert_allclose(recording.signal_mv, expected_mv, rtol=1e-6)


def test_rate_and_unit_are_asked_for(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "ecg.npz", ecg=SIGNAL)
    assert code_of(tmp_path / "ecg.npz") == "missing_sampling_rate"
    assert code_of(tmp_path / "ecg.npz", sampling_rate_hz=RATE_HZ) == "missing_unit"


def test_an_archive_of_two_arrays_asks_which(tmp_path: Path) -> None:
    np.savez(tmp_path / "ecg.npz", a=SIGNAL, b=SIGNAL)
    assert code_of(tmp_path / "ecg.npz", sampling_rate_hz=RATE_HZ, unit="mV") == "no_ecg"


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (tmp_path / "sprung",)

    np.save(tmp_path / "trap.npy", np.array([Trap()], object), allow_pickle=True)
    assert code_of(tmp_path / "trap.npy", sampling_rate_hz=RATE_HZ, unit="mV") == "damaged"
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("shape", [(10**12,), (2**40, 2**40), (1, 10**9)])
def test_an_array_cannot_claim_more_than_its_file(tmp_path: Path, shape: tuple[int, ...]) -> None:
    (tmp_path / "big.npy").write_bytes(npy_header_claiming(shape))
    assert code_of(tmp_path / "big.npy", sampling_rate_hz=RATE_HZ, unit="mV") == "damaged"
    with zipfile.ZipFile(tmp_path / "big.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("signal.npy", npy_header_claiming(shape))
    assert code_of(tmp_path / "big.npz", sampling_rate_hz=RATE_HZ, unit="mV") == "damaged"


def test_a_zip_bomb_is_refused_by_its_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecgmm.readers.limits.MAX_NUMPY_BYTES", 1_000_000)
    np.savez_compressed(tmp_path / "bomb.npz", signal_mv=np.zeros(10_000_000, np.int8))
    assert (tmp_path / "bomb.npz").stat().st_size < 100_000
    assert code_of(tmp_path / "bomb.npz") == "too_large"


def test_other_zip_archives_are_no_arrays(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("../../evil.txt", "x")
    assert code_of(tmp_path / "a.npz") == "unknown_format"
