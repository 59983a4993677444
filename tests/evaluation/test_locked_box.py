"""DS2: opened in one place, each opening on the record, no patient of it ever learned from."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from simulated_data_sets import prepare
from simulated_records import simulated_recording

from ecgmm.evaluation.locked_box import NO_RESULT, opened_ds2
from ecgmm.pipeline.splits import DS1, DS2, PACED
from ecgmm.pipeline.training_set import (
    FOLDS,
    held_out_recordings,
    load_training_records,
    training_recordings,
)
from ecgmm.training.config import TrainingConfig

ROOT = Path(__file__).parents[2]
IDENTITY = {"model": "ecgmm/3", "sha256": "ab" * 32, "why": "a | test\nof it"}


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    """All 48 records of MIT-BIH, two of SVDB and noise, made up; 202 is the man of 201."""
    template = simulated_recording(duration_s=130.0, sampling_rate_hz=125.0)

    def record(name):
        return replace(template, name=name, patient="201" if name == "202" else name)

    data_sets = {
        "mitdb": [record(name) for name in (*DS2, *PACED, *DS1)],
        "svdb": [record(name) for name in ("800", "801", "802", "803", "804", "805")],
        "nstdb": [record(name) for name in ("bw", "em", "ma")],
    }
    return prepare(tmp_path, monkeypatch, data_sets)


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "models" / "EVALUATIONS.md"


def lines(ledger):
    return [line for line in ledger.read_text().splitlines() if line.startswith("| 20")]


def test_the_box_holds_the_22_records_of_ds2(data_dir, ledger):
    with opened_ds2(data_dir, ledger, **IDENTITY) as opening:
        assert sorted(recording.name for recording in opening.recordings) == sorted(DS2)


def test_an_opening_is_a_line_with_date_model_hash_reason_and_result(data_dir, ledger):
    with opened_ds2(data_dir, ledger, **IDENTITY) as opening:
        opening.note({"signal": {"V F1": 0.9312, "S F1": 0.7}, "pictures": {"V F1": 0.9}})
    (line,) = lines(ledger)
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[1:] == [
        *("ecgmm/3", "abababababab", "a / test of it"),
        "signal: V F1 93.12 %, S F1 70.00 %; pictures: V F1 90.00 %",
    ]


def test_ds2_is_on_the_record_before_anybody_sees_it(data_dir, ledger):
    with opened_ds2(data_dir, ledger, **IDENTITY):
        assert "ecgmm/3" in ledger.read_text()


def test_the_line_is_there_although_the_evaluation_fails_or_is_interrupted(data_dir, ledger):
    def evaluate(failure, figures):
        with opened_ds2(data_dir, ledger, **IDENTITY) as opening:
            if figures:
                opening.note(figures)
            raise failure

    with pytest.raises(ZeroDivisionError):
        evaluate(ZeroDivisionError, {})
    with pytest.raises(KeyboardInterrupt):
        evaluate(KeyboardInterrupt, {"signal": {"V F1": 0.5}})
    first, second = lines(ledger)
    assert NO_RESULT in first
    assert "V F1 50.00 %" in second


def test_lines_are_only_ever_added(data_dir, ledger):
    written = ""
    for _ in range(3):
        with opened_ds2(data_dir, ledger, **IDENTITY):
            assert ledger.read_text().startswith(written)
        assert ledger.read_text().startswith(written)
        written = ledger.read_text()
    assert len(lines(ledger)) == 3


def test_the_half_line_of_a_process_that_was_killed_is_ended_by_the_next(data_dir, ledger):
    with opened_ds2(data_dir, ledger, **IDENTITY):
        half = ledger.read_text()
    ledger.write_text(half)
    with opened_ds2(data_dir, ledger, **IDENTITY):
        pass
    assert ledger.read_text().startswith(half)
    assert [line.count("|") for line in lines(ledger)] == [6, 6]


def test_data_that_cannot_be_opened_leaves_no_line(tmp_path, ledger):
    with pytest.raises(Exception, match="not prepared"), opened_ds2(tmp_path, ledger, **IDENTITY):
        pass
    assert not ledger.exists()


@pytest.mark.parametrize("split", ["patient", "strip"])
def test_no_training_sees_a_record_of_ds2_whatever_its_folds_and_split(data_dir, split):
    train = pytest.importorskip("ecgmm.training.train")
    for fold in range(FOLDS):
        config = TrainingConfig(
            datasets=("mitdb", "svdb"), fold=fold, test_folds=((fold + 1) % FOLDS,), split=split
        )
        data = train.load_training_data(config, data_dir)
        seen = [record.name for record in (*data.training, *data.validation)]
        assert seen
        assert not {*DS2, *PACED} & set(seen)


def test_no_path_for_training_tuning_or_validation_hands_out_ds2(data_dir):
    datasets = ("mitdb", "svdb")
    handed_out = [
        *load_training_records(data_dir, datasets),
        *(r for fold in range(FOLDS) for r in held_out_recordings(data_dir, datasets, fold)),
        *(r for name in datasets for r in training_recordings(data_dir, name)),
    ]
    assert {record.name for record in handed_out} == {
        *DS1,
        "800",
        "801",
        "802",
        "803",
        "804",
        "805",
    }


def test_of_the_man_of_201_and_202_training_has_201_alone(data_dir):
    records = load_training_records(data_dir, ("mitdb",))
    assert [record.name for record in records if record.patient == "mitdb/201"] == ["201"]


def names_used(path):
    """Every name that a file imports, reads or calls."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def files_that_use(name):
    """Python files of the program and its scripts, tests aside."""
    folders = ("ecgmm", "datasets", "tuning", "benchmarks", "notebooks", "deploy")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    programs = [path for path in files if not path.name.endswith("_test.py")]
    return {str(path.relative_to(ROOT)) for path in programs if name in names_used(path)}


def test_ds2_is_named_where_it_is_defined_and_asked_for_in_the_locked_box_alone():
    definition, box = "ecgmm/pipeline/splits.py", "ecgmm/evaluation/locked_box.py"
    assert files_that_use("DS2") == {definition, box}
    assert files_that_use("opened_ds2") == {"ecgmm/evaluation/evaluate.py"}


def test_whole_data_sets_are_read_where_ds2_is_kept_out_or_written_down_alone():
    assert files_that_use("builder_from_directory") == {"ecgmm/pipeline/records.py"}
    assert files_that_use("load_recordings") == {
        "ecgmm/evaluation/locked_box.py",
        "ecgmm/evaluation/noise_stress.py",
        "ecgmm/pipeline/training_set.py",
    }
