"""The report on A4: to scale, its fonts embedded, nothing left out, nothing beyond the page."""

import re
from dataclasses import replace

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from ecgmm.analysis import words
from ecgmm.analysis.analyze import analyze_recording
from ecgmm.analysis.reading import Finding, Reading
from ecgmm.paper.layouts import TWELVE_LEADS
from ecgmm.person import Person
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.report.by_the_hour import MOST_PARTS, parts, step_s
from ecgmm.report.pdf import report_pdf, spans_s
from ecgmm.simulator import simulate
from tests.peak_runtime import PeakRuntime

MM = 72 / 25.4
DOTS_PER_MM = 10


def file_of(recording: Recording) -> SignalFile:
    return replace(SignalFile.in_memory(recording), person=Person(63, "male"))


@pytest.fixture(scope="module")
def twelve() -> tuple[Reading, SignalFile]:
    heart = simulate("NNNV", duration_s=10.0, leads=TWELVE_LEADS)
    return analyze_recording(heart, PeakRuntime(), name="heart.hea"), file_of(heart)


@pytest.fixture(scope="module")
def long() -> tuple[Reading, SignalFile]:
    heart = simulate("NNNNV", duration_s=400.0, leads=("MLII", "V1"), sampling_rate_hz=125.0)
    return analyze_recording(heart, PeakRuntime(), name="holter.hea"), file_of(heart)


def text_of(page: pypdfium2.PdfPage) -> str:
    return " ".join(page.get_textpage().get_text_range().split())


def pages_of(reading: Reading, source: SignalFile) -> list[pypdfium2.PdfPage]:
    return list(pypdfium2.PdfDocument(report_pdf(reading, source)))


def test_it_is_one_page_of_a4(twelve) -> None:
    (page,) = pages_of(*twelve)
    assert page.get_size() == pytest.approx((297 * MM, 210 * MM), abs=0.1)


def test_the_statement_the_measurements_and_the_evidence_stand_on_it(twelve) -> None:
    reading, source = twelve
    (page,) = pages_of(reading, source)
    told = text_of(page)
    for part in (
        words.verdict_alone(reading),
        reading.summary.statement,
        reading.summary.patient_statement,
        words.rate(reading.summary.heart_rate_bpm),
        "63 years", "male", "Reviewed by", "25 mm/s 10 mm/mV",
        f"Not judged: {', '.join(reading.not_judged)}",
        f"read by {reading.model_name} {reading.model_version}",
        words.NOT_A_MEDICAL_DEVICE,
        *(words.finding(found) for found in reading.findings),
        *TWELVE_LEADS,
    ):  # fmt: skip
        assert " ".join(part.split()) in told, part


def test_twenty_five_millimetres_are_twenty_five_millimetres(twelve) -> None:
    """Measured in the drawn page: large boxes every 5 mm, and the pulse 5 mm by 10 mm."""
    (page,) = pages_of(*twelve)
    picture = page.render(scale=DOTS_PER_MM / MM).to_numpy().astype(float)[..., :3]
    red = picture.max(axis=2) - picture.min(axis=2)
    sheet = red[70 * DOTS_PER_MM : 155 * DOTS_PER_MM, 11 * DOTS_PER_MM : 286 * DOTS_PER_MM]
    for profile in (sheet.mean(axis=0), sheet.mean(axis=1)):
        assert strongest_period_px(profile) == pytest.approx(5 * DOTS_PER_MM, abs=0.1)
    ink = picture.max(axis=2) < 90
    pulse = ink[60 * DOTS_PER_MM : 160 * DOTS_PER_MM, 13 * DOTS_PER_MM : 25 * DOTS_PER_MM]
    first, last = upright_edges(pulse)
    assert last - first == pytest.approx(5 * DOTS_PER_MM, abs=2)


def strongest_period_px(profile: np.ndarray) -> float:
    """The spacing of the strongest lines, from the first to the last of them."""
    lines = np.flatnonzero((profile > 0.75 * profile.max()) & (profile == local_maximum(profile)))
    lines = lines[np.insert(np.diff(lines) > DOTS_PER_MM, 0, True)]
    return float(lines[-1] - lines[0]) / (round((lines[-1] - lines[0]) / (5 * DOTS_PER_MM)))


def local_maximum(profile: np.ndarray) -> np.ndarray:
    padded = np.pad(profile, DOTS_PER_MM, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * DOTS_PER_MM + 1).max(axis=1)


def upright_edges(ink: np.ndarray) -> tuple[int, int]:
    """The columns of the two edges of the pulses, ten millimetres tall each."""
    tall = np.flatnonzero(ink.sum(axis=0) > 0.8 * ink.sum(axis=0).max())
    return int(tall[0]), int(tall[-1])


