import numpy as np
import pytest

from ecgmm.analysis.ink import follow_ink
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.simulator import simulate

LEAD_MV = simulate("N", duration_s=10.0, sampling_rate_hz=125, seed=3).signal_mv[:, 0]
PICTURE = draw_strip(LEAD_MV, StripStyle())


@pytest.mark.parametrize("error_mv", [-0.15, 0.0, 0.15])
def test_a_trace_a_millimetre_and_a_half_off_is_brought_back_onto_its_ink(error_mv):
    followed = follow_ink(PICTURE, LEAD_MV + np.float32(error_mv))
    assert np.median(np.abs(followed - LEAD_MV)) < 0.03


def test_without_ink_the_height_stays():
    blank = np.full((160, 1000), 230, np.uint8)
    np.testing.assert_allclose(follow_ink(blank, LEAD_MV), LEAD_MV, atol=1e-5)


def test_ink_far_from_the_trace_does_not_draw_it():
    below = LEAD_MV - np.float32(1.5)
    followed = follow_ink(PICTURE, below)
    assert np.median(np.abs(followed - below)) < 0.15
