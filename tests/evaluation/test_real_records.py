"""The evaluation on MIT-BIH's own annotations: published counts, and records with quirks."""

import dataclasses
import zipfile

import numpy as np
import pytest
import wfdb

from ecgmm.evaluation.peers import read_with_detector, xqrs
from ecgmm.labels import AAMI_CLASSES, ATRIAL_FIBRILLATION_AUX, aami_class
from ecgmm.scoring.comparison import compare_beats
from ecgmm.scoring.ec57 import beat_line
from ecgmm.scoring.reading_scores import score_beats
from ecgmm.scoring.results import RecordResult
from ecgmm.scoring.spans import marked_spans, rhythm_spans, total_s

pytestmark = pytest.mark.real_data

DS2 = (
    *("100", "103", "105", "111", "113", "117", "121", "123", "200", "202", "210"),
    *("212", "213", "214", "219", "221", "222", "228", "231", "232", "233", "234"),
)


@pytest.fixture(scope="module")
def folder(archive_dir, tmp_path_factory):
    target = tmp_path_factory.mktemp("mitdb")
    with zipfile.ZipFile(archive_dir / "mit-bih-arrhythmia-database-1.0.0.zip") as archive:
        wanted = [f"{record}.atr" for record in (*DS2, "207")] + ["100.hea", "100.dat"]
        for name in archive.namelist():
            if name.rsplit("/", 1)[-1] in wanted:
                (target / name.rsplit("/", 1)[-1]).write_bytes(archive.read(name))
    return target


def perfect_reading(folder, record):
    """A reader that says what the reference says, escape beats as `N`."""
    annotation = wfdb.rdann(str(folder / record), "atr")
    times_s = annotation.sample / 360.0
    texts = [text.rstrip("\0") for text in annotation.aux_note]
    beats = [i for i, symbol in enumerate(annotation.symbol) if aami_class(symbol)]
    symbols = tuple(annotation.symbol[i] for i in beats)
    changes = [i for i, symbol in enumerate(annotation.symbol) if symbol == "+"]
    af_spans_s = rhythm_spans(
        times_s[changes], [texts[i] for i in changes], ATRIAL_FIBRILLATION_AUX, 1805.556
    )
    return RecordResult(
        record=record,
        patient="201" if record == "202" else record,
        duration_s=1805.556,
        reference_times_s=times_s[beats],
        reference_symbols=symbols,
        test_times_s=times_s[beats],
        test_labels=tuple(aami_class(symbol) for symbol in symbols),
        vf_spans_s=marked_spans(times_s, annotation.symbol, "[", "]", 1805.556),
        reference_af_spans_s=af_spans_s,
        test_af_spans_s=af_spans_s,
    )


@pytest.fixture(scope="module")
def ds2(folder):
    return [perfect_reading(folder, record) for record in DS2]


def test_ds2_has_the_published_beat_counts(ds2):
    """De Chazal 2004, escape beats as `N`: N 44259, S 1837, V 3221, F 388, Q 7."""
    confusion = score_beats(ds2, start_s=0.0).confusion
    counts = dict(zip(AAMI_CLASSES, confusion.sum(axis=1), strict=False))
    assert counts == {"N": 44259, "S": 1837, "V": 3221, "F": 388, "Q": 7}


def test_three_quarters_of_the_s_beats_of_ds2_are_in_record_232(ds2):
    rows = {row.record: row for row in score_beats(ds2, start_s=0.0).per_record}
    assert 0.74 < rows["232"].share_of_class["S"] < 0.77


def test_a_perfect_reader_scores_a_hundred_percent_in_every_table(ds2):
    tables = score_beats(ds2)
    _, gross, average = tables.beats.summary
    for name in ("Q Se", "Q +P", "V Se", "V +P", "S Se", "S +P"):
        assert gross[name] == average[name] == 100.0
    for runs in (tables.ventricular_runs, tables.supraventricular_runs):
        _, gross, _ = runs.summary
        assert {gross[name] for name in ("CSe", "C+P", "SSe", "S+P", "LSe", "L+P")} == {100.0}


def test_counting_escape_beats_as_s_turns_them_into_missed_svebs(ds2):
    as_n = score_beats(ds2, start_s=0.0, escapes_as="N").classes["S"]
    as_s = score_beats(ds2, start_s=0.0, escapes_as="S").classes["S"]
    assert as_n.sensitivity == 1.0
    assert as_s.support == as_n.support + 213
    assert as_s.sensitivity == pytest.approx(1837 / (1837 + 213))


def test_the_flutter_of_record_207_is_left_out(folder):
    result = perfect_reading(folder, "207")
    assert len(result.vf_spans_s) == 6
    assert total_s(result.vf_spans_s) == pytest.approx(51487 / 360)
    chatter_s = np.sort([*result.test_times_s, *np.arange(1545.0, 1635.0, 0.4)])
    chatter = compare_beats(
        RecordResult(
            record="207",
            patient="207",
            duration_s=result.duration_s,
            reference_times_s=result.reference_times_s,
            reference_symbols=result.reference_symbols,
            test_times_s=chatter_s,
            test_labels=("N",) * len(chatter_s),
            vf_spans_s=result.vf_spans_s,
        ),
    )
    assert beat_line(chatter)["Q +P"] == 100.0


def test_xqrs_finds_the_beats_of_the_first_minutes_of_record_100(folder):
    whole = perfect_reading(folder, "100")
    beats = int(np.searchsorted(whole.reference_times_s, 119.5))
    start = dataclasses.replace(
        whole,
        duration_s=120.0,
        reference_times_s=whole.reference_times_s[:beats],
        reference_symbols=whole.reference_symbols[:beats],
    )
    record = wfdb.rdrecord(str(folder / "100"), channels=[0], sampto=120 * 360)
    reading = read_with_detector(xqrs, record.p_signal[:, 0], 360.0, start)
    line = beat_line(compare_beats(reading, start_s=0.0))
    assert line["Q Se"] > 99.0
    assert line["Q +P"] > 99.0
