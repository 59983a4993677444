"""What the model that ships says of hearts whose every beat is known."""

from __future__ import annotations

import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from ecgmm.analysis.analyze import analyze, analyze_recording
from ecgmm.analysis.reading import Reading
from ecgmm.labels import AAMI_CLASSES, RHYTHM_CLASSES, aami_class
from ecgmm.scoring.matching import match_beats
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model
from ecgmm.simulator import Noise, simulate

MITDB_ARCHIVE = "mit-bih-arrhythmia-database-1.0.0.zip"
SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture(scope="module")
def runtime() -> LocalRuntime:
    return LocalRuntime(released_model())


@pytest.fixture(scope="module")
def sample_readings(runtime: LocalRuntime) -> tuple[Reading, Reading]:
    signal = analyze(SAMPLES / "sinus_with_pvcs.csv", runtime)
    picture = analyze(SAMPLES / "sinus_with_pvcs.jpg", runtime)
    return signal, picture


@pytest.fixture
def mitdb_record_119(archive_dir: Path, tmp_path: Path) -> Path:
    with zipfile.ZipFile(archive_dir / MITDB_ARCHIVE) as archive:
        for ending in ("hea", "dat", "atr"):
            member = f"{MITDB_ARCHIVE.removesuffix('.zip')}/119.{ending}"
            (tmp_path / f"119.{ending}").write_bytes(archive.read(member))
    return tmp_path / "119"


def test_the_release_is_small() -> None:
    sizes = {path: path.stat().st_size for path in released_model().rglob("*")}
    light = sum(size for path, size in sizes.items() if path.suffix == ".onnx")
    assert light < 8e6
    assert sum(sizes.values()) - light < 12e6


def test_signal_and_picture_of_one_heart_get_one_verdict(
    sample_readings: tuple[Reading, Reading],
) -> None:
    signal, picture = sample_readings
    assert (signal.modality, picture.modality) == ("signal", "image")
    assert signal.summary.verdict == picture.summary.verdict == "abnormal"
    assert signal.summary.beat_counts == picture.summary.beat_counts
    assert "pvc" in {finding.code for finding in signal.findings}
    assert "pvc" in {finding.code for finding in picture.findings}
    matching = match_beats(
        [beat.time_s for beat in signal.beats], [beat.time_s for beat in picture.beats], 0.05
    )
    assert len(matching.missed_indices) == len(matching.extra_indices) == 0


def test_a_reading_keeps_the_contract(sample_readings: tuple[Reading, Reading]) -> None:
    for reading in sample_readings:
        values = reading.to_dict()
        times = [beat["time_s"] for beat in values["beats"]]
        assert times == sorted(times)
        assert {beat["label"] for beat in values["beats"]} <= set(AAMI_CLASSES)
        assert set(values["rhythm"]["probabilities"]) == set(RHYTHM_CLASSES)
        assert sum(values["rhythm"]["probabilities"].values()) == pytest.approx(1, abs=1e-3)
        assert values["model"] == {"name": "ecgmm", "version": released_model().name}
        assert 0 <= values["quality"]["score"] <= 1
        for finding in values["findings"]:
            assert finding["severity"] in ("info", "warning", "critical")
            assert all(0 <= index < len(times) for index in finding["beats"])


@pytest.mark.parametrize(
    ("pattern", "code"), [("NV", "bigeminy"), ("NNV", "trigeminy"), ("NNNNVVVV", "vt_nonsustained")]
)
def test_ventricular_patterns_are_named(runtime: LocalRuntime, pattern: str, code: str) -> None:
    recording = simulate(pattern, duration_s=30, leads=("MLII", "V1"), seed=11)
    reading = analyze_recording(recording, runtime)
    assert code in {finding.code for finding in reading.findings}
    assert reading.summary.verdict == "abnormal"


def test_every_beat_of_a_quiet_sinus_rhythm_is_found(runtime: LocalRuntime) -> None:
    recording = simulate(
        "N", duration_s=60, heart_rate_bpm=66, noise=Noise(baseline_wander_mv=0.1), seed=4
    )
    reading = analyze_recording(recording, runtime)
    truth = recording.annotations
    assert truth is not None
    matching = match_beats(
        truth.beat_samples / recording.sampling_rate_hz, [beat.time_s for beat in reading.beats]
    )
    assert len(matching.missed_indices) == len(matching.extra_indices) == 0
    assert {beat.label for beat in reading.beats} == {"N"}
    assert reading.summary.heart_rate_bpm == pytest.approx(66, rel=0.05)


def test_what_is_no_ecg_is_unreadable(runtime: LocalRuntime, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (300, 400), np.uint8)
    cv2.imwrite(str(tmp_path / "noise.png"), noise)
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((160, 1000), 255, np.uint8))
    for name in ("noise.png", "blank.png"):
        reading = analyze(tmp_path / name, runtime)
        assert reading.summary.verdict == "unreadable"
        assert reading.beats == ()
        assert reading.quality.reasons


@pytest.mark.real_data
def test_record_119_has_its_pvcs_bigeminy_and_trigeminy(
    runtime: LocalRuntime, mitdb_record_119: Path
) -> None:
    import wfdb

    reading = analyze(mitdb_record_119, runtime)
    truth = wfdb.rdann(str(mitdb_record_119), "atr")
    beats = [(s, aami_class(y)) for s, y in zip(truth.sample, truth.symbol, strict=True)]
    reference = [(sample / 360, label) for sample, label in beats if label is not None]
    matching = match_beats([t for t, _ in reference], [beat.time_s for beat in reading.beats])
    assert len(matching.missed_indices) <= 2
    assert len(matching.extra_indices) <= 2
    named = [
        reading.beats[j].label
        for i, j in zip(matching.reference_indices, matching.test_indices, strict=True)
        if reference[i][1] == "V"
    ]
    assert named.count("V") >= 0.99 * len(named)
    assert {"bigeminy", "trigeminy"} <= {finding.code for finding in reading.findings}
