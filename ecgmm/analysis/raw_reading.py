"""What the model sees in a source: the one way in which every part of the project reads.

`ecgmm analyze`, the web, bulk runs and every figure of the evaluation come through
`read_source`; what they do afterwards differs, what they read does not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_features import BeatTable
from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.decode import decode_beats
from ecgmm.analysis.guard import is_told_apart, is_whole, joints_s
from ecgmm.analysis.intruders import not_intruding
from ecgmm.analysis.losses import SHORTEST_EXCLUSION_S, standstill_doubt, true_spans
from ecgmm.analysis.page_doubts import page_doubts
from ecgmm.analysis.pieces import Report, SignalRead, read_in_pieces
from ecgmm.analysis.quality import rate_quality
from ecgmm.analysis.reading import Modality, Quality, Rhythm
from ecgmm.analysis.rhythm_agreement import without_regular_fibrillation
from ecgmm.analysis.second_look import look_again
from ecgmm.analysis.shapes import no_shapes
from ecgmm.analysis.short_strips import full_pictures
from ecgmm.analysis.strips import StepProbabilities, encode_png, read_pictures
from ecgmm.analysis.words import UNKNOWN_LEAD
from ecgmm.grid import STEP_S, STRIP_STEPS
from ecgmm.labels import AAMI_CLASSES, RHYTHM_CLASSES
from ecgmm.paper.strips import BORDER_WEIGHT, PaperStrip, PaperStrips
from ecgmm.readers.signal_file import SignalFile
from ecgmm.serving.runtime import Runtime

LONGEST_IN_TURN_S = 60.0
"""Leads in turn are a resting ECG's; a Holter loses leads at thousands of moments."""
SHORTEST_GAP_S = SHORTEST_EXCLUSION_S

Source = SignalFile | PaperStrips


@dataclass(frozen=True)
class RawReading:
    """What was read in one source, before any rule concludes from it.

    Attributes:
        modality: what the source is.
        duration_s: how long it is.
        leads: its leads, as they are named.
        beats: in time order.
        class_probability: `[beats, 5]` float32 over `labels.AAMI_CLASSES`, given the beat.
        shapes: `[beats, leads, samples]` of each beat, as `shapes.beat_shapes` gives them; all
            unknown of a picture.
        window_rhythm: `[windows, 4]` float32, in the order of `labels.RHYTHM_CLASSES`.
        window_start_s: `[windows]`, where each window begins.
        gaps_s: `(start_s, end_s)` of each span of 300 ms or longer in which nothing could be read.
        quality: how readable it is.
    """

    modality: Modality
    duration_s: float
    leads: tuple[str, ...]
    beats: BeatList
    class_probability: NDArray[np.float32]
    shapes: NDArray[np.float16]
    window_rhythm: NDArray[np.float32]
    window_start_s: NDArray[np.float64]
    gaps_s: list[tuple[float, float]]
    quality: Quality

    @property
    def rhythm(self) -> Rhythm:
        """The rhythm of the whole."""
        return mean_rhythm(self.window_rhythm)


def read_source(
    source: Source, runtime: Runtime, *, report: Report = lambda read_s: None
) -> RawReading:
    """Read a signal of any length, or the strips of a picture.

    A signal is read piece by piece, and its beats lie at the peaks of the signal itself. The
    strips of a picture are one recording on their common clock: rows that show the same seconds
    are averaged step by step, each step of a row counting as much as the reader of the picture
    trusts it. Without a strip nothing is read.

    Args:
        source: the signal, whose reference annotations are not looked at, or the strips.
        runtime: where probabilities come from.
        report: told how many seconds of a signal have been read.
    """
    match source:
        case SignalFile():
            return _read_signal(source, runtime, report)
        case PaperStrips(strips=()):
            return _nothing_read(source)
        case PaperStrips():
            return _read_paper(source, runtime)


