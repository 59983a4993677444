import numpy as np
import pytest

from ecgmm.analysis.evidence_of_leads import leads_that_speak, neighbours, without_lead
from ecgmm.conditions import CONDITION_CODES, LEADS
from ecgmm.serving.runtime import Conditions

IMI, AMI = CONDITION_CODES.index("IMI"), CONDITION_CODES.index("AMI")


class VoltageRuntime:
    """Sure of inferior infarction by how tall aVF is, of anterior infarction by V2 and V3."""

    def conditions(self, leads_mv):
        height_mv = np.abs(leads_mv).max(axis=2)
        log_odds = np.full((len(leads_mv), len(CONDITION_CODES)), -4.0, np.float32)
        log_odds[:, IMI] = 4 * height_mv[:, LEADS.index("aVF")] - 2
        log_odds[:, AMI] = 3 * height_mv[:, LEADS.index("V2")] + 2 * height_mv[:, 8] - 2
        probabilities = 1 / (1 + np.exp(-log_odds))
        return Conditions(probabilities, np.full_like(probabilities, 0.5), ("",) * len(leads_mv))


def twelve_leads(one_mv, two_mv):
    """All limb leads from I and II by Einthoven's law, and six chest leads."""
    limbs = (
        one_mv,
        two_mv,
        two_mv - one_mv,
        -(one_mv + two_mv) / 2,
        one_mv - two_mv / 2,
        two_mv - one_mv / 2,
    )
    chest = [0.5 * one_mv + 0.1] * 6
    return np.stack([*limbs, *chest]).astype(np.float32)


@pytest.fixture
def leads_mv():
    time = np.arange(1250)
    return twelve_leads(0.7 * np.sin(time / 9), 1.2 * np.cos(time / 7)) + np.float32(0.01)


def test_a_chest_lead_is_hidden_alone(leads_mv):
    hidden_mv = without_lead(leads_mv, LEADS.index("V3"))
    assert not hidden_mv[8].any()
    assert np.array_equal(np.delete(hidden_mv, 8, 0), np.delete(leads_mv, 8, 0))


def test_hiding_avf_leaves_what_is_perpendicular_to_it(leads_mv):
    time = np.arange(1250)
    leads_mv = twelve_leads(np.sin(time / 9), np.cos(time / 7))
    hidden_mv = without_lead(leads_mv, LEADS.index("aVF"))
    assert not hidden_mv[5].any()
    np.testing.assert_allclose(hidden_mv[0], leads_mv[0], atol=1e-5)
    np.testing.assert_allclose(hidden_mv[1], leads_mv[0] / 2, atol=1e-5)
    np.testing.assert_allclose(hidden_mv[2], -leads_mv[0] / 2, atol=1e-5)
    np.testing.assert_allclose(hidden_mv[0] + hidden_mv[2], hidden_mv[1], atol=1e-5)


def test_the_leads_named_are_those_that_the_model_looks_at(leads_mv):
    speaking = leads_that_speak(leads_mv, [IMI, AMI], VoltageRuntime())
    assert "aVF" in speaking[IMI]
    assert not set(speaking[IMI]) & {"I", *LEADS[6:]}
    assert speaking[AMI] == ("V2", "V3")


def test_the_only_lead_that_there_is_speaks_for_everything():
    leads_mv = np.zeros((12, 1250), np.float32)
    leads_mv[0] = 1.0
    assert leads_that_speak(leads_mv, [IMI], VoltageRuntime()) == {IMI: ("I",)}


def test_no_lead_is_named_where_none_makes_a_difference(leads_mv):
    speaking = leads_that_speak(leads_mv, [CONDITION_CODES.index("PACE")], VoltageRuntime())
    assert list(speaking.values()) == [()]


class EitherRuntime(VoltageRuntime):
    """Sure of anterior infarction as long as V2 or V3 is tall: each makes up for the other."""

    def conditions(self, leads_mv):
        height_mv = np.abs(leads_mv[:, 7:9]).max(axis=2).max(axis=1)
        log_odds = np.tile(4 * height_mv[:, None] - 1, (1, len(CONDITION_CODES)))
        probabilities = 1 / (1 + np.exp(-log_odds))
        return Conditions(probabilities, np.full_like(probabilities, 0.5), ("",) * len(leads_mv))


def test_neighbours_that_make_up_for_each_other_are_named_together(leads_mv):
    assert leads_that_speak(leads_mv, [AMI], EitherRuntime())[AMI] == ("V2", "V3")


def test_neighbours_are_hidden_together_where_none_is_missing_between_them():
    assert neighbours([0, 6, 7, 9]) == [[6, 7]]
    assert neighbours([6, 7, 8]) == [[6, 7], [7, 8]]
