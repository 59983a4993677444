import functools
import http.server
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tensorflow_datasets as tfds

from datasets import build
from datasets.conftest import MITDB_ARCHIVE
from datasets.make_dummy_data import cinc2017_files, mitdb_files, write_archive
from datasets.mitdb import mitdb_dataset_builder
from datasets.physionet_builder import PhysioNetBuilder
from ecgmm.labels import AAMI_CLASSES, aami_class
from ecgmm.pipeline.splits import DS1, DS2, PACED

WriteArchive = Callable[[dict[str, bytes]], Path]

DUMMY_DATA = Path(__file__).parent / "mitdb/dummy_data"


def _build(name: str, archive_dir: Path, data_dir: Path) -> int:
    return build.main([name, "--archive-dir", str(archive_dir), "--data-dir", str(data_dir)])


def _examples(name: str, data_dir: Path) -> dict[str, dict]:
    builder = tfds.builder_from_directory(data_dir / name / "1.0.0")
    dataset = tfds.as_numpy(builder.as_dataset(split="records"))
    return {example["record"].decode(): example for example in dataset}


def test_a_prepared_data_set_is_read_without_its_builder(tmp_path: Path) -> None:
    assert _build("mitdb", DUMMY_DATA, tmp_path) == 0
    example = _examples("mitdb", tmp_path)["119"]
    assert example["signal"].shape == (3600, 2)
    assert example["sampling_rate_hz"] == 360.0
    assert example["lead_names"].tolist() == [b"MLII", b"V1"]
    assert example["gain_adu_per_mv"].tolist() == [200.0, 200.0]
    assert example["baseline_adu"].tolist() == [1024, 1024]
    assert set(example["beat_symbols"]) == {b"N", b"V"}
    assert b"(T" in example["rhythm_names"]


def test_every_recording_of_cinc2017_has_its_class_and_no_beats(tmp_path: Path) -> None:
    archives = Path(__file__).parent / "cinc2017/dummy_data"
    assert _build("cinc2017", archives, tmp_path) == 0
    examples = _examples("cinc2017", tmp_path)
    classes = {name: example["rhythm_class"] for name, example in examples.items()}
    assert classes == {"A00001": b"normal", "A00002": b"af", "A00003": b"other", "A00004": b"noise"}
    assert all(len(example["beat_samples"]) == 0 for example in examples.values())


def test_labels_beside_the_archive_are_taken_where_it_holds_none(tmp_path: Path) -> None:
    files = cinc2017_files()
    labels = files.pop("REFERENCE-v3.csv")
    write_archive(tmp_path / "training2017.zip", files | {"REFERENCE.csv": b"A00001,~\n"})
    (tmp_path / "REFERENCE-v3.csv").write_bytes(labels)
    assert _build("cinc2017", tmp_path, tmp_path / "data") == 0
    assert _examples("cinc2017", tmp_path / "data")["A00001"]["rhythm_class"] == b"normal"


def test_a_recording_without_a_label_is_named_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = cinc2017_files() | {"REFERENCE-v3.csv": b"A00001,N\nA00002,A\nA00004,~\n"}
    write_archive(tmp_path / "training2017.zip", files)
    assert _build("cinc2017", tmp_path, tmp_path / "data") == 0
    assert "record A00003 is damaged and left out: it has no label" in capsys.readouterr().out
    assert "A00003" not in _examples("cinc2017", tmp_path / "data")


def test_missing_records_are_named_and_a_long_list_is_shortened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _build("mitdb", DUMMY_DATA, tmp_path) == 0
    output = capsys.readouterr().out
    assert "mitdb: missing from the archive: 101, 102, 103, " in output
    assert ", ... (45 in all)" in output
    assert "3 of 48 records" in output


@pytest.mark.parametrize(
    ("exchanged", "reason"),
    [
        ({"119.hea": b"\x00garbled\xff"}, "cannot be parsed"),
        ({"119.dat": mitdb_files()["100.dat"]}, "checksum"),
        ({"119.dat": mitdb_files()["119.dat"][:1000]}, ""),
        ({"119.atr": mitdb_files()["119.atr"][:10]}, "annotations are cut short"),
    ],
)
def test_a_damaged_record_is_named_and_left_out(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    mitdb_archive: WriteArchive,
    exchanged: dict[str, bytes],
    reason: str,
) -> None:
    assert _build("mitdb", mitdb_archive(exchanged), tmp_path) == 0
    output = capsys.readouterr().out
    assert "mitdb: record 119 is damaged and left out: " in output
    assert reason in output
    assert set(_examples("mitdb", tmp_path)) == {"100", "202"}


