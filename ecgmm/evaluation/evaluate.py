"""One evaluation of one model: read the records, score, report."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ecgmm.evaluation.locked_box import LEDGER_NAME, opened_ds2
from ecgmm.evaluation.noise_stress import load_stress_noise, stress
from ecgmm.evaluation.peers import available_detectors, read_with_detector
from ecgmm.evaluation.reading_ways import (
    SIGNAL,
    SIGNAL_STRIPS,
    WAYS,
    read_all,
    read_cinc2017,
    with_beats,
    with_rhythm_class,
)
from ecgmm.evaluation.recipe import read_recipe, version_dir
from ecgmm.evaluation.report import (
    JSON_NAME,
    EvaluationReport,
    ExcludedRecord,
    FigureRow,
    ModalityAgreement,
    ModelIdentity,
    NoisePoint,
    Protocol,
    RhythmScores,
    read_report,
    write_report,
)
from ecgmm.pipeline.training_set import held_out_recordings
from ecgmm.recording import Recording
from ecgmm.scoring.agreement import agreement, retention
from ecgmm.scoring.calibration import fit_temperature, labelled_probabilities
from ecgmm.scoring.reading_scores import ReadingScores, figures_of, score_beats, score_reading
from ecgmm.scoring.results import RecordResult
from ecgmm.scoring.rhythm import af_burden
from ecgmm.serving.runtime import Runtime

AGREEMENT_CLASSES = ("N", "S", "V")
TWIN_OF_A_TRAINING_RECORD = "202"
TESTED_ON_DS2 = "MIT-BIH DS2, 22 records never trained on; 202 is the man of 201 in DS1"
HEADLINE = ("QRS Se", "QRS +P", "S F1", "V F1")
HELD_OUT, DS2_REPORT = "held-out", "ds2"


@dataclass(frozen=True)
class EvaluationPlan:
    """What an evaluation does.

    Attributes:
        data_dir: prepared data sets.
        models_dir: folder beside which reports and the ledger of DS2 lie.
        ways: ways of reading, of `readers.WAYS`.
        datasets: data sets the model was trained on.
        fold: fifth of the patients that was held out of its training.
        with_peers: also run other detectors on the same records.
        with_noise: also read the same records with recorded noise in them.
        command: how to make the report again.
    """

    data_dir: Path
    models_dir: Path
    ways: tuple[str, ...]
    datasets: tuple[str, ...]
    fold: int
    with_peers: bool
    with_noise: bool
    command: str


@dataclass(frozen=True)
class ReadRecords:
    """Recordings that were read, the results by way of reading, and what was left out."""

    recordings: Sequence[Recording]
    results: dict[str, list[RecordResult]]
    excluded: tuple[ExcludedRecord, ...]


def evaluate_held_out(model_dir: Path, runtime: Runtime, plan: EvaluationPlan) -> dict[str, Any]:
    """Score a model on the training patients that were held out of its training.

    The temperature of its probabilities is fitted here, and the rhythm of held-out
    recordings of CinC 2017 is scored.

    Returns:
        The report's JSON; it is written to `reports/<version>/held-out` beside the models.
    """
    held_out = held_out_recordings(plan.data_dir, plan.datasets, plan.fold)
    beats = with_beats(held_out)
    rhythms = with_rhythm_class(held_out)
    read = _read(beats, runtime, plan)
    temperature = fit_temperature(*labelled_probabilities(read.results[plan.ways[0]]))
    report = _report(
        identify(model_dir, runtime),
        f"patients of fold {plan.fold}, not learned from, but asked which epoch is kept",
        [score_reading(way, read.results[way], temperature) for way in plan.ways],
        read,
        runtime,
        plan,
    )
    if rhythms:
        report = replace(
            report,
            rhythm=(RhythmScores("CinC 2017, patients held out", read_cinc2017(rhythms, runtime)),),
        )
    return write_report(report, report_dir(plan, runtime, HELD_OUT))


def evaluate_ds2(
    model_dir: Path, runtime: Runtime, plan: EvaluationPlan, why: str
) -> dict[str, Any]:
    """Open DS2, score, and write the opening down.

    The temperature is the one that `evaluate_held_out` fitted before, if it did.

    Args:
        model_dir: the SavedModel.
        runtime: the same, loaded.
        plan: what to do.
        why: why DS2 is opened; goes into the ledger.

    Returns:
        The report's JSON; it is written to `reports/<version>/ds2` beside the models.
    """
    model = identify(model_dir, runtime)
    temperature = fitted_temperature(report_dir(plan, runtime, HELD_OUT))
    name, ledger = f"{model.name}/{model.version}", plan.models_dir.parent / LEDGER_NAME
    with opened_ds2(plan.data_dir, ledger, model=name, sha256=model.sha256, why=why) as opening:
        read = _read(opening.recordings, runtime, plan)
        opening.note({way: _headline(read.results[way]) for way in plan.ways})
        first = plan.ways[0]
        readings = [score_reading(way, read.results[way], temperature) for way in plan.ways]
        without_twin = [r for r in read.results[first] if r.record != TWIN_OF_A_TRAINING_RECORD]
        readings.append(score_reading(f"{first}, without 202", without_twin, temperature))
        report = _report(model, TESTED_ON_DS2, readings, read, runtime, plan)
        return write_report(report, report_dir(plan, runtime, DS2_REPORT))


def report_dir(plan: EvaluationPlan, runtime: Runtime, name: str) -> Path:
    """Where a report of a model goes."""
    return version_dir(plan.models_dir, runtime.model_version) / name


def identify(model_dir: Path, runtime: Runtime) -> ModelIdentity:
    """Name, version and hash of a SavedModel: SHA-256 over its graph and its weights."""
    digest = hashlib.sha256()
    for path in sorted([model_dir / "saved_model.pb", *model_dir.glob("variables/*")]):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return ModelIdentity(runtime.model_name, runtime.model_version, digest.hexdigest())


def fitted_temperature(held_out_dir: Path) -> float | None:
    """The temperature that a report on held-out patients fitted, None without a report."""
    if not (held_out_dir / JSON_NAME).exists():
        return None
    calibration = read_report(held_out_dir / JSON_NAME)["readings"][0]["calibration"]
    return float(calibration[-1]["temperature"])


def _read(recordings: Sequence[Recording], runtime: Runtime, plan: EvaluationPlan) -> ReadRecords:
    results, excluded = read_all(recordings, runtime, {way: WAYS[way] for way in plan.ways})
    left_out = {row.record for row in excluded}
    usable = [recording for recording in recordings if recording.name not in left_out]
    return ReadRecords(usable, results, excluded)


def _report(
    model: ModelIdentity,
    tested_on: str,
    readings: Sequence[ReadingScores],
    read: ReadRecords,
    runtime: Runtime,
    plan: EvaluationPlan,
) -> EvaluationReport:
    """What every evaluation reports, whatever records it read."""
    first = read.results[plan.ways[0]]
    recipe = read_recipe(version_dir(plan.models_dir, runtime.model_version))
    noise, too_quiet = _noise(read.recordings, runtime, plan)
    return EvaluationReport(
        model=model,
        protocol=_protocol(plan, tested_on),
        readings=tuple(readings),
        excluded=read.excluded + too_quiet,
        agreements=_agreements(read.results),
        af_burden=tuple(af_burden(result) for result in first),
        controls=recipe.controls,
        cross_validation=recipe.cross_validation,
        unseen=recipe.unseen,
        seeds=recipe.seeds,
        peers=_peers(read.recordings, first) if plan.with_peers else (),
        noise=noise,
    )


def _noise(
    recordings: Sequence[Recording], runtime: Runtime, plan: EvaluationPlan
) -> tuple[tuple[NoisePoint, ...], tuple[ExcludedRecord, ...]]:
    if not plan.with_noise:
        return (), ()
    return stress(recordings, runtime, load_stress_noise(plan.data_dir))


def _agreements(results: dict[str, list[RecordResult]]) -> tuple[ModalityAgreement, ...]:
    """Every reading of the strips against the signal's reading of the same strips."""
    if SIGNAL_STRIPS not in results:
        return ()
    whole = score_beats(results[SIGNAL_STRIPS], 0.0).classes
    return tuple(
        ModalityAgreement(
            SIGNAL_STRIPS,
            way,
            retention(score_beats(found, 0.0).classes, whole, AGREEMENT_CLASSES),
            agreement(results[SIGNAL_STRIPS], found),
        )
        for way, found in results.items()
        if way not in (SIGNAL, SIGNAL_STRIPS)
    )


