"""What a simulated heart, whose every wave is known, measures."""

import numpy as np
import pytest

from ecgmm.analysis.measuring import measure_signal, unmeasured
from ecgmm.analysis.reading import Beat, Rhythm
from ecgmm.labels import aami_class
from ecgmm.leads import LEADS
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.simulator.morphology import WAVES_OF_SYMBOL
from ecgmm.simulator.synthesis import simulate

SINUS = Rhythm("normal", {"normal": 1.0, "af": 0.0, "other": 0.0, "noise": 0.0})
FIBRILLATION = Rhythm("af", {"normal": 0.0, "af": 1.0, "other": 0.0, "noise": 0.0})

PR_MS, QRS_MS, QT_MS = 167, 100, 390
"""At 60 a minute, to where the waves of `simulator.morphology` have fallen to a twentieth."""


def measured(recording, rhythm=SINUS, rate_bpm=60.0):
    times_s = recording.annotations.beat_samples / recording.sampling_rate_hz
    symbols = recording.annotations.beat_symbols
    beats = [
        Beat(time_s, aami_class(symbol), 0.99)
        for time_s, symbol in zip(times_s.tolist(), symbols, strict=True)
    ]
    return measure_signal(SignalFile.in_memory(recording), beats, rhythm, rate_bpm)


def heart(pattern="N", leads=LEADS, **options):
    return simulate(pattern, leads=leads, heart_rate_bpm=60.0, **options)


@pytest.mark.parametrize("rate_hz", [125.0, 250.0, 500.0, 1000.0])
@pytest.mark.parametrize("leads", [LEADS, ("II", "V2")])
def test_intervals_are_those_of_the_heart_at_any_sampling_rate(rate_hz, leads):
    found = measured(heart(leads=leads, sampling_rate_hz=rate_hz))
    assert found.pr_ms == pytest.approx(PR_MS, abs=15)
    assert found.qrs_ms == pytest.approx(QRS_MS, abs=15)
    assert found.qt_ms == pytest.approx(QT_MS, abs=25)


def test_the_dominant_beats_are_measured_and_ectopic_ones_apart():
    alone, with_ectopy = measured(heart(duration_s=30.0)), measured(heart("NNNNV", duration_s=30.0))
    assert with_ectopy.beat_class == "N"
    assert with_ectopy.qrs_ms == pytest.approx(alone.qrs_ms, abs=4)
    assert with_ectopy.classes["V"].qrs_ms > with_ectopy.qrs_ms + 20


def test_in_fibrillation_there_is_no_pr_and_the_reason_is_told():
    found = measured(heart(rhythm="af"), FIBRILLATION)
    assert found.pr_ms is None
    assert found.p_axis_deg is None
    assert "fibrillation" in found.not_measured["pr_ms"]
    assert found.p_present is False
    assert found.qrs_ms is not None
    assert all(lead.p_mv is None for lead in found.leads.values())


def test_every_value_that_is_missing_has_its_reason():
    for recording, rhythm in (
        (heart(), SINUS),
        (heart(leads=("V1",)), SINUS),
        (heart(rhythm="af"), FIBRILLATION),
    ):
        found = measured(recording, rhythm)
        told = found.to_dict()
        missing = {
            name
            for name, value in told.items()
            if value is None and name.endswith(("_ms", "_deg")) and name != "uncertainty_ms"
        }
        assert missing | {"variability"} == set(found.not_measured)


def test_axes_need_two_limb_leads():
    found = measured(heart(leads=("V1", "II")))
    assert found.qrs_axis_deg is None
    assert "limb leads" in found.not_measured["qrs_axis_deg"]
    assert unmeasured(found) == ("axes",)


def test_the_axis_does_not_depend_on_which_limb_leads_are_there():
    all_leads = measured(heart())
    for pair in (("I", "II"), ("III", "aVF"), ("aVR", "aVL")):
        assert measured(heart(leads=pair)).qrs_axis_deg == pytest.approx(
            all_leads.qrs_axis_deg, abs=4
        )


