import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.analysis.decode import decode_beats
from ecgmm.analysis.strips import (
    OVERLAP_STEPS,
    WINDOW_STEPS,
    WINDOWS_PER_CALL,
    read_pictures,
    read_signal,
    window_fade,
    window_starts,
)
from ecgmm.grid import SAMPLES_PER_STEP, STRIP_SAMPLES, STRIP_STEPS
from ecgmm.recording import Recording
from ecgmm.serving.runtime import Digitized, Probabilities


def certain(is_beat):
    """`[batch, steps, 6]` probabilities of N beats in certain steps."""
    beats = np.zeros((*is_beat.shape, 6), np.float32)
    beats[..., 1] = 0.95 * is_beat
    beats[..., 0] = 1 - beats[..., 1]
    return beats


class SpikeRuntime:
    """Reads a beat in every step that holds a spike of more than half a millivolt."""

    model_name = "spikes"
    model_version = "1"

    def __init__(self, rhythm=(0.7, 0.1, 0.1, 0.1), ecg=(1.0, 1.0, 1.0)):
        self._ecg = ecg
        self.shapes = []
        self.seen = []
        self._rhythm = rhythm

    def signal(self, signal):
        assert signal.dtype == np.float32
        assert np.isfinite(signal).all()
        self.shapes.append(signal.shape)
        self.seen += list(signal)
        spikes = signal.reshape(len(signal), -1, SAMPLES_PER_STEP).max(axis=-1) > 0.5
        return Probabilities(certain(spikes), np.tile(np.float32(self._rhythm), (len(signal), 1)))

    def image(self, image_bytes):
        """Every picture is the list of its beats' steps."""
        is_beat = np.zeros((len(image_bytes), STRIP_STEPS), bool)
        for row, steps in enumerate(image_bytes):
            is_beat[row, list(steps)] = True
        rhythm = np.eye(4, dtype=np.float32)[np.arange(len(image_bytes)) % 4]
        return Probabilities(certain(is_beat), rhythm)

    def digitize(self, image_bytes):
        rows = len(image_bytes)
        nothing = np.zeros((rows, 1250), np.float32)
        return Digitized(*self.image(image_bytes), nothing, np.float32(self._ecg[:rows]))


def spiked(duration_s, spikes_s, *, leads=1, sampling_rate_hz=125.0):
    """A flat recording with a spike of 1 mV at each of those times in every lead."""
    signal = np.zeros((round(duration_s * sampling_rate_hz), leads), np.float32)
    signal[np.round(np.asarray(spikes_s) * sampling_rate_hz).astype(int)] = 1.0
    return Recording(signal, sampling_rate_hz, tuple(f"lead {i}" for i in range(leads)))


def steps_of_beats(probabilities):
    return np.flatnonzero(probabilities.beats[:, 0] < 0.5)


@given(st.integers(0, 100_000))
def test_windows_cover_every_step_and_overlap_by_a_strip(steps):
    starts, length = window_starts(steps)
    assert STRIP_STEPS <= length <= WINDOW_STEPS
    assert starts[0] == 0
    assert starts[-1] + length == max(steps, STRIP_STEPS)
    assert (np.diff(starts) > 0).all()
    assert (np.diff(starts) <= length - OVERLAP_STEPS).all()


@pytest.mark.parametrize("length", [250, 600, 750])
def test_a_window_fades_in_and_out_over_two_seconds_and_counts_fully_between(length):
    fade = window_fade(length)
    assert fade.shape == (length,)
    assert (fade > 0).all()
    assert (fade[50:-50] == 1).all()
    assert (np.diff(fade[:50]) >= 0).all()
    np.testing.assert_allclose(fade, fade[::-1])


