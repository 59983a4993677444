"""An evaluation from prepared data to the report, read by something that needs no model."""

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from peak_runtime import PeakRuntime
from simulated_data_sets import prepare
from simulated_records import simulated_recording

from ecgmm.errors import InputError
from ecgmm.evaluation import evaluate
from ecgmm.evaluation.evaluate import EvaluationPlan, evaluate_ds2, evaluate_held_out
from ecgmm.evaluation.reading_ways import CLEAN_PICTURES, SIGNAL, SIGNAL_STRIPS, result_of
from ecgmm.evaluation.recipe import add_to_recipe, version_dir
from ecgmm.evaluation.report import FigureRow
from ecgmm.pipeline.splits import DS2
from ecgmm.recording import Annotations
from ecgmm.scoring import reading_scores
from ecgmm.scoring.bootstrap import bootstrap_records

LENGTH_S = 480.0


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch):
    """Intervals are not what these tests are about, and a thousand resamples take seconds."""
    few = partial(bootstrap_records, repeats=5)
    monkeypatch.setattr(reading_scores, "bootstrap_records", few)


@pytest.fixture(scope="module")
def template():
    return simulated_recording(
        pattern="NNNNNNNV", duration_s=LENGTH_S, sampling_rate_hz=125.0, leads=("MLII", "V1")
    )


def annotated(recording, samples, symbols):
    return replace(recording, annotations=Annotations(np.array(samples, np.int64), tuple(symbols)))


def broken(template):
    """Three records that cannot be compared, by the code of the reason."""
    truth = template.annotations
    flat = template.signal_mv.copy()
    flat[:, 1] = 0.25
    return {
        "annotations_do_not_match": annotated(
            template, [*truth.beat_samples[:-1], len(template.signal_mv) + 500], truth.beat_symbols
        ),
        "no_reference": annotated(template, [], []),
        "missing_lead": replace(template, signal_mv=flat),
    }


@pytest.fixture
def plan(tmp_path, monkeypatch, template):
    """Records of DS2, two whole and three broken, and of SVDB, five whole and three broken."""

    def named(name, recording):
        return replace(recording, name=name, patient="201" if name == "202" else name)

    bad = list(broken(template).values())
    mitdb = [
        *(named(name, template) for name in ("100", "202")),
        *(named(name, record) for name, record in zip(("103", "105", "111"), bad, strict=True)),
    ]
    svdb = [named(f"80{number}", template) for number in range(5)]
    noise = replace(named("em", template), annotations=None)
    data_sets = {
        "mitdb": mitdb,
        "svdb": [*svdb, *(named(f"81{number}", record) for number, record in enumerate(bad))],
        "nstdb": [replace(noise, signal_mv=np.tile(noise.signal_mv, (4, 1)))],
    }
    return EvaluationPlan(
        data_dir=prepare(tmp_path / "data", monkeypatch, data_sets),
        models_dir=tmp_path / "saved_models" / "ecgmm",
        ways=(SIGNAL,),
        datasets=("svdb",),
        fold=0,
        with_peers=False,
        with_noise=False,
        command="ecgmm evaluate",
    )


@pytest.fixture
def model_dir(tmp_path):
    (tmp_path / "model" / "variables").mkdir(parents=True)
    (tmp_path / "model" / "saved_model.pb").write_bytes(b"graph")
    (tmp_path / "model" / "variables" / "variables.index").write_bytes(b"weights")
    return tmp_path / "model"


@pytest.fixture
def ledger(plan):
    return plan.models_dir.parent / "EVALUATIONS.md"


def test_held_out_patients_are_read_scored_and_reported_in_three_forms(plan, model_dir):
    plan = replace(plan, ways=(SIGNAL, SIGNAL_STRIPS, CLEAN_PICTURES))
    report = evaluate_held_out(model_dir, PeakRuntime(), plan)
    folder = plan.models_dir.parent / "reports" / "7" / "held-out"
    assert json.loads((folder / "evaluation.json").read_text()) == report
    assert "not a medical device" in (folder / "evaluation.md").read_text()
    assert (folder / "confusion.png").stat().st_size > 0
    assert [reading["name"] for reading in report["readings"]] == list(plan.ways)
    assert report["readings"][0]["tables"][0]["figures"]["QRS Se"]["value"] > 0.95
    assert [pair["second"] for pair in report["agreements"]] == [CLEAN_PICTURES]


