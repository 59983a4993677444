"""A plot is to scale, and marks every beat that it shows."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from ecgmm.analysis.course import BAR_MM, COLOUR_OF_EPISODE
from ecgmm.analysis.plot import plot_paper, plot_reading, plot_signal
from ecgmm.analysis.reading import Episode, Finding, Reading, RhythmInTime, Summary
from ecgmm.analysis.sheet import DOTS_PER_MM
from ecgmm.grid import STRIP_HEIGHT_PX, STRIP_WIDTH_PX
from ecgmm.paper.strips import PaperStrip, PaperStrips
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording

MakeReading = Callable[..., Reading]
RATE_HZ = 250.0


def recording_of(duration_s: float, leads: int = 1) -> Recording:
    signal_mv = np.zeros((int(duration_s * RATE_HZ), leads), np.float32)
    signal_mv[:: int(RATE_HZ)] = 1.0
    return Recording(signal_mv, RATE_HZ, tuple(f"L{number}" for number in range(leads)))


def file_of(duration_s: float, leads: int = 1) -> SignalFile:
    return SignalFile.in_memory(recording_of(duration_s, leads))


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text)]


def trace_of(figure: Figure) -> np.ndarray:
    """`[samples, 2]` in millimetres from the top left corner."""
    lines = figure.axes[0].get_lines()
    return max((line.get_xydata() for line in lines), key=len)


def test_a_second_is_25_mm_and_a_millivolt_10_mm_on_the_printed_sheet(
    make_reading: MakeReading,
) -> None:
    figure = plot_signal(make_reading(duration_s=10.0), file_of(10.0))
    width_in, height_in = figure.get_size_inches()
    axes = figure.axes[0]
    assert axes.get_xlim() == pytest.approx((0, width_in * 25.4))
    assert axes.get_ylim() == pytest.approx((height_in * 25.4, 0))
    assert figure.dpi == pytest.approx(DOTS_PER_MM * 25.4)

    x, y = trace_of(figure).T
    assert x[int(RATE_HZ)] - x[0] == pytest.approx(25.0)
    assert np.ptp(y) == pytest.approx(10.0)


def test_every_beat_of_a_short_recording_is_marked_once(make_reading: MakeReading) -> None:
    figure = plot_signal(make_reading(duration_s=60.0), file_of(60.0))
    labels = texts(figure)
    in_legend = 1
    assert labels.count("N") == 60 + in_legend
    assert labels.count("V") == 14 + in_legend


def test_a_long_recording_says_that_it_is_not_all_there(make_reading: MakeReading) -> None:
    reading = make_reading(duration_s=1800.0)
    figure = plot_signal(reading, file_of(1800.0, leads=2))
    assert any("out of 30:00, chosen around the findings" in text for text in texts(figure))
    assert texts(figure).count("L0") <= 4


def test_verdict_rate_name_and_warning_are_on_the_sheet(make_reading: MakeReading) -> None:
    labels = texts(plot_signal(make_reading(), file_of(60.0)))
    assert "Abnormal, 97 % sure" in labels
    assert "heart.csv" in labels
    assert any("75 bpm" in text for text in labels)
    assert any("Not a medical device" in text for text in labels)


def test_notes_and_the_disclaimer_are_lines_of_their_own(make_reading: MakeReading) -> None:
    blank = np.full((STRIP_HEIGHT_PX, STRIP_WIDTH_PX), 255, np.uint8)
    faults = ("The page is turned, and the scale had to be guessed for want of a grid." * 4,)
    paper = PaperStrips((PaperStrip(blank, 0.0, "II"),), faults, "page")
    lines = lines_that_fit(plot_paper(make_reading(modality="image"), paper))
    assert any("Not a medical device" in text for text in lines)
    assert any("found in the picture" in text for text in lines)


@pytest.mark.parametrize("count", [1, 6, 9])
def test_findings_stand_below_each_other_with_the_leads_that_show_them(
    make_reading: MakeReading, count: int
) -> None:
    text = "Myocardial infarction, probability 97 %: " + "; ".join(
        f"{wall} infarction, probability 95 %" for wall in ("inferior", "anterior", "lateral")
    )
    findings = tuple(
        Finding("infarction", f"{number}. {text}.", "warning", leads=("III", "aVF"))
        for number in range(count)
    )
    reading = make_reading(findings=findings, not_judged=("intervals and axes",))
    header = "\n".join(lines_that_fit(plot_signal(reading, file_of(60.0))))
    assert header.count("(leads III, aVF)") == min(count, 6)
    assert ("And 3 more findings." in header) == (count == 9)
    assert "Not judged: intervals and axes." in header


def lines_that_fit(figure: Figure) -> list[str]:
    """Each line of text of a figure; none overlaps another or leaves the page."""
    figure.draw_without_rendering()
    page = figure.bbox
    written = [text for text in figure.findobj(Text) if text.get_text()]
    boxes = [text.get_window_extent() for text in written]
    for box in boxes:
        assert page.x0 <= box.x0 < box.x1 <= page.x1
        assert page.y0 <= box.y0 < box.y1 <= page.y1
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    return [text.get_text() for text in written]


def test_an_unreadable_ecg_is_shown_and_nothing_is_said_of_it(make_reading: MakeReading) -> None:
    unreadable = Summary(None, {"N": 60, "V": 14}, "unreadable", None)
    figure = plot_signal(make_reading(summary=unreadable, findings=()), file_of(60.0))
    said = texts(figure)
    assert "Unreadable" in said
    assert "Lead V1: 4 % of the signal is missing." in said
    assert not {"N", "V"} & set(said)
    assert not any(
        word in text for text in said for word in ("bpm", "rhythm", "findings", "ectopic")
    )


def test_a_gap_is_left_open(make_reading: MakeReading) -> None:
    recording = recording_of(10.0)
    recording.signal_mv[500:1000] = np.nan
    y = trace_of(plot_signal(make_reading(duration_s=10.0), SignalFile.in_memory(recording)))[:, 1]
    assert np.isnan(y[500:1000]).all()
    assert np.isfinite(y[:500]).all()


def test_a_lead_without_signal_and_an_artefact_still_make_a_page(make_reading: MakeReading) -> None:
    recording = recording_of(10.0, leads=2)
    recording.signal_mv[:, 0] = np.nan
    recording.signal_mv[100, 1] = 300.0
    _, height_in = plot_signal(
        make_reading(duration_s=10.0), SignalFile.in_memory(recording)
    ).get_size_inches()
    assert height_in * 25.4 < 200


def test_beats_are_marked_over_the_picture_they_were_read_from(make_reading: MakeReading) -> None:
    grey = np.full((STRIP_HEIGHT_PX, STRIP_WIDTH_PX), 255, np.uint8)
    paper = PaperStrips((PaperStrip(grey, 0.0, "II"),), ("The paper is folded.",), "page")
    reading = make_reading(duration_s=10.0, modality="image")
    reading = replace(reading, beats=tuple(beat for beat in reading.beats if beat.time_s < 10.0))
    figure = plot_reading(reading, paper)
    (left, right, bottom, top) = figure.axes[0].get_images()[0].get_extent()
    assert (right - left, bottom - top) == (250.0, 40.0)
    assert texts(figure).count("V") == 2 + 1
    assert any("The paper is folded." in text for text in texts(figure))


def test_a_picture_without_ecg_still_makes_a_page(make_reading: MakeReading) -> None:
    empty = make_reading(beats=(), findings=(), duration_s=0.0, modality="image")
    assert "No findings." in texts(plot_paper(empty, PaperStrips(())))


def test_every_episode_is_drawn_as_long_as_it_lasts(make_reading: MakeReading) -> None:
    course = RhythmInTime((Episode("sinus", 0.0, 45.0, 0.9), Episode("af", 45.0, 60.0, 0.8)))
    rhythm = replace(make_reading().rhythm, in_time=course)
    figure = plot_signal(make_reading(duration_s=60.0, rhythm=rhythm), file_of(60.0))
    assert {"sinus rhythm", "atrial fibrillation"} <= set(texts(figure))
    widths_mm = {
        label: max(
            patch.get_width()
            for patch in figure.findobj(Rectangle)
            if patch.get_height() == BAR_MM
            and patch.get_facecolor()[:3] == to_rgb(COLOUR_OF_EPISODE[label])
        )
        for label in ("sinus", "af")
    }
    assert widths_mm["sinus"] == pytest.approx(3 * widths_mm["af"])


def test_one_rhythm_throughout_needs_no_bar(make_reading: MakeReading) -> None:
    assert "sinus rhythm" not in texts(plot_signal(make_reading(), file_of(60.0)))
