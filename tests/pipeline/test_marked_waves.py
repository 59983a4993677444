"""Archives of marked waves are read, and what was not marked is not asked."""

import zipfile

import numpy as np
import pytest
import wfdb

from ecgmm.errors import InputError
from ecgmm.measure.waves import WAVES_HZ, Wave
from ecgmm.pipeline.waves.batches import BATCH, LENGTHS, UNASKED, batches, sample_classes
from ecgmm.pipeline.waves.records import load_marked_records, waves_of_marks

MARKS = "(p)(N)(t)"


def archive(folder, name, leads, marks, extensions):
    """An archive of one record of 10 s with the same marks, 100 samples apart, in every file."""
    inside = folder / name
    inside.mkdir()
    signal = np.sin(np.arange(5000) / 40)[:, None] * np.ones(len(leads))
    wfdb.wrsamp(
        "7", fs=500, units=["mV"] * len(leads), sig_name=list(leads), p_signal=signal,
        fmt=["16"] * len(leads), write_dir=str(inside), comments=["<age>: 51"],
    )  # fmt: skip
    samples = 1000 + 100 * np.arange(len(marks))
    for extension in extensions:
        wfdb.wrann("7", extension, samples, symbol=list(marks), write_dir=str(inside))
    with zipfile.ZipFile(folder / f"{name}-1.zip", "w") as packed:
        for path in inside.iterdir():
            packed.write(path, f"{name}/data/{path.name}")


def test_ludb_is_marked_lead_by_lead(tmp_path):
    archive(tmp_path, "ludb", ("i", "avr"), MARKS, ("i", "avr"))
    (record,) = load_marked_records(tmp_path)
    assert record.recording.lead_names == ("I", "aVR")
    assert record.diagnoses == ("<age>: 51",)
    assert record.waves["aVR"] == (
        Wave("P", 2.0, 2.2, 2.4),
        Wave("QRS", 2.6, 2.8, 3.0),
        Wave("T", 3.2, 3.4, 3.6),
    )


def test_in_the_qt_database_one_mark_stands_for_both_leads_and_u_is_passed_over(tmp_path):
    archive(tmp_path, "qtdb", ("MLII", "V5"), "(N)t)u)", ("marks",))
    (record,) = load_marked_records(tmp_path)
    assert record.waves["MLII"] == record.waves["V5"]
    assert [wave.name for wave in record.waves["V5"]] == ["QRS", "T"]
    assert record.waves["V5"][1].onset_s is None


def test_a_folder_without_an_archive_says_what_was_expected(tmp_path):
    with pytest.raises(InputError, match="ludb"):
        load_marked_records(tmp_path)


def test_between_marks_there_is_no_wave_and_outside_nobody_knows():
    waves = list(waves_of_marks(MARKS, [1 + 0.1 * n for n in range(len(MARKS))]))
    classes = sample_classes(waves, 3 * WAVES_HZ)
    at = lambda time_s: classes[round(time_s * WAVES_HZ)]  # noqa: E731
    assert [at(1.1), at(1.4), at(1.7)] == [1, 2, 3]
    assert at(1.25) == 0
    assert at(0.5) == at(2.5) == UNASKED


def test_beats_that_were_not_marked_are_not_asked():
    waves = [Wave("QRS", 1.0, 1.05, 1.1), Wave("QRS", 4.0, 4.05, 4.1)]
    classes = sample_classes(waves, 5 * WAVES_HZ)
    assert set(classes[round(1.2 * WAVES_HZ) : round(3.9 * WAVES_HZ)]) == {UNASKED}


def test_before_a_t_without_an_onset_nothing_is_asked():
    classes = sample_classes([Wave("QRS", 1.0, 1.05, 1.1), Wave("T", None, 1.3, 1.4)], 500)
    assert set(classes[round(1.12 * WAVES_HZ) : round(1.28 * WAVES_HZ)]) == {UNASKED}
    assert classes[round(1.35 * WAVES_HZ)] == 3


def test_the_same_seed_gives_the_same_batches(tmp_path):
    archive(tmp_path, "ludb", ("i",), MARKS, ("i",))
    records = load_marked_records(tmp_path)
    (signal, classes), (again, _) = next(batches(records, 3)), next(batches(records, 3))
    assert signal.shape == classes.shape
    assert signal.shape[0] == BATCH
    assert signal.shape[1] in LENGTHS
    assert np.isfinite(signal).all()
    np.testing.assert_array_equal(signal, again)
