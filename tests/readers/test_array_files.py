"""MATLAB, HDF5 and Parquet: plain arrays are read, nothing is run, no bomb is unpacked."""

import resource
import warnings
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.io
from pyarrow import parquet
from refusal import code_of

from ecgmm.errors import InputWarning
from ecgmm.readers.route import identify, read_input

LEAD_MV = np.round(np.sin(np.arange(1000) / 7), 3)
BOTH_MV = np.stack([LEAD_MV, 2 * LEAD_MV], axis=1)
RATE_HZ = 250.0


def assert_is_both_leads(path: Path, names: tuple[str, ...], **stated: object) -> None:
    recording = read_input(path, **stated)
    assert (recording.sampling_rate_hz, recording.lead_names) == (RATE_HZ, names)
    np.testing.assert_allclose(recording.signal_mv, BOTH_MV, atol=1e-6)


@pytest.mark.parametrize("compressed", [False, True])
def test_matlab_array_with_its_rate_and_unit(tmp_path: Path, compressed: bool) -> None:
    path = tmp_path / "ecg"
    variables = {"ecg": BOTH_MV.T, "fs": RATE_HZ, "unit": "mV"}
    scipy.io.savemat(path, variables, appendmat=False, do_compression=compressed)
    assert identify(path) == "mat"
    assert_is_both_leads(path, ("lead 1", "lead 2"))


def test_matlab_structure_with_names_of_leads(tmp_path: Path) -> None:
    names = np.array(["V1", "V2"], object)
    fields = {"sex": "Male", "data": 1000 * BOTH_MV, "fs": RATE_HZ, "leads": names, "units": "uV"}
    scipy.io.savemat(tmp_path / "s.mat", {"ECG": fields})
    assert_is_both_leads(tmp_path / "s.mat", ("V1", "V2"))


def test_matlab_arrays_named_as_leads(tmp_path: Path) -> None:
    variables = {"I": LEAD_MV, "II": 2 * LEAD_MV, "age": 60, "Fs": RATE_HZ, "units": "mV"}
    scipy.io.savemat(tmp_path / "l.mat", variables)
    assert_is_both_leads(tmp_path / "l.mat", ("I", "II"))


@pytest.mark.parametrize(("name", "unit_s"), [("time", 1.0), ("t", 1.0), ("time_ms", 1e-3)])
def test_an_array_of_times_states_the_rate(tmp_path: Path, name: str, unit_s: float) -> None:
    times = np.arange(len(LEAD_MV)) / RATE_HZ / unit_s
    scipy.io.savemat(tmp_path / "t.mat", {"ecg": BOTH_MV, name: times, "units": "mV"})
    assert_is_both_leads(tmp_path / "t.mat", ("lead 1", "lead 2"))


@pytest.mark.parametrize("stated", [{"fs": np.nan}, {"fs": 0}, {"units": "counts"}])
def test_a_statement_that_says_nothing_is_overruled_by_what_is_given(
    tmp_path: Path, stated: dict[str, object]
) -> None:
    scipy.io.savemat(tmp_path / "o.mat", {"ecg": BOTH_MV, **stated})
    names = ("lead 1", "lead 2")
    assert_is_both_leads(tmp_path / "o.mat", names, sampling_rate_hz=RATE_HZ, unit="mV")


def test_times_that_cannot_be_seconds_are_asked_about(tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "t.mat", {"ecg": LEAD_MV, "t": 4.0 * np.arange(1000)})
    assert code_of(tmp_path / "t.mat", unit="mV") == "missing_sampling_rate"


def test_matlab_4_states_neither_rate_nor_unit(tmp_path: Path) -> None:
    path = tmp_path / "A0001.mat"
    scipy.io.savemat(path, {"val": 1000 * BOTH_MV.T}, format="4")
    assert code_of(path) == "missing_sampling_rate"
    assert code_of(path, sampling_rate_hz=RATE_HZ) == "missing_unit"
    assert_is_both_leads(path, ("lead 1", "lead 2"), sampling_rate_hz=RATE_HZ, unit="uV")


def test_a_matlab_bomb_is_not_unpacked(tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "b.mat", {"ecg": np.zeros(10_000_000)}, do_compression=True)
    assert (tmp_path / "b.mat").stat().st_size < 100_000
    assert code_of(tmp_path / "b.mat", sampling_rate_hz=RATE_HZ, unit="mV") == "too_large"


def test_hdf5_data_set_whose_attributes_state_rate_unit_and_leads(tmp_path: Path) -> None:
    path = tmp_path / "ecg"
    with h5py.File(path, "w") as file:
        stored = file.create_dataset("patient/ecg", data=BOTH_MV, compression="gzip")
        stored.attrs["Sampling Rate"] = RATE_HZ
        stored.attrs["units"] = "mV"
        stored.attrs["leads"] = ["I", "II"]
    assert identify(path) == "hdf5"
    assert_is_both_leads(path, ("I", "II"))


