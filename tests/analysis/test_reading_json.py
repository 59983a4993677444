"""What is kept as JSON comes back as it was."""

import json

import numpy as np

from ecgmm.analysis.analyze import analyze_recording
from ecgmm.analysis.reading_json import reading_from_json
from ecgmm.leads import LEADS
from ecgmm.simulator.synthesis import simulate
from tests.peak_runtime import PeakRuntime


def test_measurements_come_back_as_they_were():
    for duration_s, leads in ((10.0, LEADS), (400.0, ("II",))):
        heart = simulate(leads=leads, duration_s=duration_s, sampling_rate_hz=250.0)
        told = analyze_recording(heart, PeakRuntime()).to_dict()
        assert told["measurements"]["qrs_ms"] is not None
        kept = json.loads(json.dumps(told))
        assert reading_from_json(kept).to_dict()["measurements"] == kept["measurements"]
        assert reading_from_json(kept).to_dict()["quality"] == kept["quality"]


def test_a_reading_from_before_waves_were_measured_is_still_read():
    heart = simulate(leads=("II",), sampling_rate_hz=250.0)
    old = analyze_recording(heart, PeakRuntime()).to_dict()
    del old["measurements"], old["quality"]["not_measured"]
    assert reading_from_json(old).measurements.qrs_ms is None
    assert np.isclose(reading_from_json(old).quality.score, old["quality"]["score"])
