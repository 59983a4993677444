import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ecgmm.grid import STRIP_HEIGHT_PX, STRIP_SAMPLES, STRIP_WIDTH_PX
from ecgmm.paper.raster import StripStyle, draw_strip

MIDDLE_PX = STRIP_HEIGHT_PX / 2
BLANK = StripStyle(minor_grid=None, major_grid=None, ink=0, ink_width_px=1)


def inked(picture):
    """Rows and columns of the pixels that are more ink than paper."""
    return np.nonzero(picture < 128)


def rows_in_column(picture, column):
    return np.flatnonzero(picture[:, column] < 128)


@settings(max_examples=30)
@given(st.integers(20, STRIP_SAMPLES - 20), st.floats(-1.8, 1.8).filter(lambda mv: abs(mv) > 0.2))
def test_sample_i_lies_in_column_08_i_at_40_pixels_a_millivolt(sample, amplitude_mv):
    signal = np.zeros(STRIP_SAMPLES, np.float32)
    signal[sample] = amplitude_mv
    rows, columns = inked(draw_strip(signal, BLANK))
    tip = rows.argmin() if amplitude_mv > 0 else rows.argmax()
    assert abs(columns[tip] - 0.8 * sample) <= 1
    assert abs(rows[tip] - (MIDDLE_PX - 40 * amplitude_mv)) <= 6
    assert np.abs(columns[rows != round(MIDDLE_PX)] - 0.8 * sample).max() <= 2


@settings(max_examples=30)
@given(st.floats(-1.9, 1.9), st.floats(0.5, 1.0), st.floats(70.0, 90.0))
def test_a_level_is_drawn_at_its_height_over_the_whole_width(level_mv, gain, baseline_px):
    height_px = baseline_px - 40 * gain * level_mv
    assume(2 < height_px < STRIP_HEIGHT_PX - 2)
    style = StripStyle(
        minor_grid=None, major_grid=None, ink=0, ink_width_px=1, gain=gain, baseline_px=baseline_px
    )
    picture = draw_strip(np.full(STRIP_SAMPLES, level_mv, np.float32), style)
    darkness = 255.0 - picture[:, :-1]
    centre = (darkness * np.arange(STRIP_HEIGHT_PX)[:, None]).sum(axis=0) / darkness.sum(axis=0)
    np.testing.assert_allclose(centre, height_px, atol=0.2)


def test_a_ramp_is_read_back_from_its_picture_within_a_tenth_of_a_millimetre():
    signal = np.linspace(-1.5, 1.5, STRIP_SAMPLES).astype(np.float32)
    darkness = 255.0 - draw_strip(signal, BLANK)
    rows = (darkness * np.arange(STRIP_HEIGHT_PX)[:, None]).sum(axis=0) / darkness.sum(axis=0)
    expected = np.interp(np.arange(STRIP_WIDTH_PX), 0.8 * np.arange(STRIP_SAMPLES), signal)
    np.testing.assert_allclose((MIDDLE_PX - rows[1:-1]) / 40, expected[1:-1], atol=0.01)


@pytest.mark.parametrize("samples", [5, 1250, 3750])
def test_the_picture_is_160_high_and_4_pixels_a_step_wide(samples):
    picture = draw_strip(np.zeros(samples, np.float32), StripStyle())
    assert picture.shape == (STRIP_HEIGHT_PX, samples * 4 // 5)
    assert picture.dtype == np.uint8


def test_where_nothing_was_recorded_nothing_is_drawn():
    signal = np.zeros(STRIP_SAMPLES, np.float32)
    signal[500:750] = np.nan
    _, columns = inked(draw_strip(signal, BLANK))
    assert set(range(399)) <= set(columns)
    assert set(range(601, 999)) <= set(columns)
    assert not set(range(401, 599)) & set(columns)


def test_a_lead_without_any_signal_is_blank_paper():
    assert (draw_strip(np.full(STRIP_SAMPLES, np.nan, np.float32), BLANK) == 255).all()


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 1e6))
def test_ink_beyond_the_strip_is_cut_off(seed, amplitude_mv):
    noise = np.random.default_rng(seed).normal(size=STRIP_SAMPLES).astype(np.float32)
    picture = draw_strip(noise * np.float32(amplitude_mv), StripStyle())
    assert picture.shape == (STRIP_HEIGHT_PX, STRIP_WIDTH_PX)


def test_the_grid_has_a_line_every_millimetre_and_a_dark_one_every_five():
    style = StripStyle(paper=250, minor_grid=220, major_grid=180, grid_offset_px=(3, 7))
    picture = draw_strip(np.full(STRIP_SAMPLES, np.nan, np.float32), style)
    across = picture[8, :40].tolist()
    assert [column for column in range(40) if across[column] == 180] == [3, 23]
    assert [column for column in range(24) if across[column] == 220] == [7, 11, 15, 19]
    down = picture[:40, 4].tolist()
    assert [row for row in range(40) if down[row] == 180] == [7, 27]
    assert picture[0, 0] == 250


def test_wider_ink_is_darker_and_stays_where_the_trace_is():
    signal = np.zeros(STRIP_SAMPLES, np.float32)
    widths = []
    for ink_width_px in (1, 2, 3):
        style = StripStyle(minor_grid=None, major_grid=None, ink=0, ink_width_px=ink_width_px)
        rows = rows_in_column(draw_strip(signal, style), 500)
        assert abs(rows.mean() - MIDDLE_PX) <= 0.5
        widths.append(len(rows))
    assert widths == [1, 2, 3]


def test_the_trace_is_drawn_over_the_grid():
    level = np.zeros(STRIP_SAMPLES, np.float32)
    on_paper = draw_strip(level, StripStyle(minor_grid=None, major_grid=None))
    on_grid = draw_strip(level, StripStyle(minor_grid=200, major_grid=150))
    np.testing.assert_array_equal(on_grid[80], on_paper[80])
    assert (on_grid <= on_paper).all()
