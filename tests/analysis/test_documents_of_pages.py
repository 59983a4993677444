"""A document of several pages: every page is read, and none keeps the others from it."""

import json
from pathlib import Path

import pytest
from paper_documents import ecg_page, letter, pdf, tiff
from peak_runtime import PeakRuntime

from ecgmm.analysis.analyze import analyze, analyze_source, open_source
from ecgmm.analysis.json_line import json_line
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.reading_json import reading_from_json
from ecgmm.analysis.text_report import text_report
from ecgmm.analysis.words import whole_bpm
from ecgmm.bulk.tables import beat_rows, recording_rows
from ecgmm.readers import pdf_file
from ecgmm.writers.report_files import Wanted, files_of_reading


def reading_of(folder: Path, content: bytes) -> Reading:
    path = folder / "report.pdf"
    path.write_bytes(content)
    return analyze(path, PeakRuntime())


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """A letter, an ECG, a letter, a faster ECG."""
    pages = (letter(), ecg_page(60.0), letter(), ecg_page(90.0))
    return reading_of(tmp_path_factory.mktemp("report"), pdf(*pages))


def test_the_first_page_with_an_ecg_is_the_reading(report: Reading) -> None:
    assert report.page == 2
    assert report.summary.heart_rate_bpm == pytest.approx(60.0, abs=2.0)
    assert report.leads == ("II",)


def test_every_other_page_is_in_it(report: Reading) -> None:
    assert [page.page for page in report.other_pages] == [1, 3, 4]
    assert report.other_pages[2].summary.heart_rate_bpm == pytest.approx(90.0, abs=2.0)


def test_a_page_without_an_ecg_is_told_as_such(report: Reading) -> None:
    for page in report.other_pages[:2]:
        assert page.summary.verdict == "unreadable"
        assert f"No ECG on page {page.page}." in page.quality.reasons
        assert not page.beats


def test_the_json_holds_the_pages_and_comes_back(report: Reading) -> None:
    described = json.loads("".join(json_line(report)))
    assert described == report.to_dict()
    assert described["page"] == 2
    assert [page["page"] for page in described["pages"]] == [1, 3, 4]
    assert reading_from_json(described).to_dict()["pages"] == described["pages"]


def test_the_text_reports_on_every_page(report: Reading) -> None:
    lines = text_report(report).splitlines()
    assert lines[0].startswith(f"{report.input}, page 2: ")
    assert f"{report.input}, page 1: no ECG" in lines
    assert f"{report.input}, page 3: no ECG" in lines
    assert sum(line.startswith(f"{report.input}, page 4: ") for line in lines) == 1
    rates = [line.split()[2] for line in lines if "Heart rate" in line]
    pages = (report, report.other_pages[2])
    assert rates == [str(whole_bpm(page.summary.heart_rate_bpm)) for page in pages]


def test_a_picture_alone_has_no_pages(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, pdf(ecg_page(60.0)))
    assert reading.page is None
    assert not {"page", "pages"} & reading.to_dict().keys()


def test_nothing_but_letters_is_unreadable(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, tiff(letter(), letter()))
    assert reading.summary.verdict == "unreadable"
    assert reading.quality.reasons[0] == "No ECG on page 1."
    assert [page.page for page in reading.other_pages] == [2]


def test_more_pages_than_are_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_file, "MAX_PAGES", 2)
    reading = reading_of(tmp_path, pdf(letter(), ecg_page(60.0), ecg_page(90.0)))
    assert [reading.page, *(page.page for page in reading.other_pages)] == [2, 1]
    assert "The document has more pages: only the first 2 were read." in reading.quality.reasons


def test_a_page_that_cannot_be_drawn_costs_no_other(tmp_path: Path) -> None:
    broken = pdf(letter(), ecg_page(60.0)).replace(b"/Type /Page\n", b"/Type /Oops\n", 1)
    reading = reading_of(tmp_path, broken)
    assert reading.page == 2
    assert reading.summary.heart_rate_bpm == pytest.approx(60.0, abs=2.0)
    assert "It cannot be drawn." in reading.other_pages[0].quality.reasons


def test_a_row_of_the_tables_is_a_page(report: Reading) -> None:
    rows = recording_rows(report.to_dict())
    assert [row["page"] for row in rows] == [1, 2, 3, 4]
    assert [row["verdict"] == "unreadable" for row in rows] == [True, False, True, False]
    assert {row["page"] for row in beat_rows(report.to_dict())} == {2, 4}


def test_each_page_with_an_ecg_has_its_own_files(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(ecg_page(60.0), letter(), ecg_page(90.0)))
    source = open_source(path)
    reading = analyze_source(source, PeakRuntime())
    wanted = Wanted(reports=True, plot=True, beats=("csv",))
    files = {ending: content for ending, content in files_of_reading(reading, source, wanted)}
    assert list(files) == [".json", ".txt", ".beats.csv", ".png", ".page3.beats.csv", ".page3.png"]
    assert files[".png"] != files[".page3.png"]
