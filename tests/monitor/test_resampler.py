"""Samples that come a few at a time are brought to 125 Hz as the whole signal would be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.monitor.resampler import StreamResampler
from ecgmm.resampling import resample
from ecgmm.simulator import simulate

EDGE = 25


def _in_frames(signal_mv, rate_hz, lengths):
    resampler = StreamResampler(rate_hz, signal_mv.shape[1])
    pieces, start = [], 0
    for length in lengths:
        pieces.append(resampler.push(signal_mv[start : start + length]))
        start += length
    pieces.append(resampler.push(signal_mv[start:]))
    pieces.append(resampler.finish())
    return np.concatenate(pieces)


@pytest.mark.parametrize(
    "rate_hz", [100.0, 125.0, 128.0, 130.0, 250.0, 257.5, 360.0, 500.0, 1000.0]
)
def test_frames_give_what_the_whole_signal_gives(rate_hz):
    signal_mv = simulate(
        "NNV", duration_s=6.0, sampling_rate_hz=rate_hz, leads=("II", "V1")
    ).signal_mv
    whole = resample(signal_mv, rate_hz, 125.0)
    framed = _in_frames(signal_mv, rate_hz, [round(rate_hz / 10)] * 50)
    assert framed.shape == whole.shape
    np.testing.assert_allclose(framed[EDGE:-EDGE], whole[EDGE:-EDGE], atol=2e-5)


@given(st.lists(st.integers(0, 400), max_size=12), st.sampled_from([130.0, 250.0, 360.0]))
def test_how_the_signal_is_cut_into_frames_does_not_matter(lengths, rate_hz):
    signal_mv = simulate("N", duration_s=4.0, sampling_rate_hz=rate_hz).signal_mv
    np.testing.assert_allclose(
        _in_frames(signal_mv, rate_hz, lengths), _in_frames(signal_mv, rate_hz, []), atol=1e-6
    )


def test_a_sample_comes_out_within_a_tenth_of_a_second():
    resampler = StreamResampler(250.0, 1)
    given_back = len(resampler.push(np.zeros((250, 1), np.float32)))
    assert given_back >= 125 - 0.1 * 125


def test_a_lead_that_is_off_stays_off_and_spoils_no_other():
    signal_mv = simulate(duration_s=4.0, sampling_rate_hz=250.0, leads=("II", "V1")).signal_mv
    spoiled = signal_mv.copy()
    spoiled[300:500, 0] = np.nan
    whole, holed = (_in_frames(s, 250.0, [40] * 20) for s in (signal_mv, spoiled))
    assert np.isnan(holed[150:250, 0]).all()
    assert np.isfinite(np.delete(holed[:, 0], np.s_[150:250])).all()
    np.testing.assert_array_equal(holed[:, 1], whole[:, 1])


def test_memory_does_not_grow():
    resampler = StreamResampler(360.0, 1)
    for _ in range(200):
        resampler.push(np.zeros((36, 1), np.float32))
    assert len(resampler._held) < 400
