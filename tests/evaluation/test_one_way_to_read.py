"""What is evaluated is what ships: `evaluate` has the beats that `analyze` gives."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from peak_runtime import PeakRuntime
from simulated_records import simulated_recording

from ecgmm.analysis.analyze import analyze, analyze_source
from ecgmm.analysis.reading import Reading
from ecgmm.evaluation.reading_ways import (
    CLEAN_PICTURES,
    SIGNAL,
    SIGNAL_STRIPS,
    STRIP_STRIDE,
    WAYS,
    Shown,
    result_of,
)
from ecgmm.labels import AAMI_CLASSES
from ecgmm.pipeline.records import load_recordings
from ecgmm.readers.route import read_input
from ecgmm.readers.signal_file import PIECE_S
from ecgmm.recording import Recording
from ecgmm.scoring.results import RecordResult
from ecgmm.writers.recording_wfdb import wfdb_files

RATE_HZ = 250.0


def spoiled_recording() -> Recording:
    """Longer than a piece, with leads missing, flat and at the rail, alone and together."""
    recording = simulated_recording(
        pattern="NNNNV", duration_s=PIECE_S + 90, sampling_rate_hz=RATE_HZ, leads=("MLII", "V1")
    )
    signal_mv = recording.signal_mv.copy()
    for lead, start_s, end_s, value_mv in (
        (0, 20, 26, np.nan),
        (1, 22, 24, np.nan),
        (0, 60, 70, 0.1),
        (slice(None), 100, 104, 0.0),
        (0, 150, 153, 9.0),
        (slice(None), PIECE_S - 3, PIECE_S + 2, np.nan),
    ):
        signal_mv[round(start_s * RATE_HZ) : round(end_s * RATE_HZ), lead] = value_mv
    return replace(recording, signal_mv=signal_mv)


def assert_same_beats(result: RecordResult, reading: Reading) -> None:
    assert result.test_times_s.tolist() == [beat.time_s for beat in reading.beats]
    assert "".join(result.test_labels) == "".join(beat.label for beat in reading.beats)
    assert result.test_probabilities is not None
    likeliest = result.test_probabilities.argmax(axis=1)
    assert [AAMI_CLASSES[index] for index in likeliest] == list(result.test_labels)


def test_a_record_has_the_beats_in_the_evaluation_that_analyze_gives(tmp_path: Path) -> None:
    for name, content in wfdb_files(spoiled_recording(), "101").items():
        (tmp_path / name).write_bytes(content)
    reading = analyze(tmp_path / "101.hea", PeakRuntime())
    recording = read_input(tmp_path / "101.hea")
    assert isinstance(recording, Recording)
    assert len(reading.beats) > PIECE_S
    assert not [beat for beat in reading.beats if 100 < beat.time_s < 104]
    assert_same_beats(result_of(recording, PeakRuntime(), WAYS[SIGNAL]), reading)


@pytest.mark.parametrize("way", [SIGNAL_STRIPS, CLEAN_PICTURES])
def test_every_strip_has_the_beats_that_analyze_gives_of_it(way: str) -> None:
    recording = simulated_recording(duration_s=75, sampling_rate_hz=RATE_HZ, leads=("MLII", "V1"))
    result = result_of(recording, PeakRuntime(), WAYS[way])
    shown = list(WAYS[way](recording))
    assert [strip.start_s for strip in shown] == [0, 10 * STRIP_STRIDE, 20 * STRIP_STRIDE]
    analysed = [analyze_source(strip.source, PeakRuntime()) for strip in shown]
    expected_s = [
        strip.start_s + beat.time_s
        for strip, reading in zip(shown, analysed, strict=True)
        for beat in reading.beats
    ]
    assert len(result.test_times_s) >= len(expected_s) - len(shown) > 25
    assert set(result.test_times_s) <= set(expected_s)


def test_a_strip_is_shown_without_what_lies_around_it() -> None:
    recording = simulated_recording(duration_s=45, sampling_rate_hz=RATE_HZ, leads=("MLII",))
    first, second = (
        result_of(r, PeakRuntime(), WAYS[SIGNAL_STRIPS]) for r in neighbours(recording)
    )
    assert first.test_times_s.tolist() == second.test_times_s.tolist()
    np.testing.assert_array_equal(first.test_probabilities, second.test_probabilities)


def neighbours(recording: Recording) -> tuple[Recording, Recording]:
    """The recording, and one that differs wherever no strip is read."""
    changed_mv = recording.signal_mv.copy()
    changed_mv[round(10 * RATE_HZ) : round(30 * RATE_HZ)] *= -3
    return recording, replace(recording, signal_mv=changed_mv)


def test_a_record_shorter_than_a_strip_is_one_strip() -> None:
    recording = simulated_recording(duration_s=6, sampling_rate_hz=RATE_HZ, leads=("MLII",))
    for way in (SIGNAL_STRIPS, CLEAN_PICTURES):
        (shown,) = WAYS[way](recording)
        assert isinstance(shown, Shown)
        reading = analyze_source(shown.source, PeakRuntime())
        assert reading.duration_s == pytest.approx(6.0)


@pytest.mark.real_data
@pytest.mark.slow
def test_a_real_training_record_too(
    archive_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datasets.archive import Archive
    from datasets.mitdb.mitdb_dataset_builder import Builder
    from ecgmm.serving.local import LocalRuntime
    from ecgmm.serving.released import released_model

    runtime = LocalRuntime(released_model())
    monkeypatch.setattr(Builder, "RECORDS", ("106",))
    Builder(data_dir=tmp_path / "prepared", archive_dir=archive_dir).download_and_prepare()
    (recording,) = load_recordings(tmp_path / "prepared", "mitdb")
    with Archive(archive_dir / "mit-bih-arrhythmia-database-1.0.0.zip") as archive:
        for name in ("106.hea", "106.dat"):
            (tmp_path / name).write_bytes(archive.read(name))
    reading = analyze(tmp_path / "106.hea", runtime)
    assert_same_beats(result_of(recording, runtime, WAYS[SIGNAL]), reading)