def _read_signal(file: SignalFile, runtime: Runtime, report: Report) -> RawReading:
    read = read_in_pieces(file, runtime, report=report)
    read = read.only(not_intruding(read.beats.time_s, read.certainty))
    gaps_s = lasting_gaps(read.unreadable)
    beats, class_probability = seen_again(read, gaps_s)
    whole = is_whole(beats, file.duration_s)
    if file.duration_s <= LONGEST_IN_TURN_S:
        whole &= is_told_apart(beats, joints_s(read.excluded, file.lead_names))
    beats = beats.only(whole)
    rhythm = without_regular_fibrillation(read.rhythm, read.window_start_s, beats, gaps_s)
    doubt = standstill_doubt(gaps_s, read.excluded)
    return RawReading(
        modality="signal",
        duration_s=file.duration_s,
        leads=file.lead_names,
        beats=beats,
        class_probability=class_probability[whole],
        shapes=read.shapes[whole],
        window_rhythm=rhythm,
        window_start_s=read.window_start_s,
        gaps_s=gaps_s,
        quality=rate_quality(
            read.beats,
            mean_rhythm(rhythm),
            usable_share=read.usable_share,
            faults=(*read.faults, *([doubt] if doubt else [])),
            excluded=read.excluded,
        ),
    )


def seen_again(
    read: SignalRead, gaps_s: Sequence[tuple[float, float]]
) -> tuple[BeatList, NDArray[np.float32]]:
    """The beats as the second look names them, and `[beats, 5]` their probabilities.

    How sure it is that there is a beat at all stays. The quality of the signal goes by the first
    look, which sees nothing else.
    """
    table = BeatTable(read.beats.time_s, read.class_probability, read.shapes, tuple(gaps_s))
    again = look_again(table)
    probability = read.certainty * again.max(axis=1, initial=0.0)
    labels = "".join(AAMI_CLASSES[index] for index in again.argmax(axis=1))
    return BeatList(read.beats.time_s, labels, probability), again


def _read_paper(paper: PaperStrips, runtime: Runtime) -> RawReading:
    probabilities = _read_strips(paper.strips, runtime)
    shown, paper = paper.strips, without_rows(paper, probabilities.not_ecg)
    duration_s = max(strip.start_s + strip.duration_s for strip in paper.strips or shown)
    probabilities = _up_to(duration_s, probabilities)
    decoded = decode_beats(probabilities.beats)
    decoded = decoded.only((decoded.time_s >= 0) & (decoded.time_s < duration_s))
    certainty = decoded.certainty * _is_clear(paper.strips, decoded.time_s)
    decoded = decoded.only(not_intruding(decoded.time_s, certainty))
    beats = BeatList(decoded.time_s, "".join(decoded.labels), decoded.probability)
    whole = is_whole(beats, duration_s)
    beats, decoded = beats.only(whole), decoded.only(whole)
    gaps_s = lasting_gaps(true_spans(~probabilities.readable))
    starts_s = probabilities.window_start_s
    rhythm = without_regular_fibrillation(probabilities.rhythm, starts_s, beats, gaps_s)
    lost_s = sum(end_s - start_s for start_s, end_s in gaps_s)
    doubts = list(page_doubts(paper, probabilities.picture_beats, beats, gaps_s, duration_s))
    return RawReading(
        modality="image",
        duration_s=duration_s,
        leads=_leads_of(paper.strips),
        beats=beats,
        class_probability=decoded.class_probability.astype(np.float32),
        shapes=no_shapes(len(beats)),
        window_rhythm=rhythm,
        window_start_s=starts_s,
        gaps_s=gaps_s,
        quality=rate_quality(
            beats,
            mean_rhythm(rhythm),
            usable_share=1.0 - lost_s / duration_s if duration_s else 0.0,
            confidence=max((strip.confidence for strip in paper.strips), default=0.0),
            ecg_probability=probabilities.ecg_probability,
            faults=(*paper.faults, *(doubt.sentence for doubt in doubts)),
            doubts=(*paper.doubts, *(doubt.brief for doubt in doubts)),
        ),
    )