def test_hdf5_arrays_that_state_rate_and_leads(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "e.h5", "w") as file:
        file["ecg_uV"] = 1000 * BOTH_MV
        file["fs"], file["lead_names"] = RATE_HZ, [b"V1", b"V2"]
        file["rpeaks"] = np.arange(4)
    assert_is_both_leads(tmp_path / "e.h5", ("V1", "V2"))


def test_matlab_7_3_is_hdf5(tmp_path: Path) -> None:
    path = tmp_path / "new.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        file["ecg"], file["fs"] = BOTH_MV.T, [[RATE_HZ]]
    content = bytearray(path.read_bytes())
    content[:19] = b"MATLAB 7.3 MAT-file"
    path.write_bytes(content)
    assert_is_both_leads(path, ("lead 1", "lead 2"), unit="mV")


def test_no_link_out_of_an_hdf5_file_is_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["ecg"] = BOTH_MV
    np.zeros(8000).tofile(tmp_path / "raw")
    with h5py.File(tmp_path / "links.h5", "w") as file:
        file["ecg"] = h5py.ExternalLink("other.h5", "ecg")
        file["signal"] = h5py.SoftLink("/ecg")
        file.create_dataset("raw", (1000,), "f8", external=[(str(tmp_path / "raw"), 0, 8000)])
        layout = h5py.VirtualLayout((1000, 2), "f8")
        layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "ecg", (1000, 2))
        file.create_virtual_dataset("virtual", layout)
    assert code_of(tmp_path / "links.h5", sampling_rate_hz=RATE_HZ, unit="mV") == "no_ecg"


def test_an_hdf5_file_may_not_have_the_memory_that_it_claims() -> None:
    path = Path(__file__).parents[1] / "corpus" / "hdf5" / "regression-heap-1"
    before_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert code_of(path, sampling_rate_hz=RATE_HZ, unit="mV") == "damaged"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < max(before_kb, 1_000_000) + 1


def test_an_hdf5_bomb_is_not_unpacked(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file.create_dataset("ecg", (300_000_000,), "f8", compression="gzip")
    assert code_of(tmp_path / "b.h5", sampling_rate_hz=1000.0, unit="mV") == "too_large"


def test_parquet_columns_mean_what_those_of_a_csv_file_do(tmp_path: Path) -> None:
    columns = {"time_s": np.arange(1000) / RATE_HZ, "I_mV": LEAD_MV, "II_mV": 2 * LEAD_MV}
    frame = pd.DataFrame({**columns, "RESP": LEAD_MV, "note": ["a"] * 1000})
    frame.to_parquet(tmp_path / "ecg")
    assert identify(tmp_path / "ecg") == "parquet"
    with pytest.warns(InputWarning, match="not read: RESP, note"):
        assert_is_both_leads(tmp_path / "ecg", ("I", "II"))


def test_parquet_timestamps_state_the_rate(tmp_path: Path) -> None:
    steps = pd.to_timedelta(4 * np.arange(1000), "ms")
    frame = pd.DataFrame({"I (uV)": 1000 * LEAD_MV, "II (uV)": 2000 * LEAD_MV})
    frame.index = pd.Index(pd.Timestamp("2024-01-01", tz="UTC") + steps, name="timestamp")
    frame.to_parquet(tmp_path / "t.parquet")
    assert_is_both_leads(tmp_path / "t.parquet", ("I", "II"))


def test_parquet_metadata_state_rate_and_unit(tmp_path: Path) -> None:
    table = pa.table({"I": LEAD_MV, "II": 2 * LEAD_MV})
    stated = table.replace_schema_metadata({"sampling_rate_hz": "250", "unit": "mV"})
    parquet.write_table(stated, tmp_path / "m.parquet")
    assert_is_both_leads(tmp_path / "m.parquet", ("I", "II"))


def test_a_parquet_bomb_is_not_unpacked(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"II": np.zeros(20_000_000, np.int8)}), tmp_path / "b.parquet")
    assert (tmp_path / "b.parquet").stat().st_size < 200_000
    assert code_of(tmp_path / "b.parquet", sampling_rate_hz=1000.0, unit="mV") == "too_large"


@pytest.mark.parametrize("signature", [b"\x89HDF\r\n\x1a\n", b"PAR1", b"MATLAB 5.0 MAT-file"])
def test_a_file_that_is_only_its_signature_is_damaged(tmp_path: Path, signature: bytes) -> None:
    (tmp_path / "bare").write_bytes(signature + bytes(600))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert code_of(tmp_path / "bare") in ("damaged", "no_ecg")
