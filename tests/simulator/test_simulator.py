"""The simulator promises physiological beats whose truth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.labels import aami_class
from ecgmm.recording import Recording
from ecgmm.simulator import Episode, Noise, simulate, simulate_episodes
from ecgmm.simulator.leads import LEADS

RATE_HZ = 500.0


def rr_s(recording: Recording) -> np.ndarray:
    return np.diff(recording.annotations.beat_samples) / recording.sampling_rate_hz


def mean_beat_mv(recording: Recording, symbol: str, start_s: float, end_s: float) -> np.ndarray:
    first, stop = (round(t * recording.sampling_rate_hz) for t in (start_s, end_s))
    whole = [
        recording.signal_mv[sample + first : sample + stop, 0]
        for sample, name in zip(
            recording.annotations.beat_samples, recording.annotations.beat_symbols, strict=True
        )
        if name == symbol and sample + first >= 0 and sample + stop <= len(recording.signal_mv)
    ]
    return np.mean(whole, axis=0)


def qrs_width_s(recording: Recording, symbol: str) -> float:
    """Time for which the mean QRS leaves a band of 3 % of its peak."""
    qrs_mv = np.abs(mean_beat_mv(recording, symbol, -0.10, 0.12))
    outside = np.flatnonzero(qrs_mv > 0.03 * qrs_mv.max())
    return (outside[-1] - outside[0]) / recording.sampling_rate_hz


class TestSinusRhythm:
    recording = simulate(duration_s=60.0, heart_rate_bpm=72.0, sampling_rate_hz=RATE_HZ)

    def test_beats_at_the_asked_rate(self):
        assert 60.0 / rr_s(self.recording).mean() == pytest.approx(72.0, rel=0.02)

    def test_breathes(self):
        spread = rr_s(self.recording).std() / rr_s(self.recording).mean()
        assert 0.01 < spread < 0.05

    def test_annotates_the_r_peak_in_lead_ii(self):
        for sample in self.recording.annotations.beat_samples[1:-1]:
            around = self.recording.signal_mv[sample - 40 : sample + 40, 0]
            assert abs(int(np.argmax(around)) - 40) <= 1

    def test_has_an_r_wave_of_about_one_millivolt(self):
        peaks_mv = self.recording.signal_mv[self.recording.annotations.beat_samples, 0]
        assert 0.7 < np.median(peaks_mv) < 1.4

    def test_has_a_narrow_qrs(self):
        assert 0.07 < qrs_width_s(self.recording, "N") < 0.11

    def test_has_a_p_wave_before_and_an_upright_t_wave_after(self):
        assert mean_beat_mv(self.recording, "N", -0.2, -0.12).max() > 0.08
        assert mean_beat_mv(self.recording, "N", 0.15, 0.4).max() > 0.15

    def test_shortens_qt_at_a_fast_rate(self):
        fast = simulate(duration_s=20.0, heart_rate_bpm=130.0, sampling_rate_hz=RATE_HZ)
        t_peak_slow = np.argmax(mean_beat_mv(self.recording, "N", 0.1, 0.35))
        t_peak_fast = np.argmax(mean_beat_mv(fast, "N", 0.1, 0.35))
        assert t_peak_fast < t_peak_slow - 0.03 * RATE_HZ

    def test_is_named_as_sinus_rhythm(self):
        assert self.recording.annotations.rhythm_names == ("(N",)
        assert self.recording.annotations.rhythm_samples.tolist() == [0]


class TestEctopicBeats:
    def test_a_ventricular_beat_is_wide_large_and_discordant(self):
        recording = simulate("NNNV", duration_s=60.0, sampling_rate_hz=RATE_HZ)
        assert 0.13 < qrs_width_s(recording, "V") < 0.20
        peak_mv = mean_beat_mv(recording, "V", -0.01, 0.01).max()
        assert peak_mv > mean_beat_mv(recording, "N", -0.01, 0.01).max()
        assert mean_beat_mv(recording, "V", 0.2, 0.4).min() < -0.3

    def test_a_ventricular_beat_has_a_full_compensatory_pause(self):
        intervals_s = rr_s(simulate("NNNV", duration_s=60.0))
        coupling_s, pause_s = intervals_s[2::4][:10], intervals_s[3::4][:10]
        sinus_s = intervals_s[0::4].mean()
        assert np.all(coupling_s < 0.7 * sinus_s)
        assert np.mean(coupling_s + pause_s) == pytest.approx(2 * sinus_s, rel=0.03)

    def test_an_atrial_beat_is_premature_narrow_and_not_fully_compensated(self):
        recording = simulate("NNNA", duration_s=60.0, sampling_rate_hz=RATE_HZ)
        intervals_s = rr_s(recording)
        sinus_s = intervals_s[0::4].mean()
        assert np.all(intervals_s[2::4] < 0.75 * sinus_s)
        assert np.mean(intervals_s[2::4][:10] + intervals_s[3::4][:10]) < 1.85 * sinus_s
        assert qrs_width_s(recording, "A") < 0.11

    def test_a_fusion_beat_lies_between_the_two_that_make_it(self):
        recording = simulate("NNNVNNNF", duration_s=60.0, sampling_rate_hz=RATE_HZ)
        normal, fusion, ventricular = (
            np.abs(mean_beat_mv(recording, symbol, -0.08, 0.08)).sum() for symbol in "NFV"
        )
        assert normal < fusion < ventricular

    def test_a_run_has_the_asked_rate(self):
        recording = simulate("NNNNNVVVVVV", duration_s=30.0, run_rate_bpm=180.0)
        symbols = "".join(recording.annotations.beat_symbols)
        first = symbols.index("VVVVVV")
        run_s = rr_s(recording)[first : first + 5]
        assert 60.0 / run_s.mean() == pytest.approx(180.0, rel=0.01)

    def test_dropped_beats_leave_a_pause(self):
        intervals_s = rr_s(simulate("NNNN---", duration_s=30.0, heart_rate_bpm=75.0))
        assert intervals_s.max() == pytest.approx(4 * 0.8, rel=0.05)


class TestOtherPacemakers:
    def test_a_junctional_beat_has_no_p_wave_and_the_same_qrs(self):
        recording = simulate("NNNNjjjj", duration_s=60.0, sampling_rate_hz=RATE_HZ)
        assert mean_beat_mv(recording, "N", -0.2, -0.12).max() > 0.08
        assert np.abs(mean_beat_mv(recording, "j", -0.2, -0.12)).max() < 0.03
        assert qrs_width_s(recording, "j") == pytest.approx(qrs_width_s(recording, "N"), abs=0.01)
        assert "(NOD" in recording.annotations.rhythm_names

    def test_a_beat_of_an_ectopic_atrial_rhythm_has_an_inverted_p_wave_at_the_same_rate(self):
        recording = simulate("NNNNeeee", duration_s=60.0, sampling_rate_hz=RATE_HZ)
        assert mean_beat_mv(recording, "e", -0.2, -0.12).min() < -0.05
        assert np.ptp(rr_s(recording)) < 0.15 * np.median(rr_s(recording))
        assert "(AB" in recording.annotations.rhythm_names
        assert aami_class("e") == "N"

    def test_an_aberrant_atrial_beat_is_wide_and_supraventricular(self):
        recording = simulate("NNNa", duration_s=60.0, sampling_rate_hz=RATE_HZ, leads=("V1",))
        assert qrs_width_s(recording, "a") > qrs_width_s(recording, "N") + 0.02
        assert aami_class("a") == "S"


class TestConduction:
    def test_a_p_wave_that_is_not_conducted_is_drawn_and_is_no_beat(self):
        recording = simulate("Nx", duration_s=60.0, heart_rate_bpm=80.0, sampling_rate_hz=RATE_HZ)
        assert set(recording.annotations.beat_symbols) == {"N"}
        assert np.median(rr_s(recording)) == pytest.approx(2 * 60 / 80, rel=0.05)
        assert mean_beat_mv(recording, "N", 0.5, 0.65).max() > 0.08
        assert recording.annotations.rhythm_names == ("(BII",)

    def test_in_wenckebach_s_block_pr_grows_until_a_p_wave_is_blocked(self):
        recording = simulate_episodes(
            [Episode("NNNNx", duration_s=60.0, heart_rate_bpm=80.0, pr_growth_s=0.05)],
            sampling_rate_hz=RATE_HZ,
        )
        pauses = np.flatnonzero(rr_s(recording) > 1.2 * np.median(rr_s(recording)))
        assert len(pauses) >= 10
        assert set(np.diff(pauses)) == {4}
        assert rr_s(recording)[pauses].max() < 2 * 60 / 80

    def test_an_interpolated_beat_leaves_the_sinus_rhythm_alone(self):
        recording = simulate_episodes(
            [Episode("NNNV", duration_s=60.0, heart_rate_bpm=55.0, interpolated=True)]
        )
        symbols = np.array(recording.annotations.beat_symbols)
        sinus_s = recording.annotations.beat_samples[symbols == "N"] / recording.sampling_rate_hz
        assert np.diff(sinus_s) == pytest.approx(60 / 55, rel=0.1)
        assert (symbols == "V").sum() >= 10

    def test_flutter_waves_are_conducted_two_to_four_to_one(self):
        recording = simulate(rhythm="flutter", duration_s=120.0, sampling_rate_hz=RATE_HZ)
        ratios = rr_s(recording) / 0.2
        np.testing.assert_allclose(ratios, np.round(ratios), atol=0.03)
        assert set(np.round(ratios)) == {2, 3, 4}
        assert recording.annotations.rhythm_names == ("(AFL",)


class TestAtrialFibrillation:
    recording = simulate(rhythm="af", duration_s=120.0, heart_rate_bpm=90.0)

    def test_is_irregular(self):
        assert rr_s(self.recording).std() / rr_s(self.recording).mean() > 0.15

    def test_has_no_p_wave(self):
        assert np.abs(mean_beat_mv(self.recording, "N", -0.2, -0.12)).max() < 0.04

    def test_has_fibrillatory_waves_between_4_and_9_hz(self):
        recording = simulate("-", rhythm="af", duration_s=20.0, leads=("V1",))
        spectrum = np.abs(np.fft.rfft(recording.signal_mv[:, 0]))
        peak_hz = np.fft.rfftfreq(len(recording.signal_mv), 1 / 360.0)[np.argmax(spectrum)]
        assert 4.0 < peak_hz < 9.0


@pytest.mark.parametrize(
    ("pattern", "run_rate_bpm", "name"),
    [
        ("NV", 160.0, "(B"),
        ("NNV", 160.0, "(T"),
        ("VVVV", 160.0, "(VT"),
        ("VVVV", 80.0, "(IVR"),
        ("AAAA", 160.0, "(SVTA"),
        ("NNNV", 160.0, "(N"),
    ],
)
def test_names_the_rhythm_of_a_pattern(pattern: str, run_rate_bpm: float, name: str):
    recording = simulate(pattern, run_rate_bpm=run_rate_bpm, duration_s=20.0)
    assert recording.annotations.rhythm_names[0] == name


def test_episodes_follow_one_another():
    recording = simulate_episodes(
        [Episode("N", 10.0), Episode("V", 5.0), Episode("N", 10.0, rhythm="af")]
    )
    assert recording.annotations.rhythm_names == ("(N", "(VT", "(AFIB")
    starts_s = recording.annotations.rhythm_samples / recording.sampling_rate_hz
    assert starts_s == pytest.approx([0.0, 10.0, 15.0], abs=1.0)
    assert np.all(starts_s >= [0.0, 10.0, 15.0])


def test_asystole_has_no_beats():
    recording = simulate("-")
    assert len(recording.annotations.beat_samples) == 0
    assert not recording.signal_mv.any()


def test_limb_leads_obey_einthoven_and_goldberger():
    recording = simulate("NNV", leads=LEADS, noise=Noise(0.2, 0.05, 60.0, 12.0))
    lead = dict(zip(recording.lead_names, recording.signal_mv.T, strict=True))
    assert lead["III"] == pytest.approx(lead["II"] - lead["I"], abs=1e-5)
    assert lead["aVR"] + lead["aVL"] + lead["aVF"] == pytest.approx(0.0, abs=1e-5)


def test_muscle_noise_has_the_asked_ratio():
    clean = simulate(duration_s=30.0)
    noisy = simulate(duration_s=30.0, noise=Noise(muscle_snr_db=12.0))
    noise_mv = noisy.signal_mv - clean.signal_mv
    ratio_db = 10 * np.log10(clean.signal_mv.var() / noise_mv.var())
    assert ratio_db == pytest.approx(12.0, abs=0.2)


def test_mains_hum_is_at_the_frequency_of_the_mains():
    hum_mv = simulate("-", noise=Noise(mains_mv=0.1, mains_hz=60.0)).signal_mv[:, 0]
    spectrum = np.abs(np.fft.rfft(hum_mv))
    assert np.fft.rfftfreq(len(hum_mv), 1 / 360.0)[np.argmax(spectrum)] == pytest.approx(60.0)
    assert np.sqrt(2.0) * hum_mv.std() == pytest.approx(0.1, rel=0.01)


def test_baseline_wander_is_slow():
    wander_mv = simulate("-", duration_s=60.0, noise=Noise(baseline_wander_mv=0.5)).signal_mv
    assert 0.1 < np.abs(wander_mv).max() <= 0.5
    assert np.abs(np.diff(wander_mv, axis=0)).max() < 0.005


def test_the_same_seed_gives_the_same_recording_and_another_seed_another():
    first, again, other = (simulate("NNNV", seed=seed).signal_mv for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_noise_and_leads_leave_the_beats_where_they_are():
    plain = simulate("NNAV", seed=3)
    noisy = simulate("NNAV", seed=3, leads=("V1", "II"), noise=Noise(0.3, 0.1, 50.0, 6.0))
    assert np.array_equal(plain.annotations.beat_samples, noisy.annotations.beat_samples)


@given(
    pattern=st.text("NAVF-", min_size=1, max_size=8),
    duration_s=st.floats(0.5, 20.0),
    heart_rate_bpm=st.floats(30.0, 180.0),
    rhythm=st.sampled_from(["sinus", "af"]),
    sampling_rate_hz=st.sampled_from([50.0, 125.0, 128.0, 300.0, 360.0]),
    seed=st.integers(0, 1000),
)
def test_any_pattern_gives_ordered_beats_inside_a_finite_signal(
    pattern, duration_s, heart_rate_bpm, rhythm, sampling_rate_hz, seed
):
    recording = simulate(
        pattern,
        duration_s=duration_s,
        heart_rate_bpm=heart_rate_bpm,
        rhythm=rhythm,
        sampling_rate_hz=sampling_rate_hz,
        seed=seed,
    )
    samples = recording.annotations.beat_samples
    assert np.all(np.diff(samples) > 0)
    assert np.all((samples >= 0) & (samples < len(recording.signal_mv)))
    assert np.isfinite(recording.signal_mv).all()
    assert all(aami_class(symbol) for symbol in recording.annotations.beat_symbols)


@pytest.mark.parametrize(
    "arguments",
    [
        {"pattern": "NXN"},
        {"pattern": ""},
        {"duration_s": 0.0},
        {"heart_rate_bpm": -1.0},
        {"rhythm": "torsades"},
        {"sampling_rate_hz": 10.0},
        {"leads": ("V9",)},
        {"leads": ()},
    ],
)
def test_refuses_what_it_cannot_simulate(arguments):
    with pytest.raises(ValueError, match=r"Expected .* Received"):
        simulate(**arguments)
