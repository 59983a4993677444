"""What is seen of a beat once the whole recording is known."""

import numpy as np
import pytest

from ecgmm.analysis.beat_features import FEATURES, BeatTable, beat_features
from ecgmm.analysis.second_look import look_again
from ecgmm.analysis.shape_clusters import alike, cluster
from ecgmm.analysis.shapes import P_S, QRS, QRS_S, T_S, P, T, beat_shapes, no_shapes
from ecgmm.recording import Recording
from ecgmm.simulator import simulate

RUN = slice(100, 160)


def table(beats: int = 300, *, rr_s: float = 0.8, run_rr_s: float = 0.8) -> BeatTable:
    """Beats of one shape that the network calls normal; a run of them at another rate."""
    intervals_s = np.full(beats - 1, rr_s)
    intervals_s[RUN.start - 1 : RUN.stop - 1] = run_rr_s
    probability = np.full((beats, 5), 0.005, np.float32)
    probability[:, 0] = 0.98
    rng = np.random.default_rng(0)
    shapes = no_shapes(beats)
    shapes[:, :, QRS] = np.exp(-((QRS_S / 0.02) ** 2))
    shapes[:, :, P] = 0.15 * np.exp(-(((P_S + 0.16) / 0.03) ** 2))
    shapes[:, :, T] = 0.25 * np.exp(-(((T_S - 0.3) / 0.06) ** 2))
    shapes += rng.normal(0, 0.01, shapes.shape)
    return BeatTable(np.concatenate([[0.0], np.cumsum(intervals_s)]), probability, shapes)


def test_a_regular_recording_stays_normal() -> None:
    again = look_again(table())
    assert again.shape == (300, 5)
    np.testing.assert_allclose(again.sum(axis=1), 1.0, rtol=1e-5)
    assert (again.argmax(axis=1) == 0).all()


def test_an_abrupt_run_without_its_own_p_wave_is_supraventricular() -> None:
    ectopic = table(run_rr_s=0.5)
    ectopic.shapes[RUN, :, P] = np.float16(0.0)
    ectopic.shapes[RUN, :, QRS] *= np.linspace(0.6, 1.4, len(QRS_S)).astype(np.float16)
    early = look_again(ectopic)[RUN, 1]
    assert early[5:].mean() > 0.5
    assert look_again(table())[RUN, 1].max() < 0.1


def test_few_beats_are_left_to_the_first_look() -> None:
    few = table(6)
    np.testing.assert_array_equal(look_again(few), few.class_probability)


def test_nothing_unknown_reaches_the_network() -> None:
    unknown = table(60)
    unknown.shapes[10:20] = np.nan
    unknown.shapes[:, 1] = np.nan
    features = beat_features(unknown)
    assert features.shape == (60, FEATURES)
    assert np.isfinite(features).all()


def test_intervals_are_told_beside_those_of_the_recording() -> None:
    features = beat_features(table(run_rr_s=0.4))
    assert features[RUN, 5][1:] == pytest.approx(np.log(0.5), abs=0.01)
    assert features[:90, 5][1:] == pytest.approx(0.0, abs=0.01)


def test_shapes_lie_around_the_qrs_and_unknown_is_unknown() -> None:
    recording = simulate("N", duration_s=20.0, sampling_rate_hz=360.0, leads=("V1", "II"), seed=1)
    times_s = recording.annotations.beat_samples / recording.sampling_rate_hz
    recording.signal_mv[:, 0] = np.nan
    shapes = beat_shapes(recording, times_s)
    inner = shapes[2:-2]
    assert np.isnan(inner[:, 1]).all()
    peak_s = QRS_S[np.abs(inner[:, 0, QRS]).argmax(axis=1)]
    assert np.abs(peak_s).max() <= 0.02


def test_a_recording_of_one_lead_has_no_second_shape() -> None:
    recording = Recording(np.zeros((1000, 1), np.float32), 100.0, ("I",), "one")
    assert np.isnan(beat_shapes(recording, np.array([5.0]))[0, 1]).all()


def test_beats_of_two_foci_are_two_clusters() -> None:
    rng = np.random.default_rng(1)
    narrow, wide = np.exp(-((QRS_S / 0.02) ** 2)), -np.exp(-(((QRS_S - 0.03) / 0.05) ** 2))
    qrs = np.where(np.arange(100)[:, None, None] % 5 == 4, wide, narrow)
    qrs = np.repeat(qrs, 2, axis=1) + rng.normal(0, 0.02, (100, 2, len(QRS_S)))
    clusters = cluster(qrs)
    assert len(clusters.templates) == 2
    assert ((clusters.of_beat == clusters.largest) == (np.arange(100) % 5 != 4)).all()
    assert alike(qrs, clusters.templates[clusters.largest])[0] > 0.95