def test_every_font_is_embedded(twelve, long) -> None:
    for reading, source in (twelve, long):
        content = report_pdf(reading, source)
        fonts = re.findall(rb"/FontDescriptor\b(?! \d)", content)
        assert fonts
        described = re.findall(rb"<<[^<>]*?/Type /FontDescriptor[^<>]*?>>", content)
        assert described
        assert all(b"/FontFile2" in font for font in described)
        assert not re.findall(rb"/Subtype /Type3", content)


def test_the_traces_are_lines_not_pixels(twelve) -> None:
    (page,) = pages_of(*twelve)
    kinds = [entry.type for entry in page.get_objects()]
    assert pdfium.FPDF_PAGEOBJ_IMAGE not in kinds
    assert pdfium.FPDF_PAGEOBJ_PATH in kinds


def test_no_letter_leaves_the_page(twelve, long) -> None:
    for reading, source in (twelve, long):
        for page in pages_of(reading, source):
            assert_inside(page)


def test_findings_that_find_no_room_go_on_a_further_page(twelve) -> None:
    reading, source = twelve
    many = tuple(
        Finding("infarction", f"{number}. Infarction, probability 97 %: inferior.", "warning")
        for number in range(40)
    )
    pages = pages_of(replace(reading, findings=many), source)
    assert len(pages) == 2
    told = " ".join(map(text_of, pages))
    assert all(f"{number}. Infarction" in told for number in range(40))


def test_of_what_is_unreadable_only_why_is_said(twelve) -> None:
    reading, source = twelve
    summary = replace(
        reading.summary, verdict="unreadable", heart_rate_bpm=None, abnormal_probability=None,
        grade=None, statement=None, patient_statement=None,
    )  # fmt: skip
    quality = replace(reading.quality, score=0.1, reasons=("Mostly noise.",))
    unreadable = replace(reading, summary=summary, quality=quality, findings=())
    (page,) = pages_of(unreadable, source)
    told = text_of(page)
    assert "Unreadable" in told
    assert "Mostly noise." in told
    assert "bpm" not in told


def test_a_long_recording_has_a_second_page(long) -> None:
    reading, source = long
    _, second = pages_of(reading, source)
    told = text_of(second)
    for part in (
        "From Beats Rate",
        "RR interval (s)",
        "median beat of each class",
        "Rhythm in time",
    ):
        assert part in told
    counts = [count for count in reading.summary.beat_counts.values() if count]
    assert len(counts) == 2
    assert all(f"{count} beats" in told for count in counts)


@pytest.mark.parametrize(("tallness", "scale"), [(1.0, "10 mm/mV"), (1.6, "5 mm/mV")])
def test_tall_median_beats_are_drawn_smaller_and_not_cut(long, tallness: float, scale: str) -> None:
    reading, source = long
    heart = source.whole()
    taller = replace(heart, signal_mv=tallness * heart.signal_mv)
    _, second = pages_of(reading, file_of(taller))
    assert f"lead MLII, {scale}" in text_of(second)


def test_the_parts_of_a_long_recording_hold_all_of_its_beats(long) -> None:
    reading, _ = long
    assert sum(int(part.beats) for part in parts(reading)) == len(reading.beats)
    assert sum(int(part.ventricular) for part in parts(reading)) == reading.summary.beat_counts["V"]


@pytest.mark.parametrize(
    ("duration_s", "part_s"), [(400, 60), (1800, 300), (7200, 300), (86_400, 3600), (172_800, 7200)]
)
def test_a_day_is_told_by_the_hour(duration_s: float, part_s: float) -> None:
    assert step_s(duration_s) == part_s
    assert duration_s / part_s <= MOST_PARTS


def test_the_report_asks_for_no_more_of_a_recording_than_it_names(long) -> None:
    reading, source = long
    spans = spans_s(reading)

    def read_mv(start: int, stop: int) -> np.ndarray:
        first_s, last_s = start / source.sampling_rate_hz, stop / source.sampling_rate_hz
        assert any(begin_s - 0.02 <= first_s and last_s <= end_s + 0.02 for begin_s, end_s in spans)
        return source.read_mv(start, stop)

    assert report_pdf(reading, replace(source, read_mv=read_mv))


def assert_inside(page: pypdfium2.PdfPage) -> None:
    width, height = page.get_size()
    text = page.get_textpage()
    for index in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(index)
        assert 0 <= left <= right <= width
        assert 0 <= bottom <= top <= height
