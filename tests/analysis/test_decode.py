import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.analysis.decode import decode_beats, refine_times
from ecgmm.grid import STEP_S
from ecgmm.labels import AAMI_CLASSES, STEP_CLASSES
from ecgmm.simulator import simulate

seeds = st.integers(0, 2**32 - 1)


def grid(*beats, steps=50):
    """`[steps, 6]` probabilities with `(step, class, probability)` beats in them."""
    probability = np.zeros((steps, len(STEP_CLASSES)), np.float32)
    for step, name, value in beats:
        probability[step, STEP_CLASSES.index(name)] = value
    probability[:, 0] = 1 - probability[:, 1:].sum(axis=1)
    return probability


def random_grid(seed, steps, sharpness):
    """Softmax of noise: from nearly even to nearly certain probabilities."""
    logits = sharpness * np.random.default_rng(seed).normal(size=(steps, len(STEP_CLASSES)))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)


def test_each_peak_is_one_beat_in_the_middle_of_its_step():
    beats = decode_beats(grid((5, "N", 0.9), (25, "V", 0.8), (49, "S", 0.7)))
    assert beats.labels == ("N", "V", "S")
    np.testing.assert_allclose(beats.time_s, (np.array([5, 25, 49]) + 0.5) * STEP_S, atol=1e-6)
    np.testing.assert_allclose(beats.probability, [0.9, 0.8, 0.7], atol=1e-6)


def test_no_beat_anywhere_gives_no_beats():
    for steps in (0, 1, 250):
        beats = decode_beats(grid(steps=steps))
        assert beats.labels == ()
        assert beats.class_probability.shape == (0, 5)


def test_a_beat_on_the_border_of_two_steps_is_one_beat_on_that_border():
    beats = decode_beats(grid((10, "N", 0.45), (11, "N", 0.45)))
    assert beats.labels == ("N",)
    assert beats.time_s[0] == pytest.approx(11 * STEP_S)
    assert beats.probability[0] == pytest.approx(0.9)


def test_the_time_leans_to_the_step_that_is_surer():
    beats = decode_beats(grid((10, "N", 0.6), (11, "N", 0.2)))
    assert beats.time_s[0] == pytest.approx((10.25 + 0.5) * STEP_S)


def test_a_peak_less_likely_than_not_is_no_beat():
    assert decode_beats(grid((10, "N", 0.49))).labels == ()
    assert decode_beats(grid((10, "N", 0.3), (11, "N", 0.15))).labels == ()
    assert decode_beats(grid((10, "N", 0.51))).labels == ("N",)


def test_within_200_ms_the_surer_of_two_peaks_is_the_beat():
    beats = decode_beats(grid((10, "N", 0.6), (14, "V", 0.9)))
    assert beats.labels == ("V",)
    assert decode_beats(grid((10, "N", 0.6), (15, "V", 0.9))).labels == ("N", "V")


def test_a_beat_of_unsure_class_is_found_and_has_the_likeliest_class():
    beats = decode_beats(grid((10, "N", 0.3), (10, "S", 0.4), (10, "V", 0.25)))
    assert beats.labels == ("S",)
    assert beats.class_probability[0] == pytest.approx(np.array([0.30, 0.40, 0.25, 0, 0]) / 0.95)
    assert beats.probability[0] == pytest.approx(0.4)


@given(seeds, st.integers(0, 400), st.floats(0.0, 8.0))
def test_whatever_the_model_says_beats_are_in_order_inside_and_apart(seed, steps, sharpness):
    beats = decode_beats(random_grid(seed, steps, sharpness))
    assert (np.diff(beats.time_s) >= 3 * STEP_S - 1e-9).all()
    assert ((beats.time_s > 0) & (beats.time_s < steps * STEP_S)).all()
    assert ((beats.probability > 0) & (beats.probability <= 1)).all()
    assert np.isin(beats.labels, AAMI_CLASSES).all()
    np.testing.assert_allclose(beats.class_probability.sum(axis=1), 1.0)


def test_times_are_refined_to_the_r_peak():
    recording = simulate("NNNNV", duration_s=20.0, sampling_rate_hz=360.0, leads=("II", "V5"))
    true_s = recording.annotations.beat_samples[1:-1] / 360.0
    on_grid_s = (np.floor(true_s / STEP_S) + 0.5) * STEP_S
    refined_s = refine_times(on_grid_s, recording.signal_mv, 360.0)
    np.testing.assert_allclose(refined_s, true_s, atol=0.006)


def test_a_downward_qrs_is_refined_too():
    recording = simulate("N", duration_s=10.0, sampling_rate_hz=250.0, leads=("II",))
    true_s = recording.annotations.beat_samples[1:-1] / 250.0
    refined_s = refine_times(true_s + 0.03, -recording.signal_mv, 250.0)
    np.testing.assert_allclose(refined_s, true_s, atol=0.006)


def test_a_beat_without_signal_around_it_stays_where_it_is():
    signal = np.full((1250, 1), np.nan, np.float32)
    assert refine_times(np.array([1.234, 5.0]), signal, 125.0).tolist() == [1.234, 5.0]
    assert refine_times(np.array([20.0]), np.zeros((1250, 1), np.float32), 125.0).tolist() == [20.0]


def test_a_lead_with_a_gap_near_the_beat_has_no_say():
    signal = np.zeros((1250, 2), np.float32)
    signal[505, 0] = 1.0
    signal[498, 1] = 50.0
    signal[520, 1] = np.nan
    assert refine_times(np.array([4.0]), signal, 125.0).tolist() == [505 / 125]


def test_a_recording_coarser_than_the_grid_has_nothing_to_refine():
    times_s = np.array([0.10, 0.24, 0.50])
    signal = np.array([[0.0], [1.0], [0.0], [2.0], [0.0]], np.float32)
    assert refine_times(times_s, signal, 5.0).tolist() == times_s.tolist()


@st.composite
def readings(draw):
    """Beats at least three steps apart, and any signal of any rate and length."""
    sampling_rate_hz = draw(st.floats(1.0, 600.0))
    apart_s = draw(st.lists(st.floats(0.12, 2.0), max_size=12))
    times_s = np.cumsum([draw(st.floats(0.02, 2.0)), *apart_s])
    rng = np.random.default_rng(draw(seeds))
    signal_mv = rng.normal(size=(draw(st.integers(0, 4000)), draw(st.integers(1, 3))))
    signal_mv[rng.random(signal_mv.shape) < draw(st.sampled_from([0.0, 0.001, 0.5]))] = np.nan
    return times_s, signal_mv.astype(np.float32), sampling_rate_hz


@given(readings())
def test_refined_times_are_strictly_ascending_and_near_where_they_were(reading):
    times_s, signal_mv, sampling_rate_hz = reading
    refined_s = refine_times(times_s, signal_mv, sampling_rate_hz)
    assert (np.diff(refined_s) > 0).all()
    assert np.abs(refined_s - times_s).max() <= 0.08 + 1 / sampling_rate_hz
    assert (refined_s >= 0).all()
