"""`ecgmm digitize` gives the signal of a picture back."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from paper_documents import ecg_page, letter, pdf

from ecgmm.cli import main
from ecgmm.readers.route import read_input
from ecgmm.recording import Recording
from ecgmm.resampling import resample

SAMPLE = Path(__file__).parents[2] / "samples" / "sinus_with_pvcs"


def digitized(tmp_path: Path, name: str) -> Recording:
    assert main(["digitize", str(SAMPLE.with_suffix(".jpg")), "--out", str(tmp_path / name)]) == 0
    recording = read_input(tmp_path / name)
    assert isinstance(recording, Recording)
    return recording


def inked(lead_mv: NDArray[np.float32]) -> NDArray[np.floating]:
    """Where the sample's ink is: a nib of two pixels leans half a pixel, 5 ms, to the right."""
    sample = np.arange(len(lead_mv))
    return np.interp(sample - 0.005 * 500, sample, lead_mv)


def test_the_sample_picture_comes_back_as_the_signal_that_was_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = digitized(tmp_path, "new/sample.csv")
    assert "10.0 s" in capsys.readouterr().out
    assert recording.sampling_rate_hz == 500
    printed = read_input(SAMPLE.with_suffix(".csv"))
    assert isinstance(printed, Recording)
    lead_mv = inked(resample(printed.signal_mv, printed.sampling_rate_hz, 500)[:, 0])
    read_mv = np.nan_to_num(recording.signal_mv[:, 0])
    count = min(len(lead_mv), len(read_mv))
    assert np.corrcoef(lead_mv[:count], read_mv[:count])[0, 1] > 0.97


@pytest.mark.parametrize("name", ["sample.hea", "sample.edf"])
def test_it_is_written_in_the_format_that_the_name_says(tmp_path: Path, name: str) -> None:
    assert digitized(tmp_path, name).duration_s == pytest.approx(10.0, abs=1.0)


@pytest.mark.parametrize(
    ("source", "output", "complaint"),
    [
        (SAMPLE.with_suffix(".csv"), "out.csv", "is a signal already"),
        (SAMPLE.with_suffix(".jpg"), "out.png", "Expected OUT to end in"),
        (Path("missing.jpg"), "out.csv", "does not exist"),
    ],
)
def test_what_cannot_be_digitized_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], source: Path, output: str, complaint: str
) -> None:
    assert main(["digitize", str(source), "--out", str(tmp_path / output)]) == 2
    err = capsys.readouterr().err
    assert complaint in err
    assert len(err.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_every_page_of_a_document_with_an_ecg_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.pdf"
    report.write_bytes(pdf(letter(), ecg_page(60.0), ecg_page(90.0)))
    assert main(["digitize", str(report), "--out", str(tmp_path / "out.csv")]) == 0
    assert "no ECG on page 1." in capsys.readouterr().err
    assert sorted(file.name for file in tmp_path.glob("*.csv")) == ["out-page3.csv", "out.csv"]


def test_a_document_without_an_ecg_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "letters.pdf"
    report.write_bytes(pdf(letter(), letter()))
    assert main(["digitize", str(report), "--out", str(tmp_path / "out.csv")]) == 2
    assert capsys.readouterr().err.splitlines()[-1].endswith("none of its 2 pages shows an ECG.")
