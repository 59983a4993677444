"""DICOM waveforms: pydicom's own ECG, and what a hostile file may claim."""

import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from format_files import RATE_HZ, STEP_UV, TWELVE_LEADS, ecg_counts, in_millivolts, write_dicom
from pydicom.data import get_testdata_file
from refusal import code_of

from ecgmm.errors import InputWarning
from ecgmm.readers.limb_leads import limb_lead_doubts
from ecgmm.readers.route import identify, read_input
from ecgmm.recording import Recording


def test_the_waveform_that_comes_with_pydicom(tmp_path: Path) -> None:
    path = get_testdata_file("waveform_ecg.dcm", download=False)
    assert isinstance(path, str)
    recording = read_input(Path(path))
    assert isinstance(recording, Recording)
    assert recording.lead_names == TWELVE_LEADS
    assert recording.sampling_rate_hz == 1000.0
    peers_uv = pydicom.dcmread(path).waveform_array(0)
    np.testing.assert_allclose(recording.signal_mv, peers_uv / 1000, atol=1e-6)
    assert limb_lead_doubts(recording) == ()


def test_twelve_leads_come_back_as_written(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "ecg", ecg_counts())
    assert identify(path) == "dicom"
    recording = read_input(path)
    assert isinstance(recording, Recording)
    assert (recording.lead_names, recording.sampling_rate_hz) == (TWELVE_LEADS, RATE_HZ)
    np.testing.assert_allclose(recording.signal_mv, in_millivolts(ecg_counts()), atol=1e-6)


def test_padding_is_missing(tmp_path: Path) -> None:
    counts = ecg_counts(["II"])
    counts["II"][:100] = -32768
    padding = (-32768).to_bytes(2, "little", signed=True)
    recording = read_input(write_dicom(tmp_path / "p", counts, WaveformPaddingValue=padding))
    assert isinstance(recording, Recording)
    assert np.isnan(recording.signal_mv[:100]).all()
    assert np.isfinite(recording.signal_mv[100:]).all()


def test_a_sample_of_the_padding_value_amid_others_is_a_sample(tmp_path: Path) -> None:
    counts = ecg_counts(["II"])
    counts["II"][:] += 900
    counts["II"][100:110] = 0
    path = write_dicom(tmp_path / "p", counts, WaveformPaddingValue=b"\0\0")
    assert np.isfinite(read_input(path).signal_mv[100:110]).all()


def test_groups_of_other_leads_stand_at_their_offsets(tmp_path: Path) -> None:
    counts = ecg_counts(["I", "V1"])
    path = write_dicom(tmp_path / "turns.dcm", {"I": counts["I"]})
    later = write_dicom(tmp_path / "later.dcm", {"V1": counts["V1"]})
    dataset, other = pydicom.dcmread(path), pydicom.dcmread(later)
    other.WaveformSequence[0].MultiplexGroupTimeOffset = 2000
    dataset.WaveformSequence.append(other.WaveformSequence[0])
    dataset.save_as(path)
    recording = read_input(path)
    first, samples = 2 * RATE_HZ, len(counts["I"])
    assert recording.lead_names == ("I", "V1")
    assert recording.signal_mv.shape == (first + samples, 2)
    assert np.isnan(recording.signal_mv[:first, 1]).all()
    assert np.isnan(recording.signal_mv[samples:, 0]).all()
    np.testing.assert_allclose(
        recording.signal_mv[first:, 1], in_millivolts({"V1": counts["V1"]})[:, 0], atol=1e-6
    )


def joined(folder: Path, *groups: dict[str, np.ndarray]) -> Path:
    """One file with these groups."""
    paths = [write_dicom(folder / f"{n}.dcm", group) for n, group in enumerate(groups)]
    first, *others = map(pydicom.dcmread, paths)
    first.WaveformSequence.extend(other.WaveformSequence[0] for other in others)
    first.save_as(paths[0])
    return paths[0]


def test_a_rhythm_strip_takes_no_other_lead_out_of_its_column(tmp_path: Path) -> None:
    long, column = ecg_counts(["II"], 8.0), ecg_counts(["I", "II", "III"], 2.5)
    recording = read_input(joined(tmp_path, column, long))
    assert recording.lead_names == ("I", "III", "II")
    known = np.isfinite(recording.signal_mv).sum(axis=0)
    assert known.tolist() == [2.5 * RATE_HZ, 2.5 * RATE_HZ, 8.0 * RATE_HZ]


