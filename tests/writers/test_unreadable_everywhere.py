"""Of an unreadable ECG nothing that is written for people or clinics says anything of the heart.

Its beats stay in the data: where a beat was seen can be right though nothing follows from it.
"""

import io
import json
from pathlib import Path

import numpy as np
import pydicom
import pypdfium2
import pytest
import wfdb
from edfio import read_edf
from peak_runtime import PeakRuntime

from ecgmm.analysis import plot
from ecgmm.analysis.analyze import analyze_recording
from ecgmm.analysis.reading import Reading
from ecgmm.bulk.tables import beat_rows, recording_rows
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.report.pdf import report_pages
from ecgmm.serving.runtime import Probabilities
from ecgmm.simulator import simulate
from ecgmm.writers.beat_formats import BEAT_FORMATS
from ecgmm.writers.report_files import Wanted, files_of_reading
from ecgmm.writers.report_formats import REPORT_FORMATS

OF_THE_HEART = ("/min", "bpm", "Rhythm", "ventricular", "Normal beat", "MDC_ECG_BEAT", "8867-4")


class NoiseRuntime(PeakRuntime):
    """Sees beats, and says that what it sees is noise."""

    def signal(self, signal):
        seen = super().signal(signal)
        return Probabilities(seen.beats, np.tile(np.float32([0, 0, 0, 1]), (len(signal), 1)))


def noisy(duration_s: float = 10.0) -> Recording:
    leads = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
    return simulate("NNVN", duration_s=duration_s, sampling_rate_hz=250.0, leads=leads, seed=2)


def reading_of(recording: Recording) -> Reading:
    return analyze_recording(recording, NoiseRuntime(), name="noisy.csv")


@pytest.fixture(scope="module")
def reading() -> Reading:
    return reading_of(noisy())


@pytest.fixture(scope="module")
def files(reading: Reading) -> dict[str, bytes]:
    """Every file that a reading can get, by its ending."""
    wanted = Wanted(True, plot=True, beats=BEAT_FORMATS, to=REPORT_FORMATS, page=True)
    source = SignalFile.in_memory(noisy())
    return {
        ending: content if isinstance(content, bytes) else b"".join(content)
        for ending, content in files_of_reading(reading, source, wanted)
    }


def test_the_reading_holds_no_figure_and_no_statement(reading: Reading) -> None:
    described = reading.to_dict()
    assert described["summary"]["verdict"] == "unreadable"
    assert described["findings"] == described["conditions"] == []
    summary, measured = described["summary"], described["measurements"]
    for name in ("heart_rate_bpm", "abnormal_probability", "grade", "statement"):
        assert summary[name] is None
    assert not any(value for name, value in measured.items() if name.endswith(("_bpm", "_ms")))
    (row,) = recording_rows(described)
    assert (row["verdict"], row["heart_rate_bpm"], row["findings"]) == ("unreadable", None, [])


def test_every_file_of_data_lists_the_same_beats(
    reading: Reading, files: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "r.atr").write_bytes(files[".beats.atr"])
    assert wfdb.rdann(str(tmp_path / "r"), "atr").symbol == [beat.label for beat in reading.beats]
    assert json.loads(files[".json"])["beats"] == json.loads(files[".beats.json"])["beats"]
    assert len(files[".beats.csv"].splitlines()) - 1 == len(reading.beats)
    assert len(beat_rows(reading.to_dict())) == len(reading.beats)


def test_edf_and_dicom_mark_no_beat(files: dict[str, bytes]) -> None:
    (annotation,) = read_edf(files[".reading.edf"]).annotations
    assert annotation.text.startswith("Unreadable.")
    (annotation,) = pydicom.dcmread(io.BytesIO(files[".reading.dcm"])).WaveformAnnotationSequence
    assert annotation.UnformattedTextValue.startswith("Unreadable.")


@pytest.mark.parametrize("ending", [".txt", ".fhir.json", ".gdt", ".aecg.xml"])
def test_text_says_nothing_of_the_heart(files: dict[str, bytes], ending: str) -> None:
    content = files[ending].decode("iso-8859-1")
    assert "nreadable" in content or "could not be read" in content
    assert not [word for word in OF_THE_HEART if word in content]


def test_the_page_says_nothing_of_the_heart(files: dict[str, bytes]) -> None:
    text = pypdfium2.PdfDocument(files[".pdf"])[0].get_textpage().get_text_bounded()
    assert "nreadable" in text
    assert not [word for word in OF_THE_HEART if word in text]


def test_the_plot_marks_no_beat(reading: Reading) -> None:
    figure = plot.plot_reading(reading, SignalFile.in_memory(noisy()))
    said = {text.get_text() for axes in figure.axes for text in axes.texts}
    assert "Unreadable" in said
    assert not said & {"N", "V"}


def test_a_long_recording_has_no_second_page_by_the_hour() -> None:
    long = noisy(duration_s=320.0)
    assert len(report_pages(reading_of(long), SignalFile.in_memory(long))) == 1
