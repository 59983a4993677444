"""A row that is set by hand is read as what it is: its reference pulse is no beat there either."""

import numpy as np

from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.page import to_px
from ecgmm.paper.picture import Picture
from ecgmm.paper.raster_page import paint
from ecgmm.paper.style import REPORT
from ecgmm.paper.typeset import lay_out
from ecgmm.simulator import simulate
from ecgmm.web.correction import Correction, read_corrected

PX_PER_MM = 4.0


def test_the_pulse_at_the_left_end_of_a_row_set_by_hand_does_not_count() -> None:
    heart = simulate(duration_s=10.0, leads=("II",), seed=3)
    page = lay_out(heart, LAYOUTS["strip"], REPORT)
    (row,) = page.rows
    left_mm = float(row.pulse_mm[0, 0])
    corners_mm = np.array(
        [
            (left_mm, row.baseline_mm - 20),
            (row.right_mm, row.baseline_mm - 20),
            (row.right_mm, row.baseline_mm + 20),
            (left_mm, row.baseline_mm + 20),
        ]
    )
    corners = tuple((float(x), float(y)) for x, y in to_px(corners_mm, PX_PER_MM))
    duration_s = (row.right_mm - left_mm) / 25
    correction = Correction(corners, shows="row", duration_s=duration_s)
    first, *_ = read_corrected(Picture(paint(page, PX_PER_MM)), correction).strips
    assert first.step_weight is not None
    rise_step, fall_step = ((row.pulse_mm[[1, 2], 0] - left_mm) / 25 / 0.04).astype(int)
    assert not first.step_weight[rise_step : fall_step + 1].any()
    assert first.step_weight[fall_step + 8 :].all()
