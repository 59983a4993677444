"""Readings as Parquet: nothing of the object is lost, and no half table is left."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from spike_runtime import SpikeRuntime

from ecgmm.analysis.analyze import analyze_recording
from ecgmm.bulk.tables import ParquetTables
from ecgmm.simulator import simulate

FAILED = {"input": "b.csv", "error": {"code": "empty_file", "message": "b.csv is empty."}}


@pytest.fixture(scope="module")
def result() -> dict:
    recording = simulate("NNV", duration_s=12.0, leads=("MLII", "V1"))
    return analyze_recording(recording, SpikeRuntime(), name="a.csv").to_dict()


@pytest.fixture(scope="module")
def tables(result: dict, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    with ParquetTables(folder) as opened:
        opened.add(result)
        opened.add(FAILED)
    return folder


def test_a_recording_is_a_row(tables: Path, result: dict) -> None:
    row, _ = pq.read_table(tables / "recordings.parquet").to_pylist()
    summary = result["summary"]
    assert row["input"] == "a.csv"
    assert row["leads"] == ["MLII", "V1"]
    assert row["verdict"] == summary["verdict"]
    assert row["heart_rate_bpm"] == summary["heart_rate_bpm"]
    assert row["n_beats"] == summary["beat_counts"]["N"] > 0
    assert row["rhythm_af"] == result["rhythm"]["probabilities"]["af"]
    assert [found["code"] for found in row["findings"]] == [f["code"] for f in result["findings"]]
    assert row["quality_score"] == result["quality"]["score"]
    assert (row["model_name"], row["model_version"]) == ("spikes", "3")
    assert row["error_code"] is None


def test_what_could_not_be_read_is_a_row_too(tables: Path) -> None:
    _, row = pq.read_table(tables / "recordings.parquet").to_pylist()
    assert row["error_code"] == "empty_file"
    assert row["error_message"] == "b.csv is empty."
    assert {name for name, value in row.items() if value is not None} == {
        "input",
        "error_code",
        "error_message",
    }


def test_a_beat_is_a_row(tables: Path, result: dict) -> None:
    rows = pq.read_table(tables / "beats.parquet").to_pylist()
    assert {(row.pop("input"), row.pop("page")) for row in rows} == {("a.csv", None)}
    assert rows == result["beats"]


def test_a_job_that_breaks_off_leaves_no_table(tmp_path: Path, result: dict) -> None:
    def break_off() -> None:
        with ParquetTables(tmp_path) as tables:
            tables.add(result)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert list(tmp_path.iterdir()) == []
