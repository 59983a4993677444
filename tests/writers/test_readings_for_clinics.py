"""A reading leaves as GDT, EDF+, DICOM and HL7 aECG, and other programs read it back."""

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pydicom
import pytest
from test_beats import reading as any_reading

from ecgmm.analysis.reading import Beat, Episode, Finding, Reading, Rhythm, RhythmInTime
from ecgmm.errors import InputWarning
from ecgmm.measure.measurements import NOTHING_MEASURED
from ecgmm.paper.strips import PaperStrips
from ecgmm.readers.route import read_input
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.writers.report_files import Wanted, files_of_reading

RATE_HZ = 250.0
BEATS = (Beat(0.5, "N", 0.99), Beat(1.24, "V", 0.9), Beat(1.8, "Q", 0.5))
STATEMENT = "Sinus rhythm, 80/min, with a ventricular premature beat. Infarction not judged."
HL7 = "{urn:hl7-org:v3}"


def the_reading() -> Reading:
    plain = any_reading(beats=BEATS)
    sinus = RhythmInTime(episodes=(Episode("sinus", 0.0, 2.0, 0.9),))
    return replace(
        plain,
        duration_s=2.0,
        rhythm=Rhythm("normal", {"normal": 1.0}, sinus),
        summary=replace(plain.summary, statement=STATEMENT),
        findings=(Finding("pvc", "1 ventricular premature beat.", "warning", (1,)),),
        measurements=replace(NOTHING_MEASURED, pr_ms=162, qrs_ms=94, qrs_axis_deg=-30),
    )


def unreadable() -> Reading:
    read = the_reading()
    return replace(read, summary=replace(read.summary, verdict="unreadable", statement=None))


def recording(rate_hz: float = RATE_HZ, seconds: float = 2.0) -> Recording:
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    signal_mv = np.stack([np.sin(6 * time_s), 0.5 * np.cos(9 * time_s)], axis=1)
    return Recording(signal_mv.astype(np.float32), rate_hz, ("II", "V1"))


def written(read: Reading, report_format: Any, of: Recording | None = None) -> dict[str, bytes]:
    source = SignalFile.in_memory(of or recording())
    wanted = Wanted(reports=False, to=(report_format,))
    return {ending: bytes(content) for ending, content in files_of_reading(read, source, wanted)}


def gdt_fields(content: bytes) -> list[tuple[str, str]]:
    """Fields of a GDT record, each line and the whole as long as it says."""
    fields = []
    for line in content.decode("iso-8859-1").splitlines(keepends=True):
        assert len(line) == int(line[:3])
        fields.append((line[3:7], line[7:-2]))
    assert int(dict(fields)["8100"]) == len(content)
    return fields


def test_gdt_has_the_measurements_with_their_units() -> None:
    fields = gdt_fields(written(the_reading(), "gdt")[".gdt"])
    assert fields[0] == ("8000", "6310")
    assert dict(fields[:6]).items() >= {"9218": "02.10", "9206": "3", "8402": "EKG01"}.items()
    rows = [content for field, content in fields if field in ("8410", "8420", "8421")]
    measured = ["HF", "80", "/min", "PQ", "162", "ms", "QRS", "94", "ms", "QRSACHSE", "-30", "Grad"]
    assert rows == measured


def test_gdt_says_the_conclusion_in_lines_that_fit() -> None:
    fields = gdt_fields(written(the_reading(), "gdt")[".gdt"])
    lines = [content for field, content in fields if field == "6220"]
    assert " ".join(lines) == f"{STATEMENT} Read by ecgmm 1; not confirmed."
    assert max(map(len, lines)) <= 60
    assert ("6227", "1 ventricular premature beat.") in fields


def test_the_annotations_of_edf_stand_as_its_standard_has_it() -> None:
    content = written(the_reading(), "edf")[".reading.edf"]
    time_stamped = rb"\+([\d.]+)(?:\x15([\d.]+))?\x14([^\x14\0]+)\x14\0"
    stored = re.findall(time_stamped, content)
    assert content[192:197] == b"EDF+C"
    assert stored[0][2].decode().startswith(STATEMENT)
    assert (b"0", b"2", b"Rhythm: sinus") in stored
    assert (b"1.24", b"", b"V: Ventricular premature contraction") in stored


