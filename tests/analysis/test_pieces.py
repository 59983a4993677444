"""A signal read in pieces is read as it is read whole."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from ecgmm.analysis.guard import EDGE_S
from ecgmm.analysis.pieces import SignalRead, read_in_pieces
from ecgmm.grid import SAMPLES_PER_STEP, STEP_S
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.serving.runtime import Digitized, Probabilities
from ecgmm.simulator import simulate

BEAT_MV = 0.5
PIECE_S = 60.0


class ShapeRuntime:
    """Beats are tall narrow peaks; how sure they and the rhythm are depends on the whole window."""

    model_name = "shapes"
    model_version = "1"

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        height_mv = np.abs(signal).reshape(len(signal), -1, SAMPLES_PER_STEP).max(axis=2)
        around = np.lib.stride_tricks.sliding_window_view(
            np.pad(height_mv, ((0, 0), (5, 5))), 11, axis=1
        ).max(axis=2)
        sure = 0.7 + 0.2 * np.tanh(signal.std(axis=1, keepdims=True))
        peak = np.where((height_mv == around) & (height_mv > BEAT_MV), sure, 0.0)
        beats = np.zeros((*height_mv.shape, 6), np.float32)
        beats[..., 0], beats[..., 1] = 1 - peak, peak
        normal = (sure[:, :1] - 0.1).astype(np.float32)
        return Probabilities(beats, np.hstack((normal, (1 - normal) / 3 * np.ones((1, 3)))))

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        raise NotImplementedError

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        raise NotImplementedError


def recording_of(duration_s: float, sampling_rate_hz: float = 250.0) -> Recording:
    return simulate(
        "N" * 5 + "V",
        duration_s=duration_s,
        sampling_rate_hz=sampling_rate_hz,
        leads=("MLII", "V1"),
        seed=3,
    )


def read(recording: Recording, piece_s: float) -> SignalRead:
    return read_in_pieces(SignalFile.in_memory(recording), ShapeRuntime(), piece_s=piece_s)


def assert_read_alike(recording: Recording, piece_s: float = PIECE_S) -> None:
    whole, in_pieces = read(recording, 1e9), read(recording, piece_s)
    times_s = [beat.time_s for beat in whole.beats]
    assert [beat.time_s for beat in in_pieces.beats] == pytest.approx(times_s, abs=1e-9)
    probabilities = [beat.probability for beat in whole.beats]
    assert [beat.probability for beat in in_pieces.beats] == pytest.approx(probabilities, abs=1e-4)
    np.testing.assert_allclose(in_pieces.rhythm, whole.rhythm, atol=1e-4)
    np.testing.assert_array_equal(in_pieces.unreadable, whole.unreadable)


@pytest.mark.parametrize("duration_s", [59.0, 60.0, 61.0, 95.0, 119.99, 205.0])
def test_pieces_make_the_reading_of_the_whole(duration_s: float) -> None:
    recording = recording_of(duration_s)
    assert len(read(recording, PIECE_S).beats) > duration_s
    assert_read_alike(recording)


@pytest.mark.parametrize("sampling_rate_hz", [128.0, 360.0, 257.0])
def test_pieces_keep_the_clock_of_any_sampling_rate(sampling_rate_hz: float) -> None:
    assert_read_alike(recording_of(130.0, sampling_rate_hz))


def test_a_beat_at_the_border_of_two_pieces_is_read_once() -> None:
    recording = recording_of(150.0)
    assert recording.annotations is not None
    beats_s = recording.annotations.beat_samples / recording.sampling_rate_hz
    for shift in (-1, 0, 1):
        cut = round((beats_s[20] - 10.0) * recording.sampling_rate_hz) + shift
        shifted = replace(recording, signal_mv=recording.signal_mv[cut:], annotations=None)
        assert_read_alike(shifted, piece_s=20.0)


def test_a_gap_across_a_border_is_one_gap_and_no_beat_is_invented_in_it() -> None:
    recording = recording_of(200.0)
    recording.signal_mv[57 * 250 : 64 * 250] = np.nan
    in_pieces = read(recording, PIECE_S)
    assert_read_alike(recording)
    edge = math.ceil(EDGE_S / STEP_S)
    assert in_pieces.unreadable.tolist() == [[57 * 25 - edge, 64 * 25 + edge]]
    assert not [beat for beat in in_pieces.beats if 57 <= beat.time_s < 64]


def test_a_whole_piece_without_signal_within_a_recording_is_passed_over() -> None:
    recording = recording_of(240.0)
    recording.signal_mv[60 * 250 : 180 * 250] = np.nan
    in_pieces = read(recording, PIECE_S)
    assert in_pieces.usable_share == pytest.approx(0.5)
    assert "Lead MLII: 50 % of the signal is missing." in in_pieces.faults
    assert not [beat for beat in in_pieces.beats if 60 <= beat.time_s < 180]


def test_a_sampling_rate_that_makes_the_heart_race_is_doubted() -> None:
    recording = replace(recording_of(60.0), sampling_rate_hz=500.0, annotations=None)
    assert any("is the sampling rate right?" in fault for fault in read(recording, 1e9).faults)


def test_progress_is_told_after_each_piece() -> None:
    told: list[float] = []
    file = SignalFile.in_memory(recording_of(150.0))
    read_in_pieces(file, ShapeRuntime(), piece_s=PIECE_S, report=told.append)
    assert told == pytest.approx([60.0, 120.0, 150.0])
