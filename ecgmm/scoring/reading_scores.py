"""Every figure of one reading of a set of records, such as signals or phone photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from ecgmm.labels import AAMI_CLASSES, NO_BEAT
from ecgmm.scoring import ec57
from ecgmm.scoring.beat_scores import ClassScores, class_scores, macro_f1, share
from ecgmm.scoring.bootstrap import Interval, bootstrap_records
from ecgmm.scoring.calibration import (
    CalibrationScores,
    labelled_probabilities,
    score_calibration,
)
from ecgmm.scoring.comparison import BeatComparison, compare_beats
from ecgmm.scoring.ec57 import Line
from ecgmm.scoring.ectopic_runs import (
    SUPRAVENTRICULAR,
    VENTRICULAR,
    RunKind,
    compare_runs,
    run_line,
    summarise_runs,
)
from ecgmm.scoring.matching import CONFUSION_CLASSES
from ecgmm.scoring.results import LEARNING_PERIOD_S, EscapesAs, RecordResult

PERIOD_STARTS_S = (LEARNING_PERIOD_S, 0.0)
"""With EC57's learning period left out, and from the beginning."""
SCORED_CLASSES = ("N", "S", "V", "F")

_NONE = CONFUSION_CLASSES.index(NO_BEAT)

Item = TypeVar("Item")


@dataclass(frozen=True)
class Table:
    """A table of EC57: a line a record, and the lines under it."""

    lines: list[Line]
    summary: list[Line]


@dataclass(frozen=True)
class RecordRow:
    """One record in the per-record table; shares from 0 to 1, NaN where undefined.

    Attributes:
        record: its name.
        patient: identity of the person.
        beats: number of reference beats of each class.
        share_of_class: how many of all records' beats of each class are in this record.
        f1: F1 of each class.
        qrs_sensitivity: share of its beats that are found.
        qrs_positive_predictivity: share of the detections that are beats.
    """

    record: str
    patient: str
    beats: dict[str, int]
    share_of_class: dict[str, float]
    f1: dict[str, float]
    qrs_sensitivity: float
    qrs_positive_predictivity: float


@dataclass(frozen=True)
class BeatTables:
    """All beat figures under one choice of period and of what escape beats are.

    Attributes:
        start_s: what lies before is left out of every record; 300 by EC57, or 0.
        escapes_as: class of the reference beats `e`, `j` and `n`.
        confusion: `[6, 6]` counts over `CONFUSION_CLASSES`, rows reference, columns test.
        classes: scores of each class straight from the matrix, nothing forgiven.
        figures: headline figures with intervals by bootstrap over records.
        beats: the `bxb` table with the lines of `sumstats`, in percent.
        shutdown: the shutdown table.
        ventricular_runs: the `rxr` table of VE runs, in percent.
        supraventricular_runs: the `rxr` table of SVE runs.
        per_record: one row a record.
    """

    start_s: float
    escapes_as: EscapesAs
    confusion: NDArray[np.int64]
    classes: dict[str, ClassScores]
    figures: dict[str, Interval]
    beats: Table
    shutdown: Table
    ventricular_runs: Table
    supraventricular_runs: Table
    per_record: tuple[RecordRow, ...]


@dataclass(frozen=True)
class ReadingScores:
    """Every figure of one reading.

    Attributes:
        name: of the reading, such as `"signal"`.
        records: names of the records.
        tables: EC57's own period first, then the whole records; escape beats as `N`, then
            as `S`.
        calibration: before and after the temperature; empty without probabilities.
    """

    name: str
    records: tuple[str, ...]
    tables: tuple[BeatTables, ...]
    calibration: tuple[CalibrationScores, ...]


def score_reading(
    name: str, results: Sequence[RecordResult], temperature: float | None = None
) -> ReadingScores:
    """Scores one reading of a set of records.

    Args:
        name: of the reading.
        results: one result a record; at least one.
        temperature: fitted on training patients, or None where there is none.
    """
    has_probabilities = all(result.test_probabilities is not None for result in results)
    temperatures = [1.0] if temperature is None else [1.0, temperature]
    return ReadingScores(
        name=name,
        records=tuple(result.record for result in results),
        tables=tuple(
            score_beats(results, start_s, escapes_as)
            for start_s, escapes_as in product(PERIOD_STARTS_S, get_args(EscapesAs))
        ),
        calibration=_score_calibration(results, temperatures) if has_probabilities else (),
    )


