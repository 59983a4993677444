"""A reading that a person corrects: what follows from beats and leads is computed again."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from spike_runtime import SpikeRuntime

from ecgmm.analysis.analyze import analyze_recording
from ecgmm.analysis.correcting import corrected, unread_spans
from ecgmm.analysis.correction import corrections_from_json
from ecgmm.analysis.reading import Reading
from ecgmm.errors import InputError
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.simulator import simulate

PVCS = simulate("NNNNV", duration_s=30.0, sampling_rate_hz=250.0, seed=3)


@pytest.fixture(scope="module")
def reading() -> Reading:
    return analyze_recording(PVCS, SpikeRuntime(), name="heart")


def change(reading: Reading, *described: dict[str, Any], of: Recording = PVCS) -> Reading:
    return corrected(reading, corrections_from_json(described), SignalFile.in_memory(of))


def beat_of(reading: Reading, label: str) -> dict[str, Any]:
    return {"time_s": next(beat.time_s for beat in reading.beats if beat.label == label)}


def codes(reading: Reading) -> set[str]:
    return {finding.code for finding in reading.findings}


def test_nothing_corrected_changes_nothing(reading: Reading) -> None:
    assert corrected(reading, (), SignalFile.in_memory(PVCS)) == reading


def test_a_gap_stays_a_gap() -> None:
    with_gap = replace(PVCS, signal_mv=PVCS.signal_mv.copy())
    with_gap.signal_mv[2500:3750] = np.nan
    reading = analyze_recording(with_gap, SpikeRuntime())
    (gap,) = unread_spans(reading)
    assert gap == pytest.approx((10.0, 15.0), abs=0.2)
    again = corrected(reading, (), SignalFile.in_memory(with_gap))
    assert again.rhythm.in_time.pauses == reading.rhythm.in_time.pauses
    assert again.summary == reading.summary


def test_a_relabelled_template_takes_its_finding_with_it(reading: Reading) -> None:
    ectopic = reading.summary.beat_counts["V"]
    assert ectopic > 3
    assert "pvc" in codes(reading)
    again = change(reading, {"change": "label_alike", **beat_of(reading, "V"), "label": "N"})
    assert again.summary.beat_counts["V"] == 0
    assert again.summary.beat_counts["N"] == len(reading.beats)
    assert "pvc" not in codes(again)
    assert "ventricular" not in (again.summary.statement or "")
    assert list(again.measurements.classes) == ["N"]


def test_one_relabelled_beat_changes_its_count_alone(reading: Reading) -> None:
    again = change(reading, {"change": "label", **beat_of(reading, "N"), "label": "V"})
    assert again.summary.beat_counts["V"] == reading.summary.beat_counts["V"] + 1
    assert len(again.beats) == len(reading.beats)


def test_what_is_no_beat_leaves_a_longer_interval_and_a_slower_heart(reading: Reading) -> None:
    times = [beat.time_s for beat in reading.beats if beat.label == "N"]
    again = change(reading, *({"change": "not_a_beat", "time_s": time_s} for time_s in times[1::2]))
    assert len(again.beats) == len(reading.beats) - len(times[1::2])
    assert again.summary.heart_rate_bpm is not None
    assert reading.summary.heart_rate_bpm is not None
    assert again.summary.heart_rate_bpm < reading.summary.heart_rate_bpm - 10


def test_without_any_beat_nothing_is_said_of_the_heart(reading: Reading) -> None:
    none = [{"change": "not_a_beat", "time_s": beat.time_s} for beat in reading.beats]
    again = change(reading, *none)
    assert again.summary.verdict == "unreadable"
    assert again.summary.heart_rate_bpm is None
    assert again.findings == ()


def test_a_mark_is_moved_and_a_missed_beat_added_in_order(reading: Reading) -> None:
    first, second = (beat.time_s for beat in reading.beats[:2])
    moved = change(reading, {"change": "move", "time_s": first, "to_s": first + 0.03})
    assert moved.beats[0].time_s == pytest.approx(first + 0.03)
    assert moved.beats[0].probability == 1.0
    between_s = (first + second) / 2
    added = change(reading, {"change": "add_beat", "time_s": between_s, "label": "S"})
    assert [beat.time_s for beat in added.beats[:3]] == pytest.approx([first, between_s, second])
    assert added.summary.beat_counts["S"] == reading.summary.beat_counts["S"] + 1


def test_a_renamed_lead_has_its_name_everywhere_and_no_condition_of_the_wrong_one(
    reading: Reading,
) -> None:
    (lead,) = reading.leads
    again = change(reading, {"change": "rename_lead", "lead": lead, "name": "V5"})
    assert again.leads == ("V5",)
    assert list(again.measurements.leads) == ["V5"]
    assert again.conditions == ()


def test_corrections_stay_with_the_reading_and_its_json(reading: Reading) -> None:
    described = {"change": "label", "time_s": reading.beats[0].time_s, "label": "S"}
    again = change(reading, described)
    assert again.to_dict()["corrections"] == [described]
    assert "corrections" not in reading.to_dict()
    more = change(again, {"change": "not_a_beat", "time_s": reading.beats[3].time_s})
    assert [c.change for c in more.corrections] == ["label", "not_a_beat"]


def test_of_a_picture_beats_are_corrected_and_nothing_is_measured_anew(reading: Reading) -> None:
    described = [{"change": "label", **beat_of(reading, "V"), "label": "N"}]
    again = corrected(reading, corrections_from_json(described))
    assert again.summary.beat_counts["V"] == reading.summary.beat_counts["V"] - 1
    assert again.measurements.qrs_ms is None
    with pytest.raises(InputError, match="Received a picture"):
        corrected(reading, corrections_from_json([{**described[0], "change": "label_alike"}]))


@pytest.mark.parametrize(
    ("described", "complaint"),
    [
        ("V", "Expected a list"),
        ([{"change": "guess"}], "Expected a change among"),
        ([{"change": "label", "time_s": 1.0, "label": "X"}], "Expected a label among N, S"),
        ([{"change": "label", "time_s": float("nan"), "label": "V"}], "time_s in seconds"),
        ([{"change": "move", "time_s": True, "to_s": 1.0}], "time_s in seconds"),
        ([{"change": "rename_lead", "lead": "II", "name": "V\x00"}], "a name of up to 40"),
    ],
)
def test_what_is_no_correction_is_refused(described: Any, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        corrections_from_json(described)


@pytest.mark.parametrize(
    ("described", "complaint"),
    [
        ({"change": "not_a_beat", "time_s": 29.999}, "Expected the time of a beat"),
        ({"change": "rename_lead", "lead": "aVF", "name": "II"}, "Expected a lead among"),
        ({"change": "add_beat", "time_s": 31.0, "label": "N"}, "Expected a time before 30 s"),
    ],
)
def test_what_does_not_fit_the_reading_is_refused(
    reading: Reading, described: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint):
        change(reading, described)


def test_no_beat_is_put_within_the_refractory_period_of_another(reading: Reading) -> None:
    at_s = reading.beats[2].time_s + 0.1
    with pytest.raises(InputError, match="between beats"):
        change(reading, {"change": "add_beat", "time_s": at_s, "label": "V"})