def test_without_a_signal_nothing_is_measured():
    flat = Recording(np.full((2500, 2), np.nan, np.float32), 250.0, ("I", "II"), "flat")
    found = measure_signal(SignalFile.in_memory(flat), [Beat(5.0, "N", 0.9)], SINUS, None)
    assert found.qrs_ms is None
    assert set(found.not_measured) >= {"pr_ms", "qrs_ms", "qt_ms", "qrs_axis_deg"}
    assert "qtc_bazett_ms" in found.not_measured
    assert found.p_present is None
    assert unmeasured(found) == ("intervals", "axes")


def test_a_lead_that_falls_off_is_left_out():
    recording = heart(duration_s=10.0)
    off_mv = recording.signal_mv.copy()
    off_mv[:, LEADS.index("V3")] = 0.0
    found = measured(
        Recording(
            off_mv,
            recording.sampling_rate_hz,
            LEADS,
            "off",
            annotations=recording.annotations,
        )
    )
    assert "V3" not in found.leads
    assert len(found.leads) == 11


def test_a_long_recording_is_measured_over_time():
    found = measured(heart(duration_s=900.0, leads=("II",)))
    assert [moment.start_s for moment in found.over_time] == [135.0, 435.0, 735.0]
    assert all(moment.rr_ms == pytest.approx(1000, abs=60) for moment in found.over_time)
    assert all(moment.qt_ms == pytest.approx(QT_MS, abs=25) for moment in found.over_time)
    assert found.beats == ()


def test_the_heart_rate_s_variability_takes_five_minutes_of_sinus_rhythm():
    assert measured(heart(duration_s=400.0, leads=("II",))).variability.sdnn_ms > 0
    short = measured(heart(leads=("II",)))
    assert short.variability is None
    assert "five minutes" in short.not_measured["variability"]
    fibrillating = measured(heart(duration_s=400.0, leads=("II",), rhythm="af"), FIBRILLATION)
    assert "fibrillation" in fibrillating.not_measured["variability"]


def test_each_beat_of_a_short_recording_has_its_waves():
    recording = heart(leads=("I", "II", "V5"))
    found = measured(recording)
    times_s = recording.annotations.beat_samples / recording.sampling_rate_hz
    inner = [marks for marks in found.beats if 1.0 < times_s[marks.beat] < 9.0]
    assert len(inner) >= 6
    for marks in inner:
        assert None not in (marks.p_s, marks.qrs_s, marks.t_s)
        assert marks.qrs_s[1] == pytest.approx(times_s[marks.beat], abs=0.03)
        in_order = (*marks.p_s, *marks.qrs_s, *marks.t_s)
        assert list(in_order) == sorted(in_order)


def test_a_very_long_qt_interval_is_measured_whole():
    rate_hz, r_s = 500.0, np.arange(0.6, 14.0, 1.4)
    time_s = np.arange(round(14.5 * rate_hz)) / rate_hz
    signal_mv = np.random.default_rng(0).normal(0, 0.01, (len(time_s), 8))
    for wave in WAVES_OF_SYMBOL["N"]:
        late_s, wider = (0.30, 1.5) if wave.repolarisation else (0.0, 1.0)
        for beat_s in r_s + wave.centre_s + late_s:
            shape = np.exp(-0.5 * ((time_s - beat_s) / (wider * wave.width_s)) ** 2)
            signal_mv += np.outer(shape, wave.amplitudes_mv)
    names = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
    beats = [Beat(beat_s, "N", 0.99) for beat_s in r_s.tolist()]
    recording = Recording(signal_mv.astype(np.float32), rate_hz, names, "long QT")
    found = measure_signal(SignalFile.in_memory(recording), beats, SINUS, 42.9)
    assert found.qt_ms == pytest.approx(735, abs=40)
