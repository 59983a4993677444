"""PTB-XL's archive, folder and tables become labelled twelve-lead records."""

import zipfile
from pathlib import Path
from typing import Any, ClassVar

import pytest
import tensorflow_datasets as tfds

from datasets import build
from datasets.make_dummy_data import ptbxl_files
from datasets.ptbxl import ptbxl_dataset_builder
from datasets.ptbxl.tables import entries_of_labels
from ecgmm.leads import LEADS

ARCHIVES = Path(__file__).parent / "dummy_data"
LABELS = """\
ecg_id,patient_id,strat_fold,super_class:MI,sub_class:STTC,super_class:STTC,form:PVC,age,sex,cinc2020_diagnosis
1,15709,3,1,0,0,1,56.0,Female,IAVB;NSR
2,13243,9,0,1,1,0,,Male,
"""


class PtbxlTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = ptbxl_dataset_builder.Builder
    SPLITS: ClassVar[dict[str, int]] = {"records": 3}
    DL_DOWNLOAD_RESULT = "ptb-xl-a-large-publicly-available-electrocardiography-dataset-1.0.3.zip"
    SKIP_CHECKSUMS = True  # the publisher states no checksum of its archive


def _build(archive_dir: Path, data_dir: Path) -> int:
    return build.main(["ptbxl", "--archive-dir", str(archive_dir), "--data-dir", str(data_dir)])


def _examples(data_dir: Path) -> dict[str, dict[str, Any]]:
    builder = tfds.builder_from_directory(data_dir / "ptbxl/1.0.0")
    dataset = tfds.as_numpy(builder.as_dataset(split="records"))
    return {example["record"].decode(): example for example in dataset}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The publisher's archive, unpacked."""
    unpacked = tmp_path / "unpacked"
    for name, content in ptbxl_files().items():
        (unpacked / name).parent.mkdir(parents=True, exist_ok=True)
        (unpacked / name).write_bytes(content)
    return unpacked


def test_a_statement_counts_with_its_class_and_subclass_however_likely(tmp_path: Path) -> None:
    assert _build(ARCHIVES, tmp_path) == 0
    examples = _examples(tmp_path)
    codes = {name: set(example["conditions"]) for name, example in examples.items()}
    assert codes == {
        "00001_lr": {b"NORM", b"SR"},
        "00002_lr": {b"MI", b"IMI", b"ILMI", b"PVC", b"STTC", b"NST"},
        "21837_lr": {b"CD", b"AVB", b"1AVB", b"STTC", b"STTC_", b"DIG", b"SR"},
    }
    assert {name: example["fold"] for name, example in examples.items()} == {
        "00001_lr": 3,
        "00002_lr": 9,
        "21837_lr": 10,
    }
    assert examples["00002_lr"]["patient"] == b"13243"
    assert [name.decode() for name in examples["00001_lr"]["lead_names"]] == list(LEADS)


def test_an_unpacked_folder_gives_what_the_archive_gives(folder: Path, tmp_path: Path) -> None:
    assert _build(ARCHIVES, tmp_path / "one") == 0
    assert _build(folder, tmp_path / "other") == 0
    one, other = _examples(tmp_path / "one"), _examples(tmp_path / "other")
    assert one.keys() == other.keys()
    assert all((one[name]["signal"] == other[name]["signal"]).all() for name in one)


def test_label_tables_are_read_where_the_publishers_is_not_there(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "ptbxl_database.csv").unlink()
    (folder / "labels.csv").write_text(LABELS)
    assert _build(folder, tmp_path) == 0
    examples = _examples(tmp_path)
    assert set(examples) == {"00001_lr", "00002_lr"}
    assert set(examples["00001_lr"]["conditions"]) == {b"MI", b"PVC", b"1AVB"}
    assert "2 of 21799 records" in capsys.readouterr().out


def test_a_class_and_a_subclass_of_one_name_are_two_conditions() -> None:
    second = list(entries_of_labels(LABELS))[1]
    assert second.conditions == {"STTC", "STTC_"}


def test_a_damaged_record_is_named_and_left_out(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = folder / "records100/00000/00002_lr.dat"
    damaged.write_bytes(damaged.read_bytes()[:100])
    assert _build(folder, tmp_path) == 0
    assert "record 00002_lr is damaged and left out" in capsys.readouterr().out
    assert set(_examples(tmp_path)) == {"00001_lr", "21837_lr"}


def test_records_without_a_table_are_status_2(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "ptbxl_database.csv").unlink()
    assert _build(folder, tmp_path) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "labels.csv" in error


def test_an_archive_cut_short_is_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = PtbxlTest.DL_DOWNLOAD_RESULT
    (tmp_path / name).write_bytes((ARCHIVES / name).read_bytes()[:4000])
    assert _build(tmp_path, tmp_path / "data") == 2
    assert "not a complete zip archive" in capsys.readouterr().err


def test_a_member_of_the_archive_that_does_not_match_its_crc_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / PtbxlTest.DL_DOWNLOAD_RESULT
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in ptbxl_files().items():
            archive.writestr(f"ptb-xl/{name}", content)
    packed = path.read_bytes()
    signal = ptbxl_files()["records100/00000/00001_lr.dat"]
    somewhere = packed.index(signal) + len(signal) // 2
    path.write_bytes(packed[:somewhere] + b"damage" + packed[somewhere + len(b"damage") :])
    assert _build(tmp_path, tmp_path / "data") == 0
    assert "record 00001_lr is damaged and left out" in capsys.readouterr().out