def _nothing_read(paper: PaperStrips) -> RawReading:
    """That of a picture without a strip."""
    no_rhythm = np.empty((0, len(RHYTHM_CLASSES)), np.float32)
    beats = BeatList.joined([])
    return RawReading(
        modality="image",
        duration_s=0.0,
        leads=(),
        beats=beats,
        class_probability=np.empty((0, len(AAMI_CLASSES)), np.float32),
        shapes=no_shapes(0),
        window_rhythm=no_rhythm,
        window_start_s=np.empty(0, np.float64),
        gaps_s=[],
        quality=rate_quality(beats, mean_rhythm(no_rhythm), usable_share=0.0, faults=paper.faults),
    )


def _read_strips(strips: Sequence[PaperStrip], runtime: Runtime) -> StepProbabilities:
    """What the model says of every step."""
    return read_pictures(
        [encode_png(picture) for picture in full_pictures(strips, runtime)],
        [strip.start_s for strip in strips],
        runtime,
        step_weight=[strip.say for strip in strips],
    )


def _up_to(duration_s: float, read: StepProbabilities) -> StepProbabilities:
    """The same up to the end of the last row that looks like an ECG."""
    steps = math.ceil(duration_s / STEP_S)
    return replace(read, beats=read.beats[:steps], readable=read.readable[:steps])


def _is_clear(strips: Sequence[PaperStrip], time_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether some row is clear at each time; next to a border between leads, none may be."""
    clear = np.zeros(len(time_s), np.bool_)
    for strip in strips:
        step = np.floor((time_s - strip.start_s) / STEP_S).astype(np.intp)
        inside = (step >= 0) & (time_s < strip.start_s + strip.duration_s)
        weight = np.ones(STRIP_STEPS) if strip.step_weight is None else strip.step_weight
        clear |= inside & (weight[np.clip(step, 0, STRIP_STEPS - 1)] > BORDER_WEIGHT)
    return clear


def without_rows(paper: PaperStrips, not_ecg: Sequence[int]) -> PaperStrips:
    """The strips that look like an ECG, and a fault for each that does not."""
    faults = [f"Row {number + 1} does not look like an ECG." for number in not_ecg]
    if len(not_ecg) == len(paper.strips):
        faults = ["This does not look like an ECG."]
    strips = tuple(s for number, s in enumerate(paper.strips) if number not in not_ecg)
    return replace(paper, strips=strips, faults=(*paper.faults, *faults))


def _leads_of(strips: Sequence[PaperStrip]) -> tuple[str, ...]:
    """Every lead once, as they come."""
    return tuple(dict.fromkeys(lead for strip in strips for lead in strip.leads or (UNKNOWN_LEAD,)))


def mean_rhythm(window_rhythm: NDArray[np.float32]) -> Rhythm:
    """The rhythm of a whole recording: the mean over its windows.

    Args:
        window_rhythm: `[windows, 4]`, in the order of `labels.RHYTHM_CLASSES`. Without any
            window there was nothing to read, which is noise.
    """
    if not len(window_rhythm):
        return Rhythm.unread()
    mean = window_rhythm.mean(axis=0)
    probabilities = dict(zip(RHYTHM_CLASSES, mean.astype(float).tolist(), strict=True))
    return Rhythm(RHYTHM_CLASSES[int(mean.argmax())], probabilities)


def lasting_gaps(unreadable: NDArray[np.int64]) -> list[tuple[float, float]]:
    """`(start_s, end_s)` of each span of 300 ms or longer in which no lead holds a signal.

    Args:
        unreadable: `[spans, 2]`, first step, and one after the last, of each.
    """
    spans_s = (unreadable * STEP_S).tolist()
    return [(start_s, end_s) for start_s, end_s in spans_s if end_s - start_s >= SHORTEST_GAP_S]
