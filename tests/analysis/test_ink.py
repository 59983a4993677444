import cv2
import numpy as np
import pytest

from ecgmm.analysis.ink import follow_ink, trace_path
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.simulator import simulate

LEAD_MV = simulate("N", duration_s=10.0, sampling_rate_hz=125, seed=3).signal_mv[:, 0]
PICTURE = draw_strip(LEAD_MV, StripStyle())


@pytest.mark.parametrize("error_mv", [-0.15, 0.0, 0.15])
def test_a_trace_a_millimetre_and_a_half_off_is_brought_back_onto_its_ink(error_mv):
    followed = follow_ink(PICTURE, LEAD_MV + np.float32(error_mv))
    assert np.median(np.abs(followed - LEAD_MV)) < 0.04
    assert np.corrcoef(followed, LEAD_MV)[0, 1] > 0.9


def test_words_below_the_trace_do_not_catch_it_even_where_the_network_is_misled():
    worded = PICTURE.copy()
    cv2.putText(worded, "25 mm/s", (300, 140), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 0, 2)
    misled = LEAD_MV.copy()
    misled[380:500] = -1.4
    followed = follow_ink(worded, misled)
    assert np.median(np.abs(followed - LEAD_MV)[380:500]) < 0.1


def test_on_blank_paper_there_is_nothing_to_follow_but_the_network():
    blank = np.full((160, 1000), 230, np.uint8)
    level = np.full(1250, 0.5, np.float32)
    np.testing.assert_allclose(follow_ink(blank, level), level, atol=0.05)


def test_a_path_climbs_along_ink_and_does_not_jump_over_paper():
    ink = np.zeros((40, 30), np.float32)
    ink[20, :] = 1.0
    ink[8:21, 10] = 1.0
    ink[8, 10:20] = 1.0
    ink[8:21, 20] = 1.0
    ink[35, 5:25] = 1.0
    path = trace_path(ink, np.full(30, 8.0, np.float32))
    assert (path[:9] == 20).all()
    assert (path[11:20] == 8).all()
    assert (path[21:] == 20).all()


def test_a_tall_narrow_wave_keeps_its_height():
    tall_mv = np.zeros(1250, np.float32)
    tall_mv[600:609] = [0.1, 0.4, 0.8, 1.2, 1.5, 1.2, 0.8, 0.4, 0.1]
    tall_mv += 0.02 * np.sin(np.arange(1250) / 30).astype(np.float32)
    followed = follow_ink(draw_strip(tall_mv, StripStyle()), tall_mv)
    assert followed[600:609].max() == pytest.approx(1.5, abs=0.15)
    assert np.abs(followed - tall_mv)[:590].max() < 0.1
