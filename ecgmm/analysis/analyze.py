"""The whole line: from a file to its reading."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.decode import decode_beats
from ecgmm.analysis.findings import find_findings
from ecgmm.analysis.losses import SHORTEST_EXCLUSION_S, standstill_doubt, true_spans
from ecgmm.analysis.pieces import Report, read_in_pieces
from ecgmm.analysis.quality import rate_quality
from ecgmm.analysis.reading import Beat, Modality, Quality, Reading, Rhythm
from ecgmm.analysis.strips import StepProbabilities, read_pictures
from ecgmm.analysis.summary import summarise
from ecgmm.grid import STEP_S
from ecgmm.labels import RHYTHM_CLASSES
from ecgmm.paper.reader import read_paper
from ecgmm.paper.strips import PaperStrip, PaperStrips
from ecgmm.readers.limits import check_length
from ecgmm.readers.route import open_input
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.serving.runtime import Runtime

UNKNOWN_LEAD = "unknown"
SHORTEST_GAP_S = SHORTEST_EXCLUSION_S

Source = SignalFile | PaperStrips


def analyze(
    path: Path, runtime: Runtime, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> Reading:
    """Read whatever ECG lies at `path`.

    Args:
        path: a file, or the stem of a WFDB record; what it is is told from its content.
        runtime: where probabilities come from.
        sampling_rate_hz: for a table that does not state it.
        unit: uV, mV or V, for a table that does not state it.

    Returns:
        The reading, which calls its input as `path` does.

    Raises:
        InputError: when there is nothing readable; the message says why.
    """
    source = open_source(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
    return analyze_source(source, runtime, name=str(path))


def open_source(
    path: Path, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> Source:
    """What `analyze` does before the model comes in: the signal, or the strips of a picture.

    A signal stays on disk where its format allows that.
    """
    content = open_input(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
    if not isinstance(content, SignalFile):
        return read_paper(content)
    check_length(content.samples, len(content.lead_names), content.sampling_rate_hz, content.name)
    return content


def analyze_source(
    source: Source, runtime: Runtime, *, name: str = "", report: Report = lambda read_s: None
) -> Reading:
    """Read a signal, or the strips of a picture, that were opened already.

    Args:
        source: what `open_source` gives.
        runtime: where probabilities come from.
        name: what the reading calls its input; the source's own name by default.
        report: told how many seconds of a signal have been read.
    """
    match source:
        case SignalFile():
            return analyze_signal(source, runtime, name=name, report=report)
        case PaperStrips():
            return analyze_paper(source, runtime, name=name)


def analyze_recording(recording: Recording, runtime: Runtime, *, name: str = "") -> Reading:
    """Read a signal that is in memory; see `analyze_signal`."""
    return analyze_signal(SignalFile.in_memory(recording), runtime, name=name)


def analyze_signal(
    file: SignalFile, runtime: Runtime, *, name: str = "", report: Report = lambda read_s: None
) -> Reading:
    """Read a signal of any length.

    Args:
        file: one or more leads; reference annotations are not looked at.
        runtime: where probabilities come from.
        name: what the reading calls its input; the signal's own name by default.
        report: told how many seconds have been read.

    Returns:
        The reading, with its beats at the peaks of the signal itself.
    """
    read = read_in_pieces(file, runtime, report=report)
    rhythm = mean_rhythm(read.rhythm)
    gaps = lasting_gaps(read.unreadable)
    doubt = standstill_doubt(gaps, read.excluded)
    return _judge(
        runtime,
        input=name or file.name,
        modality="signal",
        duration_s=file.duration_s,
        leads=file.lead_names,
        beats=read.beats,
        rhythm=rhythm,
        quality=rate_quality(
            read.beats,
            rhythm,
            usable_share=read.usable_share,
            faults=(*read.faults, *([doubt] if doubt else [])),
            excluded=read.excluded,
        ),
        gaps=gaps,
    )


def analyze_paper(paper: PaperStrips, runtime: Runtime, *, name: str = "") -> Reading:
    """Read the strips of a picture, as one recording on their common clock.

    Rows that show the same seconds are averaged step by step, each step of a row counting as
    much as the reader of the picture trusts it.

    Args:
        paper: any number of strips; without one the reading is `unreadable`.
        runtime: where probabilities come from.
        name: what the reading calls its input; the picture's own name by default.
    """
    duration_s = max((strip.start_s + strip.duration_s for strip in paper.strips), default=0.0)
    beats: Sequence[Beat] = ()
    rhythm = mean_rhythm(np.empty((0, len(RHYTHM_CLASSES)), np.float32))
    gaps: list[tuple[float, float]] = []
    ecg_probability = 0.0
    if paper.strips:
        probabilities = _read_strips(paper.strips, duration_s, runtime)
        paper = without_aliens(paper, probabilities.looks_alien)
        decoded = decode_beats(probabilities.beats)
        found = BeatList(decoded.time_s, "".join(decoded.labels), decoded.probability)
        beats = found.between(0.0, duration_s)
        rhythm = mean_rhythm(probabilities.rhythm)
        gaps = lasting_gaps(true_spans(~probabilities.readable))
        ecg_probability = probabilities.ecg_probability
    return _judge(
        runtime,
        input=name or paper.name,
        modality="image",
        duration_s=duration_s,
        leads=_leads_of(paper.strips),
        beats=beats,
        rhythm=rhythm,
        quality=_quality_of(paper, beats, rhythm, duration_s, gaps, ecg_probability),
        gaps=gaps,
    )


def _read_strips(
    strips: Sequence[PaperStrip], duration_s: float, runtime: Runtime
) -> StepProbabilities:
    """What the model says of every step up to the end of the last strip's ECG."""
    read = read_pictures(
        [encode_png(strip.grey) for strip in strips],
        [strip.start_s for strip in strips],
        runtime,
        step_weight=[strip.say for strip in strips],
    )
    steps = math.ceil(duration_s / STEP_S)
    return replace(read, beats=read.beats[:steps], readable=read.readable[:steps])


