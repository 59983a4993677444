"""A recording that is written and read again is the same recording, to the last bit or nearly."""

from dataclasses import replace
from pathlib import Path

import edfio
import numpy as np
import pytest
import wfdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ecgmm.errors import InputError
from ecgmm.readers.route import read_input
from ecgmm.recording import Recording
from ecgmm.simulator import simulate
from ecgmm.writers.recording_csv import csv_file
from ecgmm.writers.recording_edf import edf_file
from ecgmm.writers.recording_wfdb import wfdb_files

LARGEST_ERROR = {"csv": 0.0, "wfdb": 1 / 63_000, "edf": (1 + 1e-4) / (2 * 65_535)}
"""As a share of the lead's range. EDF: half of one of 65,535 steps, which share the lead's range
and a ten-thousandth more, where a step is kept for what is missing."""
EDF_MARGIN_MV = 5e-3 / (2 * 65_535)
"""EDF's limits leave a microvolt of room and are rounded outwards to whole microvolts, at either
end: 4 uV; a hundredth of a microvolt more where edfio rounds them outwards once again."""
FLOAT32_ERROR = 4e-7


def write(recording: Recording, folder: Path, form: str) -> Path:
    if form == "wfdb":
        for name, content in wfdb_files(recording, "rec").items():
            (folder / name).write_bytes(content)
        return folder / "rec.hea"
    path = folder / f"rec.{form}"
    path.write_bytes(csv_file(recording) if form == "csv" else edf_file(recording))
    return path


def read_back(recording: Recording, folder: Path, form: str) -> Recording:
    read = read_input(write(recording, folder, form))
    assert isinstance(read, Recording)
    return read


def sample(duration_s: float = 10.5) -> Recording:
    leads = ("I", "II", "V2")
    return simulate("NNV", duration_s=duration_s, sampling_rate_hz=360, leads=leads)


def largest_error_mv(lead_mv: np.ndarray, form: str) -> float:
    known = lead_mv[np.isfinite(lead_mv)]
    if not len(known) or form == "csv":
        return 0.0
    rounding = FLOAT32_ERROR * np.abs(known).max()
    limits_mv = EDF_MARGIN_MV if form == "edf" else 1e-4
    return LARGEST_ERROR[form] * float(np.ptp(known)) + rounding + limits_mv


@pytest.mark.parametrize("form", LARGEST_ERROR)
def test_a_simulated_recording_survives(tmp_path: Path, form: str) -> None:
    recording = sample()
    read = read_back(recording, tmp_path, form)
    assert read.lead_names == recording.lead_names
    assert read.sampling_rate_hz == recording.sampling_rate_hz
    assert read.signal_mv.shape == recording.signal_mv.shape
    for before_mv, after_mv in zip(recording.signal_mv.T, read.signal_mv.T, strict=True):
        assert np.abs(before_mv - after_mv).max() <= largest_error_mv(before_mv, form)


@pytest.mark.parametrize("form", LARGEST_ERROR)
def test_what_was_not_recorded_stays_missing(tmp_path: Path, form: str) -> None:
    recording = sample()
    recording.signal_mv[100:200, 0] = np.nan
    recording.signal_mv[300:400] = np.nan
    read = read_back(recording, tmp_path, form)
    np.testing.assert_array_equal(np.isnan(read.signal_mv), np.isnan(recording.signal_mv))


def test_uncertainty_stands_in_the_csv_beside_the_leads_and_is_not_read_as_one(
    tmp_path: Path,
) -> None:
    recording = sample()
    uncertainty_mv = np.full_like(recording.signal_mv, 0.02)
    uncertainty_mv[5, 1] = 0.25
    uncertain = replace(recording, uncertainty_mv=uncertainty_mv)
    header, *rows = write(uncertain, tmp_path, "csv").read_text().splitlines()[1:]
    columns = header.split(",")
    assert columns[-2:] == ["II uncertainty (mV SD)", "V2 uncertainty (mV SD)"]
    assert float(rows[5].split(",")[-2]) == 0.25
    read = read_back(uncertain, tmp_path, "csv")
    assert read.lead_names == recording.lead_names
    np.testing.assert_array_equal(read.signal_mv, recording.signal_mv)


