"""A recording leaves the program as a DICOM waveform that pydicom reads as it was."""

import io
from pathlib import Path

import numpy as np
import pytest

from ecgmm.errors import InputError
from ecgmm.readers.route import identify, read_input
from ecgmm.recording import Recording
from ecgmm.simulator import simulate
from ecgmm.writers.recording_dicom import dicom_file

pydicom = pytest.importorskip("pydicom")
TWELVE = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")


def sample(leads: tuple[str, ...] = TWELVE, duration_s: float = 10.0) -> Recording:
    return simulate("NNV", duration_s=duration_s, sampling_rate_hz=500, leads=leads)


def test_the_program_reads_its_own_file_back(tmp_path: Path) -> None:
    path, recording = tmp_path / "e.dcm", sample()
    path.write_bytes(dicom_file(recording))
    assert identify(path) == "dicom"
    read = read_input(path)
    assert isinstance(read, Recording)
    assert (read.lead_names, read.sampling_rate_hz) == (TWELVE, 500.0)
    np.testing.assert_allclose(read.signal_mv, recording.signal_mv, atol=1e-4)


def test_pydicom_reads_the_samples_in_microvolts() -> None:
    recording = sample(("II", "V1"))
    dataset = pydicom.dcmread(io.BytesIO(dicom_file(recording)))
    np.testing.assert_allclose(dataset.waveform_array(0) / 1000, recording.signal_mv, atol=1e-4)


def test_what_was_not_recorded_at_the_ends_stays_missing(tmp_path: Path) -> None:
    path, recording = tmp_path / "e.dcm", sample(("II", "V1"))
    recording.signal_mv[:40, 0] = np.nan
    recording.signal_mv[-500:] = np.nan
    path.write_bytes(dicom_file(recording))
    read = read_input(path)
    assert isinstance(read, Recording)
    missing = np.isnan(recording.signal_mv)
    np.testing.assert_array_equal(np.isnan(read.signal_mv), missing[: len(read.signal_mv)])
    assert missing[len(read.signal_mv) :].all()


@pytest.mark.parametrize(
    ("leads", "duration_s", "kind"),
    [
        (TWELVE, 10.0, "12-lead ECG Waveform Storage"),
        (TWELVE, 60.0, "General ECG Waveform Storage"),
    ],
)
def test_the_object_is_of_the_kind_that_may_hold_it(
    leads: tuple[str, ...], duration_s: float, kind: str
) -> None:
    dataset = pydicom.dcmread(io.BytesIO(dicom_file(sample(leads, duration_s))))
    assert dataset.SOPClassUID.name == kind


@pytest.mark.parametrize(("leads", "rate_hz"), [(1, 125.0), (1, 2000.0), (25, 500.0)])
def test_what_no_dicom_ecg_may_hold_is_refused(leads: int, rate_hz: float) -> None:
    names = tuple(f"lead {lead}" for lead in range(leads))
    with pytest.raises(InputError, match="DICOM ECG"):
        dicom_file(Recording(np.zeros((4000, leads), np.float32), rate_hz, names))


@pytest.mark.parametrize("gap", [slice(100, 200), slice(0, 1)])
def test_samples_that_would_be_read_as_a_spike_are_refused(gap: slice) -> None:
    recording = sample(("II", "V1"))
    recording.signal_mv[gap, 1] = np.nan
    with pytest.raises(InputError, match="lead V1 are missing; write WFDB"):
        dicom_file(recording)
