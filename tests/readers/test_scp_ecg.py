"""SCP-ECG: every sample comes back, however the file codes it."""

import struct
from pathlib import Path

import numpy as np
import pytest
from format_files import RATE_HZ, TWELVE_LEADS, ecg_counts, in_millivolts
from refusal import code_of
from scp_files import write_scp

from ecgmm.readers.route import identify, read_input
from ecgmm.recording import Recording

PLACE_OF_SECTION_6 = 22 + 6 * 10 + 6


def signal_of(path: Path) -> np.ndarray:
    recording = read_input(path)
    assert isinstance(recording, Recording)
    return recording.signal_mv


@pytest.mark.parametrize("coding", ["default", "own", "none"])
@pytest.mark.parametrize("order", [0, 1, 2])
def test_every_coding_gives_the_samples_back(tmp_path: Path, coding: str, order: int) -> None:
    path = write_scp(tmp_path / "ecg", ecg_counts(), order=order, coding=coding)
    assert identify(path) == "scp"
    recording = read_input(path)
    assert isinstance(recording, Recording)
    assert (recording.lead_names, recording.sampling_rate_hz) == (TWELVE_LEADS, RATE_HZ)
    np.testing.assert_allclose(recording.signal_mv, in_millivolts(ecg_counts()), atol=1e-6)


@pytest.mark.parametrize("beats_at", [(300,), (10, 500, 995)])
def test_a_subtracted_reference_beat_is_put_back(tmp_path: Path, beats_at: tuple[int, ...]) -> None:
    counts = ecg_counts(("I", "II", "V1"))
    path = write_scp(tmp_path / "e.scp", counts, beats_at=beats_at)
    np.testing.assert_allclose(signal_of(path), in_millivolts(counts), atol=1e-6)


def test_a_lead_that_begins_later_is_missing_before(tmp_path: Path) -> None:
    counts = ecg_counts(("I", "II"))
    path = write_scp(tmp_path / "e.scp", counts)
    content = bytearray(path.read_bytes())
    (place,) = struct.unpack_from("<I", content, 22 + 3 * 10 + 6)
    second_lead = place - 1 + 16 + 2 + 9
    struct.pack_into("<II", content, second_lead, 101, 1100)
    path.write_bytes(content)
    signal_mv, expected = signal_of(path), in_millivolts(counts)
    assert signal_mv.shape == (1100, 2)
    assert np.isnan(signal_mv[:100, 1]).all()
    np.testing.assert_allclose(signal_mv[100:, 1], expected[:, 1], atol=1e-6)
    np.testing.assert_allclose(signal_mv[:1000, 0], expected[:, 0], atol=1e-6)


def test_bimodal_compression_is_refused_by_its_name(tmp_path: Path) -> None:
    path = write_scp(tmp_path / "e.scp", ecg_counts(("I",)), bimodal=1)
    assert code_of(path) == "unsupported"


@pytest.mark.parametrize("kept", [0.2, 0.6, 0.99])
def test_a_file_that_is_cut_off_is_damaged(tmp_path: Path, kept: float) -> None:
    path = write_scp(tmp_path / "e.scp", ecg_counts())
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert code_of(path) == "damaged"


def test_a_file_without_a_rhythm_holds_no_ecg(tmp_path: Path) -> None:
    path = write_scp(tmp_path / "e.scp", ecg_counts(("I",)))
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, PLACE_OF_SECTION_6 - 4, 0)
    path.write_bytes(content)
    assert code_of(path) == "no_ecg"


def test_a_lead_cannot_claim_more_than_a_recording_may_have(tmp_path: Path) -> None:
    path = write_scp(tmp_path / "e.scp", ecg_counts(("I",)))
    content = bytearray(path.read_bytes())
    (place,) = struct.unpack_from("<I", content, 22 + 3 * 10 + 6)
    struct.pack_into("<II", content, place - 1 + 16 + 2, 4_000_000_000, 4_000_000_999)
    path.write_bytes(content)
    assert np.isfinite(signal_of(path)).all()
    struct.pack_into("<I", content, place - 1 + 16 + 2, 1)
    path.write_bytes(content)
    assert code_of(path) == "too_long"