def test_of_a_median_beat_no_lead_is_taken_that_was_not_recorded(tmp_path: Path) -> None:
    path = joined(tmp_path, ecg_counts(["I", "II"], 8.0), ecg_counts(["I", "II", "III"], 1.2))
    with pytest.warns(InputWarning, match="left out, of the same leads"):
        assert read_input(path).lead_names == ("I", "II")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"NumberOfWaveformSamples": 2**31 - 1}, "too_long"),
        ({"NumberOfWaveformSamples": 5000}, "damaged"),
        ({"NumberOfWaveformChannels": 60_000}, "too_many_leads"),
        ({"SamplingFrequency": 0}, "damaged"),
        ({"WaveformOriginality": "DERIVED"}, "no_ecg"),
        ({"WaveformSampleInterpretation": "MB"}, "damaged"),
        ({"ChannelDefinitionSequence": []}, "damaged"),
    ],
)
def test_a_group_that_its_file_belies_is_refused(
    tmp_path: Path, changes: dict[str, object], code: str
) -> None:
    assert code_of(write_dicom(tmp_path / "bad.dcm", ecg_counts(["II"]), **changes)) == code


def test_a_lead_without_a_unit_is_not_guessed(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "bare.dcm", ecg_counts(["II"]))
    dataset = pydicom.dcmread(path)
    del dataset.WaveformSequence[0].ChannelDefinitionSequence[0].ChannelSensitivity
    dataset.save_as(path)
    assert code_of(path) == "missing_unit"
    recording = read_input(path, unit="uV")
    np.testing.assert_allclose(
        recording.signal_mv, in_millivolts(ecg_counts(["II"])) / STEP_UV, atol=1e-6
    )


def test_a_deflated_file_is_not_inflated(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "bomb.dcm", ecg_counts(["II"]))
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1.99"
    dataset.file_meta.FileMetaInformationGroupLength = 0
    dataset.save_as(path, enforce_file_format=False)
    with path.open("ab") as file:
        file.write(zlib.compress(b"\0" * 10_000_000))
    assert code_of(path) == "unknown_format"


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "cut.dcm", ecg_counts(["II"]))
    content = path.read_bytes()
    for length in (140, 300, len(content) - 200):
        path.write_bytes(content[:length])
        assert code_of(path) in ("damaged", "no_ecg")


def edited(path: Path, edit: Callable[[pydicom.Dataset], None]) -> Path:
    """A file whose first multiplex group was edited."""
    dataset = pydicom.dcmread(path)
    edit(dataset.WaveformSequence[0])
    dataset.save_as(path)
    return path


def without_units(group: pydicom.Dataset) -> None:
    for channel in group.ChannelDefinitionSequence:
        del channel.ChannelSensitivityUnitsSequence


def with_unit_one(group: pydicom.Dataset) -> None:
    for channel in group.ChannelDefinitionSequence:
        channel.ChannelSensitivityUnitsSequence[0].CodeValue = "1"


@pytest.mark.parametrize("edit", [without_units, with_unit_one])
def test_a_sensitivity_without_a_unit_is_asked_about(
    tmp_path: Path, edit: Callable[[pydicom.Dataset], None]
) -> None:
    path = edited(write_dicom(tmp_path / "e.dcm", ecg_counts(["II"])), edit)
    assert code_of(path) == "missing_unit"
    stated_mv = read_input(path, unit="uV").signal_mv
    np.testing.assert_allclose(stated_mv, in_millivolts(ecg_counts(["II"])), atol=1e-6)


def test_a_rate_that_is_not_there_is_asked_about(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "e.dcm", ecg_counts(["II"]))
    edited(path, lambda group: delattr(group, "SamplingFrequency"))
    assert code_of(path) == "missing_sampling_rate"
    assert read_input(path, sampling_rate_hz=RATE_HZ).sampling_rate_hz == RATE_HZ


def test_a_group_of_unstated_origin_is_an_ecg(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "e.dcm", ecg_counts(["II"]))
    edited(path, lambda group: delattr(group, "WaveformOriginality"))
    assert read_input(path).lead_names == ("II",)
