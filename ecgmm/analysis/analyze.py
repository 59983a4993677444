"""The whole line: from a file to its reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.concluding import concluded
from ecgmm.analysis.documents import document_reading
from ecgmm.analysis.episodes import in_time
from ecgmm.analysis.heart_rate import rr_intervals_s, told_rate_bpm
from ecgmm.analysis.judging import Judgement, judge
from ecgmm.analysis.junctional import junctional_runs
from ecgmm.analysis.measuring import measure_signal
from ecgmm.analysis.measuring_pages import as_the_print_allows
from ecgmm.analysis.own_shape import beats_of_own_shape
from ecgmm.analysis.pieces import Report
from ecgmm.analysis.raw_reading import RawReading, Source, mean_rhythm, read_source
from ecgmm.analysis.reader_warnings import kept_warnings, sentences
from ecgmm.analysis.reading import NOT_CONCLUDED, JudgedCondition, Reading, Rhythm
from ecgmm.analysis.rhythm_agreement import with_leads_together
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.strip_rhythm import seen_as_a_whole
from ecgmm.analysis.summary import is_readable
from ecgmm.errors import InputError
from ecgmm.measure.measurements import Measurements, not_measurable
from ecgmm.paper.options import NOTHING_STATED, PageOptions
from ecgmm.paper.picture import Document, Picture
from ecgmm.paper.strips import PaperDocument, PaperStrips
from ecgmm.person import NOBODY, Person
from ecgmm.readers.route import open_input
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.serving.runtime import Runtime

Opened = Source | PaperDocument
"""What `open_source` makes of an input."""


def analyze(
    path: Path,
    runtime: Runtime,
    *,
    sampling_rate_hz: float | None = None,
    unit: str | None = None,
    page: PageOptions = NOTHING_STATED,
    person: Person = NOBODY,
) -> Reading:
    """Read whatever ECG lies at `path`.

    Args:
        path: a file, or the stem of a WFDB record; what it is is told from its content.
        runtime: where probabilities come from.
        sampling_rate_hz: for a table that does not state it.
        unit: uV, mV or V, for a table that does not state it.
        page: what is known of a picture's paper; it overrules what is found on it.
        person: what is known of the person; it overrules what the file says.

    Returns:
        The reading, which calls its input as `path` does.

    Raises:
        InputError: when there is nothing readable; the message says why.
    """
    source = open_source(
        path, sampling_rate_hz=sampling_rate_hz, unit=unit, page=page, person=person
    )
    return analyze_source(source, runtime, name=str(path))


def open_source(
    path: Path,
    *,
    sampling_rate_hz: float | None = None,
    unit: str | None = None,
    page: PageOptions = NOTHING_STATED,
    person: Person = NOBODY,
) -> Opened:
    """What `analyze` does before the model comes in: the signal, or the strips of its pages.

    A signal stays on disk where its format allows that. What its reader warns of, such as signals
    that are left out, is told in the reading too.
    """
    with kept_warnings() as warned:
        content = open_input(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
    if isinstance(content, SignalFile):
        told = sentences(warned, (path.name, content.name))
        source: Opened = replace(content, assumed=(*content.assumed, *told))
    else:
        source = _strips_of(content, page)
    return replace(source, person=person.or_else(source.person))


def _strips_of(content: Picture | Document, page: PageOptions) -> PaperStrips | PaperDocument:
    from ecgmm.paper.document import read_document
    from ecgmm.paper.reader import read_paper

    match content:
        case Picture():
            return read_paper(content, options=page)
        case Document():
            return read_document(content, page)


def analyze_source(
    source: Opened, runtime: Runtime, *, name: str = "", report: Report = lambda read_s: None
) -> Reading:
    """Read a signal, or the strips of a picture, that were opened already, and judge it.

    What is unreadable carries no findings, no conditions, no rate and no rhythm, whatever the
    model made of it. Each page of a document is read like a picture of its own.

    Args:
        source: what `open_source` gives.
        runtime: where probabilities come from.
        name: what the reading calls its input; the source's own name by default.
        report: told how many seconds of a signal have been read.
    """
    called = name or source.name
    if not isinstance(source, PaperDocument):
        return _analyze_one(source, runtime, called, report)
    pages = (replace(page, person=source.person) for page in source.pages)
    readings = [_analyze_one(page, runtime, called, report) for page in pages]
    return document_reading(readings, source.faults)


def _analyze_one(source: Source, runtime: Runtime, name: str, report: Report) -> Reading:
    """The reading of a signal, or of one page."""
    raw = read_source(source, runtime, report=report)
    readable = is_readable(raw.beats, raw.quality)
    signal = signal_of(source, runtime) if readable else None
    judged = judge(signal, runtime, raw.beats) if signal else Judgement()
    beats, rhythm = leads_together(raw, judged.conditions)
    measured = _measured(source, signal, beats, rhythm, raw.gaps_s)
    reading = Reading(
        input=name,
        modality=raw.modality,
        duration_s=raw.duration_s,
        leads=raw.leads,
        beats=beats,
        rhythm=rhythm,
        findings=(),
        summary=NOT_CONCLUDED,
        quality=raw.quality,
        model_name=runtime.model_name,
        model_version=runtime.model_version,
        conditions=judged.conditions,
        measurements=measured,
        not_judged=judged.not_judged,
    )
    return concluded(reading, raw.gaps_s, source.person)


def _measured(
    source: Source,
    signal: SignalFile | None,
    beats: BeatList,
    rhythm: Rhythm,
    gaps: Sequence[tuple[float, float]],
) -> Measurements:
    """What the waves measure; of a page, as far as its print allows."""
    if signal is None:
        return not_measurable("the waves could not be read")
    rate_bpm = told_rate_bpm(rr_intervals_s(beats.time_s, gaps))
    measured = measure_signal(signal, beats, rhythm, rate_bpm, gaps)
    return as_the_print_allows(measured, source) if isinstance(source, PaperStrips) else measured


def signal_of(source: Source, runtime: Runtime) -> SignalFile | None:
    """The leads to judge and to measure: of a page its digitized ones; None where it has none."""
    if not isinstance(source, PaperStrips):
        return source
    from ecgmm.analysis.digitize import digitize_paper

    try:
        return SignalFile.in_memory(digitize_paper(source, runtime))
    except InputError as error:
        if error.code in ("model_too_old", "no_ecg"):
            return None
        raise


def leads_together(
    raw: RawReading, conditions: Sequence[JudgedCondition]
) -> tuple[BeatList, Rhythm]:
    """The beats and the rhythm in time, where the leads as a set know more than each of them."""
    beats = beats_of_own_shape(raw.beats, raw.class_probability, raw.shapes, conditions, raw.leads)
    windows = seen_as_a_whole(raw)
    whole = with_leads_together(mean_rhythm(windows), conditions, raw.leads)
    evidence = Evidence(beats, whole, raw.duration_s, raw.gaps_s, conditions)
    junctional = junctional_runs(beats, raw.shapes, raw.gaps_s)
    return beats, in_time(evidence, windows, raw.window_start_s, junctional)


def analyze_recording(recording: Recording, runtime: Runtime, *, name: str = "") -> Reading:
    """Read a signal that is in memory; see `analyze_source`."""
    return analyze_source(SignalFile.in_memory(recording), runtime, name=name)