def test_an_archive_cut_short_is_one_line_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / MITDB_ARCHIVE).write_bytes((DUMMY_DATA / MITDB_ARCHIVE).read_bytes()[:5000])
    assert _build("mitdb", tmp_path, tmp_path / "data") == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert MITDB_ARCHIVE in error
    assert not (tmp_path / "data/mitdb/1.0.0").exists()


def test_an_archive_without_a_readable_record_is_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_archive(tmp_path / MITDB_ARCHIVE, {"100.hea": b"garbled"})
    assert _build("mitdb", tmp_path, tmp_path / "data") == 2
    assert "holds no readable record of mitdb" in capsys.readouterr().err
    assert not (tmp_path / "data/mitdb/1.0.0").exists()


def test_an_archive_that_is_not_there_is_said_with_where_to_get_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _build("mitdb", tmp_path, tmp_path / "data") == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert mitdb_dataset_builder.Builder.ARCHIVE_URL in error


def test_a_prepared_data_set_is_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _build("mitdb", DUMMY_DATA, tmp_path) == 0
    capsys.readouterr()
    assert _build("mitdb", tmp_path / "no-archives-here", tmp_path) == 0
    assert capsys.readouterr().out == (
        f"mitdb: already prepared, 3 of 48 records, in {tmp_path / 'mitdb/1.0.0'}\n"
    )


def test_an_interrupted_preparation_leaves_nothing_that_looks_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(PhysioNetBuilder, "_example", interrupt)
        assert _build("mitdb", DUMMY_DATA, tmp_path) == 130
    assert not (tmp_path / "mitdb/1.0.0").exists()
    assert _build("mitdb", DUMMY_DATA, tmp_path) == 0


def test_what_a_killed_preparation_left_is_not_taken_for_a_data_set(tmp_path: Path) -> None:
    left = tmp_path / "mitdb/incomplete.ABCDEF_1.0.0"
    left.mkdir(parents=True)
    (left / "mitdb-records.tfrecord-00000-of-00001").write_bytes(b"half")
    assert _build("mitdb", DUMMY_DATA, tmp_path) == 0
    assert set(_examples("mitdb", tmp_path)) == {"100", "119", "202"}


def test_a_folder_that_is_no_data_set_is_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mitdb/1.0.0").mkdir(parents=True)
    assert _build("mitdb", DUMMY_DATA, tmp_path) == 2
    assert "not a prepared data set" in capsys.readouterr().err


def test_an_unknown_name_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        build.main(["mitbih"])
    assert exit_info.value.code == 2
    assert "mitdb" in capsys.readouterr().err


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A web server of this machine in the publisher's place; gives its address."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(DUMMY_DATA))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_an_archive_is_downloaded_where_no_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, publisher: str
) -> None:
    url = f"{publisher}/{MITDB_ARCHIVE}"
    monkeypatch.setattr(mitdb_dataset_builder.Builder, "ARCHIVE_URL", url)
    assert build.main(["mitdb", "--data-dir", str(tmp_path)]) == 0
    assert set(_examples("mitdb", tmp_path)) == {"100", "119", "202"}


def test_a_failed_download_is_one_line_and_status_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    publisher: str,
) -> None:
    url = f"{publisher}/gone.zip"
    monkeypatch.setattr(mitdb_dataset_builder.Builder, "ARCHIVE_URL", url)
    assert build.main(["mitdb", "--data-dir", str(tmp_path)]) == 2
    assert f"{url}: cannot be downloaded" in capsys.readouterr().err.splitlines()[-1]


def test_ds1_ds2_and_the_paced_records_are_all_of_mit_bih_once() -> None:
    assert sorted(DS1 + DS2 + PACED) == sorted(mitdb_dataset_builder.Builder.RECORDS)


@pytest.mark.real_data
@pytest.mark.slow
def test_beats_of_each_class_in_ds1_and_ds2_are_all_there(
    archive_dir: Path, tmp_path: Path
) -> None:
    assert _build("mitdb", archive_dir, tmp_path) == 0
    examples = _examples("mitdb", tmp_path)
    assert len(examples) == 48
    assert _beat_counts(examples, DS1) == (45866, 944, 3788, 415, 8)
    assert _beat_counts(examples, DS2) == (44259, 1837, 3221, 388, 7)


def _beat_counts(examples: dict[str, dict], record_names: tuple[str, ...]) -> tuple[int, ...]:
    counts = Counter(
        aami_class(symbol.decode())
        for name in record_names
        for symbol in examples[name]["beat_symbols"]
    )
    return tuple(counts[label] for label in AAMI_CLASSES)
