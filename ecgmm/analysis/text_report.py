"""The reading as text for a terminal, the verdict first."""

from __future__ import annotations

import itertools
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ecgmm.analysis.reading import Exclusion, Fault, Finding, Reading
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
"""Characters a line."""
_STRETCHES_NAMED = 5
"""The others are counted: a report is read from top to bottom."""
_UNIT = re.compile(r"(?<=\d) (?=s\b|%|bpm\b)")
_NO_BREAK = "\N{NO-BREAK SPACE}"
_SEVERITY_MARKS = {"critical": "!! ", "warning": "!  ", "info": "   "}


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
    if reading.quality.excluded:
        yield from _entry("Not read", _not_read(reading.quality.excluded))
    yield from _entry("Input", _source(reading))
    yield from _entry("Model", f"{reading.model_name} {reading.model_version}")
    yield from _entry("", NOT_A_MEDICAL_DEVICE)


def _entry(name: str, text: str, mark: str = "") -> list[str]:
    """One line, or several where the text is long; no number is parted from its unit."""
    start = f"  {name:<11}{mark}"
    kept_together = _UNIT.sub(_NO_BREAK, text)
    lines = textwrap.wrap(
        kept_together, WIDTH, initial_indent=start, subsequent_indent=" " * len(start)
    )
    return [line.replace(_NO_BREAK, " ") for line in lines]


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
        mark = _SEVERITY_MARKS[finding.severity]
        yield from _entry(name, finding.text + _times(reading, finding), mark)


def _times(reading: Reading, finding: Finding) -> str:
    """Where the beats of a finding are, each stretch of neighbouring beats as one."""
    if not finding.beats or len(finding.beats) == len(reading.beats):
        return ""
    breaks = [
        i for i in range(1, len(finding.beats)) if finding.beats[i] != finding.beats[i - 1] + 1
    ]
    borders = [0, *breaks, len(finding.beats)]
    stretches = [finding.beats[start:end] for start, end in itertools.pairwise(borders)]
    named = ", ".join(_stretch(reading, beats) for beats in stretches[:_STRETCHES_NAMED])
    more = len(stretches) - _STRETCHES_NAMED
    return f" (at {named} and {more} more)" if more > 0 else f" (at {named})"


def _stretch(reading: Reading, beats: tuple[int, ...]) -> str:
    first_s, last_s = (reading.beats[beat].time_s for beat in (beats[0], beats[-1]))
    return clock(first_s) if len(beats) == 1 else f"{clock(first_s)} to {clock(last_s)}"


def _not_read(excluded: Sequence[Exclusion]) -> str:
    """The longest stretches with their times, in time order, and how much there is in all."""
    leads_of: dict[tuple[float, float, Fault], list[str]] = defaultdict(list)
    for stretch in excluded:
        leads_of[stretch.start_s, stretch.end_s, stretch.fault].append(stretch.lead)
    longest = sorted(leads_of, key=lambda span: span[0] - span[1])[:_STRETCHES_NAMED]
    words = "; ".join(
        f"{', '.join(leads_of[start_s, end_s, fault])} {fault} {clock(start_s)} to {clock(end_s)}"
        for start_s, end_s, fault in sorted(longest)
    )
    more = len(leads_of) - len(longest)
    total_s = sum(stretch.end_s - stretch.start_s for stretch in excluded)
    rest = f"; {more} shorter, {clock(total_s)} of all leads together" if more else ""
    return f"{words}{rest}."


def _source(reading: Reading) -> str:
    leads = ", ".join(reading.leads) or "unnamed"
    noun = "lead" if len(reading.leads) == 1 else "leads"
    return f"{reading.modality}, {clock(reading.duration_s)}, {noun} {leads}"
