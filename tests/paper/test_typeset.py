"""Every sample, pulse and grid line is where the paper's scale says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecgmm.errors import InputError
from ecgmm.paper.layouts import LAYOUTS, TWELVE_LEADS
from ecgmm.paper.page import LARGE_BOX_MM, SMALL_BOX_MM, to_px
from ecgmm.paper.style import GAINS_MM_PER_MV, GRID_RGB, SPEEDS_MM_PER_S, PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.recording import Recording

SLOPE_MV_PER_S = 0.01


def ramps(*, leads=TWELVE_LEADS, duration_s=30.0, sampling_rate_hz=100.0):
    """Lead `n` rises by `n + 1` hundredths of a millivolt a second, so that each is its own."""
    time_s = np.arange(round(duration_s * sampling_rate_hz)) / sampling_rate_hz
    signal_mv = np.outer(time_s, SLOPE_MV_PER_S * np.arange(1, len(leads) + 1))
    return Recording(signal_mv.astype(np.float32), sampling_rate_hz, tuple(leads))


def traces(page):
    return [(row, trace) for row in page.rows for trace in row.traces]


@pytest.mark.parametrize("speed", SPEEDS_MM_PER_S)
@pytest.mark.parametrize("gain", GAINS_MM_PER_MV)
@pytest.mark.parametrize("name", LAYOUTS)
def test_time_and_voltage_are_to_scale(name, speed, gain):
    page = lay_out(ramps(), LAYOUTS[name], PageStyle(speed_mm_per_s=speed, gain_mm_per_mv=gain))
    for _, trace in traces(page):
        x_mm, y_mm = trace.points_mm.T
        slope = SLOPE_MV_PER_S * (TWELVE_LEADS.index(trace.lead) + 1)
        np.testing.assert_allclose(np.diff(x_mm), speed / 100.0, atol=1e-9)
        np.testing.assert_allclose(np.diff(y_mm), -gain * slope / 100.0, atol=1e-5)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_row_is_one_clock_whatever_its_leads(name):
    page = lay_out(ramps(), LAYOUTS[name])
    for row, trace in traces(page):
        time_s = trace.start_s + np.arange(len(trace.points_mm)) / trace.sampling_rate_hz
        x_mm = row.left_mm + 25.0 * (time_s - row.start_s)
        np.testing.assert_allclose(trace.points_mm[:, 0], x_mm, atol=1e-9)


@pytest.mark.parametrize("speed", SPEEDS_MM_PER_S)
@pytest.mark.parametrize("name", LAYOUTS)
def test_rows_lie_on_the_grid_inside_the_sheet(name, speed):
    page = lay_out(ramps(), LAYOUTS[name], PageStyle(speed_mm_per_s=speed))
    assert len(page.rows) == len(LAYOUTS[name].rows)
    for row in page.rows:
        assert page.grid.left_mm < row.left_mm < row.right_mm <= page.grid.right_mm
        assert page.grid.top_mm < row.baseline_mm < page.grid.bottom_mm
        assert (row.baseline_mm - page.grid.top_mm) % SMALL_BOX_MM == pytest.approx(0)
    assert 0 <= page.grid.left_mm < page.grid.right_mm <= page.width_mm
    assert 0 <= page.grid.top_mm < page.grid.bottom_mm <= page.height_mm


@pytest.mark.parametrize("name", LAYOUTS)
def test_grid_lines_are_five_millimetres_apart_from_edge_to_edge(name):
    grid = lay_out(ramps(), LAYOUTS[name]).grid
    for lines in (grid.columns_mm(LARGE_BOX_MM), grid.rows_mm(LARGE_BOX_MM)):
        np.testing.assert_allclose(np.diff(lines), LARGE_BOX_MM, atol=1e-9)
    assert grid.columns_mm(LARGE_BOX_MM)[[0, -1]].tolist() == [grid.left_mm, grid.right_mm]


@pytest.mark.parametrize("speed", SPEEDS_MM_PER_S)
@pytest.mark.parametrize("gain", GAINS_MM_PER_MV)
def test_the_reference_pulse_is_one_millivolt_and_200_ms(speed, gain):
    page = lay_out(ramps(), LAYOUTS["6x2"], PageStyle(speed_mm_per_s=speed, gain_mm_per_mv=gain))
    for row in page.rows:
        rise, fall = row.pulse_mm[1], row.pulse_mm[4]
        assert fall[0] - rise[0] == pytest.approx(0.2 * speed)
        assert row.baseline_mm - row.pulse_mm[2, 1] == pytest.approx(gain)
        assert row.pulse_mm[:, 0].max() < row.left_mm


def test_the_median_of_a_lead_lies_on_its_baseline():
    recording = ramps()
    recording.signal_mv[:] += 40.0
    for row, trace in traces(lay_out(recording, LAYOUTS["12x1"])):
        assert np.median(trace.points_mm[:, 1]) == pytest.approx(row.baseline_mm, abs=1e-3)


def test_a_page_begins_where_it_is_told_to():
    recording = ramps()
    recording.signal_mv[:] = 0
    recording.signal_mv[1234] = 1.0
    page = lay_out(recording, LAYOUTS["strip"], start_s=12.0)
    (row,) = page.rows
    (trace,) = row.traces
    peak_mm = trace.points_mm[np.argmin(trace.points_mm[:, 1])]
    assert peak_mm[0] - row.left_mm == pytest.approx(0.34 * 25.0)
    assert row.baseline_mm - peak_mm[1] == pytest.approx(10.0)


def test_a_recording_that_ends_early_leaves_the_rest_of_the_paper_empty():
    page = lay_out(ramps(duration_s=12.0), LAYOUTS["watch"])
    assert [len(row.traces[0].points_mm) for row in page.rows] == [1000, 200]


def test_missing_samples_are_not_drawn():
    recording = ramps(leads=("I",))
    recording.signal_mv[300:400] = np.nan
    trace = lay_out(recording, LAYOUTS["strip"]).rows[0].traces[0]
    assert [len(run) for run in trace.runs_mm] == [300, 600]
    assert np.isnan(trace.points_mm[300:400, 1]).all()


def test_a_lead_without_any_sample_leaves_its_place_empty():
    recording = ramps()
    recording.signal_mv[:, TWELVE_LEADS.index("aVF")] = np.nan
    page = lay_out(recording, LAYOUTS["3x4"])
    assert [trace.lead for trace in page.rows[2].traces] == ["III", "V3", "V6"]


@pytest.mark.parametrize("start_s", [-1.0, 30.0, 1e9, float("nan")])
def test_a_start_outside_the_recording_is_refused(start_s):
    with pytest.raises(InputError, match=r"Expected a start from 0 to 30\.00 s"):
        lay_out(ramps(), LAYOUTS["strip"], start_s=start_s)


def test_names_stand_at_their_segments():
    page = lay_out(ramps(), LAYOUTS["6x2"])
    names = {label.text: label for label in page.labels}
    assert set(TWELVE_LEADS) <= set(names)
    for _, trace in traces(page):
        assert 0 < names[trace.lead].x_mm - trace.points_mm[0, 0] < LARGE_BOX_MM


def test_the_page_says_its_scale():
    page = lay_out(ramps(), LAYOUTS["3x4"], PageStyle(speed_mm_per_s=50, gain_mm_per_mv=5))
    assert any("50 mm/s" in label.text and "5 mm/mV" in label.text for label in page.labels)


def test_a_whole_number_of_pixels_is_the_middle_of_a_pixel():
    assert to_px(np.array([[0.0, 10.0]]), 4.0).tolist() == [[-0.5, 39.5]]


@pytest.mark.parametrize(
    "wrong", [{"grid": "plaid"}, {"gain_mm_per_mv": 0}, {"trace_width_mm": -1}]
)
def test_a_style_that_cannot_be_printed_is_refused(wrong):
    with pytest.raises(ValueError, match="Expected"):
        PageStyle(**wrong)


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(sorted(LAYOUTS)),
    speed=st.sampled_from(SPEEDS_MM_PER_S),
    grid=st.sampled_from(sorted(GRID_RGB)),
    sampling_rate_hz=st.floats(50, 1000),
    duration_s=st.floats(1.0, 40.0),
    start_share=st.floats(0, 0.99),
)
def test_every_sample_of_the_page_is_printed_once(
    name, speed, grid, sampling_rate_hz, duration_s, start_share
):
    recording = ramps(duration_s=duration_s, sampling_rate_hz=sampling_rate_hz)
    start_s = start_share * recording.duration_s
    style = PageStyle(speed_mm_per_s=speed, grid=grid)
    page = lay_out(recording, LAYOUTS[name], style, start_s=start_s)
    for row, trace in traces(page):
        assert 0 <= row.start_s <= trace.start_s + 1e-9
        assert (trace.points_mm[:, 0] >= row.left_mm - 1e-6).all()
        assert (trace.points_mm[:, 0] < row.right_mm).all()
    samples_on_paper = sum(len(trace.points_mm) for trace in page.rows[-1].traces)
    seconds = min(250 / speed, recording.duration_s - start_s - page.rows[-1].start_s)
    assert samples_on_paper == pytest.approx(seconds * sampling_rate_hz, abs=4.01)
