"""The print of drawn pages is read: lead names where they stand, scale and heart rate."""

from collections import Counter
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from ecgmm.paper.layouts import LAYOUTS, TWELVE_LEADS
from ecgmm.paper.page import Page
from ecgmm.paper.raster_page import paint
from ecgmm.paper.style import COPY, DOTTED, REPORT, PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.paper.words import PrintedFacts, find_arrangement, printed_facts, read_words
from ecgmm.simulator import simulate

PX_PER_MM = 6.0
HEADER = ("ECG 40217", "HR 72 bpm")


@cache
def page(layout: str = "3x4+1", style: PageStyle = REPORT) -> Page:
    heart = simulate("NNV", duration_s=10.0, leads=TWELVE_LEADS, seed=3)
    return lay_out(heart, LAYOUTS[layout], replace(style, header=HEADER))


@cache
def facts(layout: str = "3x4+1", style: PageStyle = REPORT, quarter_turns: int = 0) -> PrintedFacts:
    picture = np.rot90(paint(page(layout, style), PX_PER_MM), quarter_turns)
    return printed_facts(read_words(np.ascontiguousarray(picture), PX_PER_MM))


def test_lead_names_are_read_where_they_are_printed():
    read = facts().leads
    for label in page().labels:
        if label.text in TWELVE_LEADS and set(label.text) != {"I"}:
            x_px, y_px = label.x_mm * PX_PER_MM, (label.y_mm - label.size_mm / 3) * PX_PER_MM
            assert any(
                lead.name == label.text
                and abs(lead.left_px - x_px) < 1.5 * PX_PER_MM
                and abs(lead.middle_px - y_px) < 1.0 * PX_PER_MM
                for lead in read
            ), label.text


@pytest.mark.parametrize("style", [REPORT, DOTTED, COPY], ids=["lines", "dots", "copy"])
@pytest.mark.parametrize("layout", ["3x4", "3x4+1", "6x2", "12x1"])
def test_the_arrangement_of_a_page_is_known_by_its_names(layout, style):
    found = find_arrangement(facts(layout, style).leads)
    assert found is not None
    assert found.rows[: len(LAYOUTS["3x4"].rows)] == LAYOUTS[layout].rows[:3]


@pytest.mark.parametrize("style", [REPORT, DOTTED, COPY], ids=["lines", "dots", "copy"])
def test_hardly_a_name_is_read_that_is_not_printed(style):
    read = Counter(lead.name for lead in facts("6x2", style).leads if set(lead.name) != {"I"})
    assert (read - Counter(TWELVE_LEADS)).total() <= 1


@pytest.mark.parametrize(("speed", "gain"), [(25.0, 10.0), (50.0, 5.0), (25.0, 20.0)])
def test_the_scale_is_read(speed, gain):
    read = facts("3x4", replace(REPORT, speed_mm_per_s=speed, gain_mm_per_mv=gain))
    assert (read.speed_mm_per_s, read.gain_mm_per_mv) == (speed, gain)


def test_the_heart_rate_is_read():
    assert facts().heart_rate_bpm == 72


@pytest.mark.parametrize("quarter_turns", [1, 2, 3])
def test_a_turned_page_says_far_less(quarter_turns):
    assert facts(quarter_turns=quarter_turns).upright_evidence < 0.3 * facts().upright_evidence
    assert find_arrangement(facts(quarter_turns=quarter_turns).leads) is None


@pytest.mark.parametrize("px_per_mm", [3.0, 10.0])
def test_small_and_large_pictures_are_read(px_per_mm):
    read = printed_facts(read_words(paint(page(), px_per_mm), px_per_mm))
    assert find_arrangement(read.leads).rows[:3] == LAYOUTS["3x4"].rows


def test_blank_paper_says_nothing():
    assert read_words(np.full((600, 800, 3), 250, np.uint8), 4.0) == ()


def test_a_page_without_a_known_scale_is_taken_for_one_of_usual_size():
    picture = cv2.cvtColor(paint(page(), PX_PER_MM), cv2.COLOR_RGB2GRAY)
    read = printed_facts(read_words(np.asarray(picture, np.uint8)))
    assert find_arrangement(read.leads).rows[:3] == LAYOUTS["3x4"].rows
