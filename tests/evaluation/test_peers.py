import sys
from types import SimpleNamespace

import numpy as np
import pytest

from ecgmm.errors import InputError
from ecgmm.evaluation import peers
from ecgmm.scoring.comparison import compare_beats
from ecgmm.scoring.ec57 import beat_line

RATE_HZ = 360.0


def lead_with_beats_at(times_s, duration_s):
    time_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    beats = sum(np.exp(-0.5 * ((time_s - beat_s) / 0.012) ** 2) for beat_s in times_s)
    return beats + np.random.default_rng(0).normal(0, 0.01, len(time_s))


def test_xqrs_is_scored_by_the_same_matcher(make_result):
    result = make_result("N" * 30, "", first_s=1.0)
    lead_mv = lead_with_beats_at(result.reference_times_s, result.duration_s)
    reading = peers.read_with_detector(peers.xqrs, lead_mv, RATE_HZ, result)
    assert set(reading.test_labels) == {"N"}
    line = beat_line(compare_beats(reading, start_s=0.0))
    assert line["Q +P"] == 100.0
    assert line["Q Se"] > 90.0


def test_a_detectors_reading_keeps_the_reference_and_nothing_of_the_other_reading(make_result):
    result = make_result(
        "NV", "NV", test_probabilities=np.full((2, 5), 0.2), test_af_spans_s=((301.0, 302.0),)
    )
    reading = peers.read_with_detector(lambda lead, rate: np.array([301.0]), [], 360.0, result)
    assert reading.reference_symbols == ("N", "V")
    assert reading.test_times_s.tolist() == [301.0]
    assert reading.test_probabilities is None
    assert reading.test_af_spans_s is None


def test_neurokit_is_optional(monkeypatch):
    monkeypatch.setattr(peers, "_has_neurokit", lambda: False)
    assert list(peers.available_detectors()) == ["wfdb xqrs"]
    with pytest.raises(InputError, match="pip install neurokit2"):
        peers.neurokit("neurokit")


def test_neurokits_detectors_are_all_run_where_it_is_installed(monkeypatch):
    stub = SimpleNamespace(
        ecg_clean=lambda lead, sampling_rate, method: lead,
        ecg_peaks=lambda lead, sampling_rate, method: (None, {"ECG_R_Peaks": [720, 360]}),
    )
    monkeypatch.setitem(sys.modules, "neurokit2", stub)
    monkeypatch.setattr(peers, "_has_neurokit", lambda: True)
    detectors = peers.available_detectors()
    assert len(detectors) == 1 + len(peers.NEUROKIT_METHODS)
    assert detectors["NeuroKit2 hamilton2002"](np.zeros(10), 360.0).tolist() == [1.0, 2.0]
