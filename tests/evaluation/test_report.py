import json

import numpy as np
import pytest

from ecgmm.errors import InputError
from ecgmm.evaluation.markdown import NOT_A_MEDICAL_DEVICE, results_table
from ecgmm.evaluation.report import (
    SCHEMA_VERSION,
    EvaluationReport,
    ExcludedRecord,
    FigureRow,
    ModalityAgreement,
    ModelIdentity,
    NoisePoint,
    Protocol,
    RhythmScores,
    read_report,
    write_report,
)
from ecgmm.scoring.agreement import agreement, retention
from ecgmm.scoring.bootstrap import spread_over_seeds
from ecgmm.scoring.reading_scores import score_reading
from ecgmm.scoring.rhythm import af_burden, cinc2017_scores

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def full_report(make_result):
    def result(test):
        probabilities = np.eye(5)[["NSVFQ".index(label) for label in test]] * 0.8 + 0.04
        return make_result("NNVVANNN", test, test_probabilities=probabilities)

    signal, picture = [result("NNVVSNNN")], [result("NNVNSNNN")]
    figures = {"QRS Se": 0.99, "QRS +P": 0.98, "N F1": 0.9, "S F1": 0.5, "V F1": 0.8}
    scores = score_reading("signal", signal, temperature=1.5), score_reading("picture", picture)
    return EvaluationReport(
        model=ModelIdentity("ecgmm", "1", "0" * 64),
        protocol=Protocol("One opening.", "DS1", "DS2", "ecgmm evaluate", "2024-01-31"),
        readings=scores,
        excluded=(ExcludedRecord("999", "empty_record", "Record 999 has no samples."),),
        agreements=(
            ModalityAgreement(
                "signal",
                "picture",
                retention(scores[1].tables[0].classes, scores[0].tables[0].classes, "NSV"),
                agreement(signal, picture),
            ),
        ),
        rhythm=(RhythmScores("signal", cinc2017_scores(["af", "normal"], ["af", "normal"])),),
        af_burden=(af_burden(signal[0]),),
        controls=(FigureRow("beats split at random", "leaky", figures),),
        unseen=(FigureRow("SVDB", "no patient seen", figures),),
        peers=(FigureRow("wfdb xqrs", "first lead", figures),),
        noise=(NoisePoint(None, figures), NoisePoint(-6.0, figures), NoisePoint(24.0, figures)),
        seeds={"V F1": spread_over_seeds([0.9, 0.92])},
    )


@pytest.fixture(scope="module")
def written(full_report, tmp_path_factory):
    out_dir = tmp_path_factory.mktemp("evaluation") / "new"
    return out_dir, write_report(full_report, out_dir)


def test_the_json_states_its_schema_version_and_reads_back(written):
    out_dir, values = written
    assert values["schema_version"] == SCHEMA_VERSION
    assert read_report(out_dir / "evaluation.json") == values
    assert values["readings"][0]["tables"][0]["confusion"][2][2] == 2


def test_undefined_figures_are_null_so_that_any_json_reader_copes(written):
    out_dir, values = written
    assert values["readings"][0]["tables"][0]["classes"]["F"]["f1"] is None
    text = (out_dir / "evaluation.json").read_text()

    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    json.loads(text, parse_constant=refuse)


def test_the_keys_of_the_schema_stay_while_its_version_does(written):
    _, values = written
    assert list(values) == [
        *("schema_version", "model", "protocol", "readings", "excluded", "agreements"),
        *("rhythm", "af_burden", "controls", "cross_validation", "unseen", "peers", "noise"),
        *("seeds",),
        *("published", "published_adapted", "published_rhythm"),
    ]
    assert list(values["readings"][0]["tables"][0]) == [
        *("start_s", "escapes_as", "confusion", "classes", "figures", "beats", "shutdown"),
        *("ventricular_runs", "supraventricular_runs", "per_record"),
    ]


def test_every_part_that_was_measured_is_in_the_markdown(written):
    text = (written[0] / "evaluation.md").read_text()
    for title in (
        "# Evaluation of ecgmm 1",
        "## Results",
        "## Records left out",
        "## Beats: signal",
        "### By EC57 (`sumstats`)",
        "### Plain confusion matrix, whole records",
        "### Beat by beat (`bxb`)",
        "### Ventricular runs (`rxr`)",
        "### Record by record",
        "### Calibration",
        "## Readings of the same strips",
        "## Rhythm",
        "## The leaky control",
        "## Databases never trained on",
        "## Other detectors, same records, same matcher",
        "## Noise stress test",
        "## Spread over seeds",
        "## Published figures of readers adapted to the test patient",
    ):
        assert f"\n{title}\n" in f"\n{text}"
    assert "Record 999 has no samples." in text


def test_the_reader_is_told_that_this_is_no_medical_device(written):
    assert NOT_A_MEDICAL_DEVICE in (written[0] / "evaluation.md").read_text()


def test_every_figure_shown_in_the_markdown_is_a_png_beside_it(written):
    out_dir, _ = written
    text = (out_dir / "evaluation.md").read_text()
    shown = [line.split("](")[1].rstrip(")") for line in text.splitlines() if line.startswith("![")]
    assert sorted(shown) == [
        *("confusion.png", "noise.png", "per_record.png", "reliability.png"),
        "risk_coverage.png",
    ]
    for name in shown:
        assert (out_dir / name).read_bytes().startswith(PNG_SIGNATURE)


def test_every_table_has_as_many_cells_in_every_row_as_in_its_heading(written):
    lines = (written[0] / "evaluation.md").read_text().splitlines()
    width = 0
    for line in lines:
        if not line.startswith("|"):
            width = 0
            continue
        width = width or line.count("|")
        assert line.count("|") == width


def test_the_readmes_table_has_a_row_for_each_reading_and_period(written):
    rows = results_table(written[1]).splitlines()[2:6]
    assert [row.split("|")[1].strip() for row in rows] == ["signal"] * 2 + ["picture"] * 2
    assert "1.000 (1.000-1.000)" in rows[0]


def test_parts_that_were_not_measured_are_left_out(full_report, tmp_path):
    report = EvaluationReport(full_report.model, full_report.protocol, full_report.readings[1:])
    write_report(report, tmp_path)
    text = (tmp_path / "evaluation.md").read_text()
    assert "leaky" not in text
    assert "Noise" not in text
    assert not (tmp_path / "noise.png").exists()


def test_no_report_or_one_of_another_schema_is_named(tmp_path):
    with pytest.raises(InputError, match="run `ecgmm evaluate`"):
        read_report(tmp_path / "evaluation.json")
    (tmp_path / "evaluation.json").write_text('{"schema_version": 999}')
    with pytest.raises(InputError, match="Received 999"):
        read_report(tmp_path / "evaluation.json")
