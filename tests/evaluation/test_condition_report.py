"""Conditions are scored by what the model is shown, and reported as they were measured."""

import json

import cv2
import numpy as np
import pytest

from ecgmm.conditions import CONDITION_CODES
from ecgmm.evaluation import conditions as evaluation
from ecgmm.evaluation.report import ModelIdentity
from ecgmm.leads import LEADS
from ecgmm.pipeline.lead_batches import page_seen
from ecgmm.pipeline.lead_records import LeadRecords
from ecgmm.scoring.condition_scores import score_conditions
from ecgmm.serving.runtime import Conditions

COUNT = len(CONDITION_CODES)
THRESHOLDS = np.full(COUNT, 0.5, np.float32)
MODEL = ModelIdentity("ecgmm", "5", "ab" * 32)


class VoltageRuntime:
    """Takes tall V1 for an infarction and anything else for normal; reads ink as voltage."""

    def conditions(self, leads_mv):
        return self._answer(np.abs(leads_mv[:, LEADS.index("V1")]).max(axis=1))

    def page_conditions(self, lead_images):
        return self._answer(
            np.array([_tallest_mv(page[LEADS.index("V1")]) for page in lead_images])
        )

    def _answer(self, height_mv):
        tall = np.clip(height_mv / 2, 0.01, 0.99).astype(np.float32)
        probabilities = np.tile(tall[:, None], (1, COUNT))
        probabilities[:, CONDITION_CODES.index("NORM")] = 1 - tall
        return Conditions(probabilities, np.tile(THRESHOLDS, (len(tall), 1)), ("",) * len(tall))


def _tallest_mv(encoded):
    grey = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_GRAYSCALE)
    rows = np.flatnonzero((grey < 100).any(axis=1))
    return (rows[-1] - rows[0]) / 40


@pytest.fixture
def records() -> LeadRecords:
    """Twenty normal records and ten of infarction, taller in V1 throughout."""
    has_mi = np.arange(30) % 3 == 0
    wave = np.sin(np.arange(1250) / 4) ** 9
    heights_uv = np.where(has_mi, 1500, 400)[:, None, None]
    truth = np.zeros((30, COUNT), np.int8)
    truth[has_mi, CONDITION_CODES.index("MI")] = 1
    truth[~has_mi, CONDITION_CODES.index("NORM")] = 1
    signal_uv = heights_uv * wave * np.ones((1, 8, 1))
    return LeadRecords(signal_uv.astype(np.int16), truth)


def test_figures_are_those_of_the_records_shown(records, tmp_path):
    ways = evaluation.WAYS[:1] + evaluation.WAYS[7:8]
    protocol = evaluation.protocol_of("2030-01-01", "ecgmm evaluate --conditions")
    report = evaluation.evaluate_conditions(
        VoltageRuntime(), records, MODEL, protocol, tmp_path, ways
    )
    assert report == json.loads((tmp_path / "conditions.json").read_text())
    whole, drawn = report["ways"]
    assert (whole["records"], drawn["records"]) == (30, 8)
    assert whole["superclass_auroc"]["value"] == 1.0
    assert whole["normals_called_normal"] == 1.0
    assert whole["infarctions_called_normal"] == 0.0
    assert drawn["normals_called_normal"] == 1.0
    text = (tmp_path / "conditions.md").read_text()
    assert "| 12 leads | 30 | 1.000 (1.000 to 1.000)" in text
    assert (tmp_path / "conditions_reliability.png").stat().st_size > 1000


def test_leads_that_a_way_does_not_show_are_zero(records):
    shown = []

    class Recorder(VoltageRuntime):
        def conditions(self, leads_mv):
            shown.append(leads_mv)
            return super().conditions(leads_mv)

    evaluation.as_signals(Recorder(), records, seen=evaluation.seen_leads("I", "II"))
    assert not shown[0][:, 2:].any()
    assert shown[0][:, :2].any()


def test_a_page_has_a_picture_a_lead_that_ends_where_the_lead_ends(records):
    seen = page_seen(None)
    seen[LEADS.index("V6")] = 0.0
    pictures = evaluation.page_pictures(
        records.leads_mv([0])[0], seen, evaluation.clean_picture, seed=0
    )
    assert pictures[LEADS.index("V6")] == b""
    grey = cv2.imdecode(np.frombuffer(pictures[0], np.uint8), cv2.IMREAD_GRAYSCALE)
    assert grey.shape == (160, 1000)
    assert np.ptp(grey[:, 248:]) == 0
    assert np.ptp(grey[:, :248]) > 100


def test_a_condition_of_few_cases_does_not_move_the_mean():
    rng = np.random.default_rng(0)
    truth = np.zeros((100, COUNT), int)
    truth[:50, CONDITION_CODES.index("MI")] = 1
    truth[:4, CONDITION_CODES.index("HYP")] = 1
    probabilities = rng.random((100, COUNT))
    probabilities[:, CONDITION_CODES.index("MI")] = truth[:, CONDITION_CODES.index("MI")]
    scores = score_conditions("all", truth, probabilities, THRESHOLDS, repeats=20)
    assert scores.superclass_auroc.value == 1.0
    assert scores.auroc.value == 1.0


def test_a_row_that_could_not_be_judged_counts_as_nothing_called(records):
    class Blind(VoltageRuntime):
        def conditions(self, leads_mv):
            answer = super().conditions(leads_mv)
            answer.probabilities[0] = np.nan
            return answer

    way = evaluation.Way("all", evaluation.WAYS[0].read)
    scores = evaluation._score(way, Blind(), records)
    assert np.isfinite(scores.superclass_auroc.value)
    assert scores.superclass_auroc.value < 1.0
