"""The documents' figures are those of the report, to the letter."""

import json
import shutil
from pathlib import Path

import pytest

from ecgmm.errors import InputError
from ecgmm.evaluation import readme
from ecgmm.evaluation.readme import (
    BEGIN,
    END,
    newest_report,
    short_results,
    whole_results,
    with_results,
)
from ecgmm.evaluation.report import (
    JSON_NAME,
    SCHEMA_VERSION,
    EvaluationReport,
    ModelIdentity,
    Protocol,
    write_report,
)
from ecgmm.scoring.reading_scores import score_reading

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def report_path(make_result, tmp_path_factory):
    reading = score_reading("signal", [make_result("NNVV", "NNVN")])
    protocol = Protocol("One opening.", "DS1", "DS2", "ecgmm evaluate", "2024-01-31")
    report = EvaluationReport(ModelIdentity("ecgmm", "9", "0" * 64), protocol, (reading,))
    folder = tmp_path_factory.mktemp("reports") / "9" / "ds2"
    write_report(report, folder)
    return folder / "evaluation.json"


@pytest.mark.parametrize("path", readme.DOCUMENTS, ids=str)
def test_a_document_agrees_with_the_released_models_report(path):
    released = newest_report(ROOT / "saved_models" / "reports")
    if released is None:
        pytest.skip("no report on DS2 in saved_models/reports yet")
    text = (ROOT / path).read_text(encoding="utf-8")
    assert with_results(text, readme.DOCUMENTS[path](released)) == text


def test_what_stands_between_the_markers_is_replaced_and_nothing_else():
    text = with_results(f"# Head\n{BEGIN}\nold figures\n{END}\ntail\n", "new figures")
    assert text == f"# Head\n{BEGIN}\n\nnew figures\n\n{END}\ntail\n"


def test_the_page_of_results_has_every_reading_and_period(report_path):
    results = whole_results(report_path)
    assert results.startswith("`ecgmm` 9 on DS2 (2024-01-31; One opening.):")
    assert "| signal | from 5 min |" in results


def test_the_readme_shows_weak_figures_beside_strong_ones(report_path):
    rows = [line.split(" | ") for line in short_results(report_path).splitlines() if "|" in line]
    kinds = ("supraventricular ectopic beats, F1", "ventricular ectopic beats, F1")
    shown = {row[0].strip("| "): row[1].split(" ")[0] for row in rows}
    report = json.loads(report_path.read_text())
    figures = report["readings"][0]["tables"][0]["figures"]
    assert [shown[kind] for kind in kinds] == [
        "-" if figures[name]["value"] is None else f"{figures[name]['value']:.3f}"
        for name in ("S F1", "V F1")
    ]


def test_the_readme_says_what_no_figure_stands_for(report_path):
    assert "Intervals and axes were not evaluated." in short_results(report_path)


def test_the_readme_shows_how_far_intervals_are_from_cardiologists_marks(report_path, tmp_path):
    reports_dir = tmp_path / "reports"
    shutil.copytree(report_path.parents[2], reports_dir)
    waves_dir = reports_dir / "9" / "waves"
    waves_dir.mkdir()
    interval = {"records": 100, "measured": 98, "bias_ms": 2.34, "sd_ms": 5.4}
    row = {
        "database": "ludb",
        "name": "ecgmm, all leads",
        "records": 100,
        "intervals": dict.fromkeys(("pr_ms", "qrs_ms", "qt_ms"), interval),
        "waves": {name: {"sensitivity": 0.9, "predictivity": 0.8} for name in ("P", "QRS", "T")},
    }
    peer = {**row, "name": "another program, one lead"}
    (waves_dir / "waves.json").write_text(
        json.dumps({"protocol": {"trained_on": "others"}, "rows": [row, peer]})
    )
    said = short_results(reports_dir / "9" / "ds2" / JSON_NAME)
    assert "(learned from others): LUDB PR +2.3 ± 5.4, QRS +2.3 ± 5.4, QT +2.3 ± 5.4." in said
    assert "another program" not in said
    assert "another program" in whole_results(reports_dir / "9" / "ds2" / JSON_NAME)


