"""The reading in one line."""

from dataclasses import replace

import pytest

from ecgmm.analysis.reading import Finding, JudgedCondition, Rhythm, Summary
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


def test_a_normal_ecg():
    assert told() == (
        "Sinus rhythm, 71/min. PR 162 ms, QRS 94 ms, QTc 423 ms, axis 12 degrees. Normal ECG."
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
    assert told(rhythm=FIBRILLATION, measured=without).startswith("Atrial fibrillation, 71/min")


def test_what_drives_the_heart_is_named_where_the_network_sees_it():
    for code, name in (("AFLT", "Atrial flutter"), ("PACE", "Paced rhythm")):
        judged = JudgedCondition(code, "rhythm", name, 0.9, 0.5)
        assert told(judged=[judged]).startswith(f"{name}, 71/min")
        assert told(judged=[replace(judged, probability=0.1)]).startswith("Sinus rhythm")
        doubtful = replace(judged, probability=0.4, threshold=0.3)
        assert told(judged=[doubtful]).startswith(f"Possible {name.lower()}, 71/min")


def test_findings_follow_without_their_figures_and_ectopy_goes_with_the_rhythm():
    found = [
        Finding("infarction", "Myocardial infarction, probability 78 %: anterior.", "warning"),
        Finding("pvc", "2 ventricular premature beats.", "warning", (3, 9)),
        Finding("low_voltage", "Low voltage: QRS of at most 0.40 mV.", "info"),
        Finding("bradycardia", "Bradycardia: 48 bpm.", "info", (0, 1)),
    ]
    said = told(replace(NORMAL, verdict="abnormal"), found=found)
    assert said.startswith("Sinus rhythm, 71/min, with ventricular premature beats. ")
    assert said.endswith(" Myocardial infarction. Low voltage.")


def test_a_normal_ecg_with_something_to_tell_is_otherwise_normal():
    found = [Finding("low_voltage", "Low voltage: QRS of at most 0.40 mV.", "info")]
    assert told(found=found).endswith(" Low voltage. Otherwise normal.")
    said = told(found=found, left_open=("infarction",))
    assert said.endswith(" Low voltage. Rhythm and beats normal. Not judged: infarction.")


def test_of_what_is_unreadable_nothing_is_said():
    assert told(Summary(None, COUNTS, "unreadable", None)) is None