@pytest.mark.parametrize("form", LARGEST_ERROR)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    signal_mv=arrays.arrays(
        np.float32,
        st.tuples(st.integers(300, 700), st.integers(1, 3)),
        elements=st.floats(-400, 400, width=32) | st.just(np.nan),
        fill=st.floats(-5, 5, width=32),
    ),
    rate_hz=st.sampled_from([100.0, 125.0, 128.0, 128.5, 250.0, 300.0]),
)
def test_any_signal_survives(
    tmp_path: Path, form: str, signal_mv: np.ndarray, rate_hz: float
) -> None:
    names = tuple(f"lead {lead + 1}" for lead in range(signal_mv.shape[1]))
    signal_mv[[0, -1]] = 1.0
    read = read_back(Recording(signal_mv, rate_hz, names, name="wild"), tmp_path, form)
    assert (read.sampling_rate_hz, read.signal_mv.shape) == (rate_hz, signal_mv.shape)
    np.testing.assert_array_equal(np.isnan(read.signal_mv), np.isnan(signal_mv))
    for before_mv, after_mv in zip(signal_mv.T, read.signal_mv.T, strict=True):
        assert np.nanmax(np.abs(before_mv - after_mv)) <= largest_error_mv(before_mv, form)


@pytest.mark.parametrize("low_mv", [-2.5449219, -1.2, -0.001, 0.3, -38.4, -999.5, -4000.25])
def test_an_edf_sample_is_off_by_half_a_step_of_the_range_that_its_header_states(
    tmp_path: Path, low_mv: float
) -> None:
    lead_mv = np.linspace(low_mv, 1.0, 500, dtype=np.float32)
    written = write(Recording(lead_mv[:, None], 100.0, ("II",)), tmp_path, "edf")
    (signal,) = edfio.read_edf(written).signals
    step_mv = (signal.physical_max - signal.physical_min) / 65_535
    read_mv = read_input(written).signal_mv[:, 0]
    error_mv = np.abs(read_mv - lead_mv.astype(np.float64)).max()
    assert error_mv <= step_mv / 2 + FLOAT32_ERROR * np.abs(lead_mv).max()


def test_other_programs_read_the_same(tmp_path: Path) -> None:
    recording = sample()
    by_wfdb = wfdb.rdrecord(str(write(recording, tmp_path, "wfdb").with_suffix("")))
    assert by_wfdb.units == ["mV"] * 3
    np.testing.assert_allclose(by_wfdb.p_signal, recording.signal_mv, atol=1e-4)
    by_edfio = edfio.read_edf(write(recording, tmp_path, "edf"))
    assert [signal.physical_dimension for signal in by_edfio.signals] == ["mV"] * 3
    leads_mv = np.stack([signal.data for signal in by_edfio.signals], axis=1)
    np.testing.assert_allclose(leads_mv[: len(recording.signal_mv)], recording.signal_mv, atol=1e-4)


def test_annotations_go_into_the_wfdb_record(tmp_path: Path) -> None:
    recording = sample()
    assert recording.annotations is not None
    read = read_back(recording, tmp_path, "wfdb")
    assert read.annotations is not None
    assert read.annotations.beat_symbols == recording.annotations.beat_symbols
    np.testing.assert_array_equal(read.annotations.beat_samples, recording.annotations.beat_samples)
    assert read.annotations.rhythm_names == recording.annotations.rhythm_names


@pytest.mark.parametrize("name", ["../evil", "a b", "", "x" * 200, "a/b"])
def test_a_record_name_cannot_leave_its_folder(name: str) -> None:
    with pytest.raises(InputError, match="record name"):
        wfdb_files(sample(), name)


def test_names_that_would_break_a_file_are_made_plain(tmp_path: Path) -> None:
    signal_mv = sample().signal_mv
    recording = Recording(signal_mv, 360.0, ('a,"b"\nc', "Ä name that is very very long", "third"))
    for form in LARGEST_ERROR:
        assert read_back(recording, tmp_path, form).signal_mv.shape == signal_mv.shape


def test_edf_cannot_state_every_rate() -> None:
    recording = Recording(np.zeros((500, 1), np.float32), 100 * np.pi, ("II",))
    with pytest.raises(InputError, match="write WFDB"):
        edf_file(recording)
