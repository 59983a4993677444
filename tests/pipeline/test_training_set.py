from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_records import simulated_record, simulated_recording

from ecgmm.labels import STEP_CLASSES
from ecgmm.pipeline import training_set
from ecgmm.pipeline.records import load_recordings
from ecgmm.pipeline.splits import DS1, DS2, PACED
from ecgmm.pipeline.training_set import (
    FOLDS,
    load_training_noise,
    load_training_records,
    split_by_patient,
)

PREPARED = Path("~/tensorflow_datasets").expanduser()


@pytest.fixture
def whole_mitdb(monkeypatch):
    """All 48 records of MIT-BIH, made up; 201 and 202 are one patient."""
    recordings = [
        simulated_recording(name, duration_s=2.0, patient="201" if name == "202" else name)
        for name in (*DS2, *PACED, *DS1)
    ]
    monkeypatch.setattr(training_set, "load_recordings", lambda data_dir, dataset: recordings)


def names(records):
    return [record.name for record in records]


def test_ds1_ds2_and_the_paced_records_are_all_of_mit_bih_and_share_none():
    assert (len(DS1), len(DS2), len(PACED)) == (22, 22, 4)
    assert len({*DS1, *DS2, *PACED}) == 48


@pytest.mark.usefixtures("whole_mitdb")
def test_no_record_of_ds2_and_no_paced_record_reaches_training(tmp_path):
    records = load_training_records(tmp_path, ["mitdb"])
    assert sorted(names(records)) == sorted(DS1)
    for fold in range(FOLDS):
        for part in split_by_patient(records, fold):
            assert not {*DS2, *PACED} & set(names(part))


@pytest.mark.usefixtures("whole_mitdb")
def test_of_the_man_of_201_and_202_only_the_record_in_ds1_is_learned_from(tmp_path):
    records = load_training_records(tmp_path, ["mitdb"])
    assert [record.name for record in records if record.patient == "mitdb/201"] == ["201"]


def test_only_mit_bih_is_halved(monkeypatch, tmp_path):
    recordings = [simulated_recording(name, duration_s=2.0) for name in ("800", "801", "100")]
    monkeypatch.setattr(training_set, "load_recordings", lambda data_dir, dataset: recordings)
    assert names(load_training_records(tmp_path, ["svdb"])) == ["800", "801", "100"]


def test_a_data_set_that_is_not_for_training_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"Received \['nstdb'\]"):
        load_training_records(tmp_path, ["mitdb", "nstdb"])


@pytest.mark.real_data
def test_the_prepared_mit_bih_gives_training_the_22_records_of_ds1(archive_dir):
    if not (PREPARED / "mitdb").is_dir():
        pytest.skip(f"no prepared data in {PREPARED}")
    records = load_training_records(PREPARED, ["mitdb"])
    assert sorted(names(records)) == sorted(DS1)
    counts = Counter(STEP_CLASSES[name] for record in records for name in record.beat_class)
    assert counts == {"N": 45866, "S": 944, "V": 3788, "F": 415, "Q": 8}
    patient = {r.name: r.patient for r in load_recordings(PREPARED, "mitdb")}
    assert patient["201"] == patient["202"]
    trained_on = {patient[name] for name in DS1}
    assert [name for name in DS2 if patient[name] in trained_on] == ["202"]


@st.composite
def cohorts(draw):
    """Records of made-up patients, up to three records each, with few or many S and V beats."""
    template = simulated_record(duration_s=10.0)
    cohort = []
    for patient in range(draw(st.integers(1, 25))):
        for number in range(draw(st.integers(1, 3))):
            classes = draw(st.lists(st.integers(1, 5), min_size=11, max_size=11))
            cohort.append(
                replace(
                    template,
                    dataset=draw(st.sampled_from(["mitdb", "svdb"])),
                    name=f"{patient}-{number}",
                    patient=str(patient),
                    beat_class=np.array(classes),
                )
            )
    return cohort


@given(cohorts(), st.integers(0, FOLDS - 1))
def test_no_patient_is_on_both_sides_of_a_split(cohort, fold):
    training, validation = split_by_patient(cohort, fold)
    assert not {r.patient for r in training} & {r.patient for r in validation}
    assert sorted(names(training) + names(validation)) == sorted(names(cohort))


def test_over_the_five_folds_every_patient_is_held_out_once():
    cohort = [simulated_record(str(number), duration_s=2.0) for number in range(13)]
    held_out = [name for fold in range(FOLDS) for name in names(split_by_patient(cohort, fold)[1])]
    assert sorted(held_out) == sorted(names(cohort))


def test_every_fold_has_its_share_of_the_patients_with_rare_beats():
    patterns = ["NNNA"] * 5 + ["NNNV"] * 5 + ["N"] * 15
    cohort = [
        simulated_record(str(number), pattern, duration_s=20.0)
        for number, pattern in enumerate(patterns)
    ]
    for fold in range(FOLDS):
        held_out = [patterns[int(name)] for name in names(split_by_patient(cohort, fold)[1])]
        assert sorted(held_out) == ["N", "N", "N", "NNNA", "NNNV"]


def test_the_split_does_not_depend_on_the_order_of_the_records():
    cohort = [simulated_record(str(number), duration_s=2.0) for number in range(11)]
    backwards = split_by_patient(cohort[::-1], 2)[1]
    assert sorted(names(backwards)) == sorted(names(split_by_patient(cohort, 2)[1]))


@pytest.mark.parametrize("fold", [-1, 5])
def test_a_fold_that_there_is_not_is_refused(fold):
    with pytest.raises(ValueError, match=rf"Received \[{fold}\]"):
        split_by_patient([], fold)


def test_the_last_ten_minutes_of_recorded_noise_are_left_for_the_noise_test(monkeypatch, tmp_path):
    half_hour = np.repeat(np.arange(30.0), 60 * 125)[:, None].astype(np.float32)
    recording = replace(
        simulated_recording(duration_s=2.0, sampling_rate_hz=125.0), signal_mv=half_hour
    )
    monkeypatch.setattr(training_set, "load_recordings", lambda *_: [recording, recording])
    noise = load_training_noise(tmp_path)
    assert noise.shape == (20 * 60 * 125, 2)
    assert noise.max() == 19
