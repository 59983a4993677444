"""The reading as text for a terminal, the verdict first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ecgmm.analysis.reading import Finding, Reading
from ecgmm.analysis.words import (
    BEAT_NAMES,
    NOT_A_MEDICAL_DEVICE,
    RHYTHM_NAMES,
    by_severity,
    clock,
    heart_rate_words,
    percent,
    verdict_words,
)

WIDTH = 100
_INDENT = 13
_TIMES_NAMED = 6
_SEVERITY_MARKS = {"critical": "!!", "warning": "! ", "info": "  "}


def text_report(reading: Reading) -> str:
    """A report of one reading.

    Args:
        reading: what was read.

    Returns:
        Lines of at most 100 characters (longer only where the input's own name is), without a
        line break at the end.
    """
    return "\n".join(_lines(reading))


def _lines(reading: Reading) -> Iterator[str]:
    yield f"{reading.input}: {verdict_words(reading)}"
    yield from _entry("Heart rate", heart_rate_words(reading))
    yield from _entry("Rhythm", _rhythm(reading))
    yield from _entry("Beats", _beats(reading))
    yield from _findings(reading)
    yield from _entry(
        "Quality", " ".join((f"{reading.quality.score:.2f}", *reading.quality.reasons))
    )
    yield from _entry("Input", _source(reading))
    yield from _entry("Model", f"{reading.model_name} {reading.model_version}")
    yield from _entry("", NOT_A_MEDICAL_DEVICE)


def _entry(name: str, text: str) -> list[str]:
    indent = " " * _INDENT
    return textwrap.wrap(text, WIDTH, initial_indent=f"  {name:<11}", subsequent_indent=indent)


def _rhythm(reading: Reading) -> str:
    shares = sorted(reading.rhythm.probabilities.items(), key=lambda item: -item[1])
    others = ", ".join(
        f"{RHYTHM_NAMES.get(label, label)} {percent(probability)}"
        for label, probability in shares
        if label != reading.rhythm.label
    )
    probability = reading.rhythm.probabilities[reading.rhythm.label]
    name = RHYTHM_NAMES.get(reading.rhythm.label, reading.rhythm.label)
    return f"{name}, {percent(probability)} ({others})"


def _beats(reading: Reading) -> str:
    counts = ", ".join(
        f"{count} {label} ({BEAT_NAMES[label]})"
        for label, count in reading.summary.beat_counts.items()
        if count
    )
    total = f"{len(reading.beats)} in {clock(reading.duration_s)}"
    return f"{total}: {counts}" if counts else total


def _findings(reading: Reading) -> Iterator[str]:
    if not reading.findings:
        yield from _entry("Findings", "none")
    for number, finding in enumerate(by_severity(reading.findings)):
        name = "" if number else "Findings"
        lead = f"  {name:<11}{_SEVERITY_MARKS[finding.severity]} "
        yield from textwrap.wrap(
            finding.text + _times(reading, finding),
            WIDTH,
            initial_indent=lead,
            subsequent_indent=" " * len(lead),
        )


def _times(reading: Reading, finding: Finding) -> str:
    times = [clock(reading.beats[beat].time_s) for beat in finding.beats]
    if not times or len(times) == len(reading.beats):
        return ""
    more = len(times) - _TIMES_NAMED
    named = ", ".join(times[:_TIMES_NAMED])
    return f" (at {named} and {more} more)" if more > 0 else f" (at {named})"


def _source(reading: Reading) -> str:
    leads = ", ".join(reading.leads) or "unnamed"
    noun = "lead" if len(reading.leads) == 1 else "leads"
    return f"{reading.modality}, {clock(reading.duration_s)}, {noun} {leads}"