def test_the_signal_of_edf_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "r.edf"
    path.write_bytes(written(the_reading(), "edf")[".reading.edf"])
    back = read_input(path)
    assert back.lead_names == ("II", "V1")
    np.testing.assert_allclose(back.signal_mv, recording().signal_mv, atol=1e-4)


def test_dicom_has_a_code_a_beat_and_a_value_a_measurement(tmp_path: Path) -> None:
    content = written(the_reading(), "dicom")[".reading.dcm"]
    annotations = pydicom.dcmread(io.BytesIO(content)).WaveformAnnotationSequence
    assert annotations[0].UnformattedTextValue.startswith(STATEMENT)
    values = {
        each.ConceptNameCodeSequence[0].CodeValue: float(each.NumericValue)
        for each in annotations
        if "NumericValue" in each
    }
    assert values == {"8867-4": 80.0, "8625-6": 162.0, "8633-0": 94.0, "8632-2": -30.0}
    beats = [
        (each.ReferencedSamplePositions, each.ConceptNameCodeSequence[0].CodeValue)
        for each in annotations
        if "TemporalRangeType" in each
    ]
    assert beats == [(126, "10:8208"), (311, "10:8336"), (451, "10:8736")]
    (tmp_path / "r.dcm").write_bytes(content)
    back = read_input(tmp_path / "r.dcm")
    np.testing.assert_allclose(back.signal_mv, recording().signal_mv, atol=1e-4)


def test_aecg_has_the_signal_the_beats_and_the_measurements(tmp_path: Path) -> None:
    content = written(the_reading(), "aecg")[".aecg.xml"]
    (tmp_path / "r.xml").write_bytes(content)
    back = read_input(tmp_path / "r.xml")
    assert (back.lead_names, back.sampling_rate_hz) == (("II", "V1"), RATE_HZ)
    np.testing.assert_allclose(back.signal_mv, recording().signal_mv, atol=1e-4)
    annotations = list(ElementTree.fromstring(content).iter(f"{HL7}annotation"))
    said = {each.find(f"{HL7}code").get("code"): each.find(f"{HL7}value") for each in annotations}
    assert said["MDC_ECG_INTERPRETATION_STATEMENT"].text.startswith(STATEMENT)
    assert said["MDC_ECG_TIME_PD_QRS"].get("value") == "94"
    beats = [
        (
            each.find(f"{HL7}value").get("code"),
            each.find(f".//{HL7}boundary/{HL7}value").get("value"),
        )
        for each in annotations
        if each.find(f"{HL7}code").get("code") == "MDC_ECG_BEAT"
    ]
    assert beats[1] == ("MDC_ECG_BEAT_V_P_C", "1.240")


@pytest.mark.parametrize("report_format", ["gdt", "edf", "dicom", "aecg"])
def test_what_is_unreadable_carries_nothing_but_that(report_format: str) -> None:
    (content,) = written(unreadable(), report_format).values()
    assert b"Unreadable." in content
    for word in (b"premature", b"8867-4", b"HEART_RATE", b"8410", b"Rhythm", b"MDC_ECG_BEAT"):
        assert word not in content


@pytest.mark.parametrize(
    ("report_format", "of", "why"),
    [
        ("dicom", recording(rate_hz=125.0), "200 to 1000 Hz"),
        ("edf", recording(rate_hz=128.123), "sampling rate"),
        ("aecg", recording(seconds=90.0), "up to 60 s"),
    ],
)
def test_what_a_format_cannot_hold_is_told_and_the_others_are_written(
    report_format: str, of: Recording, why: str
) -> None:
    with pytest.warns(InputWarning, match=f"no {report_format} file.*{why}"):
        assert written(the_reading(), report_format, of) == {}


def test_a_picture_has_no_signal_to_write() -> None:
    page = PaperStrips((), name="a.png")
    wanted = Wanted(reports=False, to=("gdt", "edf"))
    with pytest.warns(InputWarning, match="no edf file.*ecgmm digitize"):
        endings = [ending for ending, _ in files_of_reading(the_reading(), page, wanted)]
    assert endings == [".gdt"]