def test_ds2_is_scored_with_and_without_the_man_of_201_and_202(plan, model_dir):
    report = evaluate_ds2(model_dir, PeakRuntime(), plan, "a test")
    records = {reading["name"]: reading["records"] for reading in report["readings"]}
    assert records == {"signal": ["100", "202"], "signal, without 202": ["100"]}


def test_records_that_cannot_be_compared_are_named_with_the_reason(plan, model_dir):
    report = evaluate_ds2(model_dir, PeakRuntime(), plan, "a test")
    assert [(row["record"], row["code"]) for row in report["excluded"]] == [
        *(("103", "annotations_do_not_match"), ("105", "no_reference"), ("111", "missing_lead")),
    ]
    text = (plan.models_dir.parent / "reports" / "7" / "ds2" / "evaluation.md").read_text()
    assert "## Records left out" in text
    assert "V1" in report["excluded"][2]["reason"]


@pytest.mark.parametrize(
    ("code", "samples", "leads"),
    [("empty_record", 0, 2), ("missing_lead", 1000, 0)],
)
def test_a_record_without_samples_or_leads_is_no_record(template, code, samples, leads):
    truth, names = template.annotations, template.lead_names[:leads]
    recording = replace(template, signal_mv=np.ones((samples, leads), np.float32), lead_names=names)
    with pytest.raises(InputError) as caught:
        result_of(replace(recording, annotations=truth), PeakRuntime(), lambda *_: None)
    assert caught.value.code == code


def test_an_evaluation_of_nothing_but_broken_records_says_so(
    plan, model_dir, monkeypatch, template
):
    recordings = list(broken(template).values())
    monkeypatch.setattr(evaluate, "held_out_recordings", lambda *_: recordings)
    with pytest.raises(InputError, match="None of 3 records") as caught:
        evaluate_held_out(model_dir, PeakRuntime(), plan)
    assert caught.value.code == "nothing_to_evaluate"


def test_a_crash_while_scoring_leaves_its_line_in_the_ledger(plan, model_dir, ledger, monkeypatch):
    def crash(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(evaluate, "score_reading", crash)
    with pytest.raises(ZeroDivisionError):
        evaluate_ds2(model_dir, PeakRuntime(), plan, "a test")
    (line,) = [row for row in ledger.read_text().splitlines() if "peaks" in row or "a test" in row]
    assert "QRS Se" in line


def test_held_out_patients_leave_no_line_in_the_ledger(plan, model_dir, ledger, monkeypatch):
    monkeypatch.setattr(evaluate, "opened_ds2", None)
    report = evaluate_held_out(model_dir, PeakRuntime(), plan)
    assert not ledger.exists()
    assert not set(DS2) & set(report["readings"][0]["records"])


def test_noise_is_measured_on_request_at_six_levels_and_without(plan, model_dir):
    report = evaluate_held_out(model_dir, PeakRuntime(), replace(plan, with_noise=True))
    assert [point["snr_db"] for point in report["noise"]] == [None, 24, 18, 12, 6, 0, -6]


def test_controls_measured_before_are_part_of_the_report_and_later_ones_join_it(plan, model_dir):
    reports = version_dir(plan.models_dir, "7")
    honest = FigureRow("honest", "as it should be", {"V F1": 0.8, "F F1": float("nan")})
    add_to_recipe(reports, controls=(honest,))
    report = evaluate_held_out(model_dir, PeakRuntime(), plan)
    assert report["controls"][0]["figures"] == {"V F1": 0.8, "F F1": None}
    add_to_recipe(reports, unseen=(replace(honest, name="SVDB"),))
    written = json.loads((reports / "held-out" / "evaluation.json").read_text())
    assert [row["name"] for row in (*written["controls"], *written["unseen"])] == ["honest", "SVDB"]
    assert "## Databases never trained on" in (reports / "held-out" / "evaluation.md").read_text()
