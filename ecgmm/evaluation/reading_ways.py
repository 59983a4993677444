"""Annotated recordings read by a model in several ways, each ready to be scored.

`signal` is what `ecgmm analyze` does with a recording. The other ways read the very same strips
of 10 s, every third one, without what lies before and after: as a signal, drawn cleanly,
printed and scanned, and printed and photographed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ecgmm.analysis.analyze import encode_png
from ecgmm.analysis.decode import decode_beats, refine_times
from ecgmm.analysis.strips import read_signal
from ecgmm.errors import InputError
from ecgmm.evaluation.photographed import phone_photo, scanned
from ecgmm.evaluation.report import ExcludedRecord
from ecgmm.grid import SAMPLING_RATE_HZ, STRIP_S, STRIP_SAMPLES, STRIP_STEPS
from ecgmm.labels import (
    ATRIAL_FIBRILLATION_AUX,
    NO_BEAT,
    RHYTHM_CLASSES,
    STEP_CLASSES,
    aami_class,
)
from ecgmm.pipeline.pictures import CLEAN, picture_of
from ecgmm.recording import Annotations, Recording
from ecgmm.resampling import bridge_gaps, resample
from ecgmm.scoring.results import RecordResult, within_spans
from ecgmm.scoring.rhythm import Cinc2017Scores, cinc2017_scores
from ecgmm.scoring.spans import Span, marked_spans, rhythm_spans, shutdown_spans
from ecgmm.serving.runtime import Probabilities, Runtime

STRIPS_PER_CALL = 64
STRIP_STRIDE = 3
"""Of how many strips of 10 s one is read in every way; photographing all of them takes an hour."""

SIGNAL = "signal"
SIGNAL_STRIPS = "signal, strips of 10 s"
CLEAN_PICTURES = "clean pictures of the strips"
SCANNED_PICTURES = "scanned pictures of the strips"
PHONE_PHOTOS = "phone photos of the strips"


@dataclass(frozen=True)
class Read:
    """What a way of reading made of one recording.

    Attributes:
        beats: `[steps, 6]` probabilities on the time grid.
        rhythm: `[windows, 4]` probabilities.
        window_start_s: `[windows]`, ascending.
        spans_s: onset and end of each stretch that was read; None where all was.
    """

    beats: NDArray[np.float32]
    rhythm: NDArray[np.float32]
    window_start_s: NDArray[np.float64]
    spans_s: tuple[Span, ...] | None = None


Way = Callable[[Recording, Runtime], Read]

Camera = Callable[[NDArray[np.float32], int], NDArray[np.uint8]]
"""From `[1250]` mV and a seed to the `[160, 1000]` picture of the strip."""


def read_whole(recording: Recording, runtime: Runtime) -> Read:
    """Read a recording as `ecgmm analyze` does."""
    probabilities = read_signal(recording, runtime)
    return Read(probabilities.beats, probabilities.rhythm, probabilities.window_start_s)


def read_signal_strips(recording: Recording, runtime: Runtime) -> Read:
    """Read every third strip of 10 s by itself; leads are averaged."""
    return _read_strips(recording, lambda rows: runtime.signal(np.stack(rows)))


def read_printed_strips(recording: Recording, runtime: Runtime, camera: Camera) -> Read:
    """Print the same strips and read the pictures one by one; leads are averaged.

    Every strip has a seed of its own, the same one in every evaluation.
    """
    seeds = (crc32(f"{recording.name} {row}".encode()) for row in count())

    def reader(rows: Sequence[NDArray[np.float32]]) -> Probabilities:
        return runtime.image([encode_png(camera(row, next(seeds))) for row in rows])

    return _read_strips(recording, reader)


def clean_picture(signal_mv: NDArray[np.float32], seed: int) -> NDArray[np.uint8]:
    """A strip as a machine draws it: trace and grid; a `Camera`."""
    return picture_of(signal_mv, CLEAN, np.random.default_rng(seed))


WAYS: dict[str, Way] = {
    SIGNAL: read_whole,
    SIGNAL_STRIPS: read_signal_strips,
    CLEAN_PICTURES: partial(read_printed_strips, camera=clean_picture),
    SCANNED_PICTURES: partial(read_printed_strips, camera=scanned),
    PHONE_PHOTOS: partial(read_printed_strips, camera=phone_photo),
}


def read_all(
    recordings: Sequence[Recording], runtime: Runtime, ways: Mapping[str, Way]
) -> tuple[dict[str, list[RecordResult]], tuple[ExcludedRecord, ...]]:
    """Read every recording in every way, with a progress bar.

    Args:
        recordings: annotated recordings.
        runtime: the model.
        ways: ways of reading by name.

    Returns:
        The results by way, all of the same recordings; and the recordings that cannot be
        compared, each with the reason.

    Raises:
        InputError: if none is left.
    """
    results: dict[str, list[RecordResult]] = {name: [] for name in ways}
    excluded = []
    with tqdm(total=len(recordings) * len(ways), unit="record") as progress:
        for recording in recordings:
            read = []
            try:
                for name, way in ways.items():
                    progress.set_postfix_str(f"{recording.name}, {name}")
                    read.append(result_of(recording, runtime, way))
            except InputError as error:
                excluded.append(ExcludedRecord(recording.name, error.code, error.message))
                read = []
            for name, result in zip(ways, read, strict=False):
                results[name].append(result)
            progress.update(len(ways))
    if len(excluded) == len(recordings):
        raise InputError("nothing_to_evaluate", f"None of {len(recordings)} records can be read.")
    return results, tuple(excluded)


def result_of(recording: Recording, runtime: Runtime, way: Way) -> RecordResult:
    """Read one annotated recording and put its reference beside the reading.

    Raises:
        InputError: if it is empty, one of its leads holds no signal, it has no reference
            beats, or some that lie outside the recording.
    """
    truth = _usable_reference(recording)
    read = way(recording, runtime)
    decoded = decode_beats(read.beats)
    rate_hz, end_s = recording.sampling_rate_hz, recording.duration_s
    beats = [
        index for index, symbol in enumerate(truth.beat_symbols) if aami_class(symbol) is not None
    ]
    result = RecordResult(
        record=recording.name,
        patient=recording.patient,
        duration_s=end_s,
        reference_times_s=truth.beat_samples[beats] / rate_hz,
        reference_symbols=tuple(truth.beat_symbols[index] for index in beats),
        test_times_s=refine_times(decoded.time_s, recording.signal_mv, rate_hz),
        test_labels=decoded.labels,
        test_probabilities=decoded.class_probability,
        vf_spans_s=marked_spans(
            truth.marker_samples / rate_hz, truth.marker_symbols, "[", "]", end_s
        ),
        reference_af_spans_s=rhythm_spans(
            truth.rhythm_samples / rate_hz, truth.rhythm_names, ATRIAL_FIBRILLATION_AUX, end_s
        ),
        test_af_spans_s=_af_spans(read, end_s),
        reference_shutdown_spans_s=_shutdown_spans(truth, rate_hz, end_s),
    )
    return result if read.spans_s is None else within_spans(result, read.spans_s)


def with_beats(recordings: Iterable[Recording]) -> list[Recording]:
    """Those whose beats are annotated, not only the rhythm of the whole."""
    return [r for r in recordings if r.annotations is None or r.annotations.rhythm_class is None]


def with_rhythm_class(recordings: Iterable[Recording]) -> list[Recording]:
    """Those of which the rhythm of the whole is known."""
    return [r for r in recordings if r.annotations and r.annotations.rhythm_class is not None]


def read_cinc2017(recordings: Sequence[Recording], runtime: Runtime) -> Cinc2017Scores:
    """Name the rhythm of recordings that have one each, with a progress bar, and score that."""
    reference, test = [], []
    for recording in tqdm(recordings, unit="recording", desc="CinC 2017"):
        mean = read_whole(recording, runtime).rhythm.mean(axis=0)
        reference.append(recording.annotations.rhythm_class)
        test.append(RHYTHM_CLASSES[int(mean.argmax())])
    return cinc2017_scores(reference, test)


def _usable_reference(recording: Recording) -> Annotations:
    """The annotations of a recording, if there is something to read beside them."""
    name, signal_mv = recording.name, recording.signal_mv
    if len(signal_mv) == 0:
        raise InputError("empty_record", f"Record {name} has no samples.")
    flat = np.nanmin(signal_mv, axis=0, initial=np.inf) >= np.nanmax(
        signal_mv, axis=0, initial=-np.inf
    )
    if flat.any() or flat.size == 0:
        missing = [
            lead for lead, is_flat in zip(recording.lead_names, flat, strict=True) if is_flat
        ]
        raise InputError(
            "missing_lead", f"Record {name} holds no signal in {', '.join(missing) or 'any lead'}."
        )
    if recording.annotations is None:
        raise InputError("no_reference", f"Record {name} has no annotations.")
    return recording.annotations


def _read_strips(
    recording: Recording, reader: Callable[[Sequence[NDArray[np.float32]]], Probabilities]
) -> Read:
    """Cut every lead into strips of 10 s, read every third and average the leads.

    The last value fills up the last strip.
    """
    resampled = resample(recording.signal_mv, recording.sampling_rate_hz, SAMPLING_RATE_HZ)
    missing = -len(resampled) % STRIP_SAMPLES
    signal = np.pad(bridge_gaps(resampled), ((0, missing), (0, 0)), mode="edge")
    leads, count = signal.shape[1], len(signal) // STRIP_SAMPLES
    chosen = np.arange(0, count, STRIP_STRIDE)
    strips = signal.reshape(count, STRIP_SAMPLES, leads)[chosen]
    rows = list(strips.transpose(0, 2, 1).reshape(-1, STRIP_SAMPLES))
    groups = (
        rows[first : first + STRIPS_PER_CALL] for first in range(0, len(rows), STRIPS_PER_CALL)
    )
    answers = [reader(group) for group in groups]
    of_rows = (np.concatenate(parts) for parts in zip(*answers, strict=True))
    read_beats, rhythm = (
        rows.reshape(len(chosen), leads, *rows.shape[1:]).mean(axis=1) for rows in of_rows
    )
    beats = np.zeros((count, STRIP_STEPS, len(STEP_CLASSES)), np.float32)
    beats[..., STEP_CLASSES.index(NO_BEAT)] = 1.0
    beats[chosen] = read_beats
    start_s = chosen.astype(np.float64) * STRIP_S
    return Read(
        beats=beats.reshape(-1, len(STEP_CLASSES)),
        rhythm=rhythm,
        window_start_s=start_s,
        spans_s=tuple((float(start), float(start) + STRIP_S) for start in start_s),
    )


def _af_spans(read: Read, end_s: float) -> tuple[Span, ...]:
    names = [RHYTHM_CLASSES[index] for index in read.rhythm.argmax(axis=1)]
    return rhythm_spans(read.window_start_s, names, ("af",), end_s)


def _shutdown_spans(truth: Annotations, rate_hz: float, end_s: float) -> tuple[Span, ...]:
    subtypes = [int(subtype) for subtype in truth.quality_subtypes]
    return shutdown_spans(truth.quality_samples / rate_hz, subtypes, end_s)
