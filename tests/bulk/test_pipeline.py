"""The Beam pipeline gives the rows that `ecgmm analyze --parquet` gives."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from spike_runtime import open_runtime

from ecgmm.bulk.archive import find_inputs
from ecgmm.bulk.job import ReadTask
from ecgmm.bulk.reporter import Reporter
from ecgmm.bulk.tables import ParquetTables
from ecgmm.commands.hints import with_option
from ecgmm.errors import InputError
from ecgmm.simulator import simulate
from ecgmm.writers.output_folder import OutputFolder
from ecgmm.writers.recording_csv import csv_file
from ecgmm.writers.recording_wfdb import wfdb_files
from ecgmm.writers.report_files import Wanted, error_object

beam = pytest.importorskip("apache_beam")

RUNNER = "apache_beam.runners.portability.fn_api_runner.FnApiRunner"
"""What `DirectRunner` runs batches with once its attempt to download Prism has failed."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    (folder / "ward").mkdir()
    (folder / "ward" / ".hidden").mkdir()
    for number in range(3):
        content = csv_file(simulate("NNV", duration_s=10.0 + number, seed=number))
        for below in (folder, folder / "ward", folder / "ward" / ".hidden"):
            (below / f"ecg{number}.csv").write_bytes(content)
    for name, content in wfdb_files(simulate(duration_s=12.0), "record").items():
        (folder / "ward" / name).write_bytes(content)
    (folder / "broken.edf").write_bytes(b"0       broken")
    (folder / "README").write_text("# where these come from\n")
    return folder


@pytest.fixture(scope="module")
def expected(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of the same archive, read here."""
    out = tmp_path_factory.mktemp("expected")
    wanted = Wanted(reports=True)
    with ParquetTables(out) as tables:
        reporter = Reporter(OutputFolder(out), wanted, as_json=True, tables=tables)
        for number, one in enumerate(find_inputs(archive)):
            task = ReadTask(out, wanted, name=one.name, place=one.place, stem=str(number))
            try:
                task.run(open_runtime(), None)
                reporter.report_stored(str(number))
            except InputError as error:
                tables.add(error_object(one.name, error))
    return out


def rows(paths: Any) -> list[dict]:
    return sorted(
        (row for path in paths for row in pq.read_table(path).to_pylist()),
        key=lambda row: (row["input"], row.get("time_s", 0.0)),
    )


@pytest.fixture(scope="module")
def written(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the pipeline wrote, run in this process."""
    from apache_beam.options.pipeline_options import PipelineOptions

    from ecgmm.bulk.pipeline import ReadArchive, Statements, build

    out = tmp_path_factory.mktemp("written")
    options = PipelineOptions([f"--runner={RUNNER}"])
    with beam.Pipeline(options=options) as pipeline:
        build(
            pipeline, str(archive), str(out), ReadArchive(open_runtime, Statements(), with_option)
        )
    return out


@pytest.mark.parametrize("table", ["recordings", "beats"])
def test_the_pipeline_gives_the_same_rows(expected: Path, written: Path, table: str) -> None:
    there = rows(written.glob(f"{table}-*.parquet"))
    assert len(there) > 7
    assert there == rows([expected / f"{table}.parquet"])


def test_a_broken_file_is_named_by_where_it_lies(archive: Path, written: Path) -> None:
    errors = [r for r in rows(written.glob("recordings-*")) if r["error_code"] is not None]
    (broken,) = errors
    assert broken["input"] == str(archive / "broken.edf")
    assert broken["error_message"].startswith(str(archive / "broken.edf"))
