"""Heart-rate variability: by hand where that is possible, and beside NeuroKit2."""

import numpy as np
import pytest

from ecgmm.measure.variability import normal_intervals_s, variability, why_not


def breathing_heart(duration_s=600.0, seed=0):
    """Beats whose intervals follow slow waves, breathing (0.25 Hz) and chance."""
    rng = np.random.default_rng(seed)
    times_s = [0.0]
    while times_s[-1] < duration_s:
        now_s = times_s[-1]
        slow = 0.04 * np.sin(2 * np.pi * 0.1 * now_s)
        breath = 0.03 * np.sin(2 * np.pi * 0.25 * now_s)
        times_s.append(now_s + 0.85 + slow + breath + rng.normal(0, 0.01))
    return np.array(times_s)


def measure(times_s, labels=None):
    nn_s = normal_intervals_s(np.diff(times_s), labels or "N" * len(times_s))
    return variability(nn_s, times_s)


def test_alternating_intervals_have_the_figures_that_follow_by_hand():
    rr_s = np.tile([0.8, 0.9], 200)
    found = measure(np.concatenate(([0.0], np.cumsum(rr_s))))
    assert found.nn_intervals == 400
    assert found.mean_nn_ms == pytest.approx(850)
    assert found.sdnn_ms == pytest.approx(50, rel=0.01)
    assert found.rmssd_ms == pytest.approx(100)
    assert found.pnn50 == 1.0
    assert found.sd1_ms == pytest.approx(100 / 2**0.5, rel=0.01)
    assert found.sd2_ms == pytest.approx(0, abs=8)


def test_intervals_into_and_out_of_an_ectopic_beat_do_not_count():
    times_s = breathing_heart()
    early_s = times_s.copy()
    early_s[100::50] -= 0.3
    labels = "".join("V" if n >= 100 and n % 50 == 0 else "N" for n in range(len(times_s)))
    clean, with_ectopy = measure(times_s), measure(early_s, labels)
    assert with_ectopy.nn_intervals == clean.nn_intervals - 2 * labels.count("V")
    assert with_ectopy.sdnn_ms == pytest.approx(clean.sdnn_ms, rel=0.02)
    assert with_ectopy.rmssd_ms == pytest.approx(clean.rmssd_ms, rel=0.05)
    assert measure(early_s).rmssd_ms > 1.5 * clean.rmssd_ms


def test_power_lies_where_the_heart_swings():
    found = measure(breathing_heart())
    assert found.lf_ms2 == pytest.approx(40**2 / 2, rel=0.1)
    assert found.hf_ms2 == pytest.approx(30**2 / 2, rel=0.35)
    assert found.vlf_ms2 < 0.1 * found.lf_ms2


def test_where_too_little_is_normal_the_reason_is_told():
    times_s = breathing_heart(200.0)
    assert "five minutes" in why_not(normal_intervals_s(np.diff(times_s), "N" * len(times_s)))
    long_s = breathing_heart(1200.0)
    ectopic = "".join("NNNV"[n % 4] for n in range(len(long_s)))
    assert "not normal" in why_not(normal_intervals_s(np.diff(long_s), ectopic))
    assert why_not(normal_intervals_s(np.diff(long_s), "N" * len(long_s))) == ""


@pytest.mark.parametrize("seed", [0, 1])
def test_neurokit_says_the_same(seed):
    neurokit2 = pytest.importorskip("neurokit2")
    times_s = breathing_heart(300.0, seed)
    peaks = np.round(times_s * 1000).astype(int)
    found = measure(peaks / 1000)
    time = neurokit2.hrv_time(peaks, sampling_rate=1000).iloc[0]
    assert found.sdnn_ms == pytest.approx(time["HRV_SDNN"], rel=1e-3)
    assert found.rmssd_ms == pytest.approx(time["HRV_RMSSD"], rel=1e-3)
    assert found.pnn50 * 100 == pytest.approx(time["HRV_pNN50"], abs=0.5)
    bands = neurokit2.hrv_frequency(peaks, sampling_rate=1000, normalize=False).iloc[0]
    assert found.lf_hf == pytest.approx(bands["HRV_LFHF"], rel=0.2)
    poincare = neurokit2.hrv_nonlinear(peaks, sampling_rate=1000).iloc[0]
    assert found.sd1_ms == pytest.approx(poincare["HRV_SD1"], rel=0.01)
    assert found.sd2_ms == pytest.approx(poincare["HRV_SD2"], rel=0.01)
