"""From a signal or a picture to its reading, with a model that finds tall peaks."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ecgmm.analysis.analyze import analyze, analyze_recording, analyze_source, open_source
from ecgmm.analysis.losses import true_spans
from ecgmm.analysis.raw_reading import lasting_gaps, mean_rhythm
from ecgmm.grid import SAMPLES_PER_STEP
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.paper.strips import PaperStrip, PaperStrips
from ecgmm.recording import Recording
from ecgmm.serving.runtime import Digitized, Probabilities
from ecgmm.simulator import simulate

BEAT_MV = 0.5


class PeakRuntime:
    """Calls every tall narrow peak a normal beat."""

    model_name = "peaks"
    model_version = "3"

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        return self._answer(np.abs(signal).reshape(len(signal), -1, SAMPLES_PER_STEP).max(axis=2))

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        heights = []
        for encoded in image_bytes:
            grey = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_GRAYSCALE)
            assert grey.shape == (160, 1000)
            above = np.where(grey < 128, 80 - np.arange(160)[:, None], 0).max(axis=0)
            heights.append(above.reshape(250, 4).max(axis=1) / 40)
        return self._answer(np.array(heights))

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        rows = len(image_bytes)
        nothing, surely = np.zeros((rows, 1250), np.float32), np.ones(rows, np.float32)
        return Digitized(*self.image(image_bytes), nothing, surely)

    def _answer(self, height_mv: NDArray[np.float64]) -> Probabilities:
        padded = np.pad(height_mv, ((0, 0), (5, 5)))
        around = np.lib.stride_tricks.sliding_window_view(padded, 11, axis=1).max(axis=2)
        peak = np.where((height_mv == around) & (height_mv > BEAT_MV), 0.95, 0.0)
        beats = np.zeros((*height_mv.shape, 6), np.float32)
        beats[..., 0], beats[..., 1] = 1 - peak, peak
        rhythm = np.tile(np.float32([0.9, 0.02, 0.06, 0.02]), (len(height_mv), 1))
        return Probabilities(beats, rhythm)


def heart(**options: object) -> Recording:
    return simulate("N", sampling_rate_hz=250.0, leads=("MLII",), seed=2, name="heart", **options)


def test_beats_lie_on_the_peaks_of_the_signal() -> None:
    recording = heart(duration_s=30.0)
    reading = analyze_recording(recording, PeakRuntime())
    assert recording.annotations is not None
    truth_s = recording.annotations.beat_samples / recording.sampling_rate_hz
    assert [beat.time_s for beat in reading.beats] == pytest.approx(truth_s, abs=0.02)
    assert {beat.label for beat in reading.beats} == {"N"}


def test_a_reading_names_its_input_and_its_model() -> None:
    reading = analyze_recording(heart(duration_s=12.0), PeakRuntime())
    assert (reading.input, reading.modality, reading.leads) == ("heart", "signal", ("MLII",))
    assert (reading.model_name, reading.model_version) == ("peaks", "3")
    assert reading.duration_s == pytest.approx(12.0)
    assert reading.summary.verdict == "normal"


def test_a_signal_and_its_picture_are_read_alike(tmp_path: Path) -> None:
    recording = simulate("N", duration_s=10.0, sampling_rate_hz=125.0, leads=("MLII",), seed=2)
    picture = draw_strip(recording.signal_mv[:, 0], StripStyle())
    cv2.imwrite(str(tmp_path / "strip.png"), cv2.resize(picture, None, fx=2, fy=2))
    from_signal = analyze_recording(recording, PeakRuntime())
    from_picture = analyze(tmp_path / "strip.png", PeakRuntime())
    assert from_picture.modality == "image"
    assert from_picture.input == str(tmp_path / "strip.png")
    assert from_picture.duration_s == pytest.approx(10.0, abs=0.1)
    assert from_picture.summary.beat_counts == from_signal.summary.beat_counts
    times_s = [beat.time_s for beat in from_signal.beats]
    assert [beat.time_s for beat in from_picture.beats] == pytest.approx(times_s, abs=0.06)


def test_strips_of_one_row_are_one_lead_and_end_where_the_row_ends() -> None:
    recording = simulate("N", duration_s=18.0, sampling_rate_hz=125.0, leads=("MLII",), seed=2)
    lead_mv = np.pad(recording.signal_mv[:, 0], (0, 250), mode="wrap")
    strips = tuple(
        PaperStrip(draw_strip(lead_mv[start : start + 1250], StripStyle()), start / 125, "", length)
        for start, length in ((0, 10.0), (1000, 7.0))
    )
    reading = analyze_source(PaperStrips(strips), PeakRuntime())
    assert reading.leads == ("unknown",)
    assert reading.duration_s == pytest.approx(15.0)
    assert 12.0 < reading.beats[-1].time_s < 15.0
    in_row = [
        beat for beat in analyze_recording(recording, PeakRuntime()).beats if beat.time_s < 15
    ]
    assert len(reading.beats) == len(in_row)


def test_rows_of_a_page_are_one_clock_and_each_counts_as_it_is_trusted() -> None:
    recording = simulate("N", duration_s=10.0, sampling_rate_hz=125.0, leads=("MLII",), seed=2)
    grey = draw_strip(recording.signal_mv[:, 0], StripStyle())
    blank = draw_strip(np.zeros(1250, np.float32), StripStyle())
    sure = PaperStrip(grey, lead_name="II", confidence=0.9)
    doubtful = PaperStrip(blank, lead_name="I aVR V1 V4", confidence=0.1)
    reading = analyze_source(PaperStrips((doubtful, sure)), PeakRuntime())
    assert reading.leads == ("I", "aVR", "V1", "V4", "II")
    assert reading.duration_s == 10.0
    assert len(reading.beats) == len(analyze_recording(recording, PeakRuntime()).beats)


def test_what_no_row_shows_is_a_gap_and_lowers_the_quality() -> None:
    recording = simulate("N", duration_s=10.0, sampling_rate_hz=125.0, leads=("MLII",), seed=2)
    grey = draw_strip(recording.signal_mv[:, 0], StripStyle())
    seen = np.ones(250, np.float32)
    seen[100:200] = 0
    reading = analyze_source(PaperStrips((PaperStrip(grey, step_weight=seen),)), PeakRuntime())
    assert reading.quality.score == pytest.approx(0.6)
    assert not [beat for beat in reading.beats if 4.1 < beat.time_s < 7.9]
    assert {finding.code for finding in reading.findings} & {"pause", "asystole"} == set()


def test_a_picture_without_ecg_is_unreadable_and_no_diagnosis(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3)).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "noise.png"), noise)
    source = open_source(tmp_path / "noise.png")
    assert isinstance(source, PaperStrips)
    reading = analyze(tmp_path / "noise.png", PeakRuntime())
    assert reading.summary.verdict == "unreadable"
    assert reading.summary.abnormal_probability is None
    assert reading.beats == ()
    assert reading.findings == ()
    assert reading.quality.score == 0.0


class UncertainRuntime(PeakRuntime):
    """Sees beats everywhere and hardly believes in any."""

    def _answer(self, height_mv: NDArray[np.float64]) -> Probabilities:
        answer = super()._answer(height_mv)
        beats = answer.beats.copy()
        is_beat = beats[..., 1] > 0
        beats[is_beat] = [0.0, 0.0, 0.3, 0.35, 0.2, 0.15]
        rhythm = np.tile(np.float32([0.1, 0.6, 0.2, 0.1]), (len(height_mv), 1))
        return Probabilities(beats, rhythm)


def test_what_is_unreadable_carries_no_rate_no_finding_and_no_rhythm() -> None:
    described = analyze_recording(heart(duration_s=20.0), UncertainRuntime()).to_dict()
    assert described["summary"]["verdict"] == "unreadable"
    assert described["summary"]["heart_rate_bpm"] is None
    assert described["summary"]["heart_rate_range_bpm"] is None
    assert described["summary"]["abnormal_probability"] is None
    assert described["findings"] == []
    assert described["rhythm"] == {
        "label": "noise",
        "probabilities": {"normal": 0.0, "af": 0.0, "other": 0.0, "noise": 1.0},
        "episodes": [],
        "af_burden": None,
        "longest_run": None,
        "fastest_run": None,
        "pauses": [],
    }
    assert described["quality"]["reasons"]


def test_the_slowest_and_the_fastest_stretch_are_told_with_the_mean_between_them() -> None:
    short = analyze_recording(heart(duration_s=30.0), PeakRuntime()).summary
    assert short.heart_rate_range_bpm is None
    long = analyze_recording(heart(duration_s=90.0), PeakRuntime()).summary
    assert long.heart_rate_range_bpm is not None
    slowest_bpm, fastest_bpm = long.heart_rate_range_bpm
    assert slowest_bpm <= long.heart_rate_bpm <= fastest_bpm


def test_a_long_gap_is_no_pause_of_the_heart() -> None:
    recording = heart(duration_s=40.0)
    recording.signal_mv[2500:5000] = np.nan
    reading = analyze_recording(recording, PeakRuntime())
    assert {finding.code for finding in reading.findings} & {"pause", "asystole"} == set()
    assert any("missing" in reason for reason in reading.quality.reasons)


def test_only_gaps_that_can_hide_a_beat_count() -> None:
    readable = np.ones(100, bool)
    readable[10:15] = False
    readable[50:60] = False
    readable[90:] = False
    assert lasting_gaps(true_spans(~readable)) == [
        pytest.approx((2.0, 2.4)),
        pytest.approx((3.6, 4.0)),
    ]


def test_the_rhythm_is_the_mean_of_its_windows() -> None:
    rhythm = mean_rhythm(np.float32([[0.8, 0.1, 0.1, 0.0], [0.2, 0.7, 0.1, 0.0]]))
    assert rhythm.label == "normal"
    assert rhythm.probabilities["af"] == pytest.approx(0.4)
    assert sum(rhythm.probabilities.values()) == pytest.approx(1.0)


def test_nothing_to_read_is_noise() -> None:
    assert mean_rhythm(np.empty((0, 4), np.float32)).label == "noise"


class Doubter(PeakRuntime):
    """Sees an ECG in every other picture, beginning with the first or the second."""

    def __init__(self, first: float) -> None:
        self._first = first

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        ecg = np.abs(self._first - np.arange(len(image_bytes)) % 2)
        return super().digitize(image_bytes)._replace(ecg=ecg.astype(np.float32))


def test_a_row_that_does_not_look_like_an_ecg_is_named_and_not_read() -> None:
    grey = draw_strip(heart(duration_s=10.0).signal_mv[::2, 0], StripStyle())
    paper = PaperStrips((PaperStrip(grey, lead_name="II"), PaperStrip(grey, lead_name="V1")))
    reading = analyze_source(paper, Doubter(first=1.0))
    assert reading.leads == ("II",)
    assert "Row 2 does not look like an ECG." in reading.quality.reasons
    assert reading.beats


def test_a_picture_that_does_not_look_like_an_ecg_is_unreadable_whatever_it_shows() -> None:
    grey = draw_strip(heart(duration_s=10.0).signal_mv[::2, 0], StripStyle())
    reading = analyze_source(PaperStrips((PaperStrip(grey),)), Doubter(first=0.0))
    assert reading.summary.verdict == "unreadable"
    assert "This does not look like an ECG." in reading.quality.reasons
    assert not reading.beats
    assert not reading.findings
