"""The reading as text for a terminal, the verdict first."""

from __future__ import annotations

import itertools
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ecgmm.analysis import measured_words, words
from ecgmm.analysis.reading import Exclusion, Fault, Reading
from ecgmm.analysis.rhythm_name import rhythm_name_of

WIDTH = 100
"""Characters a line."""
_UNIT = re.compile(r"(?<=\d) (?=m?s\b|%|bpm\b|mV\b|degrees\b)")
_NO_BREAK = "\N{NO-BREAK SPACE}"
_SEVERITY_MARKS = {"critical": "!! ", "warning": "!  ", "info": "   "}


def text_report(reading: Reading) -> str:
    """A report of one reading.

    Args:
        reading: what was read; of a document every page is reported on, the reading's own first.

    Returns:
        Lines of at most 100 characters (longer only where the input's own name is), without a
        line break at the end.
    """
    return "\n".join(itertools.chain(_lines(reading), *map(_other_page, reading.other_pages)))


def _other_page(reading: Reading) -> Iterator[str]:
    """What is said of a further page of a document: a line where there is no ECG on it."""
    return _lines(reading) if reading.shows_ecg else iter([words.title(reading)])


def _lines(reading: Reading) -> Iterator[str]:
    yield words.title(reading)
    if words.is_readable(reading):
        yield from _entry("In short", reading.summary.statement or "")
        yield from _entry("Patient", reading.summary.patient_statement or "")
        yield from _entry("Heart rate", words.rate(reading.summary.heart_rate_bpm))
        yield from _entry("Rhythm", _rhythm(reading))
        yield from _course(reading)
        yield from _entry("Beats", words.beats(reading))
        yield from _measurements(reading)
        yield from _findings(reading)
        yield from _entry("Not judged", ", ".join(reading.not_judged))
    yield from _entry("Quality", words.quality(reading.quality))
    if reading.quality.excluded:
        yield from _entry("Not read", _not_read(reading.quality.excluded))
    yield from _entry("Input", _source(reading))
    yield from _entry("Model", f"{reading.model_name} {reading.model_version}")
    yield from _entry("", words.NOT_A_MEDICAL_DEVICE)


def _entry(name: str, text: str, mark: str = "") -> list[str]:
    """One line, or several where the text is long; no number is parted from its unit."""
    start = f"  {name:<11}{mark}"
    kept_together = _UNIT.sub(_NO_BREAK, text)
    lines = textwrap.wrap(
        kept_together, WIDTH, initial_indent=start, subsequent_indent=" " * len(start)
    )
    return [line.replace(_NO_BREAK, " ") for line in lines]


def _rhythm(reading: Reading) -> str:
    return f"{rhythm_name_of(reading)} ({words.fibrillation(reading)})"


def _course(reading: Reading) -> Iterator[str]:
    """The longest episodes in time order, where the rhythm changes, and what they come to."""
    episodes = reading.rhythm.in_time.episodes
    if len(episodes) > 1:
        longest = sorted(episodes, key=lambda e: e.start_s - e.end_s)[: words.STRETCHES_NAMED]
        named = "; ".join(
            f"{words.EPISODE_NAMES[e.label]} {words.span(e.start_s, e.end_s)}"
            for e in sorted(longest, key=lambda e: e.start_s)
        )
        more = len(episodes) - len(longest)
        yield from _entry("In time", f"{named}{f'; and {more} shorter episodes' if more else ''}")
    told = words.course(reading.rhythm.in_time)
    if told:
        yield from _entry("Course", told)


def _measurements(reading: Reading) -> Iterator[str]:
    measured = reading.measurements
    yield from _entry("Intervals", measured_words.intervals(measured))
    yield from _entry("Axes", measured_words.axes(measured))
    yield from _entry("HRV", measured_words.variability(measured))
    yield from _entry("Unmeasured", measured_words.not_measured(measured))


def _findings(reading: Reading) -> Iterator[str]:
    if not reading.findings:
        yield from _entry("Findings", "none")
    for number, finding in enumerate(words.by_severity(reading.findings)):
        name = "" if number else "Findings"
        mark = _SEVERITY_MARKS[finding.severity]
        yield from _entry(name, words.finding_in(finding, reading), mark)


def _not_read(excluded: Sequence[Exclusion]) -> str:
    """The longest stretches with their times, in time order, and how much there is in all."""
    leads_of: dict[tuple[float, float, Fault], list[str]] = defaultdict(list)
    for stretch in excluded:
        leads_of[stretch.start_s, stretch.end_s, stretch.fault].append(stretch.lead)
    longest = sorted(leads_of, key=lambda span: span[0] - span[1])[: words.STRETCHES_NAMED]
    named = "; ".join(
        f"{', '.join(leads_of[start_s, end_s, fault])} {fault} {words.span(start_s, end_s)}"
        for start_s, end_s, fault in sorted(longest)
    )
    more = len(leads_of) - len(longest)
    total_s = sum(stretch.end_s - stretch.start_s for stretch in excluded)
    rest = f"; {more} shorter, {words.clock(total_s)} of all leads together" if more else ""
    return f"{named}{rest}."


def _source(reading: Reading) -> str:
    return f"{reading.modality}, {words.clock(reading.duration_s)}, {words.leads(reading.leads)}"
