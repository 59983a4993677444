"""The report of an evaluation: machine-readable JSON, Markdown and figures.

`EvaluationReport` is the schema. Its JSON has the same names, one object a dataclass,
arrays as lists, undefined figures as null, and `schema_version` beside them. A change
that breaks a reader of the JSON raises `SCHEMA_VERSION`. Markdown, figures and the
README's table are made from the JSON, so they cannot say anything else.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ecgmm.errors import InputError
from ecgmm.evaluation.markdown import render_markdown
from ecgmm.evaluation.published import (
    ADAPTED_TO_THE_PATIENT,
    CINC2017_WINNERS,
    INTER_PATIENT,
    PublishedFigures,
)
from ecgmm.scoring.agreement import Agreement
from ecgmm.scoring.bootstrap import Spread
from ecgmm.scoring.reading_scores import ReadingScores
from ecgmm.scoring.rhythm import AfBurden, Cinc2017Scores

SCHEMA_VERSION = 1
"""Goes up when a key changes its meaning."""
JSON_NAME = "evaluation.json"
MARKDOWN_NAME = "evaluation.md"


@dataclass(frozen=True)
class ModelIdentity:
    """Which model was evaluated, down to its bytes."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True)
class Protocol:
    """How the figures came about.

    Attributes:
        description: the protocol in a sentence.
        trained_on: training data.
        tested_on: test data.
        command: the command that makes this report again.
        date: ISO date of the run.
    """

    description: str
    trained_on: str
    tested_on: str
    command: str
    date: str


@dataclass(frozen=True)
class ExcludedRecord:
    """A record left out, and why."""

    record: str
    code: str
    reason: str


@dataclass(frozen=True)
class FigureRow:
    """Some figures of something measured by the same matcher.

    Attributes:
        name: what was measured: a peer, a control, a data set never trained on.
        note: protocol in a few words.
        figures: shares from 0 to 1 by the names that `beat_figures` gives them.
    """

    name: str
    note: str
    figures: Mapping[str, float]


@dataclass(frozen=True)
class NoisePoint:
    """Figures at one signal-to-noise ratio; None for the records without noise."""

    snr_db: float | None
    figures: Mapping[str, float]


@dataclass(frozen=True)
class RhythmScores:
    """Rhythm scores of one reading of one data set."""

    name: str
    scores: Cinc2017Scores


@dataclass(frozen=True)
class ModalityAgreement:
    """How far two readings of the same strips agree.

    Attributes:
        first: name of the first reading, such as `"signal"`.
        second: name of the second.
        retention: share of the first's F1 that the second keeps, by class and of their mean.
        agreement: kappa and every place where they differ.
    """

    first: str
    second: str
    retention: Mapping[str, float]
    agreement: Agreement


@dataclass(frozen=True)
class EvaluationReport:
    """Everything that one evaluation found. Parts that were not measured are empty.

    Attributes:
        model: what was evaluated.
        protocol: how.
        readings: every figure of every reading, the signal's first.
        excluded: records left out, and why.
        agreements: readings of the same strips against each other.
        rhythm: rhythm scores.
        af_burden: burden of AF, record by record.
        controls: the leaky control and the honest figure beside it.
        cross_validation: patients of each fold in turn held out, and all folds together.
        unseen: databases without a patient, or a record, in training.
        peers: other detectors on the same records.
        noise: figures against signal-to-noise ratio.
        seeds: headline figures over training runs that differ in their seed.
        published: figures of others between patients.
        published_adapted: figures of others adapted to the test patient.
        published_rhythm: figures of others for rhythm.
    """

    model: ModelIdentity
    protocol: Protocol
    readings: tuple[ReadingScores, ...]
    excluded: tuple[ExcludedRecord, ...] = ()
    agreements: tuple[ModalityAgreement, ...] = ()
    rhythm: tuple[RhythmScores, ...] = ()
    af_burden: tuple[AfBurden, ...] = ()
    controls: tuple[FigureRow, ...] = ()
    cross_validation: tuple[FigureRow, ...] = ()
    unseen: tuple[FigureRow, ...] = ()
    peers: tuple[FigureRow, ...] = ()
    noise: tuple[NoisePoint, ...] = ()
    seeds: Mapping[str, Spread] = dataclasses.field(default_factory=dict)
    published: tuple[PublishedFigures, ...] = INTER_PATIENT
    published_adapted: tuple[PublishedFigures, ...] = ADAPTED_TO_THE_PATIENT
    published_rhythm: tuple[PublishedFigures, ...] = CINC2017_WINNERS


def to_json(report: EvaluationReport) -> dict[str, Any]:
    """The report as JSON-ready values, with its schema version first."""
    return {"schema_version": SCHEMA_VERSION, **plain(report)}


def read_report(path: Path) -> dict[str, Any]:
    """Reads the JSON of a report.

    Raises:
        InputError: if there is none, or its schema is not the one this version reads.
    """
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            "no_report", f"Cannot read a report from {path} ({error}): run `ecgmm evaluate`."
        ) from None
    version = report.get("schema_version") if isinstance(report, dict) else None
    if version != SCHEMA_VERSION:
        raise InputError(
            "report_schema",
            f"Expected schema version {SCHEMA_VERSION} in {path}. Received {version}: "
            "run `ecgmm evaluate` again.",
        )
    return report


def write_report(report: EvaluationReport, out_dir: Path) -> dict[str, Any]:
    """Writes `evaluation.json`, `evaluation.md` and the figures.

    Args:
        report: what was measured.
        out_dir: folder to write to; made if it is not there.

    Returns:
        The JSON as `read_report` reads it.
    """
    return write_values(to_json(report), out_dir)


def write_values(report: Mapping[str, Any], out_dir: Path) -> dict[str, Any]:
    """The same of a report that is JSON already."""
    from ecgmm.evaluation.figures import draw_figures

    write_json(report, out_dir / JSON_NAME)
    values = read_report(out_dir / JSON_NAME)
    figure_names = draw_figures(values, out_dir)
    (out_dir / MARKDOWN_NAME).write_text(render_markdown(values, figure_names), encoding="utf-8")
    return values


def write_json(report: Mapping[str, Any], path: Path) -> None:
    """Writes a report in one line; its folder is made if it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, separators=(",", ":"), allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def plain(value: Any) -> Any:
    """Dataclasses and arrays as dicts and lists, undefined numbers as None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