def without_aliens(paper: PaperStrips, aliens: Sequence[int]) -> PaperStrips:
    """The strips that look like an ECG, and a fault for each that does not."""
    faults = [f"Row {number + 1} does not look like an ECG." for number in aliens]
    if len(aliens) == len(paper.strips):
        faults = ["This does not look like an ECG."]
    strips = tuple(s for number, s in enumerate(paper.strips) if number not in aliens)
    return replace(paper, strips=strips, faults=(*paper.faults, *faults))


def _leads_of(strips: Sequence[PaperStrip]) -> tuple[str, ...]:
    """Every lead once, as they come."""
    return tuple(dict.fromkeys(lead for strip in strips for lead in strip.leads or (UNKNOWN_LEAD,)))


def _quality_of(
    paper: PaperStrips,
    beats: Sequence[Beat],
    rhythm: Rhythm,
    duration_s: float,
    gaps: Sequence[tuple[float, float]],
    ecg_probability: float,
) -> Quality:
    """How readable a picture is: what is missing in all of its rows counts as lost."""
    lost_s = sum(end_s - start_s for start_s, end_s in gaps)
    return rate_quality(
        beats,
        rhythm,
        usable_share=1.0 - lost_s / duration_s if duration_s else 0.0,
        confidence=max((strip.confidence for strip in paper.strips), default=0.0),
        ecg_probability=ecg_probability,
        faults=paper.faults,
    )


def encode_png(grey: NDArray[np.uint8]) -> bytes:
    """A grey picture as the model's `image` signature takes it."""
    return cv2.imencode(".png", grey)[1].tobytes()


def mean_rhythm(window_rhythm: NDArray[np.float32]) -> Rhythm:
    """The rhythm of a whole recording: the mean over its windows.

    Args:
        window_rhythm: `[windows, 4]`, in the order of `labels.RHYTHM_CLASSES`. Without any
            window there was nothing to read, which is noise.
    """
    if not len(window_rhythm):
        return Rhythm("noise", {name: float(name == "noise") for name in RHYTHM_CLASSES})
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


def _judge(
    runtime: Runtime,
    *,
    input: str,
    modality: Modality,
    duration_s: float,
    leads: tuple[str, ...],
    beats: Sequence[Beat],
    rhythm: Rhythm,
    quality: Quality,
    gaps: list[tuple[float, float]],
) -> Reading:
    """Findings and summary of what was read, whatever it was read from."""
    findings = find_findings(beats, rhythm, duration_s, gaps)
    return Reading(
        input=input,
        modality=modality,
        duration_s=duration_s,
        leads=leads,
        beats=beats,
        rhythm=rhythm,
        findings=findings,
        summary=summarise(beats, rhythm, findings, quality, duration_s=duration_s, gaps=gaps),
        quality=quality,
        model_name=runtime.model_name,
        model_version=runtime.model_version,
    )
