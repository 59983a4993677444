"""How readable an input is said to be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from ecgmm.analysis.losses import signal_faults, survey
from ecgmm.analysis.quality import rate_quality
from ecgmm.analysis.reading import Beat, Rhythm
from ecgmm.recording import Recording

RATE_HZ = 250.0


def sine_mv(seconds: float = 10.0) -> NDArray[np.float32]:
    time_s = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return np.sin(2 * np.pi * 1.3 * time_s).astype(np.float32)


def recording_of(*leads_mv: NDArray[np.float32]) -> Recording:
    names = tuple(f"lead{number}" for number in range(len(leads_mv)))
    return Recording(np.stack(leads_mv, axis=1), RATE_HZ, names)


def faults_of(recording: Recording) -> tuple[float, tuple[str, ...]]:
    return signal_faults(recording.lead_names, survey(recording).losses)


def rhythm_with_noise(probability: float) -> Rhythm:
    return Rhythm("normal", {"normal": 1 - probability, "noise": probability})


def test_a_clean_signal_has_no_faults() -> None:
    assert faults_of(recording_of(sine_mv())) == (1.0, ())


def test_missing_samples_are_named_with_their_lead_and_share() -> None:
    lead_mv = sine_mv()
    lead_mv[: len(lead_mv) // 4] = np.nan
    usable_share, faults = faults_of(recording_of(sine_mv(), lead_mv))
    assert usable_share == 1.0
    assert faults == ("Lead lead1: 25 % of the signal is missing.",)


def test_time_is_lost_when_no_lead_has_it() -> None:
    first_mv, second_mv = sine_mv(), sine_mv()
    first_mv[: len(first_mv) // 2] = np.nan
    second_mv[: len(first_mv) // 4] = np.nan
    usable_share, _ = faults_of(recording_of(first_mv, second_mv))
    assert usable_share == pytest.approx(0.75)


def test_a_lead_that_fell_off_is_a_flat_line() -> None:
    lead_mv = sine_mv()
    lead_mv[-len(lead_mv) // 2 :] = 0.123
    usable_share, faults = faults_of(recording_of(lead_mv))
    assert usable_share == pytest.approx(0.5)
    assert faults == ("Lead lead0: 50 % of the signal is a flat line.",)


def test_clipping_at_the_rail_is_told_from_a_quiet_baseline() -> None:
    clipped_mv = np.minimum(sine_mv(), 0.8).astype(np.float32)
    _, faults = faults_of(recording_of(clipped_mv))
    assert len(faults) == 1
    assert "clipped" in faults[0]

    spikes_on_zero_mv = np.zeros_like(clipped_mv)
    spikes_on_zero_mv[:: int(RATE_HZ)] = 1.0
    assert faults_of(recording_of(spikes_on_zero_mv)) == (1.0, ())


def test_an_empty_recording_has_nothing_usable() -> None:
    usable_share, _ = faults_of(recording_of(np.empty(0, np.float32)))
    assert usable_share == 0.0


def test_losses_add_up_over_the_stretches_of_a_recording() -> None:
    first_mv, second_mv = sine_mv(), sine_mv()
    first_mv[400:1200] = 0.5
    second_mv[1000:1500] = np.nan
    recording = recording_of(first_mv, second_mv)
    parts = survey(recording, slice(0, 900)).losses + survey(recording, slice(900, None)).losses
    whole = survey(recording).losses
    assert (parts.samples, parts.in_all_leads) == (whole.samples, whole.in_all_leads) == (2500, 200)
    np.testing.assert_array_equal(parts.by_lead, whole.by_lead)


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(0, 600), st.integers(1, 3)),
        elements=st.one_of(st.just(0.0), st.just(float("nan")), st.floats(-5, 5, width=32)),
    )
)
def test_the_usable_share_is_a_share_whatever_the_signal(signal_mv: NDArray[np.float32]) -> None:
    names = tuple("abc"[: signal_mv.shape[1]])
    usable_share, _ = faults_of(Recording(signal_mv, 125.0, names))
    assert 0.0 <= usable_share <= 1.0


def test_quality_is_that_of_the_weakest_part() -> None:
    sure = [Beat(0.5, "N", 0.98), Beat(1.3, "N", 0.98)]
    assert rate_quality(sure, rhythm_with_noise(0.01)).score == pytest.approx(0.98)
    assert rate_quality(sure, rhythm_with_noise(0.01), usable_share=0.4).score == 0.4
    assert rate_quality(sure, rhythm_with_noise(0.7)).score == pytest.approx(0.3)


def test_doubt_about_place_and_scale_counts_half() -> None:
    sure = [Beat(0.5, "N", 0.98), Beat(1.3, "N", 0.98)]
    quality = rate_quality(sure, rhythm_with_noise(0.01), confidence=0.4)
    assert quality.score == pytest.approx(0.7)
    assert "confidence 0.40" in quality.reasons[0]


def test_a_picture_that_hardly_looks_like_an_ecg_is_no_better_than_that() -> None:
    sure = [Beat(1.0, "N", 0.99), Beat(2.0, "N", 0.99)]
    quality = rate_quality(sure, rhythm_with_noise(0.01), ecg_probability=0.55)
    assert quality.score == pytest.approx(0.55)
    assert "It hardly looks like an ECG (probability 55 %)." in quality.reasons


def test_reasons_say_what_is_wrong() -> None:
    unsure = [Beat(0.5, "N", 0.6)]
    quality = rate_quality(unsure, rhythm_with_noise(0.7), faults=("The page is folded.",))
    assert quality.reasons[0] == "The page is folded."
    assert "noise" in quality.reasons[1]
    assert "hard to tell apart" in quality.reasons[2]


def test_without_beats_there_is_nothing_to_trust() -> None:
    quality = rate_quality([], rhythm_with_noise(0.0))
    assert quality.score == 0.0
    assert quality.reasons == ("No heart beat was found.",)
