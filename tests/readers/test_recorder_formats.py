"""AliveCor and ISHNE files: every sample and mark back, nothing read past what is there."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from format_files import (
    RATE_HZ,
    TWELVE_LEADS,
    ecg_counts,
    in_millivolts,
    write_atc,
    write_ishne,
)
from refusal import code_of

from ecgmm.readers.route import identify, open_signal, read_input
from ecgmm.recording import Recording


@pytest.mark.parametrize("leads", [TWELVE_LEADS, TWELVE_LEADS[:6], ("I",)])
def test_a_kardia_recording_comes_back_as_written(tmp_path: Path, leads: tuple[str, ...]) -> None:
    path = write_atc(tmp_path / "kardia.dat", ecg_counts(leads), beats={450: 1, 900: 2, 901: 99})
    assert identify(path) == "alivecor"
    recording = read_input(path)
    assert isinstance(recording, Recording)
    assert (recording.lead_names, recording.sampling_rate_hz) == (leads, RATE_HZ)
    np.testing.assert_allclose(recording.signal_mv, in_millivolts(ecg_counts(leads)), atol=1e-6)
    assert recording.annotations is not None
    assert recording.annotations.beat_symbols == ("N", "V")
    assert recording.annotations.beat_samples.tolist() == [450, 900]


def test_a_kardia_checksum_may_be_a_crc_as_its_specification_says(tmp_path: Path) -> None:
    path = write_atc(tmp_path / "k.atc", ecg_counts(["I"]))
    content = path.read_bytes()
    block = content[-2012:-4]
    assert block.startswith(b"ecg ")
    path.write_bytes(content[:-4] + struct.pack("<I", zlib.crc32(block)))
    assert isinstance(read_input(path), Recording)


def test_a_flipped_bit_in_a_kardia_recording_is_noticed(tmp_path: Path) -> None:
    path = write_atc(tmp_path / "k.atc", ecg_counts(["I"]))
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    assert code_of(path) == "damaged"


@pytest.mark.parametrize("length", [10, 14, 300, 320, 1500])
def test_a_kardia_recording_that_is_cut_off_is_refused(tmp_path: Path, length: int) -> None:
    path = write_atc(tmp_path / "k.atc", ecg_counts(["I"]))
    path.write_bytes(path.read_bytes()[:length])
    assert code_of(path) == "damaged"


def test_a_kardia_block_cannot_claim_more_than_its_file(tmp_path: Path) -> None:
    path = tmp_path / "k.atc"
    path.write_bytes(b"ALIVE\0\0\0" + struct.pack("<I4sI", 4, b"ecg ", 0xFFFFFFFF) + b"\0" * 50)
    assert code_of(path) == "damaged"


def test_a_holter_comes_back_as_written(tmp_path: Path) -> None:
    counts = ecg_counts(("II", "V1", "V5"))
    path = write_ishne(tmp_path / "holter.dat", counts)
    assert identify(path) == "ishne"
    recording = read_input(path)
    assert isinstance(recording, Recording)
    assert (recording.lead_names, recording.sampling_rate_hz) == (("II", "V1", "V5"), RATE_HZ)
    np.testing.assert_allclose(recording.signal_mv, in_millivolts(counts), atol=1e-6)
    part_mv = open_signal(path).read_mv(700, 900)
    np.testing.assert_array_equal(part_mv, recording.signal_mv[700:900])


def test_a_lead_that_a_holter_marks_as_lost_is_missing(tmp_path: Path) -> None:
    counts = ecg_counts(("II", "V5"))
    counts["V5"][100:200] = -32768
    recording = read_input(write_ishne(tmp_path / "holter", counts))
    assert isinstance(recording, Recording)
    assert np.isnan(recording.signal_mv[100:200, 1]).all()
    assert np.isnan(recording.signal_mv).sum() == 100


def test_a_holter_may_count_the_samples_of_all_leads(tmp_path: Path) -> None:
    recording = read_input(write_ishne(tmp_path / "h", ecg_counts(("II", "V5")), samples=2000))
    assert isinstance(recording, Recording)
    assert recording.duration_s == 2.0


@pytest.mark.parametrize(
    "changes",
    [{"samples": -1}, {"leads": 0}, {"leads": 9999}, {"rate": 0}],
)
def test_a_holter_header_that_its_file_belies_is_refused(
    tmp_path: Path, changes: dict[str, int]
) -> None:
    path = write_ishne(tmp_path / "h.ecg", ecg_counts(("II", "V5")), **changes)
    assert code_of(path) == "damaged"


@pytest.mark.parametrize(
    ("length", "code"), [(9, "damaged"), (521, "damaged"), (522, "too_short"), (1000, "too_short")]
)
def test_a_holter_of_which_nothing_is_left_is_refused(
    tmp_path: Path, length: int, code: str
) -> None:
    path = write_ishne(tmp_path / "h.ecg", ecg_counts(("II", "V5")))
    path.write_bytes(path.read_bytes()[:length])
    assert code_of(path) == code


@pytest.mark.parametrize("odd_bytes", [0, 1, 3])
def test_a_holter_that_is_cut_off_is_read_as_far_as_it_goes_and_that_is_told(
    tmp_path: Path, odd_bytes: int
) -> None:
    counts = ecg_counts(("II", "V5"), 10.0)
    path = write_ishne(tmp_path / "h.ecg", counts)
    there = 6 * RATE_HZ
    path.write_bytes(path.read_bytes()[: -4 * (10 * RATE_HZ - there) + odd_bytes or None])
    file = open_signal(path)
    assert file.assumed == (
        "The file is cut off: its header announces 10 s, of which 6 s are there and were read.",
    )
    np.testing.assert_allclose(file.whole().signal_mv, in_millivolts(counts)[:there], atol=1e-6)