@given(st.data(), st.floats(0.5, 300.0), st.sampled_from([1, 2, 12]))
def test_planted_beats_are_found_at_their_time_in_recordings_of_half_a_second_to_five_minutes(
    data, duration_s, leads
):
    last = int(duration_s * 25) - 1
    steps = data.draw(st.lists(st.integers(0, last // 6), unique=True, max_size=40))
    steps = np.sort(np.array(steps, int)) * 6
    recording = spiked(duration_s, steps * 0.04 + 0.02, leads=leads)
    probabilities = read_signal(recording, SpikeRuntime())
    assert len(probabilities.beats) == np.ceil(round(duration_s * 125) / 5)
    assert steps_of_beats(probabilities).tolist() == steps.tolist()
    np.testing.assert_allclose(decode_beats(probabilities.beats).time_s, steps * 0.04 + 0.02)


def test_a_beat_has_the_same_time_whichever_windows_it_is_in():
    spikes_s = np.arange(0.5, 95, 0.52)
    recording = spiked(95.3, spikes_s)
    found_s = decode_beats(read_signal(recording, SpikeRuntime()).beats).time_s
    assert len(found_s) == len(spikes_s)
    assert np.abs(found_s - spikes_s).max() <= 0.02 + 1e-9


def test_where_windows_overlap_both_have_a_say():
    class TwoOpinions(SpikeRuntime):
        def signal(self, signal):
            certainty = np.linspace(0, 1, len(signal))[:, None] * np.ones((1, 750))
            return Probabilities(certain(certainty), np.zeros((len(signal), 4), np.float32))

    beats = read_signal(spiked(50.0, []), TwoOpinions()).beats[:, 1]
    assert beats[:500].max() == 0
    assert (np.diff(beats[500:750]) >= 0).all()
    assert beats[624] == pytest.approx(0.475, abs=0.01)
    np.testing.assert_allclose(beats[750:], 0.95, atol=1e-6)


@pytest.mark.parametrize(
    ("duration_s", "samples"), [(0.5, 1250), (9.99, 1250), (10.0, 1250), (21.4, 2675), (31.0, 3750)]
)
def test_the_model_reads_windows_of_10_to_30_seconds(duration_s, samples):
    runtime = SpikeRuntime()
    read_signal(spiked(duration_s, []), runtime)
    assert {shape[1] for shape in runtime.shapes} == {samples}


def test_a_long_recording_of_twelve_leads_is_read_in_calls_of_bounded_size():
    runtime = SpikeRuntime()
    read_signal(spiked(1200.0, [], leads=12), runtime)
    assert max(rows for rows, _ in runtime.shapes) <= WINDOWS_PER_CALL
    assert sum(rows for rows, _ in runtime.shapes) == 12 * 60


def test_leads_that_are_equally_sure_are_averaged():
    recording = spiked(12.0, [5.0], leads=4)
    recording.signal_mv[:, 1:] = spiked(12.0, [7.0], leads=3).signal_mv
    probabilities = read_signal(recording, SpikeRuntime())
    assert probabilities.beats[125, 1] == pytest.approx(0.95 / 4)
    assert probabilities.beats[175, 1] == pytest.approx(0.95 * 3 / 4)


def test_a_lead_that_holds_nothing_has_no_say():
    recording = spiked(12.0, [5.0], leads=3)
    recording.signal_mv[:, 1:] = np.nan
    runtime = SpikeRuntime()
    probabilities = read_signal(recording, runtime)
    assert sum(rows for rows, _ in runtime.shapes) == 1
    assert probabilities.beats[125, 1] == pytest.approx(0.95)
    assert probabilities.readable.all()


def test_a_lead_has_no_say_in_the_seconds_that_it_misses():
    recording = spiked(60.0, [15.0, 45.0], leads=2)
    recording.signal_mv[: 30 * 125, 1] = np.nan
    probabilities = read_signal(recording, SpikeRuntime())
    assert probabilities.beats[375, 1] == pytest.approx(0.95)
    assert steps_of_beats(probabilities).tolist() == [375, 1125]


def test_seconds_that_no_lead_holds_are_unreadable_and_without_beats():
    recording = spiked(20.0, [5.0, 15.0], leads=2)
    recording.signal_mv[8 * 125 : 12 * 125] = np.nan
    probabilities = read_signal(recording, SpikeRuntime())
    assert np.flatnonzero(~probabilities.readable).tolist() == list(range(200, 300))
    assert (probabilities.beats[200:300, 0] == 1).all()
    assert steps_of_beats(probabilities).tolist() == [125, 375]


def test_seconds_that_only_a_lead_too_poor_to_be_read_holds_are_unreadable():
    recording = Recording(np.zeros((1250, 2), np.float32), 125.0, ("I", "II"))
    recording.signal_mv[1000:, 0] = np.nan
    recording.signal_mv[:900, 1] = np.nan
    probabilities = read_signal(recording, SpikeRuntime())
    assert np.flatnonzero(~probabilities.readable).tolist() == list(range(200, 250))


def test_a_recording_without_any_signal_is_unreadable_and_costs_no_reading():
    recording = spiked(40.0, [], leads=2)
    recording.signal_mv[:] = np.nan
    runtime = SpikeRuntime()
    probabilities = read_signal(recording, runtime)
    assert runtime.shapes == []
    assert not probabilities.readable.any()
    assert (probabilities.beats[:, 0] == 1).all()
    assert probabilities.rhythm.shape == (0, 4)


def test_an_empty_recording_gives_no_steps():
    assert read_signal(spiked(0.0, []), SpikeRuntime()).beats.shape == (0, 6)


def test_a_short_recording_goes_on_with_its_last_value_up_to_a_strip():
    recording = spiked(2.0, [])
    recording.signal_mv[-1] = 0.3
    runtime = SpikeRuntime()
    read_signal(recording, runtime)
    (seen,) = runtime.seen
    assert seen.shape == (STRIP_SAMPLES,)
    assert (seen[250:] == np.float32(0.3)).all()


@pytest.mark.parametrize("sampling_rate_hz", [128.0, 250.0, 360.0, 500.0])
def test_a_recording_of_another_rate_is_read_on_the_same_clock(sampling_rate_hz):
    spikes_s = np.arange(1.02, 44.0, 1.0)
    wide = spiked(45.0, spikes_s, sampling_rate_hz=sampling_rate_hz)
    wide.signal_mv[1:] += wide.signal_mv[:-1]
    wide.signal_mv[:-1] += wide.signal_mv[1:]
    found_s = decode_beats(read_signal(wide, SpikeRuntime()).beats).time_s
    assert len(found_s) == len(spikes_s)
    assert np.abs(found_s - spikes_s).max() < 0.04


def test_the_rhythm_is_told_for_each_window_and_where_it_begins():
    probabilities = read_signal(spiked(65.0, []), SpikeRuntime(rhythm=(0.1, 0.7, 0.1, 0.1)))
    np.testing.assert_allclose(probabilities.window_start_s, [0.0, 20.0, 35.0])
    np.testing.assert_allclose(probabilities.rhythm, np.tile([0.1, 0.7, 0.1, 0.1], (3, 1)))


def test_pictures_of_neighbouring_strips_are_read_on_one_clock():
    pictures = [[10, 240], [10, 100]]
    probabilities = read_pictures(pictures, [0.0, 10.0], SpikeRuntime())
    assert steps_of_beats(probabilities).tolist() == [10, 240, 260, 350]
    assert probabilities.rhythm.shape == (2, 4)
    assert probabilities.readable.all()


def test_pictures_that_show_the_same_beat_agree_on_it():
    probabilities = read_pictures([[30, 200], [75]], [0.0, 5.0], SpikeRuntime())
    assert steps_of_beats(probabilities).tolist() == [30, 200]
    assert len(probabilities.beats) == 375


def test_rows_of_one_page_are_averaged():
    probabilities = read_pictures([[50], [50], [90]], [0.0, 0.0, 0.0], SpikeRuntime())
    assert probabilities.beats[50, 1] == pytest.approx(0.95 * 2 / 3)
    assert probabilities.beats[90, 1] == pytest.approx(0.95 / 3)


def test_seconds_between_two_pictures_are_unreadable():
    probabilities = read_pictures([[50], [50]], [0.0, 15.0], SpikeRuntime())
    assert np.flatnonzero(~probabilities.readable).tolist() == list(range(250, 375))


def test_steps_count_as_much_as_their_weight():
    weight = np.ones((2, STRIP_STEPS), np.float32)
    weight[0, 50:60] = 0.25
    probabilities = read_pictures([[55, 200], []], [0.0, 0.0], SpikeRuntime(), step_weight=weight)
    assert probabilities.beats[55, 1] == pytest.approx(0.95 * 0.25 / 1.25)
    assert probabilities.beats[200, 1] == pytest.approx(0.95 / 2)


def test_steps_that_count_in_no_picture_are_unreadable_and_without_beats():
    weight = np.ones((2, STRIP_STEPS), np.float32)
    weight[:, 100:150] = 0
    probabilities = read_pictures([[120], [20]], [0.0, 0.0], SpikeRuntime(), step_weight=weight)
    assert np.flatnonzero(~probabilities.readable).tolist() == list(range(100, 150))
    assert (probabilities.beats[100:150, 0] == 1).all()


def test_a_picture_that_does_not_look_like_an_ecg_is_not_read():
    pictures = [[50], [90], [120]]
    probabilities = read_pictures(pictures, [0.0] * 3, SpikeRuntime(ecg=(0.9, 0.2, 0.6)))
    assert probabilities.not_ecg == (1,)
    assert probabilities.beats[50, 1] == pytest.approx(0.95 / 2)
    assert probabilities.beats[90, 1] == 0
    assert probabilities.rhythm.shape == (2, 4)


def test_pictures_of_which_none_looks_like_an_ecg_are_unreadable():
    probabilities = read_pictures([[50]], [0.0], SpikeRuntime(ecg=(0.1,)))
    assert not probabilities.readable.any()
    assert len(steps_of_beats(probabilities)) == 0


def test_only_windows_of_the_steps_that_are_wanted_are_read():
    signal = np.zeros((4 * WINDOW_STEPS * SAMPLES_PER_STEP, 1), np.float32)
    signal[::125] = 1.0
    whole, part = SpikeRuntime(), SpikeRuntime()
    all_steps = read_signal(Recording(signal, 125.0, ("II",)), whole)
    wanted = slice(WINDOW_STEPS, WINDOW_STEPS + 10)
    some_steps = read_signal(Recording(signal, 125.0, ("II",)), part, wanted)
    assert 0 < len(part.seen) < len(whole.seen)
    np.testing.assert_array_equal(some_steps.beats[wanted], all_steps.beats[wanted])
    assert some_steps.readable[wanted].all()
    assert not some_steps.readable.all()
