"""EDF files: every sample back, no unit guessed, no header believed that its file belies."""

from pathlib import Path

import edfio
import numpy as np
import pytest
from format_files import RATE_HZ, STEP_UV, TWELVE_LEADS, ecg_counts, in_millivolts, write_edf
from refusal import code_of

from ecgmm.errors import InputWarning
from ecgmm.readers.route import identify, open_signal, read_input
from ecgmm.recording import Recording

FIELDS = {"records": 236, "record_s": 244, "signals": 252, "header_bytes": 184, "kind": 192}


def spoil(path: Path, field: str, text: str) -> Path:
    content = bytearray(path.read_bytes())
    at = FIELDS[field]
    content[at : at + len(text)] = text.encode()
    path.write_bytes(content)
    return path


def signal(values: np.ndarray, rate_hz: float = RATE_HZ, **fields: str) -> edfio.EdfSignal:
    return edfio.EdfSignal(values, rate_hz, **fields)


def test_twelve_leads_come_back_as_written(tmp_path: Path) -> None:
    path = write_edf(tmp_path / "holter.dat", ecg_counts())
    assert identify(path) == "edf"
    recording = read_input(path)
    assert isinstance(recording, Recording)
    assert recording.lead_names == TWELVE_LEADS
    assert recording.sampling_rate_hz == RATE_HZ
    np.testing.assert_allclose(recording.signal_mv, in_millivolts(ecg_counts()), atol=1e-6)


def test_the_unit_is_the_signals_own(tmp_path: Path) -> None:
    recording = read_input(write_edf(tmp_path / "mv.edf", ecg_counts(["II"]), unit="mV"))
    assert isinstance(recording, Recording)
    thousandfold_mv = 1000 * in_millivolts(ecg_counts(["II"]))
    np.testing.assert_allclose(recording.signal_mv, thousandfold_mv, rtol=1e-6, atol=1e-3)


def test_other_signals_of_a_sleep_study_are_left_out(tmp_path: Path) -> None:
    wave = np.sin(np.arange(1000) / 9)
    edfio.Edf(
        [
            signal(wave, label="EEG C3-A2", physical_dimension="uV"),
            signal(wave, label="EKG", physical_dimension="uV"),
            signal(wave, label="SpO2", physical_dimension="%"),
        ]
    ).write(tmp_path / "sleep.edf")
    with pytest.warns(InputWarning, match="EEG C3-A2, SpO2"):
        recording = read_input(tmp_path / "sleep.edf")
    assert isinstance(recording, Recording)
    assert recording.lead_names == ("EKG",)


@pytest.mark.parametrize("unit", ["", "NU", "?", "unknown", "ADU", "digit", "a.u.", "counts"])
def test_a_unit_that_is_none_is_settled_by_what_is_stated(tmp_path: Path, unit: str) -> None:
    path = write_edf(tmp_path / "bare.edf", ecg_counts(["II"]), unit=unit)
    assert code_of(path) == "missing_unit"
    known = read_input(write_edf(tmp_path / "uv.edf", ecg_counts(["II"]), unit="uV"))
    np.testing.assert_allclose(read_input(path, unit="uV").signal_mv, known.signal_mv, atol=1e-6)


def test_a_lead_without_a_unit_is_not_guessed(tmp_path: Path) -> None:
    path = write_edf(tmp_path / "bare.edf", ecg_counts(["II"]), unit="")
    assert code_of(path) == "missing_unit"
    stated = read_input(path, unit="uV")
    np.testing.assert_allclose(stated.signal_mv, in_millivolts(ecg_counts(["II"])), atol=1e-5)


def test_leads_slower_than_the_others_are_named(tmp_path: Path) -> None:
    wave = np.sin(np.arange(1000) / 9)
    edfio.Edf(
        [
            signal(wave, 500, label="ECG I", physical_dimension="mV"),
            signal(wave[:200], 100, label="ECG II", physical_dimension="mV"),
        ]
    ).write(tmp_path / "two.edf")
    with pytest.warns(InputWarning, match="slower than 500 Hz: ECG II"):
        recording = read_input(tmp_path / "two.edf")
    assert isinstance(recording, Recording)
    assert recording.lead_names == ("I",)


def write_gapped(path: Path, onsets_s: tuple[int, ...] = (0, 1, 5)) -> np.ndarray:
    """A discontinuous file of one-second records, and its signal."""
    wave = np.round(np.sin(np.arange(len(onsets_s) * RATE_HZ) / 9), 2)
    edf = edfio.Edf(
        [signal(wave, label="ECG II", physical_dimension="mV")],
        annotations=[],
        data_record_duration=1,
    )
    edf.write(path)
    content = path.read_bytes()
    for record, onset in enumerate(onsets_s):
        content = content.replace(b"+%d\x14\x14\0" % record, b"@%d\x14\x14\0" % onset)
    path.write_bytes(content.replace(b"@", b"+").replace(b"EDF+C", b"EDF+D"))
    return wave


