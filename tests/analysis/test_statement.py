"""The reading in one line."""

from dataclasses import replace

import pytest

from ecgmm.analysis.reading import (
    Episode,
    Finding,
    Grade,
    JudgedCondition,
    Rhythm,
    RhythmInTime,
    Summary,
)
from ecgmm.analysis.statement import statement
from ecgmm.measure.measurements import Measurements

SINUS = Rhythm("normal", {"normal": 0.97, "af": 0.01, "other": 0.01, "noise": 0.01})
FIBRILLATION = Rhythm("af", {"normal": 0.0, "af": 0.97, "other": 0.02, "noise": 0.01})
COUNTS = {"N": 11, "S": 0, "V": 0, "F": 0, "Q": 0}
NORMAL = Summary(71.2, COUNTS, "normal", 0.05)
MEASURED = Measurements(
    heart_rate_bpm=71.2, pr_ms=162, qrs_ms=94, qt_ms=400, p_axis_deg=50, qrs_axis_deg=12
)


def told(summary=NORMAL, rhythm=SINUS, found=(), judged=(), measured=MEASURED, left_open=()):
    return statement(summary, rhythm, found, judged, measured, left_open)


def disease(code, probability, threshold=0.4, group=None, text=""):
    return JudgedCondition(code, group or code, text or code, probability, threshold)


HEALTHY = [disease(code, 0.01) for code in ("MI", "CD", "STTC", "HYP")]


def test_a_cardiologist_s_dictation():
    judged = [*HEALTHY[:1], disease("CD", 0.9), *HEALTHY[2:],
              disease("LAFB", 0.9, group="CD", text="Left anterior fascicular block")]  # fmt: skip
    found = [
        Finding("conduction_disturbance", "Conduction disturbance, probability 90 %.", "warning"),
        Finding("pvc", "2 ventricular premature beats, 17 % of all beats.", "warning", (3, 9)),
        Finding("left_axis_deviation", "Left axis deviation: -50 degrees.", "info"),
    ]
    said = told(
        replace(NORMAL, heart_rate_bpm=72.0, verdict="abnormal", grade=Grade("abnormal", 0.95)),
        found=found, judged=judged, measured=replace(MEASURED, qrs_axis_deg=-50),
    )  # fmt: skip
    assert said == (
        "Sinus rhythm, 72/min. Left axis. Left anterior fascicular block. Two ventricular "
        "premature beats. No sign of infarction, ST or T changes or hypertrophy."
    )


def test_a_normal_ecg():
    said = "Sinus rhythm, 71/min. No sign of infarction. Normal ECG."
    assert told(judged=HEALTHY) == said


def test_no_sign_is_said_only_of_what_was_judged_and_is_far_from_being_called_present():
    assert "No sign" not in told()
    near = [disease("MI", 0.21), *HEALTHY[1:]]
    said = told(judged=near)
    assert "No sign of conduction disturbance, ST or T changes or hypertrophy." in said
    assert "Infarction not excluded." in said


def test_a_criterion_that_is_met_is_a_sign_whatever_the_network_says():
    found = [Finding("pathological_q", "Pathological Q waves.", "info")]
    assert "infarction" not in told(found=found, judged=HEALTHY)


@pytest.mark.parametrize("code", ["PACE", "CLBBB", "WPW"])
def test_where_qrs_hides_it_no_disease_is_ruled_out(code):
    hiding = disease(code, 0.9, group="rhythm")
    assert "No sign" not in told(judged=[*HEALTHY, hiding])


@pytest.mark.parametrize(
    ("probability", "name"),
    [(0.8, "Hypertrophy"), (0.6, "Probable hypertrophy"), (0.45, "Possible hypertrophy")],
)
def test_a_doubtful_condition_is_told_in_a_word_of_doubt(probability, name):
    found = [Finding("hypertrophy", "Hypertrophy.", "warning")]
    judged = [disease("HYP", probability, text="Hypertrophy")]
    assert f" {name}." in told(found=found, judged=judged)


@pytest.mark.parametrize(
    ("axis_deg", "word"), [(-30, ""), (-31, "Left axis"), (91, "Right axis"), (-91, "Extreme axis")]
)
def test_the_axis_is_named_where_it_is_not_normal(axis_deg, word):
    said = told(measured=replace(MEASURED, qrs_axis_deg=axis_deg))
    assert (f" {word}." in said) if word else ("axis" not in said)


def test_a_borderline_ecg_is_called_one():
    summary = replace(NORMAL, verdict="abnormal", grade=Grade("borderline", 0.1))
    found = [Finding("pac", "1 premature beat.", "warning", (3,))]
    assert told(summary, found=found).endswith(
        "One supraventricular premature beat. Borderline ECG."
    )


