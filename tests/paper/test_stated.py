"""What a person states of a page overrules what is found on it; where it cannot, that is told."""

import numpy as np
import pytest

from ecgmm.paper.layouts import LAYOUTS, TWELVE_LEADS
from ecgmm.paper.options import PageOptions
from ecgmm.paper.picture import Picture
from ecgmm.paper.raster_page import paint
from ecgmm.paper.reader import PageReading, read_page
from ecgmm.paper.style import PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.simulator import simulate

PX_PER_MM = 6.0
UNNAMED = PageStyle(lead_names=False, separators=False)


def page(layout: str, style: PageStyle = UNNAMED, *, share: float = 1.0) -> Picture:
    """The left part of a page."""
    leads = LAYOUTS[layout].leads or ("II",)
    duration_s = 30.0 if LAYOUTS[layout].continues else 10.0
    heart = simulate("N", leads=leads, duration_s=duration_s, heart_rate_bpm=66.0, seed=3)
    rgb = paint(lay_out(heart, LAYOUTS[layout], style), PX_PER_MM)
    return Picture(np.ascontiguousarray(rgb[:, : round(share * rgb.shape[1])]))


def names(reading: PageReading) -> list[str]:
    return [row.strip.lead_name for row in reading.rows]


@pytest.mark.parametrize("layout", ["3x4", "3x4+1", "6x2", "4x3", "12x1", "6x1"])
def test_a_stated_layout_names_the_leads(layout: str) -> None:
    reading = read_page(page(layout), options=PageOptions(layout=layout))
    assert names(reading) == [" ".join(row) for row in LAYOUTS[layout].rows]
    assert [row.leads for row in reading.rows] == [len(row) for row in LAYOUTS[layout].rows]
    assert not reading.doubts


def test_it_overrules_the_names_that_are_printed() -> None:
    printed = page("6x1", PageStyle(separators=False))
    reading = read_page(printed, options=PageOptions(layout="6x2"))
    assert names(reading) == [" ".join(row) for row in LAYOUTS["6x2"].rows]


@pytest.mark.parametrize(("drawn", "stated"), [("6x2", "3x4+1"), ("strip", "12x1"), ("3x4", "6x1")])
def test_a_layout_with_other_rows_than_there_are_is_a_doubt(drawn: str, stated: str) -> None:
    reading = read_page(page(drawn), options=PageOptions(layout=stated))
    assert "layout not as stated" in reading.doubts
    rows, found = len(LAYOUTS[stated].rows), len(LAYOUTS[drawn].rows)
    assert any(f"{stated} has {rows} rows, and {found} were" in fault for fault in reading.faults)
    assert len(reading.rows) == found


def test_rows_that_are_too_short_for_a_stated_layout_are_told() -> None:
    reading = read_page(page("3x4+1", share=0.5), options=PageOptions(layout="3x4+1"))
    assert reading.whole_row_s == 10.0
    assert reading.rows[0].strip.duration_s < 6.0


def test_stated_rows_of_a_wrist_device_go_on_whatever_they_look_like() -> None:
    eleven_beats_a_row = page("watch")
    reading = read_page(eleven_beats_a_row, options=PageOptions(layout="watch"))
    starts_s = [row.strip.start_s for row in reading.rows]
    assert starts_s == pytest.approx([0.0, 10.0, 20.0], abs=0.2)
    assert len(set(names(reading))) == 1


@pytest.mark.parametrize(("speed", "gain"), [(25.0, 10.0), (50.0, 5.0), (25.0, 20.0)])
def test_a_stated_scale_is_read_whatever_the_page_shows(speed: float, gain: float) -> None:
    reading = read_page(page("3x4+1"), options=PageOptions(speed, gain))
    assert reading.rows[3].strip.duration_s == pytest.approx(10.0 * 25.0 / speed, abs=0.1)
    assert f"Read at {speed:g} mm/s and {gain:g} mm/mV, as was stated." in reading.faults
    assert set(TWELVE_LEADS) >= set(" ".join(names(reading)).split())
