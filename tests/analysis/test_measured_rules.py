"""Statements by criterion: each at its limit, and not below it."""

from dataclasses import replace

import pytest

from ecgmm.analysis.findings import find_findings
from ecgmm.analysis.reading import Beat, JudgedCondition, Rhythm
from ecgmm.analysis.rules.agreement import contradictions
from ecgmm.leads import LEADS
from ecgmm.measure.amplitudes import LeadMeasures
from ecgmm.measure.measurements import Measurements
from ecgmm.person import NOBODY, Person

FIBRILLATION = Rhythm("af", {"normal": 0.02, "af": 0.96, "other": 0.01, "noise": 0.01})
SINUS = Rhythm("normal", {"normal": 0.97, "af": 0.01, "other": 0.01, "noise": 0.01})
LEAD = LeadMeasures(
    p_mv=0.12, p_end_mv=0.0, q_mv=0.0, q_ms=0.0, r_mv=0.8, r_ms=50.0, s_mv=-0.3, s_ms=30.0,
    r_prime_mv=0.0, st_j_mv=0.02, st_60_mv=0.03, t_mv=0.3, t_low_mv=0.0, peak_ms=40.0,
    notched=False,
)  # fmt: skip
HEALTHY = Measurements(
    heart_rate_bpm=70.0, p_ms=100, pr_ms=160, qrs_ms=90, qt_ms=380, p_axis_deg=50,
    qrs_axis_deg=40, t_axis_deg=40, leads=dict.fromkeys(LEADS, LEAD), beat_class="N",
)  # fmt: skip
WOMAN, MAN = Person(60, "female"), Person(60, "male")


def changed(leads=None, **values):
    """A healthy heart with some values and some leads changed."""
    known = dict(HEALTHY.leads)
    for name, of_lead in (leads or {}).items():
        for each in LEADS if name == "all" else name.split():
            known[each] = replace(known[each], **of_lead)
    return replace(HEALTHY, leads=known, **values)


def findings(measured, person=NOBODY, rhythm=SINUS, judged=()):
    beats = tuple(Beat(0.4 + 0.857 * n, "N", 0.99) for n in range(11))
    return {
        found.code: found
        for found in find_findings(beats, rhythm, 10.0, (), judged, measured, person)
    }


def test_a_healthy_heart_gives_rise_to_nothing():
    assert findings(HEALTHY) == {}
    assert findings(HEALTHY, WOMAN) == findings(HEALTHY, MAN) == {}


@pytest.mark.parametrize("missing", [{"pr_ms": None, "p_ms": None}, {"p_axis_deg": -80}])
def test_without_a_sinus_p_wave_the_rhythm_is_doubted_unless_another_is_told(missing):
    found = findings(changed(**missing))["other_rhythm"]
    assert found.severity == "info"
    assert found.text.startswith("Rhythm without a sinus P wave: ")
    paced = JudgedCondition("PACE", "rhythm", "Paced rhythm", 0.9, 0.5)
    assert "other_rhythm" not in findings(changed(**missing), judged=[paced])
    assert "other_rhythm" not in findings(changed(**missing), rhythm=FIBRILLATION)


RBBB = {
    "V1": {"r_mv": 0.2, "s_mv": -0.3, "r_prime_mv": 0.9, "peak_ms": 90.0},
    "I V6": {"s_ms": 60.0},
}
LBBB = {"V1": {"r_mv": 0.0, "s_mv": -1.8}, "I V5 V6": {"s_mv": 0.0, "peak_ms": 75.0}}


