"""What stands on a strip and is no trace: pulses anywhere, gaps, separators, frames, dots."""

from dataclasses import replace

import numpy as np
import pytest

from ecgmm.grid import PIXELS_PER_MM
from ecgmm.paper.raster import StripStyle, draw_grid
from ecgmm.pipeline.pictures import CLEAN
from ecgmm.pipeline.printing import marks
from ecgmm.pipeline.printing.row import Row, lay_out

SAMPLES = 1250
SIGNAL_MV = np.zeros(SAMPLES, np.float32)
STYLE = StripStyle(minor_grid=None, major_grid=None, ink=0, ink_width_px=1)


def rows(*families):
    config = replace(CLEAN, families=families, severity=1.0)
    return [lay_out(SIGNAL_MV, config, np.random.default_rng(seed)) for seed in range(300)]


def blank_ink():
    return np.full((160, 1000), 255, np.uint8)


def test_pulses_stand_at_the_left_at_the_right_and_amid_the_row_and_no_trace_runs_through_them():
    pulses = [row for row in rows("pulse") if row.pulse[1]]
    assert any(row.pulse[0] == 0 for row in pulses)
    assert any(row.pulse[1] == SAMPLES for row in pulses)
    assert any(0 < row.pulse[0] < row.pulse[1] < SAMPLES for row in pulses)
    for row in pulses:
        assert np.isnan(row.signal_mv[slice(*row.pulse)]).all()
        assert np.isfinite(row.signal_mv).mean() > 0.9


def test_the_trace_is_left_out_around_some_changes_of_lead_and_nowhere_else():
    gaps = [row for row in rows("other_leads") if np.isnan(row.signal_mv).any()]
    assert gaps
    for row in gaps:
        blank = np.flatnonzero(np.isnan(row.signal_mv))
        nearest = np.abs(blank[:, np.newaxis] - np.array(row.borders)).min(axis=1)
        assert nearest.max() <= 10


@pytest.mark.parametrize("pulse", [(0, 60), (1190, 1250), (600, 660)])
def test_a_pulse_is_ten_millimetres_high_in_the_place_that_is_left_for_it(pulse):
    ink, row = blank_ink(), Row(SIGNAL_MV, (), pulse)
    marks.draw_pulse(ink, row, 100.0, STYLE, np.random.default_rng(1))
    x = np.nonzero(ink < 128)[1]
    top = ink[100 - 10 * PIXELS_PER_MM] < 128
    assert top.sum() >= PIXELS_PER_MM
    assert 0.8 * pulse[0] - 2 <= x.min() <= x.max() <= 0.8 * pulse[1] + 2


def test_pulses_are_narrow_or_wide():
    widths = set()
    for seed in range(40):
        ink, row = blank_ink(), Row(SIGNAL_MV, (), (600, 660))
        marks.draw_pulse(ink, row, 100.0, STYLE, np.random.default_rng(seed))
        widths.add(int((ink[100 - 10 * PIXELS_PER_MM] < 128).sum()) // PIXELS_PER_MM)
    assert {2, 5} <= widths


def test_leads_are_parted_by_bars_ticks_dashes_and_lines_through_the_strip():
    strokes = set()
    for seed in range(80):
        ink, row = blank_ink(), Row(SIGNAL_MV, (625,), (0, 0))
        marks.draw_borders(ink, row, 80.0, STYLE, np.random.default_rng(seed))
        column = ink[:, 500] < 128
        strokes.add((int(np.diff(column.astype(int)).clip(0).sum()), bool(column[80])))
    assert (1, True) in strokes
    assert (2, False) in strokes
    assert (0, True) in strokes
    assert max(strokes)[0] > 5


def test_a_frame_is_a_line_from_edge_to_edge():
    for seed in range(10):
        ink = blank_ink()
        marks.draw_frame(ink, STYLE, np.random.default_rng(seed))
        dark = ink < 128
        assert dark.all(axis=0).any() or dark.all(axis=1).any()


def test_a_dotted_grid_has_a_dot_each_millimetre_and_no_line():
    picture = blank_ink()
    draw_grid(picture, StripStyle(minor_grid=100, major_grid=None, dotted=True))
    y, x = np.nonzero(picture == 100)
    assert len(x) == picture.size // PIXELS_PER_MM**2
    assert not (x % PIXELS_PER_MM).any()
    assert not (y % PIXELS_PER_MM).any()
