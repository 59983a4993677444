"""A model on records with recorded noise: F1 against the signal-to-noise ratio.

As the published noise stress records are made (Moody, Muldrow and Mark 1984): electrode motion,
`em`, of the three noises the one that looks most like heart beats; the first five minutes
clean, then two minutes noisy and two clean in turn. Other than there, the noisy minutes alone
are scored, so that the clean ones between them flatter nobody. Training sees the first 20
minutes of each noise recording (`ecgmm.pipeline.training_set`); the noise here is what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ecgmm.errors import InputError
from ecgmm.evaluation.noise_mixing import (
    QRS_HALF_WIDTH_S,
    SNRS_DB,
    add_noise,
    nst_noisy_spans_s,
    nst_protocol,
)
from ecgmm.evaluation.reading_ways import SIGNAL, WAYS, result_of
from ecgmm.evaluation.report import ExcludedRecord, NoisePoint
from ecgmm.labels import aami_class
from ecgmm.pipeline.records import load_recordings
from ecgmm.pipeline.training_set import NOISE_FOR_TRAINING_S
from ecgmm.recording import Recording
from ecgmm.resampling import bridge_gaps, resample
from ecgmm.scoring.reading_scores import figures_of
from ecgmm.scoring.results import RecordResult, within_spans
from ecgmm.serving.runtime import Runtime

STRESS_NOISE = "em"


def load_stress_noise(data_dir: Path) -> Recording:
    """The minutes of the noise recording that training never sees.

    Raises:
        InputError: if NSTDB is not prepared, or this recording is missing from it.
    """
    for recording in load_recordings(data_dir, "nstdb"):
        if recording.name == STRESS_NOISE:
            first = round(NOISE_FOR_TRAINING_S * recording.sampling_rate_hz)
            return replace(recording, signal_mv=recording.signal_mv[first:])
    raise InputError(
        "noise_missing", f"Record {STRESS_NOISE} is missing from nstdb in {data_dir}: prepare it."
    )


def stress(
    recordings: Sequence[Recording], runtime: Runtime, noise: Recording
) -> tuple[tuple[NoisePoint, ...], tuple[ExcludedRecord, ...]]:
    """Read records without noise and with ever more of it.

    Args:
        recordings: annotated records that can be evaluated.
        runtime: the model.
        noise: from `load_stress_noise`.

    Returns:
        The figures of the noisy minutes: without noise first, then by `SNRS_DB`; and the
        records that could not take part.
    """
    points: dict[float | None, list[RecordResult]] = {snr: [] for snr in (None, *SNRS_DB)}
    excluded = []
    with tqdm(total=len(recordings) * len(points), unit="reading", desc="noise") as progress:
        for recording in recordings:
            progress.set_postfix_str(recording.name)
            try:
                read = [_read_noisy(recording, runtime, noise, snr_db) for snr_db in points]
            except InputError as error:
                reason = f"Noise stress test: {error.message}"
                excluded.append(ExcludedRecord(recording.name, error.code, reason))
                read = []
            for results, result in zip(points.values(), read, strict=False):
                results.append(result)
            progress.update(len(points))
    figures = tuple(NoisePoint(snr, figures_of(results)) for snr, results in points.items())
    return figures if points[None] else (), tuple(excluded)


def noisy(recording: Recording, noise: Recording, snr_db: float) -> Recording:
    """A record with noise in the stretches where `nst` adds it.

    Raises:
        InputError: if there is no beat but ventricular ones to measure the signal at.
    """
    rate_hz = recording.sampling_rate_hz
    beats = _beats_to_measure(recording)
    if len(beats) == 0:
        raise InputError("no_level", f"Record {recording.name} has no beat to measure its level.")
    noise_mv = bridge_gaps(resample(noise.signal_mv, noise.sampling_rate_hz, rate_hz))
    where = nst_protocol(len(recording.signal_mv), rate_hz)
    mixed_mv = add_noise(recording.signal_mv, noise_mv, rate_hz, beats, snr_db, where)
    return replace(recording, signal_mv=mixed_mv)


def _read_noisy(
    recording: Recording, runtime: Runtime, noise: Recording, snr_db: float | None
) -> RecordResult:
    mixed = recording if snr_db is None else noisy(recording, noise, snr_db)
    result = result_of(mixed, runtime, WAYS[SIGNAL])
    return within_spans(result, nst_noisy_spans_s(recording.duration_s))


def _beats_to_measure(recording: Recording) -> NDArray[np.int64]:
    """Where the beats that are not ventricular are, with 50 ms of signal around them."""
    truth = recording.annotations
    if truth is None:
        return np.empty(0, np.int64)
    classes = [aami_class(symbol) for symbol in truth.beat_symbols]
    beats = truth.beat_samples[[name not in (None, "V") for name in classes]]
    margin = QRS_HALF_WIDTH_S * recording.sampling_rate_hz
    return beats[(beats >= margin) & (beats + margin < len(recording.signal_mv))]