def test_the_readme_shows_conditions_of_the_newest_model_from_many_leads_and_from_few(
    report_path, tmp_path
):
    reports_dir = tmp_path / "reports"
    shutil.copytree(report_path.parents[2], reports_dir)
    for version, auroc in (("9", 0.6), ("10", 0.75)):
        conditions_dir = reports_dir / version / "conditions"
        conditions_dir.mkdir(parents=True)
        (conditions_dir / "conditions.json").write_text(json.dumps(_conditions(version, auroc)))
    table = short_results(reports_dir / "9" / "ds2" / JSON_NAME)
    assert "| conditions, model 10 |" in table
    assert "| 12 leads | 1,200 | 0.750 (0.700 to 0.800) | 90.0 % | 11.0 % |" in table
    assert "| lead I | 1,200 | 0.550 (0.500 to 0.600) | 90.0 % | 11.0 % |" in table
    assert "8 leads" not in table
    results = whole_results(reports_dir / "9" / "ds2" / JSON_NAME)
    assert (
        "| 8 leads | 1,200 | 0.750"
        in results.split("Conditions, macro AUROC of `ecgmm` 10 on fold 9")[1]
    )


def _conditions(version, auroc):
    return {
        "model": {"name": "ecgmm", "version": version},
        "protocol": {"tested_on": "fold 9", "date": "2024-01-31", "description": "One hospital."},
        "ways": [_way("12 leads", auroc), _way("8 leads", auroc), _way("lead I", auroc - 0.2)],
    }


def _way(name, auroc):
    interval = {"value": auroc, "low": auroc - 0.05, "high": auroc + 0.05}
    return {
        "name": name,
        "records": 1200,
        "superclass_auroc": interval,
        "subclass_auroc": interval,
        "auroc": interval,
        "normals_called_normal": 0.9,
        "infarctions_called_normal": 0.11,
    }


def test_the_rhythm_is_that_of_the_patients_held_out(report_path, tmp_path):
    held_out = {"schema_version": SCHEMA_VERSION, "rhythm": [{"name": "R", "scores": {"f1": 0.75}}]}
    for name in ("ds2", "held-out"):
        (tmp_path / name).mkdir()
    (tmp_path / "ds2" / JSON_NAME).write_bytes(report_path.read_bytes())
    (tmp_path / "held-out" / JSON_NAME).write_text(json.dumps(held_out))
    assert "short recordings, F1 (R) | 0.750" in short_results(tmp_path / "ds2" / JSON_NAME)


@pytest.mark.parametrize(
    "text", ["", BEGIN, END, f"{END} {BEGIN}", f"{BEGIN} {BEGIN} {END}", f"{BEGIN} {END} {END}"]
)
def test_a_document_without_its_markers_is_left_alone(text):
    with pytest.raises(InputError, match="once each"):
        with_results(text, "new figures")


def test_the_highest_version_is_chosen_by_number_not_by_spelling(tmp_path):
    assert newest_report(tmp_path) is None
    for version in ("9", "10", "draft"):
        path = tmp_path / version / "ds2" / "evaluation.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({}))
    (tmp_path / "11" / "held-out").mkdir(parents=True)
    assert newest_report(tmp_path) == tmp_path / "10" / "ds2" / "evaluation.json"


def test_the_command_rewrites_the_documents_of_the_folder_it_runs_in(
    report_path, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert readme.main() == 2
    assert "ecgmm evaluate" in capsys.readouterr().err
    (tmp_path / "saved_models").mkdir()
    (tmp_path / "saved_models" / "reports").symlink_to(report_path.parents[2])
    assert readme.main() == 2
    (tmp_path / "docs").mkdir()
    for path in readme.DOCUMENTS:
        path.write_text(f"{BEGIN}\n{END}\n")
    assert readme.main() == 0
    for path, results in readme.DOCUMENTS.items():
        assert results(report_path) in path.read_text()
