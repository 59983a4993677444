from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from simulated_records import simulated_record, simulated_recording

from ecgmm.errors import InputError
from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES
from ecgmm.pipeline.records import load_recordings, rhythm_class_of_aux, to_grid
from ecgmm.recording import Annotations
from ecgmm.simulator import Episode, simulate_episodes

N, S, V, F, Q = (STEP_CLASSES.index(name) for name in "NSVFQ")


def with_truth(recording, **truth):
    return replace(recording, annotations=Annotations(**truth))


@pytest.mark.parametrize("sampling_rate_hz", [125.0, 128.0, 300.0, 360.0, 500.0])
def test_every_beat_stays_on_its_r_peak_at_125_hz(sampling_rate_hz):
    record = simulated_record(duration_s=20.0, sampling_rate_hz=sampling_rate_hz)
    assert len(record.beat_position) > 15
    for position in record.beat_position[1:-1]:
        around = np.arange(round(position) - 10, round(position) + 11)
        peak = around[record.signal_mv[around, 0].argmax()]
        assert abs(peak - position) <= 1


def test_beats_have_the_aami_class_of_their_symbol_and_other_marks_are_no_beats():
    symbols = ("N", "L", "e", "j", "n", "A", "V", "F", "/", "+", "~", "Q")
    recording = with_truth(
        simulated_recording(duration_s=13.0, sampling_rate_hz=125.0),
        beat_samples=np.arange(len(symbols)) * 125,
        beat_symbols=symbols,
    )
    record = to_grid(recording, "mitdb")
    assert record.beat_class.tolist() == [N, N, N, N, N, S, V, F, Q, Q]
    assert record.beat_position.tolist() == [0, 125, 250, 375, 500, 625, 750, 875, 1000, 1375]


def test_each_step_has_the_rhythm_that_began_last_before_it():
    recording = simulate_episodes(
        [Episode("N", 12.0), Episode("N", 12.0, rhythm="af"), Episode("NV", 12.0)]
    )
    rhythm = to_grid(recording, "mitdb").rhythm
    assert len(rhythm) == 900
    assert {RHYTHM_CLASSES[name] for name in rhythm[:275]} == {"normal"}
    assert {RHYTHM_CLASSES[name] for name in rhythm[350:575]} == {"af"}
    assert {RHYTHM_CLASSES[name] for name in rhythm[650:]} == {"other"}


def test_steps_before_the_first_annotated_rhythm_are_unknown():
    recording = with_truth(
        simulated_recording(duration_s=4.0, sampling_rate_hz=125.0),
        beat_samples=np.empty(0, np.int64),
        beat_symbols=(),
        rhythm_samples=np.array([250]),
        rhythm_names=("(AFIB",),
    )
    rhythm = to_grid(recording, "mitdb").rhythm
    assert (rhythm[:50] == -1).all()
    assert (rhythm[50:] == RHYTHM_CLASSES.index("af")).all()


def test_a_recording_labelled_as_a_whole_has_one_rhythm_and_no_annotated_beats():
    record = simulated_record("A00001", dataset="cinc2017", rhythm_class="other")
    assert not record.has_beats
    assert (record.rhythm == RHYTHM_CLASSES.index("other")).all()


def test_flutter_and_paced_rhythm_are_other_and_only_fibrillation_is_af():
    names = ["(N", "(AFIB", "(AFL", "(P", "(B", "(VT"]
    assert [rhythm_class_of_aux(name) for name in names] == [
        "normal",
        "af",
        "other",
        "other",
        "other",
        "other",
    ]


def test_gaps_are_bridged_so_that_no_nan_reaches_the_network():
    recording = simulated_recording(duration_s=10.0, leads=("I", "II"))
    signal = recording.signal_mv.copy()
    signal[500:900, 0] = np.nan
    signal[:, 1] = np.nan
    record = to_grid(replace(recording, signal_mv=signal), "mitdb")
    assert np.isfinite(record.signal_mv).all()
    assert (record.signal_mv[:, 1] == 0).all()


def test_patients_of_different_data_sets_never_share_an_identity():
    assert simulated_record("100").patient != simulated_record("100", dataset="svdb").patient


def test_a_recording_without_annotations_cannot_be_learned_from():
    recording = replace(simulated_recording(), annotations=None)
    with pytest.raises(ValueError, match="Expected an annotated recording"):
        to_grid(recording, "mitdb")


def test_data_that_is_not_prepared_is_an_error_that_names_the_command(tmp_path: Path):
    with pytest.raises(InputError, match=r"python -m datasets\.build svdb --data-dir") as caught:
        list(load_recordings(tmp_path, "svdb"))
    assert caught.value.code == "data_not_prepared"
