"""An ECG beside an earlier one."""

import json
from dataclasses import replace

import pypdfium2
import pytest

from ecgmm.analysis.analyze import analyze_recording
from ecgmm.analysis.reading import Finding
from ecgmm.measure.amplitudes import LeadMeasures
from ecgmm.measure.measurements import Measurements
from ecgmm.paper.layouts import TWELVE_LEADS
from ecgmm.readers.signal_file import SignalFile
from ecgmm.report.a4 import as_file
from ecgmm.report.comparison import Change, compare, text_comparison
from ecgmm.report.comparison_page import comparison_page, dominant_beat
from ecgmm.simulator import simulate
from tests.peak_runtime import PeakRuntime


@pytest.fixture(scope="module")
def heart():
    recording = simulate("NNNN", duration_s=10.0, leads=TWELVE_LEADS)
    return analyze_recording(recording, PeakRuntime(), name="a.hea"), SignalFile.in_memory(
        recording
    )


def lead(st_j_mv: float) -> LeadMeasures:
    measures = dict.fromkeys(LeadMeasures.__dataclass_fields__)
    return LeadMeasures(**{**measures, "st_j_mv": st_j_mv, "notched": False})


def measured(reading, st_j_mv: float = 0.02, **values):
    measurements = Measurements(leads={"V2": lead(st_j_mv), "V3": lead(0.01)}, **values)
    return replace(reading, measurements=measurements)


def test_every_value_is_told_then_and_now_with_the_difference(heart) -> None:
    reading, _ = heart
    old = measured(reading, pr_ms=162, qrs_ms=94, qrs_axis_deg=10)
    new = measured(reading, pr_ms=170, qrs_axis_deg=-35)
    comparison = compare(old, new)
    assert comparison.changes["pr_ms"].told == "162 ms then, 170 ms now (+8 ms)"
    assert comparison.changes["qrs_axis_deg"].change == -45
    assert comparison.changes["qrs_ms"].told == "94 ms then, not measured now"
    assert comparison.to_dict()["changes"]["pr_ms"] == {"old": 162, "new": 170, "change": 8}


def test_an_axis_turns_the_shorter_way_round() -> None:
    assert Change("QRS axis", "degrees", 170, -170).change == 20
    assert Change("QRS axis", "degrees", -170, 170).change == -20


def test_the_leads_whose_st_level_has_moved_are_named(heart) -> None:
    reading, _ = heart
    moved = compare(measured(reading, 0.02), measured(reading, 0.25))
    assert list(moved.notable_st) == ["V2"]
    assert "V2 0.02 mV then, 0.25 mV now (+0.23 mV)" in text_comparison(moved)
    still = compare(measured(reading), measured(reading, 0.05))
    assert "less than 0.1 mV in every lead" in text_comparison(still)
    assert still.to_dict()["st_j_mv"]["V2"]["change"] == 0.03


def test_findings_are_new_gone_or_as_before(heart) -> None:
    reading, _ = heart
    af = Finding("af", "Atrial fibrillation, probability 97 %.", "warning")
    slow = Finding("bradycardia", "Bradycardia: 48 bpm.", "info")
    slower = Finding("bradycardia", "Bradycardia: 44 bpm.", "info")
    block = Finding("pause", "1 pause.", "warning")
    comparison = compare(
        replace(reading, findings=(slow, block)), replace(reading, findings=(af, slower))
    )
    assert comparison.appeared == (af,)
    assert comparison.gone == (block,)
    assert comparison.persisting == (slower,)
    text = text_comparison(comparison)
    assert "New        Atrial fibrillation" in text
    assert "Gone       1 pause." in text
    assert "As before  Bradycardia: 44 bpm." in text
    assert max(map(len, text.splitlines())) <= 100


def test_of_what_is_unreadable_nothing_is_compared(heart) -> None:
    reading, source = heart
    summary = replace(
        reading.summary, verdict="unreadable", heart_rate_bpm=None, abnormal_probability=None,
        grade=None, statement=None,
    )  # fmt: skip
    unreadable = replace(reading, summary=summary, findings=(), measurements=Measurements())
    comparison = compare(unreadable, reading)
    assert comparison.changes["heart_rate_bpm"].change is None
    assert "Nothing could be read." in text_comparison(comparison)
    assert json.dumps(comparison.to_dict())
    assert as_file(comparison_page(comparison, source, source), "png", "t").startswith(b"\x89PNG")


def test_the_median_beats_of_one_recording_lie_on_each_other(heart) -> None:
    reading, source = heart
    old, new = dominant_beat(reading, source), dominant_beat(reading, source)
    assert list(old.leads_mv) == list(TWELVE_LEADS)
    assert all((old.leads_mv[name] == new.leads_mv[name]).all() for name in TWELVE_LEADS)


def test_the_page_names_every_lead_and_what_has_changed(heart) -> None:
    reading, source = heart
    comparison = compare(reading, reading)
    page = comparison_page(comparison, source, source)
    (drawn,) = pypdfium2.PdfDocument(as_file(page, "pdf", "t"))
    told = " ".join(drawn.get_textpage().get_text_range().split())
    for part in (*TWELVE_LEADS, "50 mm/s 10 mm/mV", *(c.told for c in comparison.changes.values())):
        assert part in told
