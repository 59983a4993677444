"""On a sheet for people no wave leaves the paper and no name or pulse covers one."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.paper.layouts import LAYOUTS, TWELVE_LEADS
from ecgmm.paper.style import SHEET, PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.recording import Recording
from ecgmm.simulator import simulate

SHEETS = ("3x4", "3x4+1", "6x2", "12x1", "strip")


def tall_heart(scale: float = 3.0) -> Recording:
    """Twelve leads of which the chest leads have R and S of some millivolts."""
    heart = simulate("NNV", duration_s=10.0, leads=TWELVE_LEADS)
    grown = np.where(np.char.startswith(heart.lead_names, "V"), scale, 1.0)
    return Recording(heart.signal_mv * grown.astype(np.float32), 360.0, heart.lead_names)


def style(gain: float = 10.0, speed: float = 25.0) -> PageStyle:
    return PageStyle(fitted=True, gain_mm_per_mv=gain, speed_mm_per_s=speed)


def ink_mm(page) -> np.ndarray:
    return np.concatenate(
        [trace.points_mm for row in page.rows for trace in row.traces]
        + [row.pulse_mm for row in page.rows]
    )


def names(page):
    return [label for label in page.labels if label.text in TWELVE_LEADS]


@pytest.mark.parametrize("layout", SHEETS)
@pytest.mark.parametrize("gain", [5.0, 10.0])
def test_the_peaks_of_the_chest_leads_stay_on_the_paper(layout: str, gain: float) -> None:
    page = lay_out(tall_heart(2.0), LAYOUTS[layout], style(gain), lead=None)
    assert ink_mm(page)[:, 1].min() >= page.grid.top_mm
    assert ink_mm(page)[:, 1].max() <= page.grid.bottom_mm


@given(
    layout=st.sampled_from(SHEETS),
    scale=st.floats(0.2, 4.0),
    gain=st.sampled_from([5.0, 10.0, 20.0]),
    speed=st.sampled_from([25.0, 50.0]),
)
def test_no_name_covers_a_trace_a_pulse_or_another_name(layout, scale, gain, speed) -> None:
    page = lay_out(tall_heart(scale), LAYOUTS[layout], style(gain, speed))
    ink, boxes = ink_mm(page), []
    for label in names(page):
        width, height = 0.6 * label.size_mm * len(label.text), 0.7 * label.size_mm
        box = (label.x_mm, label.y_mm - height, label.x_mm + width, label.y_mm)
        inside = (ink[:, 0] > box[0]) & (ink[:, 0] < box[2])
        inside &= (ink[:, 1] > box[1]) & (ink[:, 1] < box[3])
        assert not inside.any()
        assert not any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
            for other in boxes
        )
        boxes.append(box)


@pytest.mark.parametrize("layout", SHEETS)
def test_every_pulse_ends_before_the_traces_begin_and_stands_alone(layout: str) -> None:
    page = lay_out(tall_heart(), LAYOUTS[layout], SHEET)
    pulses = [row.pulse_mm for row in page.rows if len(row.pulse_mm)]
    assert pulses
    assert all(pulse[:, 0].max() < page.rows[0].left_mm for pulse in pulses)
    for above, below in pairwise(pulses):
        assert above[:, 1].max() < below[:, 1].min()


@pytest.mark.parametrize("speed", [25.0, 50.0])
@pytest.mark.parametrize("gain", [5.0, 10.0, 20.0])
def test_a_fitted_sheet_is_to_scale_and_on_the_grid(speed: float, gain: float) -> None:
    heart = tall_heart(1.0)
    page = lay_out(heart, LAYOUTS["12x1"], style(gain, speed))
    (trace,) = page.rows[6].traces
    v1_mv = heart.signal_mv[: len(trace.points_mm), 6].astype(float)
    drawn_mv = (page.rows[6].baseline_mm - trace.points_mm[:, 1]) / gain
    assert drawn_mv == pytest.approx(v1_mv - np.median(v1_mv), abs=1e-6)
    assert np.ptp(trace.points_mm[:, 0]) == pytest.approx((len(v1_mv) - 1) / 360 * speed)
    for row in page.rows:
        boxes = (row.baseline_mm - page.grid.top_mm) / 1.0
        assert boxes == pytest.approx(round(boxes), abs=1e-6)
