"""JSON: FHIR's SampledData in any resource, answers of the Withings API, lists by name."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from refusal import code_of

from ecgmm.errors import InputWarning
from ecgmm.readers.route import identify, read_input

COUNTS = np.round(1000 * np.sin(np.arange(800) / 7)).astype(int)
DATA = " ".join(map(str, COUNTS))
MDC = "urn:oid:2.16.840.1.113883.6.24"


def component(name: str, **changes: Any) -> dict[str, Any]:
    sampled = {
        "origin": {"value": 0, "unit": "mV"},
        "period": 4,
        "factor": 0.001,
        "dimensions": 1,
        "data": DATA,
    }
    code = {"coding": [{"system": MDC, "display": f"MDC_ECG_ELEC_POTL_{name}"}]}
    return {"code": code, "valueSampledData": sampled | changes}


def observation(*components: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "component": list(components)}


def write(folder: Path, document: Any) -> Path:
    path = folder / "ecg"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_an_observation_with_a_component_a_lead(tmp_path: Path) -> None:
    path = write(tmp_path, observation(component("I"), component("II", factor=0.002)))
    assert identify(path) == "json"
    recording = read_input(path)
    assert (recording.sampling_rate_hz, recording.lead_names) == (250.0, ("I", "II"))
    np.testing.assert_allclose(recording.signal_mv[:, 1], COUNTS / 500, atol=1e-6)


def test_observations_in_a_bundle(tmp_path: Path) -> None:
    bundle = {"resourceType": "Bundle", "entry": [{"resource": observation(component("V1"))}]}
    assert read_input(write(tmp_path, bundle)).lead_names == ("V1",)


def test_leads_by_their_number_in_the_nomenclature(tmp_path: Path) -> None:
    numbered = component("?")
    numbered["code"] = {"coding": [{"system": MDC, "code": "131389"}]}
    assert read_input(write(tmp_path, observation(numbered))).lead_names == ("III",)


def test_origin_and_samples_that_were_not_measured(tmp_path: Path) -> None:
    changed = component("I", origin={"value": 2.0, "code": "mV"}, data="E U L " + DATA)
    lead_mv = read_input(write(tmp_path, observation(changed))).signal_mv[:, 0]
    assert np.isnan(lead_mv[:3]).all()
    np.testing.assert_allclose(lead_mv[3:], 2.0 + COUNTS / 1000, atol=1e-6)


def test_an_interval_as_release_5_has_it(tmp_path: Path) -> None:
    newer = component("I", interval=2, intervalUnit="ms")
    del newer["valueSampledData"]["period"]
    assert read_input(write(tmp_path, observation(newer))).sampling_rate_hz == 500.0


def test_a_unit_that_is_not_stated_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, observation(component("I", origin={"value": 0})))
    assert code_of(path) == "missing_unit"
    assert read_input(path, unit="mV").lead_names == ("I",)


def test_a_component_at_another_rate_is_left_out_and_told(tmp_path: Path) -> None:
    path = write(tmp_path, observation(component("I"), component("II", period=8)))
    with pytest.warns(InputWarning, match="not sampled at 250 Hz: II"):
        assert read_input(path).lead_names == ("I",)


def test_an_answer_of_the_withings_api(tmp_path: Path) -> None:
    body = {"signal": COUNTS.tolist(), "sampling_frequency": 300, "wearposition": 1}
    recording = read_input(write(tmp_path, {"status": 0, "body": body}))
    assert (recording.sampling_rate_hz, recording.lead_names) == (300.0, ("I",))
    np.testing.assert_allclose(recording.signal_mv[:, 0], COUNTS / 1000, atol=1e-6)


@pytest.mark.parametrize(
    "document",
    [
        {"samplingFrequency": 250, "unit": "uV", "II": COUNTS.tolist(), "RESP": COUNTS.tolist()},
        {"sample_rate": 250, "unit": "uV", "leads": {"II": COUNTS.tolist()}},
        {"unit": "uV", "ecg": {"II": COUNTS.tolist()}, "time_ms": list(range(0, 3200, 4))},
    ],
)
def test_a_list_a_lead(tmp_path: Path, document: dict[str, Any]) -> None:
    recording = read_input(write(tmp_path, document))
    assert (recording.sampling_rate_hz, recording.lead_names) == (250.0, ("II",))
    np.testing.assert_allclose(recording.signal_mv[:, 0], COUNTS / 1000, atol=1e-6)


def test_plain_lists_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, {"ecg": (COUNTS / 1000).tolist(), "fs": 250, "unit": "mV"})
    assert read_input(path).sampling_rate_hz == 250.0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"period": 0}, "damaged"),
        ({"period": "fast"}, "damaged"),
        ({"data": "1 2 three"}, "damaged"),
        ({"dimensions": 0}, "damaged"),
        ({"dimensions": 10**9}, "damaged"),
        ({"factor": None}, "damaged"),
        ({"data": "1 2 3"}, "too_short"),
    ],
)
def test_what_is_not_as_the_standard_has_it(
    tmp_path: Path, changes: dict[str, Any], code: str
) -> None:
    assert code_of(write(tmp_path, observation(component("I", **changes)))) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"signal":', "damaged"),
        ('{"ecg":' * 100_000, "damaged"),
        ('{"resourceType": "Bundle"}', "no_ecg"),
        ('{"resourceType": "Patient"}', "unknown_format"),
        ('{"verdict": "normal"}', "unknown_format"),
    ],
)
def test_other_json(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "ecg.json").write_text(text)
    assert code_of(tmp_path / "ecg.json") == code
