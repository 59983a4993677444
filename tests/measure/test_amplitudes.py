"""Waves of a lead by their textbook names."""

import numpy as np
import pytest

from ecgmm.measure.amplitudes import measure_lead
from ecgmm.measure.delineate import Span

RATE_HZ = 500.0
P, QRS, T = Span(0.10, 0.20, 0.9), Span(0.30, 0.42, 0.9), Span(0.50, 0.70, 0.9)


def lead(*waves, level_mv=0.0):
    """A lead of triangles: `(peak_s, half_width_s, height_mv)` of each."""
    time_s = np.arange(400) / RATE_HZ
    heights = [h * np.clip(1 - np.abs(time_s - c) / w, 0, None) for c, w, h in waves]
    return np.sum(heights, axis=0) + level_mv


def measure(beat_mv, p=P, t=T):
    return measure_lead(beat_mv, RATE_HZ, p, QRS, t)


def test_q_r_and_s_are_named_by_their_order_and_measured_from_the_level_before():
    found = measure(lead((0.316, 0.01, -0.2), (0.35, 0.02, 1.5), (0.39, 0.02, -0.6), level_mv=0.3))
    assert found.q_mv == pytest.approx(-0.2, abs=0.02)
    assert found.r_mv == pytest.approx(1.5, abs=0.02)
    assert found.s_mv == pytest.approx(-0.6, abs=0.02)
    assert found.r_prime_mv == 0
    assert found.peak_ms == pytest.approx(50, abs=2)


def test_a_complex_without_r_is_q_and_s_at_once():
    found = measure(lead((0.36, 0.05, -1.2)))
    assert found.r_mv == 0
    assert found.q_mv == found.s_mv == pytest.approx(-1.2, abs=0.02)
    assert found.peak_ms is None


def test_a_second_r_is_told_and_ends_the_intrinsicoid_deflection():
    found = measure(lead((0.32, 0.015, 0.3), (0.35, 0.015, -0.4), (0.39, 0.02, 0.8)))
    assert found.r_mv == pytest.approx(0.3, abs=0.02)
    assert found.r_prime_mv == pytest.approx(0.8, abs=0.02)
    assert found.peak_ms == pytest.approx(90, abs=2)


def test_a_raised_st_segment_is_no_r():
    beat_mv = lead((0.36, 0.04, -1.2))
    beat_mv[round(0.40 * RATE_HZ) :] += np.minimum(np.arange(400 - 200) * 0.02, 0.4)
    found = measure(beat_mv)
    assert found.r_mv == 0
    assert found.s_mv == pytest.approx(-1.2, abs=0.02)


def test_what_noise_would_do_is_no_wave():
    found = measure(lead((0.315, 0.01, -0.02), (0.35, 0.02, 1.0), (0.39, 0.02, -0.02)))
    assert found.q_mv == found.s_mv == 0


def test_a_notch_in_r_is_seen():
    assert measure(lead((0.34, 0.03, 1.0), (0.38, 0.03, 1.0))).notched
    assert not measure(lead((0.36, 0.05, 1.0))).notched


def test_st_is_measured_at_the_j_point_and_60_ms_later():
    beat_mv = lead((0.36, 0.05, 1.0))
    beat_mv[round(0.42 * RATE_HZ) :] += 0.15
    beat_mv[round(0.48 * RATE_HZ) :] += 0.10
    found = measure(beat_mv, t=None)
    assert found.st_j_mv == pytest.approx(0.15, abs=0.01)
    assert found.st_60_mv == pytest.approx(0.25, abs=0.01)
    assert found.t_mv is None


def test_p_keeps_its_sign_and_a_late_negative_part_is_seen():
    found = measure(lead((0.13, 0.03, 0.10), (0.175, 0.02, -0.06), (0.36, 0.05, 1.0)))
    assert found.p_mv == pytest.approx(0.10, abs=0.01)
    assert found.p_end_mv == pytest.approx(-0.06, abs=0.01)
