import numpy as np
import pytest

from ecgmm.analysis.evidence_of_waves import (
    QRS,
    ST_T,
    P,
    spans_of_waves,
    waves_that_speak,
    without_wave,
)
from ecgmm.conditions import CONDITION_CODES, LEADS
from ecgmm.measure.measurements import BeatMarks
from ecgmm.serving.runtime import Conditions

AMI, LVH, AFIB = (CONDITION_CODES.index(code) for code in ("AMI", "LVH", "AFIB"))
V2 = LEADS.index("V2")
BEATS = [
    BeatMarks(
        beat,
        (start_s, start_s + 0.048, start_s + 0.096),
        (start_s + 0.16, start_s + 0.2, start_s + 0.24),
        (start_s + 0.4, start_s + 0.496, start_s + 0.56),
    )
    for beat, start_s in enumerate((20.504, 21.504, 22.504))
]


class ShapeRuntime:
    """Sure of anterior infarction by how deep T is in V2, of hypertrophy by how tall QRS is."""

    def conditions(self, leads_mv):
        log_odds = np.full((len(leads_mv), len(CONDITION_CODES)), -4.0, np.float32)
        log_odds[:, AMI] = -6 * leads_mv[:, V2].min(axis=1) - 1
        log_odds[:, LVH] = leads_mv[:, V2].max(axis=1)
        probabilities = 1 / (1 + np.exp(-log_odds))
        return Conditions(probabilities, np.full_like(probabilities, 0.5), ("",) * len(leads_mv))


@pytest.fixture
def leads_mv():
    """Three beats from 20 s on: a tall QRS complex, an inverted T wave."""
    time_s = 20 + np.arange(500) / 125
    lead_mv = np.full(500, 0.01)
    for beat in BEATS:
        lead_mv += 2.0 * np.exp(-(((time_s - beat.qrs_s[1]) / 0.01) ** 2))
        lead_mv -= 0.5 * np.exp(-(((time_s - beat.t_s[1]) / 0.03) ** 2))
    return np.tile(lead_mv, (12, 1)).astype(np.float32)


def test_the_waves_named_are_those_that_the_model_looks_at(leads_mv):
    leads = {AMI: ("V1", "V2"), LVH: ("V2",), AFIB: ("II",)}
    speaking = waves_that_speak(leads_mv, BEATS, 20.0, leads, ShapeRuntime())
    assert speaking == {AMI: (ST_T,), LVH: (QRS,), AFIB: ()}


def test_a_wave_is_hidden_in_the_leads_that_speak_and_in_no_other(leads_mv):
    assert waves_that_speak(leads_mv, BEATS, 20.0, {AMI: ("V1",)}, ShapeRuntime()) == {AMI: ()}


def test_where_no_lead_is_named_a_wave_is_hidden_in_all(leads_mv):
    assert waves_that_speak(leads_mv, BEATS, 20.0, {AMI: ()}, ShapeRuntime()) == {AMI: (ST_T,)}


def test_the_ventricles_recover_from_the_end_of_qrs_to_that_of_t():
    spans = spans_of_waves(BEATS[:1], 20.0, 500)
    assert spans == {P: [(63, 75)], QRS: [(83, 93)], ST_T: [(93, 133)]}


def test_a_beat_that_is_partly_outside_has_only_the_waves_that_are_inside():
    assert spans_of_waves(BEATS[:1], 20.512, 60) == {P: [], QRS: [(19, 29)], ST_T: []}


def test_a_straight_line_takes_the_place_of_a_wave(leads_mv):
    hidden_mv = without_wave(leads_mv, [(83, 93)], ("V2",))
    np.testing.assert_allclose(
        hidden_mv[V2, 83:94], np.linspace(leads_mv[V2, 83], leads_mv[V2, 93], 11), atol=1e-6
    )
    assert np.array_equal(np.delete(hidden_mv, V2, 0), np.delete(leads_mv, V2, 0))
    assert np.array_equal(hidden_mv[V2, 94:], leads_mv[V2, 94:])


def test_what_is_not_seen_stays_unseen(leads_mv):
    leads_mv[V2, 85:] = 0
    assert np.array_equal(without_wave(leads_mv, [(83, 93)], ("V2",)), leads_mv)
