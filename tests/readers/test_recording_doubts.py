"""Limb leads that contradict each other and clocks that no heart keeps are pointed out."""

from dataclasses import replace

import numpy as np
import pytest

from ecgmm.leads import SUMS_OF_I_AND_II
from ecgmm.readers.doubts import recording_doubts
from ecgmm.readers.limb_leads import limb_lead_doubts, with_derived_limb_leads
from ecgmm.readers.rate_check import measure_pace, sampling_rate_doubt
from ecgmm.recording import Recording
from ecgmm.simulator import Noise, simulate

LEADS = (*SUMS_OF_I_AND_II, "V6")


def recording(
    leads: tuple[str, ...] = LEADS, duration_s: float = 20.0, noise: Noise | None = None
) -> Recording:
    return simulate("N", duration_s=duration_s, sampling_rate_hz=250, leads=leads, noise=noise)


def changed(original: Recording, **leads_mv: np.ndarray) -> Recording:
    signal_mv = original.signal_mv.copy()
    for name, lead_mv in leads_mv.items():
        signal_mv[:, original.lead_names.index(name)] = lead_mv
    return replace(original, signal_mv=signal_mv)


def lead(original: Recording, name: str) -> np.ndarray:
    return original.signal_mv[:, original.lead_names.index(name)]


@pytest.mark.parametrize("leads", [LEADS, ("I", "II", "III"), ("MLII",), ("V1", "V2"), ("I", "II")])
def test_a_sound_recording_is_not_doubted(leads: tuple[str, ...]) -> None:
    assert recording_doubts(recording(leads)) == ()


def test_noise_is_no_contradiction() -> None:
    noisy = recording(noise=Noise(baseline_wander_mv=0.3, mains_mv=0.02, muscle_snr_db=20))
    assert limb_lead_doubts(noisy) == ()


@pytest.mark.parametrize("name", SUMS_OF_I_AND_II)
def test_a_lead_upside_down_is_named(name: str) -> None:
    sound = recording()
    (doubt,) = limb_lead_doubts(changed(sound, **{name: -lead(sound, name)}))
    assert f"unless {name} is upside down." in doubt


def test_two_leads_under_each_others_name_are_named() -> None:
    sound = recording()
    swapped = changed(sound, I=lead(sound, "III"), III=lead(sound, "I"))
    assert any("I and III are swapped" in doubt for doubt in limb_lead_doubts(swapped))


def test_what_three_leads_cannot_tell_apart_is_left_open() -> None:
    sound = recording(("I", "II", "III"))
    (doubt,) = limb_lead_doubts(changed(sound, I=-lead(sound, "I")))
    assert "I is upside down, or II and III are swapped" in doubt


def test_leads_that_nothing_explains_contradict_each_other() -> None:
    sound = recording()
    noise_mv = np.random.default_rng(0).normal(size=sound.signal_mv.shape).astype(np.float32)
    (doubt,) = limb_lead_doubts(replace(sound, signal_mv=noise_mv))
    assert "contradict each other (Einthoven" in doubt


def test_exchanged_arm_electrodes_are_suspected() -> None:
    sound = recording()
    exchanged = changed(
        sound,
        I=-lead(sound, "I"),
        II=lead(sound, "III"),
        III=lead(sound, "II"),
        aVR=lead(sound, "aVL"),
        aVL=lead(sound, "aVR"),
    )
    (doubt,) = limb_lead_doubts(exchanged)
    assert "left and right arm may be exchanged" in doubt


def test_missing_limb_leads_follow_from_i_and_ii() -> None:
    sound = recording()
    names, signal_mv = with_derived_limb_leads(("V6", "II", "I"), sound.signal_mv[:, [6, 1, 0]])
    assert names == LEADS
    np.testing.assert_allclose(signal_mv, sound.signal_mv, atol=1e-5)


@pytest.mark.parametrize("factor", [2.0, 3.0, 0.35])
def test_a_wrong_sampling_rate_is_doubted(factor: float) -> None:
    sound = recording(("II",))
    doubt = sampling_rate_doubt(replace(sound, sampling_rate_hz=250 * factor))
    assert doubt is not None
    assert f"At {250 * factor:g} Hz" in doubt
    likely_hz = float(doubt.split("more like ")[1].split()[0])
    assert 180 <= likely_hz <= 360


def test_beats_are_found_without_a_clock() -> None:
    sound = recording(("II",))
    pace = measure_pace(sound.signal_mv[:, 0])
    assert sound.annotations is not None
    assert pace is not None
    assert pace.beats == pytest.approx(len(sound.annotations.beat_samples), abs=1)
    beats_apart = np.median(np.diff(sound.annotations.beat_samples))
    assert pace.samples_between == pytest.approx(beats_apart, rel=0.02)


@pytest.mark.parametrize("lead_mv", [np.zeros(5000), np.full(5000, np.nan), [], np.ones(3)])
def test_without_beats_there_is_no_doubt(lead_mv: np.ndarray) -> None:
    signal_mv = np.repeat(np.array(lead_mv, np.float32)[:, np.newaxis], 3, axis=1)
    assert recording_doubts(Recording(signal_mv, 250.0, ("I", "II", "III"))) == ()
