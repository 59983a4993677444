"""The report on waves says what was found, and nothing else."""

import json

import numpy as np
import pytest

from ecgmm.errors import InputError
from ecgmm.evaluation.report import ModelIdentity
from ecgmm.evaluation.waves import (
    WaveReading,
    Way,
    evaluate_waves,
    own_ways,
    peer_way,
    protocol_of,
)
from ecgmm.measure.waves import Wave
from ecgmm.pipeline.waves.records import MarkedRecord
from ecgmm.recording import Recording
from tests.peak_runtime import PeakRuntime

MARKS = (
    Wave("P", 1.00, 1.05, 1.10),
    Wave("QRS", 1.16, 1.20, 1.26),
    Wave("T", 1.40, 1.48, 1.56),
)


def record(number):
    signal_mv = np.zeros((1000, 2), np.float32)
    recording = Recording(signal_mv, 250.0, ("I", "II"), f"ludb/{number}")
    return MarkedRecord(recording, "ludb", {"I": MARKS, "II": MARKS})


def late(recording, place):
    """Finds every wave, and QRS 10 ms too wide in one record, 20 ms in the next."""
    intervals = {"pr_ms": 160.0, "qrs_ms": 110.0 + 10 * place, "qt_ms": None}
    return WaveReading(intervals, {wave.name: [wave.peak_s] for wave in MARKS})


def report(tmp_path, ways):
    return evaluate_waves(
        [record(1), record(3)],
        ways,
        ModelIdentity("ecgmm", "5", "0" * 64),
        protocol_of("2026-01-01", "ecgmm evaluate --waves DIR", held_out=True),
        tmp_path,
    )


def test_bias_spread_and_what_was_not_measured_are_told(tmp_path):
    (row,) = report(tmp_path, [Way("late", late, False)])["rows"]
    assert row["intervals"]["qrs_ms"]["bias_ms"] == pytest.approx(15.0)
    assert row["intervals"]["pr_ms"]["bias_ms"] == pytest.approx(0.0)
    assert row["intervals"]["qt_ms"] == {
        "records": 2, "measured": 0, "bias_ms": None, "sd_ms": None,
    }  # fmt: skip
    assert all(found["sensitivity"] == 1.0 for found in row["waves"].values())
    markdown = (tmp_path / "waves.md").read_text("utf-8")
    assert "| LUDB | late | 2 | +0.0 ± 0.0 (100 %) | +15.0 ± 7.1 (100 %) | - |" in markdown
    assert json.loads((tmp_path / "waves.json").read_text("utf-8"))["rows"][0]["name"] == "late"
    assert (tmp_path / "waves_bland_altman.png").stat().st_size > 5000


def test_a_peer_is_shown_lead_ii_alone(tmp_path):
    seen = []

    def delineate(lead_mv, sampling_rate_hz):
        seen.append((lead_mv.shape, sampling_rate_hz))
        return MARKS

    (row,) = report(tmp_path, [peer_way("other", delineate)])["rows"]
    assert row["name"] == "other, one lead"
    assert set(seen) == {((1000,), 250.0)}
    assert row["intervals"]["qt_ms"]["bias_ms"] == pytest.approx(0.0, abs=1e-6)


def test_a_missing_fold_is_an_error_that_says_how_to_make_it(tmp_path):
    (tmp_path / "0.onnx").write_bytes(b"")
    with pytest.raises(InputError, match="--without-fold"):
        own_ways(PeakRuntime(), tmp_path)