def score_beats(
    results: Sequence[RecordResult],
    start_s: float = LEARNING_PERIOD_S,
    escapes_as: EscapesAs = "N",
) -> BeatTables:
    """Scores the beats of a set of records under one choice of period and escape class."""
    comparisons = [compare_beats(result, start_s, escapes_as) for result in results]
    confusions = [comparison.confusion for comparison in comparisons]
    confusion = np.sum(confusions, axis=0)
    return BeatTables(
        start_s=start_s,
        escapes_as=escapes_as,
        confusion=confusion,
        classes=class_scores(confusion),
        figures=bootstrap_records(confusions, lambda drawn: beat_figures(np.sum(drawn, axis=0))),
        beats=_table(comparisons, ec57.beat_line, ec57.summarise_beats),
        shutdown=_table(comparisons, ec57.shutdown_line, ec57.summarise_shutdown),
        ventricular_runs=_run_table(results, VENTRICULAR, start_s, escapes_as),
        supraventricular_runs=_run_table(results, SUPRAVENTRICULAR, start_s, escapes_as),
        per_record=_record_rows(comparisons),
    )


def figures_of(
    results: Sequence[RecordResult], start_s: float = LEARNING_PERIOD_S
) -> dict[str, float]:
    """The headline figures of a set of records, without intervals."""
    confusions = [compare_beats(result, start_s).confusion for result in results]
    return beat_figures(np.sum(confusions, axis=0))


def beat_figures(confusion: NDArray[np.int64]) -> dict[str, float]:
    """The headline figures of a `[6, 6]` confusion matrix, as shares from 0 to 1."""
    found = confusion[:_NONE, :_NONE].sum()
    figures = {
        "QRS Se": share(found, confusion[:_NONE].sum()),
        "QRS +P": share(found, confusion[:, :_NONE].sum()),
    }
    scores = class_scores(confusion)
    for name in SCORED_CLASSES:
        figures[f"{name} Se"] = scores[name].sensitivity
        figures[f"{name} +P"] = scores[name].positive_predictivity
        figures[f"{name} F1"] = scores[name].f1
    figures["macro F1"] = macro_f1(confusion)
    return figures


def _table(
    items: Sequence[Item],
    line_of: Callable[[Item], Line],
    summarise: Callable[[Sequence[Line]], list[Line]],
) -> Table:
    lines = [line_of(item) for item in items]
    return Table(lines, summarise(lines))


def _run_table(
    results: Sequence[RecordResult],
    kind: RunKind,
    start_s: float,
    escapes_as: EscapesAs,
) -> Table:
    comparisons = [compare_runs(result, kind, start_s, escapes_as) for result in results]
    return _table(comparisons, run_line, summarise_runs)


def _record_rows(comparisons: Sequence[BeatComparison]) -> tuple[RecordRow, ...]:
    counts = [_reference_counts(comparison.confusion) for comparison in comparisons]
    totals = {name: sum(count[name] for count in counts) for name in AAMI_CLASSES}
    rows = []
    for comparison, count in zip(comparisons, counts, strict=True):
        figures = beat_figures(comparison.confusion)
        rows.append(
            RecordRow(
                record=comparison.record,
                patient=comparison.patient,
                beats=count,
                share_of_class={name: share(count[name], totals[name]) for name in AAMI_CLASSES},
                f1={name: figures[f"{name} F1"] for name in SCORED_CLASSES},
                qrs_sensitivity=figures["QRS Se"],
                qrs_positive_predictivity=figures["QRS +P"],
            )
        )
    return tuple(rows)


def _reference_counts(confusion: NDArray[np.int64]) -> dict[str, int]:
    return dict(zip(AAMI_CLASSES, confusion[:_NONE].sum(axis=1).tolist(), strict=True))


def _score_calibration(
    results: Sequence[RecordResult], temperatures: Sequence[float]
) -> tuple[CalibrationScores, ...]:
    probabilities, labels = labelled_probabilities(results)
    if not len(labels):
        return ()
    return tuple(
        score_calibration(probabilities, labels, temperature=temperature)
        for temperature in temperatures
    )
