"""The noise stress test on simulated records."""

from dataclasses import replace

import numpy as np
import pytest
from peak_runtime import PeakRuntime
from simulated_data_sets import prepare
from simulated_records import simulated_recording

from ecgmm.errors import InputError
from ecgmm.evaluation.noise_stress import load_stress_noise, noisy, stress
from ecgmm.recording import Annotations, Recording

RATE_HZ = 125.0


@pytest.fixture(scope="module")
def recording():
    return simulated_recording(duration_s=600.0, sampling_rate_hz=RATE_HZ, leads=("MLII", "V1"))


@pytest.fixture(scope="module")
def noise():
    signal_mv = np.random.default_rng(0).normal(size=(36000, 2)).astype(np.float32)
    return Recording(signal_mv, 360.0, ("noise1", "noise2"), name="em")


def changed_share(before, after, from_s, to_s):
    samples = slice(int(from_s * RATE_HZ) + 1, int(to_s * RATE_HZ) - 1)
    return np.mean(before.signal_mv[samples] != after.signal_mv[samples])


def test_noise_is_added_from_five_minutes_on_in_every_other_two(recording, noise):
    mixed = noisy(recording, noise, 0.0)
    assert changed_share(recording, mixed, 0.0, 300.0) == 0
    assert changed_share(recording, mixed, 300.0, 420.0) > 0.99
    assert (
        np.ptp(
            (mixed.signal_mv - recording.signal_mv)[int(421 * RATE_HZ) : int(539 * RATE_HZ)], axis=0
        ).max()
        < 1e-5
    )
    assert changed_share(recording, mixed, 541.0, 600.0) > 0.99


def test_figures_fall_with_the_ratio_and_clean_minutes_flatter_nobody(recording, noise):
    points, excluded = stress([recording], PeakRuntime(), noise)
    f1 = [point.figures["N F1"] for point in points]
    assert not excluded
    assert points[0].snr_db is None
    assert f1[0] > 0.95
    assert f1[1] > 0.9
    assert f1[-1] < 0.6
    assert f1[-1] == min(f1)


def test_a_record_with_ventricular_beats_alone_is_named_and_left_out(recording, noise):
    truth = recording.annotations
    paced = replace(
        recording,
        name="207",
        annotations=Annotations(truth.beat_samples, ("V",) * len(truth.beat_samples)),
    )
    both, excluded = stress([recording, paced], PeakRuntime(), noise)
    alone, _ = stress([recording], PeakRuntime(), noise)
    assert [(row.record, row.code) for row in excluded] == [("207", "no_level")]
    assert [point.figures["N F1"] for point in both] == [point.figures["N F1"] for point in alone]


def test_the_noise_is_electrode_motion_of_the_minutes_that_training_leaves(tmp_path, monkeypatch):
    samples = np.arange(1300 * 10, dtype=np.float32)[:, None] / 1000
    em = Recording(samples, 10.0, ("noise1",), name="em")
    data_dir = prepare(tmp_path, monkeypatch, {"nstdb": [replace(em, name="bw"), em]})
    noise = load_stress_noise(data_dir)
    assert noise.name == "em"
    assert noise.duration_s == 100.0
    assert noise.signal_mv[0, 0] == pytest.approx(12.0)


def test_an_nstdb_without_it_is_named(tmp_path, monkeypatch):
    data_dir = prepare(tmp_path, monkeypatch, {"nstdb": []})
    with pytest.raises(InputError, match="em is missing from nstdb"):
        load_stress_noise(data_dir)
