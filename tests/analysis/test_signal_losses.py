"""What holds no ECG is marked with its time, not read, and no beat is invented beside it."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text
from numpy.typing import NDArray

from ecgmm.analysis.analyze import analyze_recording
from ecgmm.analysis.guard import EDGE_S, SWING_S, without_edges
from ecgmm.analysis.losses import true_spans
from ecgmm.analysis.pieces import SignalRead, read_in_pieces
from ecgmm.analysis.plot import plot_signal
from ecgmm.analysis.reading import Exclusion, Fault, Quality, Reading
from ecgmm.analysis.text_report import text_report
from ecgmm.grid import SAMPLES_PER_STEP, STEP_S
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.serving.runtime import Digitized, Probabilities
from ecgmm.simulator import simulate

RATE_HZ = 250.0
DURATION_S = 120.0
HEART = simulate("N" * 8, duration_s=DURATION_S, sampling_rate_hz=RATE_HZ, seed=5)
TALL_MV = 0.7
RAIL_MV = 4.0
Span = tuple[float, float]


class EdgeRuntime:
    """Calls every tall place a beat, and does not mind what made it tall."""

    model_name = "edges"
    model_version = "1"

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        height_mv = np.abs(signal).reshape(len(signal), -1, SAMPLES_PER_STEP).max(axis=2)
        padded = np.pad(height_mv, ((0, 0), (5, 5)))
        around = np.lib.stride_tricks.sliding_window_view(padded, 11, axis=1).max(axis=2)
        peak = np.where((height_mv == around) & (height_mv > TALL_MV), 0.95, 0.0)
        beats = np.zeros((*height_mv.shape, 6), np.float32)
        beats[..., 0], beats[..., 1] = 1 - peak, peak
        return Probabilities(beats, np.tile(np.float32([0.9, 0.02, 0.06, 0.02]), (len(signal), 1)))

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        raise NotImplementedError

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        raise NotImplementedError


def spoiled(recording: Recording, fault: Fault, spans: Sequence[Span]) -> Recording:
    """The recording with a fault of every lead in each span."""
    signal_mv = recording.signal_mv.copy()
    for start_s, end_s in spans:
        first, last = round(start_s * RATE_HZ), round(end_s * RATE_HZ)
        value = {"missing": np.nan, "flat": 0.0123, "saturated": RAIL_MV}[fault]
        signal_mv[first:last] = value
    return replace(recording, signal_mv=signal_mv, annotations=None)


def read(recording: Recording, piece_s: float = 1e9) -> SignalRead:
    return read_in_pieces(SignalFile.in_memory(recording), EdgeRuntime(), piece_s=piece_s)


@functools.cache
def whole_times_s() -> NDArray[np.float64]:
    return read(replace(HEART, annotations=None)).beats.time_s


spans_apart = st.lists(
    st.tuples(st.floats(2.0, 12.0), st.floats(2.1, 6.0)), min_size=1, max_size=6
).map(
    lambda steps: [
        (sum(a + b for a, b in steps[:i]) + steps[i][0], sum(a + b for a, b in steps[: i + 1]))
        for i in range(len(steps))
    ]
)


@given(st.sampled_from(("missing", "flat", "saturated")), spans_apart)
def test_no_beat_is_invented_in_or_beside_what_holds_no_ecg(
    fault: Fault, spans: list[Span]
) -> None:
    found = read(spoiled(HEART, fault, spans), piece_s=40.0)
    assert [stretch.fault for stretch in found.excluded] == [fault] * len(spans)
    reported = [(stretch.start_s, stretch.end_s) for stretch in found.excluded]
    np.testing.assert_allclose(reported, spans, atol=3 / RATE_HZ)
    edge_s = SWING_S if fault == "saturated" else EDGE_S
    truth_s, times_s = whole_times_s(), found.beats.time_s
    hidden = np.zeros(len(truth_s), bool)
    for start_s, end_s in spans:
        assert not ((times_s > start_s - edge_s) & (times_s < end_s + edge_s)).any()
        hidden |= (truth_s > start_s - edge_s - 0.2) & (truth_s < end_s + edge_s + 0.2)
    invented = [t for t in times_s if np.abs(truth_s - t).min() > STEP_S]
    assert invented == []
    missed = [t for t in truth_s[~hidden] if np.abs(times_s - t).min() > STEP_S]
    assert missed == []


@given(st.lists(st.booleans(), max_size=200))
def test_edges_are_taken_from_what_is_readable_and_never_given(readable: list[bool]) -> None:
    mask = np.array(readable, bool)
    narrowed = without_edges(mask, np.empty((0, 2)))
    assert not (narrowed & ~mask).any()
    assert len(true_spans(narrowed)) <= len(true_spans(mask)) or not mask.all()


def test_a_lead_without_signal_leaves_the_reading_to_the_others() -> None:
    two = simulate("N" * 9, duration_s=30.0, sampling_rate_hz=RATE_HZ, leads=("MLII", "V5"), seed=2)
    two.signal_mv[round(10 * RATE_HZ) : round(20 * RATE_HZ), 0] = 0.5
    found = read(two)
    assert found.excluded == (Exclusion(10.0, 20.0, "MLII", "flat"),)
    assert len(found.unreadable) == 0
    assert ((found.beats.time_s > 11) & (found.beats.time_s < 19)).sum() > 5


def test_the_clipped_tip_of_a_wave_is_no_exclusion() -> None:
    tall_mv = np.minimum(HEART.signal_mv, 0.7 * HEART.signal_mv.max())
    found = read(replace(HEART, signal_mv=tall_mv, annotations=None))
    assert found.excluded == ()
    assert any("clipped" in fault for fault in found.faults) or found.usable_share > 0.9


def test_a_stretch_across_pieces_is_reported_once() -> None:
    found = read(spoiled(HEART, "missing", [(35.0, 85.0)]), piece_s=20.0)
    assert found.excluded == (Exclusion(35.0, 85.0, "MLII", "missing"),)


@pytest.fixture
def holed() -> tuple[Recording, Reading]:
    recording = spoiled(HEART, "flat", [(30.0, 36.0)])
    recording.signal_mv[round(61 * RATE_HZ) : round(64 * RATE_HZ)] = np.nan
    return recording, analyze_recording(recording, EdgeRuntime())


def test_reports_say_what_was_not_read_and_when(holed: tuple[Recording, Reading]) -> None:
    _, reading = holed
    text = " ".join(text_report(reading).split())
    assert "Not read MLII flat 30.0 s to 36.0 s; MLII missing 1:01.0 to 1:04.0." in text
    assert "electrodes that fell off and a heart that stands still look alike" in text
    assert reading.to_dict()["quality"]["excluded"] == [
        {"start_s": 30.0, "end_s": 36.0, "lead": "MLII", "fault": "flat"},
        {"start_s": 61.0, "end_s": 64.0, "lead": "MLII", "fault": "missing"},
    ]


def test_no_pause_is_found_in_what_was_not_read(holed: tuple[Recording, Reading]) -> None:
    _, reading = holed
    assert not {finding.code for finding in reading.findings} & {"pause", "asystole"}


def test_the_plot_marks_what_was_not_read(holed: tuple[Recording, Reading]) -> None:
    recording, reading = holed
    short = replace(recording, signal_mv=recording.signal_mv[: round(70 * RATE_HZ)])
    figure = plot_signal(replace(reading, duration_s=70.0), SignalFile.in_memory(short))
    words = [text.get_text() for text in figure.findobj(Text)]
    assert words.count("flat, not read") == 1
    assert words.count("missing, not read") == 1


def test_many_stretches_are_told_by_the_longest(make_reading: Callable[..., Reading]) -> None:
    excluded = tuple(Exclusion(5.0 * i, 5.0 * i + 0.5 + i / 10, "V1", "missing") for i in range(12))
    text = " ".join(text_report(make_reading(quality=Quality(0.9, (), excluded))).split())
    assert "V1 missing 55.0 s to 56.6 s; 7 shorter, 12.6 s of all leads together." in text
