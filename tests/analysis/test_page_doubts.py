"""What speaks against the reading of a page is told, and stands beside its verdict."""

from dataclasses import replace

import numpy as np
import pytest

from ecgmm.analysis import words
from ecgmm.analysis.analyze import analyze_source
from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.page_doubts import lost_time_doubt, printed_rate_doubt, rows_doubt
from ecgmm.analysis.plain_words import plain_words
from ecgmm.analysis.reading import Beat, Quality, Summary
from ecgmm.analysis.text_report import text_report
from ecgmm.grid import STEP_S
from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.picture import Picture
from ecgmm.paper.raster_page import paint
from ecgmm.paper.reader import read_paper
from ecgmm.paper.strips import PaperStrip
from ecgmm.paper.style import PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.simulator import simulate
from tests.peak_runtime import PeakRuntime

BEATS = [Beat(0.5 + 0.8 * number, "N", 0.99) for number in range(12)]
"""75 beats a minute."""
NORMAL = Summary(75.0, {"N": 12, "S": 0, "V": 0, "F": 0, "Q": 0}, "normal", 0.04)


@pytest.mark.parametrize("printed_bpm", [None, 72.0, 75.0, 78.0])
def test_a_rate_that_agrees_to_a_twentieth_is_no_doubt(printed_bpm):
    assert printed_rate_doubt(printed_bpm, BEATS) is None


@pytest.mark.parametrize("printed_bpm", [37.0, 70.0, 80.0, 150.0])
def test_another_rate_is_a_doubt_that_names_both(printed_bpm):
    doubt = printed_rate_doubt(printed_bpm, BEATS)
    assert doubt.brief == f"{printed_bpm:g} bpm printed"
    assert f"prints a heart rate of {printed_bpm:g} bpm, and 75 bpm was read" in doubt.sentence


def test_without_two_beats_there_is_nothing_to_compare():
    assert printed_rate_doubt(75.0, BEATS[:1]) is None


@pytest.mark.parametrize(
    ("read_s", "shown_s", "whole_s", "brief"),
    [
        (10.0, 10.0, 10.0, None),
        (9.6, 10.0, 10.0, None),
        (5.0, 5.0, 5.0, None),
        (7.6, 7.6, None, None),
        (2.8, 2.8, 10.0, "2.8 s of 10 s read"),
        (6.0, 10.0, None, "6.0 s of 10 s read"),
        (3.7, 3.7, None, "only 3.7 s read"),
    ],
)
def test_what_of_the_rows_was_not_read_is_told(read_s, shown_s, whole_s, brief):
    doubt = lost_time_doubt(read_s, shown_s, whole_s)
    assert (doubt and doubt.brief) == brief


def step_beats(times_s):
    """`[250, 6]` with a sure beat at each time."""
    steps = np.zeros((250, 6), np.float32)
    steps[:, 0] = 1.0
    for time_s in times_s:
        steps[int(time_s / STEP_S), :2] = (0.0, 1.0)
    return steps


def of_rows(*rows_s, borders_s=(), leads=()):
    """The doubt about rows with beats at these times, of which the first is right."""
    weight = np.ones(250, np.float32)
    for border_s in borders_s:
        weight[int(border_s / STEP_S)] = 0.02
    grey = np.full((160, 1000), 255, np.uint8)
    names = leads or ("II",) * len(rows_s)
    strips = [PaperStrip(grey, lead_name=name, step_weight=weight) for name in names]
    right = BeatList(np.array(rows_s[0]), "N" * len(rows_s[0]), np.full(len(rows_s[0]), 0.99))
    return rows_doubt(strips, [step_beats(row_s) for row_s in rows_s], right)


EVERY_SECOND = np.arange(0.52, 10.0, 1.0)


def test_rows_with_the_same_beats_agree():
    assert of_rows(EVERY_SECOND, EVERY_SECOND) is None


def test_a_row_that_shows_twice_as_many_beats_is_a_doubt():
    doubt = of_rows(EVERY_SECOND, np.arange(0.52, 10.0, 0.5))
    assert doubt.brief == "rows disagree on the rate"
    assert doubt.sentence.startswith("Row 2 shows 19 beats")


def test_a_beat_missed_at_an_end_is_none():
    assert of_rows(EVERY_SECOND, EVERY_SECOND[1:]) is None


def test_a_small_lead_hides_beats_and_a_rhythm_row_does_not():
    few = EVERY_SECOND[:6]
    assert of_rows(EVERY_SECOND, few) is None
    assert of_rows(EVERY_SECOND, few, leads=("I aVR V1 V4", "II aVL V2 V5")) is None
    assert of_rows(EVERY_SECOND, few, leads=("I aVR V1 V4", "II")) is not None


def test_bars_between_leads_count_for_nothing():
    bars_s = (2.0, 5.0, 8.0)
    with_bars = np.sort([*EVERY_SECOND, *bars_s])
    assert of_rows(EVERY_SECOND, with_bars) is not None
    assert of_rows(EVERY_SECOND, with_bars, borders_s=bars_s) is None


def test_a_doubt_stands_wherever_the_verdict_does(make_reading):
    doubted = make_reading(
        findings=(),
        summary=NORMAL,
        quality=Quality(0.9, ("A sentence.",), doubts=("2.8 s of 10 s read",)),
        not_judged=(),
    )
    assert words.verdict(doubted) == "Rhythm and beats normal, 96 % sure; 2.8 s of 10 s read"
    assert "2.8 s of 10 s read" in text_report(doubted).splitlines()[0]
    assert "This reading is doubtful: 2.8 s of 10 s read." in plain_words(doubted)["sentences"]
    assert doubted.to_dict()["quality"]["doubts"] == ["2.8 s of 10 s read"]
    surely = replace(doubted, quality=Quality(0.9))
    assert words.verdict(surely) == "Normal, 96 % sure"
    abnormal = replace(doubted, summary=replace(NORMAL, verdict="abnormal"))
    assert words.verdict(abnormal).startswith("Abnormal, ")
    assert words.verdict(abnormal).endswith("; 2.8 s of 10 s read")


def page(style=None, layout="3x4+1"):
    heart = simulate("N", leads=LAYOUTS[layout].leads, heart_rate_bpm=72.0, seed=3)
    return paint(lay_out(heart, LAYOUTS[layout], style or PageStyle()), 6.0)


def test_a_page_cut_off_in_the_middle_is_not_read_as_a_whole_one():
    sheet = page()
    half = Picture(np.ascontiguousarray(sheet[:, : round(0.62 * sheet.shape[1])]))
    reading = analyze_source(read_paper(half), PeakRuntime())
    (brief,) = [doubt for doubt in reading.quality.doubts if doubt.endswith("of 10 s read")]
    assert float(brief.split()[0]) < 7.0
    assert brief in words.verdict(reading)


def test_a_whole_page_is_not_doubted():
    assert not analyze_source(read_paper(Picture(page())), PeakRuntime()).quality.doubts
