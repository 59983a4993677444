import numpy as np
import pytest

from ecgmm.analysis import words
from ecgmm.analysis.analyze import analyze_recording
from ecgmm.analysis.judging import judge
from ecgmm.conditions import CONDITION_CODES, DISEASES, LEADS, NOTHING_JUDGED
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.serving.runtime import Conditions
from tests.peak_runtime import PeakRuntime


class JudgingRuntime(PeakRuntime):
    """Reads beats as peaks; says of every set of leads what it was made to say."""

    def __init__(self, **probability):
        self._row = np.full(len(CONDITION_CODES), 0.05, np.float32)
        for code, value in probability.items():
            self._row[CONDITION_CODES.index(code)] = value

    def conditions(self, leads_mv):
        probabilities = np.tile(self._row, (len(leads_mv), 1))
        is_seen = leads_mv.any(axis=(1, 2))
        probabilities[~is_seen] = np.nan
        problems = tuple("" if seen else "No lead holds anything." for seen in is_seen)
        return Conditions(probabilities, np.full_like(probabilities, 0.5), problems)

    def page_conditions(self, lead_images):
        raise NotImplementedError


def heart(*leads, duration_s=10.0):
    """A regular heart, narrow spikes of 1 mV every 0.8 s, in so many leads."""
    time_s = np.arange(round(duration_s * 250)) / 250
    lead_mv = np.exp(-(((time_s % 0.8 - 0.4) / 0.01) ** 2)).astype(np.float32)
    wander_mv = 0.02 * np.sin(time_s).astype(np.float32)
    return Recording(np.stack([lead_mv + wander_mv] * len(leads), 1), 250.0, leads, "heart")


def test_twelve_leads_are_asked_everything_and_infarction_makes_them_abnormal():
    reading = analyze_recording(heart(*LEADS), JudgingRuntime(MI=0.9, IMI=0.8))
    assert [condition.code for condition in reading.conditions] == list(CONDITION_CODES)
    assert [c.code for c in reading.conditions if c.present] == ["MI", "IMI"]
    assert reading.summary.verdict == "abnormal"
    assert reading.summary.abnormal_probability == pytest.approx(0.9)
    assert not set(reading.not_judged) & {"infarction", "conduction", "hypertrophy"}
    assert "infarction" in [finding.code for finding in reading.findings]


def test_normal_is_said_plainly_only_where_the_diseases_were_judged():
    twelve = analyze_recording(heart(*LEADS), JudgingRuntime())
    assert words.verdict(twelve).startswith("Normal, ")
    one = analyze_recording(heart("II"), JudgingRuntime())
    assert words.verdict(one).startswith("Rhythm and beats normal, ")
    assert words.verdict(one).endswith(
        "; infarction, conduction, ST and T changes, hypertrophy not judged"
    )


def test_a_single_lead_is_asked_for_what_it_can_show():
    asked = {
        condition.code for condition in analyze_recording(heart("I"), JudgingRuntime()).conditions
    }
    assert {"AFIB", "1AVB", "PACE"} <= asked
    assert not asked & {"NORM", "MI", "IMI", "LVH", "CLBBB"}


def test_limb_leads_show_an_inferior_infarction_but_do_not_rule_infarction_out():
    reading = analyze_recording(heart("I", "II"), JudgingRuntime(IMI=0.9))
    (finding,) = [finding for finding in reading.findings if finding.code == "infarction"]
    assert finding.text.startswith("Inferior infarction")
    assert "infarction" in reading.not_judged


def test_a_runtime_or_leads_without_conditions_judge_nothing():
    for recording, runtime in ((heart(*LEADS), PeakRuntime()), (heart("MLII"), JudgingRuntime())):
        reading = analyze_recording(recording, runtime)
        assert reading.conditions == ()
        assert set(DISEASES.values()) <= set(reading.not_judged)


def test_what_is_unreadable_has_no_conditions():
    flat = Recording(np.zeros((2500, 12), np.float32), 250.0, LEADS, "flat")
    reading = analyze_recording(flat, JudgingRuntime(MI=0.9))
    assert reading.summary.verdict == "unreadable"
    assert reading.conditions == ()
    assert reading.not_judged == NOTHING_JUDGED
    described = reading.to_dict()
    missing = {"pr_ms", "qrs_ms", "qt_ms", "qtc_bazett_ms", "qrs_axis_deg"}
    assert {described["measurements"][name] for name in missing} == {None}
    assert missing <= set(described["quality"]["not_measured"])


def test_a_long_recording_is_the_mean_of_its_stretches():
    class Half(JudgingRuntime):
        def conditions(self, leads_mv):
            answer = super().conditions(leads_mv)
            answer.probabilities[::2] = 0.0
            return answer

    file = SignalFile.in_memory(heart("I", "II", duration_s=60.0))
    judged = {c.code: c.probability for c in judge(file, Half(AFIB=0.8)).conditions}
    assert judged["AFIB"] == pytest.approx(0.4)


def test_the_report_names_what_was_not_judged_and_the_leads_that_speak():
    reading = analyze_recording(heart(*LEADS), JudgingRuntime())
    described = reading.to_dict()
    assert described["not_judged"] == []
    told = {"code", "group", "text", "probability", "threshold", "present", "leads", "waves"}
    assert set(described["conditions"][0]) == told
