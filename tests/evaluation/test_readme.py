"""The README's figures are those of the report, to the letter."""

import json
from pathlib import Path

import pytest

from ecgmm.errors import InputError
from ecgmm.evaluation import readme
from ecgmm.evaluation.readme import BEGIN, END, newest_report, results, with_results
from ecgmm.evaluation.report import EvaluationReport, ModelIdentity, Protocol, write_report
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


def test_the_readme_agrees_with_the_released_models_report():
    released = newest_report(ROOT / "saved_models" / "reports")
    if released is None:
        pytest.skip("no report on DS2 in saved_models/reports yet")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert with_results(text, released) == text


def test_the_readme_has_a_place_for_the_results(report_path):
    assert results(report_path) in with_results((ROOT / "README.md").read_text(), report_path)


def test_what_stands_between_the_markers_is_replaced_and_nothing_else(report_path):
    text = with_results(f"# Head\n{BEGIN}\nold figures\n{END}\ntail\n", report_path)
    assert text.startswith("# Head\n")
    assert text.endswith("\ntail\n")
    assert "old figures" not in text
    assert "| signal | from 5 min |" in text
    assert with_results(text, report_path) == text


@pytest.mark.parametrize(
    "text", ["", BEGIN, END, f"{END} {BEGIN}", f"{BEGIN} {BEGIN} {END}", f"{BEGIN} {END} {END}"]
)
def test_a_readme_without_its_markers_is_left_alone(text, report_path):
    with pytest.raises(InputError, match="once each"):
        with_results(text, report_path)


def test_the_highest_version_is_chosen_by_number_not_by_spelling(tmp_path):
    assert newest_report(tmp_path) is None
    for version in ("9", "10", "draft"):
        path = tmp_path / version / "ds2" / "evaluation.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({}))
    (tmp_path / "11" / "held-out").mkdir(parents=True)
    assert newest_report(tmp_path) == tmp_path / "10" / "ds2" / "evaluation.json"


def test_the_command_rewrites_the_readme_of_the_folder_it_runs_in(
    report_path, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert readme.main() == 2
    assert "ecgmm evaluate" in capsys.readouterr().err
    (tmp_path / "saved_models").mkdir()
    (tmp_path / "saved_models" / "reports").symlink_to(report_path.parents[2])
    assert readme.main() == 2
    (tmp_path / "README.md").write_text(f"{BEGIN}\n{END}\n")
    assert readme.main() == 0
    assert results(report_path) in (tmp_path / "README.md").read_text()
