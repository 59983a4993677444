"""A reading leaves the program as FHIR R4 that another library accepts, and says no more."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from test_beats import reading

from ecgmm.analysis.reading import Finding, Reading, Summary
from ecgmm.measure.measurements import NOTHING_MEASURED
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.writers.reading_fhir import reading_fhir

RATE_HZ = 250.0
MEASURED = replace(NOTHING_MEASURED, pr_ms=162, qrs_ms=94, qrs_axis_deg=-30)


def source(seconds: float = 2.0) -> SignalFile:
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    signal_mv = np.stack([np.sin(6 * time_s), 0.5 * np.cos(9 * time_s)], axis=1).astype(np.float32)
    signal_mv[5, 0] = np.nan
    return SignalFile.in_memory(Recording(signal_mv, RATE_HZ, ("II", "V1")))


def resources(of: Reading, seconds: float = 2.0) -> list[dict[str, Any]]:
    bundle_of = pytest.importorskip("fhir.resources.R4B.bundle").Bundle
    content = reading_fhir(of, source(seconds))
    bundle_of.model_validate_json(content)
    return [entry["resource"] for entry in json.loads(content)["entry"]]


def measured_values(of: Reading) -> dict[str, float]:
    return {
        each["code"]["coding"][0]["code"]: each["valueQuantity"]["value"]
        for each in resources(of)
        if "valueQuantity" in each
    }


def test_measurements_stand_under_their_loinc_codes() -> None:
    values = measured_values(replace(reading(), measurements=MEASURED))
    assert values == {"8867-4": 80.0, "8625-6": 162, "8633-0": 94, "8632-2": -30}


def test_the_signal_comes_back_from_its_samples() -> None:
    _, signal, *_ = resources(reading())
    first, second = signal["component"]
    assert [each["code"]["coding"][0]["code"] for each in (first, second)] == ["131330", "131331"]
    data = second["valueSampledData"]
    back_mv = np.array(data["data"].split(), float) * data["factor"]
    np.testing.assert_allclose(back_mv, source().whole().signal_mv[:, 1], atol=0.0006)
    assert data["period"] == 1000 / RATE_HZ
    assert first["valueSampledData"]["data"].split()[5] == "E"


def test_the_report_refers_to_every_observation_of_the_bundle() -> None:
    entries = json.loads(reading_fhir(reading(), source()))["entry"]
    referred = [result["reference"] for result in entries[0]["resource"]["result"]]
    assert referred == [entry["fullUrl"] for entry in entries[1:]]


def test_nobody_has_confirmed_what_a_program_reads() -> None:
    report, *observations = resources(reading())
    assert {each["status"] for each in (report, *observations)} == {"preliminary"}
    assert "not confirmed" in report["conclusion"]


def test_the_conclusion_is_the_statement_and_each_finding_a_concept() -> None:
    af = Finding("af", "Atrial fibrillation", "critical", ())
    said = replace(reading().summary, statement="Atrial fibrillation, 80/min.")
    report, *_ = resources(replace(reading(), findings=(af,), summary=said))
    assert report["conclusion"].startswith("Atrial fibrillation, 80/min. Read by ecgmm 1")
    assert report["conclusionCode"] == [{"text": "Atrial fibrillation"}]


def test_what_is_unreadable_carries_no_values() -> None:
    unreadable = replace(
        reading(),
        measurements=MEASURED,
        findings=(Finding("vt", "Ventricular tachycardia", "critical", ()),),
        summary=Summary(80.0, {}, "unreadable", None),
    )
    assert measured_values(unreadable) == {}
    report, *_ = resources(unreadable)
    assert report["conclusion"].startswith("Unreadable.")
    assert "conclusionCode" not in report


def test_a_long_signal_stays_in_its_own_file() -> None:
    _, signal, *_ = resources(reading(), seconds=61.0)
    assert "component" not in signal
    assert "longer than 60 s" in signal["dataAbsentReason"]["text"]
