import cv2
import numpy as np
import pytest

from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.paper.trace.follow import TRACE_RATE_HZ, expected_height, follow_ink
from ecgmm.resampling import resample
from ecgmm.simulator import simulate

LEAD_MV = simulate("N", duration_s=10.0, sampling_rate_hz=125, seed=3).signal_mv[:, 0]
PICTURE = draw_strip(LEAD_MV, StripStyle())


def at_500_hz(lead_mv):
    return resample(lead_mv[:, np.newaxis], 125, TRACE_RATE_HZ)[:, 0]


@pytest.mark.parametrize(("pen_px", "aside_px"), [(1, 0.0), (2, 0.5)])
def test_a_printed_lead_comes_back_at_500_hz_within_a_pixel(pen_px, aside_px):
    """A nib two pixels wide draws half a pixel to the right of a place, and below it."""
    followed = follow_ink(draw_strip(LEAD_MV, StripStyle(ink_width_px=pen_px))).trace_mv
    assert followed.shape == (5000,)
    sample = np.arange(5000)
    inked_mv = np.interp(sample - aside_px * 5, sample, at_500_hz(LEAD_MV)) - aside_px / 40
    error_mv = followed - inked_mv
    assert np.median(np.abs(error_mv)) < 0.0125
    assert 10 * np.log10(np.var(LEAD_MV) / np.var(error_mv)) > 15


def test_words_below_the_trace_do_not_catch_it():
    worded = PICTURE.copy()
    cv2.putText(worded, "25 mm/s", (300, 140), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 0, 2)
    change_mv = np.abs(follow_ink(worded).trace_mv - follow_ink(PICTURE).trace_mv)[1520:2000]
    assert np.median(change_mv) < 0.01


def test_where_paper_is_blank_nothing_is_said_and_a_short_gap_is_bridged():
    torn = PICTURE.copy()
    torn[:, 600:] = 230
    torn[:, 250:254] = 230
    followed, uncertainty_mv = follow_ink(torn)
    assert np.isfinite(followed[:2990]).all()
    assert np.isnan(followed[3010:]).all()
    assert (np.isnan(uncertainty_mv) == np.isnan(followed)).all()


def test_a_tall_narrow_wave_keeps_its_height():
    tall_mv = np.zeros(1250, np.float32)
    tall_mv[600:609] = [0.1, 0.4, 0.8, 1.2, 1.5, 1.2, 0.8, 0.4, 0.1]
    tall_mv += 0.02 * np.sin(np.arange(1250) / 30).astype(np.float32)
    followed = follow_ink(draw_strip(tall_mv, StripStyle())).trace_mv
    assert followed[2400:2436].max() == pytest.approx(1.5, abs=0.15)


def test_the_height_is_the_mean_of_the_rows_around_the_likeliest_whatever_lies_far_away():
    logits = np.full((160, 1), -20.0, np.float32)
    logits[[40, 41], 0] = 0.0
    logits[120, 0] = -0.7
    expected = expected_height(logits)
    assert expected.height_mv[0] == pytest.approx((80 - 40.5) / 40)
    assert expected.sure[0] == pytest.approx(0.8, abs=0.01)


def test_two_places_that_are_as_likely_are_told_as_uncertain_and_one_is_not():
    logits = np.full((160, 2), -20.0, np.float32)
    logits[40] = 0.0
    logits[80, 1] = -0.001
    spread_mv = expected_height(logits).spread_mv
    assert spread_mv[0] < 0.01
    assert spread_mv[1] == pytest.approx(1 / np.sqrt(2), abs=0.01)


def test_uncertainty_is_largest_where_the_trace_is_blotted_out():
    blotted = PICTURE.copy()
    blotted[:, 500:506] = 30
    uncertainty_mv = follow_ink(blotted).uncertainty_mv
    assert uncertainty_mv[2500:2530].mean() > 3 * np.nanmedian(uncertainty_mv)