@pytest.mark.parametrize(
    ("code", "met", "not_met"),
    [
        ("first_degree_av_block", changed(pr_ms=201), changed(pr_ms=200)),
        ("short_pr", changed(pr_ms=119), changed(pr_ms=120)),
        ("preexcitation", changed(pr_ms=119, qrs_ms=120), changed(pr_ms=120, qrs_ms=120)),
        (
            "complete_right_bundle_branch_block",
            changed(RBBB, qrs_ms=120),
            changed(RBBB, qrs_ms=119),
        ),
        (
            "incomplete_right_bundle_branch_block",
            changed(RBBB, qrs_ms=110),
            changed(RBBB, qrs_ms=109),
        ),
        (
            "complete_left_bundle_branch_block",
            changed(LBBB, qrs_ms=140),
            changed({**LBBB, "I": {"q_mv": -0.1}}, qrs_ms=140),
        ),
        ("incomplete_left_bundle_branch_block", changed(LBBB, qrs_ms=115), changed(LBBB)),
        ("intraventricular_delay", changed(qrs_ms=111), changed(LBBB, qrs_ms=130)),
        (
            "left_anterior_fascicular_block",
            changed({"aVL": {"peak_ms": 45.0}}, qrs_axis_deg=-45),
            changed({"aVL": {"peak_ms": 45.0}}, qrs_axis_deg=-44),
        ),
        (
            "left_posterior_fascicular_block",
            changed(
                {"I aVL": {"r_mv": 0.1, "s_mv": -0.6}, "III aVF": {"q_mv": -0.1}},
                qrs_axis_deg=110,
            ),
            changed({"I aVL": {"r_mv": 0.1, "s_mv": -0.6}}, qrs_axis_deg=110),
        ),
        (
            "left_ventricular_hypertrophy",
            changed({"V1": {"s_mv": -1.7}, "V5": {"r_mv": 1.8}}),
            changed({"V1": {"s_mv": -1.6}, "V5": {"r_mv": 1.8}}),
        ),
        (
            "right_ventricular_hypertrophy",
            changed({"V1": {"r_mv": 0.7, "s_mv": -0.3}}, qrs_axis_deg=95),
            changed({"V1": {"r_mv": 0.7, "s_mv": -0.8}}, qrs_axis_deg=95),
        ),
        (
            "right_atrial_enlargement",
            changed({"II": {"p_mv": 0.26}}),
            changed({"II": {"p_mv": 0.25}}),
        ),
        (
            "left_atrial_enlargement",
            changed({"V1": {"p_end_mv": -0.1}}, p_ms=124),
            changed({"V1": {"p_end_mv": -0.05}}, p_ms=124),
        ),
        (
            "st_elevation",
            changed({"II aVF": {"st_j_mv": 0.1, "st_60_mv": 0.05}}),
            changed({"II": {"st_j_mv": 0.1, "st_60_mv": 0.05}}),
        ),
        (
            "st_depression",
            changed({"V4 V5": {"st_j_mv": -0.05, "st_60_mv": -0.06}}),
            changed({"V4 V5": {"st_j_mv": -0.06, "st_60_mv": -0.05}}),
        ),
        (
            "t_inversion",
            changed({"V4 V5": {"t_mv": -0.11}}),
            changed({"V1 III": {"t_mv": -0.3}}),
        ),
        (
            "pathological_q",
            changed({"II aVF": {"q_mv": -0.2, "q_ms": 30.0}}),
            changed({"III": {"q_mv": -0.2, "q_ms": 40.0}}),
        ),
        (
            "brugada_pattern",
            changed({"V2": {"st_j_mv": 0.2, "st_60_mv": 0.1, "t_mv": -0.2}}),
            changed({"V2": {"st_j_mv": 0.2, "st_60_mv": 0.1, "t_mv": 0.2}}),
        ),
        (
            "early_repolarisation",
            changed({"II aVF": {"st_j_mv": 0.1, "st_60_mv": 0.12}}),
            changed({"II aVF": {"st_j_mv": 0.09, "st_60_mv": 0.12}}),
        ),
        ("left_axis_deviation", changed(qrs_axis_deg=-31), changed(qrs_axis_deg=-30)),
        ("right_axis_deviation", changed(qrs_axis_deg=91), changed(qrs_axis_deg=90)),
        ("extreme_axis_deviation", changed(qrs_axis_deg=-91), changed(qrs_axis_deg=-90)),
        (
            "low_voltage",
            changed({"I II III aVR aVL aVF": {"r_mv": 0.3, "s_mv": -0.19}}),
            changed({"I III aVR aVL aVF": {"r_mv": 0.3, "s_mv": -0.19}}),
        ),
        (
            "poor_r_progression",
            changed({"V2": {"r_mv": 0.2}, "V3": {"r_mv": 0.3}}),
            changed({"V2": {"r_mv": 0.4}, "V3": {"r_mv": 0.3}}),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_criterion_is_met_at_its_limit_and_not_below(code, met, not_met):
    assert code in findings(met)
    assert code not in findings(not_met)


def test_st_elevation_in_v2_and_v3_depends_on_age_and_sex():
    raised = changed({"V2 V3": {"st_j_mv": 0.2}})
    assert "st_elevation" in findings(raised, WOMAN)
    assert "st_elevation" in findings(raised, MAN)
    assert "st_elevation" not in findings(raised, Person(30, "male"))
    assert "st_elevation" not in findings(raised)


def test_long_qt_and_cornell_have_limits_of_their_own_for_women():
    long_qt = changed(qt_ms=433)
    assert long_qt.qtc_ms["fridericia"] == 456
    assert "long_qt" in findings(long_qt, MAN)
    assert "long_qt" not in findings(long_qt, WOMAN)
    tall = changed({"aVL": {"r_mv": 1.0}, "V3": {"s_mv": -1.2}})
    assert "left_ventricular_hypertrophy" in findings(tall, WOMAN)
    assert "left_ventricular_hypertrophy" not in findings(tall, MAN)


def test_a_short_qt_is_told():
    assert "short_qt" in findings(changed(qt_ms=340))


def test_no_criterion_of_adults_is_applied_to_a_child():
    sick = changed(LBBB, qrs_ms=140, pr_ms=220, qrs_axis_deg=120)
    assert findings(sick, Person(8, "female")) == {}


def test_with_a_wide_qrs_st_t_and_voltage_say_nothing():
    wide = changed(
        {"all": {"st_j_mv": 0.3, "t_mv": -0.4}, "V1": {"s_mv": -3.0, "r_mv": 0.0}}, qrs_ms=150
    )
    assert not {
        "st_elevation",
        "t_inversion",
        "left_ventricular_hypertrophy",
        "pathological_q",
    } & set(findings(wide))


def test_a_finding_names_the_values_and_the_leads_that_meet_it():
    found = findings(changed({"V1": {"s_mv": -1.7}, "V5": {"r_mv": 1.8}}))[
        "left_ventricular_hypertrophy"
    ]
    assert "Sokolow-Lyon 3.50 mV" in found.text
    assert found.leads == ("V1", "V5", "V6")
    assert (
        "QRS 124 ms"
        in findings(changed(RBBB, qrs_ms=124))["complete_right_bundle_branch_block"].text
    )


def judged(code, probability):
    return JudgedCondition(code, "CD", f"({code})", probability, 0.5)


def test_agreement_and_disagreement_with_the_network_are_told():
    blocked = changed(LBBB, qrs_ms=140)
    code = "complete_left_bundle_branch_block"
    agreeing = findings(blocked, judged=[judged("CLBBB", 0.93)])[code].text
    assert "the network agrees, 93 %" in agreeing
    disagreeing = findings(blocked, judged=[judged("CLBBB", 0.12)])[code].text
    assert "the network does not agree, 12 %" in disagreeing
    doubtful = JudgedCondition("CLBBB", "CD", "(CLBBB)", 0.3, 0.2)
    assert "the network finds it possible, 30 %" in findings(blocked, judged=[doubtful])[code].text
    assert "network" not in findings(blocked)[code].text


def test_what_the_network_sees_and_the_intervals_contradict_is_a_doubt():
    (doubt,) = contradictions([judged("CLBBB", 0.93)], HEALTHY)
    assert "does not go with QRS 90 ms" in doubt
    assert contradictions([judged("CLBBB", 0.93)], changed(qrs_ms=140)) == ()
    assert contradictions([judged("CLBBB", 0.12)], HEALTHY) == ()
    assert contradictions([judged("1AVB", 0.9)], changed(pr_ms=None)) == ()


def test_from_a_page_only_what_its_print_leaves_no_doubt_of_is_told():
    for code, beyond, within in (
        ("first_degree_av_block", {"pr_ms": 215}, {"pr_ms": 214}),
        ("short_pr", {"pr_ms": 105}, {"pr_ms": 106}),
        ("intraventricular_delay", {"qrs_ms": 125}, {"qrs_ms": 124}),
    ):
        assert code in findings(changed(uncertainty_ms=14, **beyond))
        assert code not in findings(changed(uncertainty_ms=14, **within))
        assert code in findings(changed(**within))


def test_small_waves_are_not_told_from_a_page_which_loses_their_tips():
    small = {"all": {"r_mv": 0.3, "s_mv": -0.19}}
    assert {"low_voltage", "poor_r_progression"} <= set(findings(changed(small)))
    on_paper = changed(small, uncertainty_ms=14)
    assert not {"low_voltage", "poor_r_progression"} & set(findings(on_paper))


def test_a_sign_of_disease_is_a_warning_unless_the_network_calls_the_heart_normal():
    raised = changed({"II aVF": {"st_j_mv": 0.1, "st_60_mv": 0.05}})
    assert findings(raised)["st_elevation"].severity == "warning"
    called_normal = findings(raised, judged=[judged("NORM", 0.9)])
    assert called_normal["st_elevation"].severity == "info"
