"""Annotated recordings read by a model in several ways, each ready to be scored.

A way says how a recording is shown: whole, as `ecgmm analyze` is given it; or every third strip of
10 s by itself, without what lies before and after: as a signal, drawn cleanly, printed and
scanned, or printed and photographed. What is shown is read by `analysis.raw_reading.read_source`,
as everything is that is analysed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ecgmm.analysis.raw_reading import RawReading, Source, read_source
from ecgmm.errors import InputError
from ecgmm.evaluation.photographed import phone_photo, scanned
from ecgmm.evaluation.report import ExcludedRecord
from ecgmm.grid import SAMPLING_RATE_HZ, STRIP_S, STRIP_SAMPLES
from ecgmm.labels import ATRIAL_FIBRILLATION_AUX, RHYTHM_CLASSES, aami_class
from ecgmm.paper.strips import PaperStrip, PaperStrips
from ecgmm.pipeline.pictures import CLEAN, picture_of
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Annotations, Recording
from ecgmm.resampling import bridge_gaps, resample
from ecgmm.scoring.results import RecordResult, within_spans
from ecgmm.scoring.rhythm import Cinc2017Scores, cinc2017_scores
from ecgmm.scoring.spans import Span, marked_spans, rhythm_spans, shutdown_spans
from ecgmm.serving.runtime import Runtime

STRIP_STRIDE = 3
"""Of how many strips of 10 s one is read in every way; photographing all of them takes an hour."""

SIGNAL = "signal"
SIGNAL_STRIPS = "signal, strips of 10 s"
CLEAN_PICTURES = "clean pictures of the strips"
SCANNED_PICTURES = "scanned pictures of the strips"
PHONE_PHOTOS = "phone photos of the strips"


@dataclass(frozen=True)
class Shown:
    """What a way of reading shows of a recording.

    Attributes:
        source: to be read by itself.
        start_s: where it begins in the recording.
    """

    source: Source
    start_s: float = 0.0


Way = Callable[[Recording], Iterable[Shown]]

Camera = Callable[[NDArray[np.float32], int], NDArray[np.uint8]]
"""From `[1250]` mV and a seed to the `[160, 1000]` picture of the strip."""


def whole(recording: Recording) -> Iterator[Shown]:
    """The recording as it is; a `Way`."""
    yield Shown(SignalFile.in_memory(recording))


def signal_strips(recording: Recording) -> Iterator[Shown]:
    """Every third strip of 10 s, as a signal; a `Way`."""
    for start_s, strip in _strips(recording):
        yield Shown(SignalFile.in_memory(strip), start_s)


def printed_strips(recording: Recording, camera: Camera) -> Iterator[Shown]:
    """The same strips as pictures, a row for each lead; a `Way` of a camera.

    Every row has a seed of its own, the same one in every evaluation.
    """
    seeds = (crc32(f"{recording.name} {row}".encode()) for row in count())
    for start_s, strip in _strips(_on_grid(recording)):
        missing = STRIP_SAMPLES - len(strip.signal_mv)
        rows_mv = np.pad(strip.signal_mv, ((0, missing), (0, 0)), mode="edge").T
        pictures = [camera(row_mv, next(seeds)) for row_mv in rows_mv]
        rows = (PaperStrip(grey, duration_s=strip.duration_s) for grey in pictures)
        yield Shown(PaperStrips(tuple(rows), name=recording.name), start_s)


def clean_picture(signal_mv: NDArray[np.float32], seed: int) -> NDArray[np.uint8]:
    """A strip as a machine draws it: trace and grid; a `Camera`."""
    return picture_of(signal_mv, CLEAN, np.random.default_rng(seed))


WAYS: dict[str, Way] = {
    SIGNAL: whole,
    SIGNAL_STRIPS: signal_strips,
    CLEAN_PICTURES: partial(printed_strips, camera=clean_picture),
    SCANNED_PICTURES: partial(printed_strips, camera=scanned),
    PHONE_PHOTOS: partial(printed_strips, camera=phone_photo),
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
    shown = [(what.start_s, read_source(what.source, runtime)) for what in way(recording)]
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
        test_times_s=np.concatenate([start_s + read.beats.time_s for start_s, read in shown]),
        test_labels=tuple("".join(read.beats.labels for _, read in shown)),
        test_probabilities=np.concatenate([read.class_probability for _, read in shown]),
        vf_spans_s=marked_spans(
            truth.marker_samples / rate_hz, truth.marker_symbols, "[", "]", end_s
        ),
        reference_af_spans_s=rhythm_spans(
            truth.rhythm_samples / rate_hz, truth.rhythm_names, ATRIAL_FIBRILLATION_AUX, end_s
        ),
        test_af_spans_s=_af_spans(shown, end_s),
        reference_shutdown_spans_s=_shutdown_spans(truth, rate_hz, end_s),
    )
    return within_spans(result, [(start_s, start_s + read.duration_s) for start_s, read in shown])


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
        reference.append(recording.annotations.rhythm_class)
        test.append(read_source(SignalFile.in_memory(recording), runtime).rhythm.label)
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


def _strips(recording: Recording) -> Iterator[tuple[float, Recording]]:
    """Every third strip of 10 s and where it begins; the last may be shorter."""
    rate_hz = recording.sampling_rate_hz
    for start_s in np.arange(0.0, recording.duration_s, STRIP_STRIDE * STRIP_S):
        first, last = round(start_s * rate_hz), round((start_s + STRIP_S) * rate_hz)
        yield first / rate_hz, replace(recording, signal_mv=recording.signal_mv[first:last])


def _on_grid(recording: Recording) -> Recording:
    """The recording as it can be drawn: at 125 Hz, without gaps."""
    signal_mv = resample(recording.signal_mv, recording.sampling_rate_hz, SAMPLING_RATE_HZ)
    return replace(
        recording, signal_mv=bridge_gaps(signal_mv), sampling_rate_hz=float(SAMPLING_RATE_HZ)
    )


def _af_spans(shown: Sequence[tuple[float, RawReading]], end_s: float) -> tuple[Span, ...]:
    """Where the windows call the rhythm AF; those that begin together are averaged."""
    window_start_s = np.concatenate([start_s + read.window_start_s for start_s, read in shown])
    starts_s, of_window = np.unique(window_start_s, return_inverse=True)
    total = np.zeros((len(starts_s), len(RHYTHM_CLASSES)))
    np.add.at(total, of_window, np.concatenate([read.window_rhythm for _, read in shown]))
    names = [RHYTHM_CLASSES[index] for index in total.argmax(axis=1)]
    return rhythm_spans(starts_s, names, ("af",), end_s)


def _shutdown_spans(truth: Annotations, rate_hz: float, end_s: float) -> tuple[Span, ...]:
    subtypes = [int(subtype) for subtype in truth.quality_subtypes]
    return shutdown_spans(truth.quality_samples / rate_hz, subtypes, end_s)