def _peers(
    recordings: Sequence[Recording], results: Sequence[RecordResult]
) -> tuple[FigureRow, ...]:
    """Every installed detector on the first lead of the same records."""
    by_name = {recording.name: recording for recording in recordings}
    rows = []
    for name, detector in available_detectors().items():
        found = []
        for result in tqdm(results, unit="record", desc=name):
            recording = by_name[result.record]
            lead_mv, rate_hz = recording.signal_mv[:, 0], recording.sampling_rate_hz
            found.append(read_with_detector(detector, lead_mv, rate_hz, result))
        rows.append(FigureRow(name, "QRS only, first lead", figures_of(found)))
    return tuple(rows)


def _headline(results: Sequence[RecordResult]) -> dict[str, float]:
    figures = figures_of(results)
    return {name: figures[name] for name in HEADLINE}


def _protocol(plan: EvaluationPlan, tested_on: str) -> Protocol:
    return Protocol(
        description=(
            "ANSI/AAMI EC57 beat by beat, 150 ms; leads read singly and averaged; "
            "no adaptation to the patient"
        ),
        trained_on=", ".join("MIT-BIH DS1" if name == "mitdb" else name for name in plan.datasets),
        tested_on=tested_on,
        command=plan.command,
        date=datetime.now(UTC).date().isoformat(),
    )
