"""P waves that no QRS complex follows."""

import numpy as np
import pytest

from ecgmm.analysis.findings import find_findings
from ecgmm.analysis.measuring import measure_signal
from ecgmm.analysis.reading import Beat, JudgedCondition, Rhythm
from ecgmm.measure.measurements import Measurements
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.simulator.morphology import WAVES_OF_SYMBOL

SINUS = Rhythm("normal", {"normal": 0.97, "af": 0.01, "other": 0.01, "noise": 0.01})
FIBRILLATION = Rhythm("af", {"normal": 0.0, "af": 0.97, "other": 0.02, "noise": 0.01})
CODES = {f"{kind}_av_block" for kind in ("mobitz_1", "mobitz_2", "two_to_one", "third_degree")}


def atria(rate_bpm=80.0, duration_s=12.0):
    return np.arange(0.3, duration_s, 60.0 / rate_bpm)


def found(p_s, beats_s, rhythm=SINUS, judged=()):
    beats = tuple(Beat(time_s, "N", 0.99) for time_s in beats_s)
    measured = Measurements(heart_rate_bpm=60.0, p_times_s=tuple(p_s))
    findings = find_findings(beats, rhythm, 12.0, (), judged, measured)
    return CODES & {finding.code for finding in findings}


def wenckebach():
    p_s = atria()
    prs = [0.16, 0.22, 0.28, None]
    return p_s, [p + prs[n % 4] for n, p in enumerate(p_s) if prs[n % 4]]


def mobitz_2():
    p_s = atria()
    return p_s, [p + 0.16 for n, p in enumerate(p_s) if n % 4 != 3]


def two_to_one():
    p_s = atria()
    return p_s, [p + 0.16 for p in p_s[::2]]


def complete():
    return atria(), np.arange(0.5, 12.0, 1.45)


@pytest.mark.parametrize(
    ("heart", "code"),
    [
        (wenckebach, "mobitz_1_av_block"),
        (mobitz_2, "mobitz_2_av_block"),
        (two_to_one, "two_to_one_av_block"),
        (complete, "third_degree_av_block"),
    ],
)
def test_each_kind_of_block_is_told(heart, code):
    assert found(*heart()) == {code}


def test_where_every_p_wave_is_conducted_there_is_no_block():
    p_s = atria()
    assert found(p_s, p_s + 0.22) == set()
    assert found(p_s, p_s[:-1] + 0.22) == set()


def test_a_t_wave_that_was_taken_for_a_p_wave_is_no_blocked_one():
    p_s = atria()
    beats_s = p_s + 0.16
    assert found(np.sort([*p_s, beats_s[3] + 0.3, beats_s[9] + 0.3]), beats_s) == set()


def test_a_p_wave_behind_an_ectopic_beat_is_not_blocked():
    p_s, beats_s = mobitz_2()
    early_s = [p + 0.05 for n, p in enumerate(p_s) if n % 4 == 3]
    labels = {**dict.fromkeys(beats_s, "N"), **dict.fromkeys(early_s, "V")}
    beats = tuple(Beat(time_s, labels[time_s], 0.99) for time_s in sorted(labels))
    measured = Measurements(heart_rate_bpm=60.0, p_times_s=tuple(p_s))
    findings = find_findings(beats, SINUS, 12.0, (), (), measured)
    assert not CODES & {finding.code for finding in findings}


def test_where_atria_do_not_beat_as_the_sinus_node_nothing_is_told():
    p_s, beats_s = mobitz_2()
    assert found(p_s, beats_s, FIBRILLATION) == set()
    flutter = JudgedCondition("AFLT", "rhythm", "Flutter", 0.9, 0.5)
    assert found(p_s, beats_s, judged=[flutter]) == set()


def test_a_blocked_p_wave_is_seen_in_the_signal():
    """A heart drawn wave by wave whose every fourth P wave is not conducted."""
    rate_hz = 500.0
    time_s = np.arange(round(12.0 * rate_hz)) / rate_hz
    p_s, beats_s = mobitz_2()
    p_wave, *others = WAVES_OF_SYMBOL["N"]
    places = [(p_wave, p + 0.16) for p in p_s] + [(w, b) for b in beats_s for w in others]
    signal_mv = np.random.default_rng(0).normal(0, 0.01, (len(time_s), 8))
    for wave, beat_s in places:
        shape = np.exp(-0.5 * ((time_s - beat_s - wave.centre_s) / wave.width_s) ** 2)
        signal_mv += np.outer(shape, wave.amplitudes_mv)
    names = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
    recording = Recording(signal_mv.astype(np.float32), rate_hz, names, "mobitz 2")
    beats = tuple(Beat(float(time_s), "N", 0.99) for time_s in beats_s)
    measured = measure_signal(SignalFile.in_memory(recording), beats, SINUS, 60.0)
    assert len(measured.p_times_s) == pytest.approx(len(p_s), abs=1)
    codes = {f.code for f in find_findings(beats, SINUS, 12.0, (), (), measured)}
    assert codes & CODES == {"mobitz_2_av_block"}
