import contextlib
from pathlib import Path

import numpy as np
import pytest
import wfdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets import records
from datasets.make_dummy_data import mitdb_files
from datasets.wfdb_record import (
    NO_ANNOTATIONS,
    DamagedRecordError,
    read_annotations,
    read_signals,
)

SAMPLES = 3600
INTACT_HEADER = mitdb_files()["100.hea"]


@pytest.fixture
def record_100(tmp_path: Path) -> Path:
    """Folder of one intact simulated record, `100`."""
    for name, content in mitdb_files().items():
        if name.startswith("100."):
            (tmp_path / name).write_bytes(content)
    return tmp_path


def _read(folder: Path) -> wfdb.Record:
    return read_signals(folder, "100", ".dat", has_checksums=True)


def _edit_header(folder: Path, old: str, new: str) -> None:
    path = folder / "100.hea"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_an_intact_record_is_read_as_stored(record_100: Path) -> None:
    record = _read(record_100)
    assert record.d_signal.dtype == np.int16
    assert record.d_signal.shape == (SAMPLES, 2)
    assert record.sig_name == ["MLII", "V1"]
    assert record.baseline == [1024, 1024]


def test_a_header_that_states_no_gain_means_200_counts_a_millivolt(record_100: Path) -> None:
    _edit_header(record_100, "200.0(1024)/mV", "0")
    assert _read(record_100).adc_gain == [200.0, 200.0]


def test_a_changed_signal_does_not_match_its_headers_checksum(record_100: Path) -> None:
    content = bytearray((record_100 / "100.dat").read_bytes())
    content[300] ^= 0b100
    (record_100 / "100.dat").write_bytes(content)
    with pytest.raises(DamagedRecordError, match=r"signal MLII does not match .* checksum"):
        _read(record_100)


def test_a_signal_cut_short_is_damage(record_100: Path) -> None:
    path = record_100 / "100.dat"
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(DamagedRecordError):
        _read(record_100)


def test_a_header_that_points_at_another_file_is_damage(record_100: Path) -> None:
    _edit_header(record_100, "100.dat", "101.dat")
    with pytest.raises(DamagedRecordError, match=r"points at 101\.dat instead of 100\.dat"):
        _read(record_100)


@pytest.mark.parametrize("stranger", ["../100.dat", "/etc/hostname"])
def test_a_header_that_points_outside_its_folder_is_damage(record_100: Path, stranger: str) -> None:
    _edit_header(record_100, "100.dat", stranger)
    with pytest.raises(DamagedRecordError):
        _read(record_100)


def test_a_signal_in_another_unit_is_damage(record_100: Path) -> None:
    _edit_header(record_100, "/mV", "/uV")
    with pytest.raises(DamagedRecordError, match="millivolts"):
        _read(record_100)


def test_a_header_without_checksums_is_damage_where_the_data_set_has_them(
    record_100: Path,
) -> None:
    lines = INTACT_HEADER.decode().splitlines()
    lines[1:] = [" ".join(line.split()[:6]) for line in lines[1:]]
    (record_100 / "100.hea").write_text("\n".join(lines))
    with pytest.raises(DamagedRecordError):
        _read(record_100)


def test_a_header_of_another_record_is_damage(record_100: Path) -> None:
    _edit_header(record_100, "100 2 360", "101 2 360")
    with pytest.raises(DamagedRecordError, match="that of record 101"):
        _read(record_100)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 110), garbage=st.binary(min_size=1, max_size=40))
def test_a_garbled_header_is_damage_or_still_a_whole_record(
    record_100: Path, position: int, garbage: bytes
) -> None:
    intact = INTACT_HEADER
    (record_100 / "100.hea").write_bytes(
        intact[:position] + garbage + intact[position + len(garbage) :]
    )
    with contextlib.suppress(DamagedRecordError):
        record = _read(record_100)
        assert len(record.d_signal) == record.sig_len
        records.features().serialize_example(
            records.example(record, NO_ANNOTATIONS, patient="100", rhythm_class="")
        )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_annotations_of_any_bytes_are_damage_or_inside_the_signal(
    record_100: Path, content: bytes
) -> None:
    (record_100 / "100.atr").write_bytes(content)
    with contextlib.suppress(DamagedRecordError):
        annotations = read_annotations(record_100, "100", SAMPLES)
        assert np.all((annotations.samples >= 0) & (annotations.samples < SAMPLES))


def test_annotations_cut_short_are_damage(record_100: Path) -> None:
    path = record_100 / "100.atr"
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(DamagedRecordError, match="cut short"):
        read_annotations(record_100, "100", SAMPLES)


def test_an_annotation_just_after_the_last_sample_is_left_out(record_100: Path) -> None:
    wfdb.wrann("100", "atr", np.array([50, SAMPLES]), ["N", "V"], write_dir=str(record_100))
    annotations = read_annotations(record_100, "100", SAMPLES)
    assert annotations.samples.tolist() == [50]
    assert annotations.symbols.tolist() == ["N"]


def test_an_annotation_far_outside_the_signal_is_damage(record_100: Path) -> None:
    wfdb.wrann("100", "atr", np.array([50, SAMPLES + 1]), ["N", "V"], write_dir=str(record_100))
    with pytest.raises(DamagedRecordError, match="run from sample 50 to 3601"):
        read_annotations(record_100, "100", SAMPLES)


def test_texts_of_rhythm_changes_come_without_padding(record_100: Path) -> None:
    annotations = read_annotations(record_100, "100", SAMPLES)
    assert annotations.texts[annotations.symbols == "+"].tolist() == ["(N"]