def test_gaps_of_a_discontinuous_file_are_missing_samples(tmp_path: Path) -> None:
    wave = write_gapped(tmp_path / "gaps.edf")
    recording = read_input(tmp_path / "gaps.edf")
    assert isinstance(recording, Recording)
    assert recording.duration_s == 6.0
    lead_mv = recording.signal_mv[:, 0]
    assert np.isnan(lead_mv[2 * RATE_HZ : 5 * RATE_HZ]).all()
    np.testing.assert_allclose(lead_mv[: 2 * RATE_HZ], wave[: 2 * RATE_HZ], atol=1e-4)
    np.testing.assert_allclose(lead_mv[5 * RATE_HZ :], wave[2 * RATE_HZ :], atol=1e-4)


def test_records_out_of_order_are_refused(tmp_path: Path) -> None:
    write_gapped(tmp_path / "back.edf", (0, 5, 2))
    assert code_of(tmp_path / "back.edf") == "damaged"


def write_bdf(path: Path, wave: np.ndarray) -> Path:
    fields = {"label": "ECG II", "physical_dimension": "uV"}
    signals = [edfio.BdfSignal(wave, RATE_HZ, physical_range=(-5000, 5000), **fields)]
    edfio.Bdf(signals, annotations=[], data_record_duration=1).write(path)
    return path


def test_bdf_has_samples_of_24_bits(tmp_path: Path) -> None:
    wave_uv = 1000 * np.sin(np.arange(3 * RATE_HZ) / 9)
    path = write_bdf(tmp_path / "fine.bdf", wave_uv)
    assert identify(path) == "edf"
    recording = read_input(path)
    assert (recording.lead_names, recording.sampling_rate_hz) == (("II",), RATE_HZ)
    step_mv = 10.0 / 2**24
    np.testing.assert_allclose(recording.signal_mv[:, 0], wave_uv / 1000, atol=step_mv)
    part = open_signal(path).read_mv(RATE_HZ, 2 * RATE_HZ)
    np.testing.assert_array_equal(part, recording.signal_mv[RATE_HZ : 2 * RATE_HZ])


def test_gaps_of_a_discontinuous_bdf_file_are_missing_samples(tmp_path: Path) -> None:
    path = write_bdf(tmp_path / "gaps.bdf", 1000 * np.sin(np.arange(3 * RATE_HZ) / 9))
    content = path.read_bytes().replace(b"+2\x14\x14\0", b"+5\x14\x14\0")
    path.write_bytes(content.replace(b"BDF+C", b"BDF+D"))
    lead_mv = read_input(path).signal_mv[:, 0]
    assert len(lead_mv) == 6 * RATE_HZ
    assert np.isnan(lead_mv[2 * RATE_HZ : 5 * RATE_HZ]).all()
    assert np.isfinite(lead_mv[5 * RATE_HZ :]).all()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("records", "-5      "),
        ("records", "0       "),
        ("records", "99999999"),
        ("records", "many    "),
        ("record_s", "0       "),
        ("record_s", "-1      "),
        ("record_s", "nan     "),
        ("signals", "9999"),
        ("signals", "0   "),
        ("header_bytes", "999     "),
    ],
)
def test_a_header_that_its_file_belies_is_refused(tmp_path: Path, field: str, text: str) -> None:
    path = write_edf(tmp_path / "bad.edf", ecg_counts(["II"]))
    assert code_of(spoil(path, field, text)) == "damaged"


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = write_edf(tmp_path / "cut.edf", ecg_counts(["II"]))
    content = path.read_bytes()
    for length in (260, 500, len(content) - 1):
        path.write_bytes(content[:length])
        assert code_of(path) == "damaged"


def test_an_unfinished_recording_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = write_edf(tmp_path / "running.edf", ecg_counts(["II"]))
    recording = read_input(spoil(path, "records", "-1      "))
    assert isinstance(recording, Recording)
    assert recording.duration_s == 2.0


def test_any_part_can_be_read_alone(tmp_path: Path) -> None:
    file = open_signal(write_edf(tmp_path / "long.edf", ecg_counts(["I", "II"], duration_s=6.0)))
    whole = in_millivolts(ecg_counts(["I", "II"], duration_s=6.0))
    np.testing.assert_allclose(file.read_mv(123, 2345), whole[123:2345], atol=STEP_UV * 1e-6)