def test_normal_is_said_only_of_what_was_judged():
    said = told(left_open=("infarction", "hypertrophy", "axes"))
    assert "Normal ECG" not in said
    assert said.endswith("Rhythm and beats normal. Not judged: infarction, hypertrophy.")


@pytest.mark.parametrize(
    ("rate_bpm", "rhythm"),
    [(59.4, "Sinus bradycardia, 59/min"), (60.0, "Sinus rhythm, 60/min"),
     (100.0, "Sinus rhythm, 100/min"), (101.0, "Sinus tachycardia, 101/min")],
)  # fmt: skip
def test_the_rate_names_the_sinus_rhythm(rate_bpm, rhythm):
    assert told(replace(NORMAL, heart_rate_bpm=rate_bpm)).startswith(rhythm)


def test_without_a_sinus_p_wave_it_is_no_sinus_rhythm():
    without = replace(MEASURED, pr_ms=None)
    assert told(measured=without).startswith("Rhythm without a sinus P wave, 71/min")
    upwards = replace(MEASURED, p_axis_deg=-80)
    assert told(measured=upwards).startswith("Rhythm without a sinus P wave")
    assert "sinus P" not in told(rhythm=FIBRILLATION, measured=without)
    assert told(rhythm=FIBRILLATION, measured=without).startswith("Atrial fibrillation, 71/min")


def test_a_rhythm_that_nothing_explains_is_not_called_sinus():
    doubt = Finding("other_rhythm", "Rhythm not clearly sinus: ...", "info")
    said = told(replace(NORMAL, grade=Grade("borderline", 0.1)), found=[doubt])
    assert said == "Rhythm not clearly sinus, 71/min. Borderline ECG."


def test_where_no_wave_was_measured_sinus_rhythm_is_probable_at_most():
    unmeasured = replace(MEASURED, pr_ms=None, qrs_ms=None)
    other = Rhythm("other", {"normal": 0.1, "af": 0.0, "other": 0.9, "noise": 0.0})
    assert told(measured=unmeasured).startswith("Probable sinus rhythm, 71/min")
    assert told(measured=unmeasured, rhythm=other).startswith("Rhythm unnamed, 71/min")


def test_what_drives_the_heart_is_named_where_the_network_sees_it():
    for code, name in (
        ("AFLT", "Atrial flutter"), ("AFIB", "Atrial fibrillation"), ("PACE", "Paced rhythm")
    ):  # fmt: skip
        judged = JudgedCondition(code, "rhythm", name, 0.9, 0.5)
        found = [Finding(code.lower(), f"{name}, probability 90 %.", "warning")]
        assert told(found=found, judged=[judged]).startswith(f"{name}, 71/min")
        assert told(judged=[judged]).startswith("Sinus rhythm")
        doubtful = replace(judged, probability=0.4, threshold=0.3)
        assert told(found=found, judged=[doubtful]).startswith(f"Possible {name.lower()}, 71/min")


@pytest.mark.parametrize(
    ("label", "end_s", "name"),
    [("svt", 31.0, "Supraventricular tachycardia"), ("paced", 31.0, "Paced rhythm"),
     ("svt", 29.0, "Sinus rhythm"), ("bigeminy", 60.0, "Sinus rhythm")],
)  # fmt: skip
def test_what_lasts_for_most_of_a_recording_names_its_rhythm(label, end_s, name):
    episodes = (Episode(label, 0.0, end_s, 0.9), Episode("sinus", end_s, 60.0, 0.9))
    rhythm = replace(SINUS, in_time=RhythmInTime(episodes))
    assert told(rhythm=rhythm).startswith(f"{name}, 71/min")


def test_findings_follow_without_their_figures():
    found = [
        Finding("st_elevation", "ST elevation of up to 0.31 mV (UDMI 2018).", "warning"),
        Finding("pvc", "12 ventricular premature beats.", "warning", tuple(range(12))),
        Finding("low_voltage", "Low voltage: QRS of at most 0.40 mV.", "info"),
        Finding("bradycardia", "Bradycardia: 48 bpm.", "info", (0, 1)),
    ]
    said = told(replace(NORMAL, verdict="abnormal"), found=found)
    assert said == (
        "Sinus rhythm, 71/min. ST elevation of up to 0.31 mV. Low voltage. 12 ventricular "
        "premature beats."
    )


def test_a_normal_ecg_with_something_to_tell_is_otherwise_normal():
    found = [Finding("low_voltage", "Low voltage: QRS of at most 0.40 mV.", "info")]
    assert told(found=found).endswith(" Low voltage. Otherwise normal.")
    said = told(found=found, left_open=("infarction",))
    assert said.endswith(" Low voltage. Rhythm and beats normal. Not judged: infarction.")


def test_of_what_is_unreadable_nothing_is_said():
    assert told(Summary(None, COUNTS, "unreadable", None)) is None
