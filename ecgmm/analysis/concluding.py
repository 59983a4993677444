"""What follows from what was read and measured: findings, verdict, statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.episodes import with_av_block, with_sinus_explained
from ecgmm.analysis.findings import find_findings
from ecgmm.analysis.measuring import unmeasured
from ecgmm.analysis.plain_words import patient_statement
from ecgmm.analysis.reading import Reading, Rhythm
from ecgmm.analysis.rhythm_name import SINUS, rhythm_name
from ecgmm.analysis.rules.agreement import contradictions
from ecgmm.analysis.statement import statement
from ecgmm.analysis.summary import is_readable, summarise
from ecgmm.conditions import DISEASES
from ecgmm.person import Person


def concluded(reading: Reading, gaps: Sequence[tuple[float, float]], person: Person) -> Reading:
    """The reading with everything that its beats, rhythm, conditions and measurements come to.

    Args:
        reading: its findings and its summary are not looked at; `not_judged` is what was not asked.
        gaps: `(start_s, end_s)` of each span that could not be read.
        person: whose heart it is, as far as that is known.

    Returns:
        The same with findings, summary, the doubts that measurements cast on conditions, and what
        could not be measured. What is unreadable carries no findings, no conditions and no rhythm;
        its beats stay in the data, and nothing that is written for people shows them.
    """
    measured, quality = reading.measurements, reading.quality
    readable = is_readable(reading.beats, quality)
    if not readable:
        reading = replace(reading, conditions=(), not_judged=tuple(DISEASES.values()))
    beats, rhythm, judged = reading.beats, reading.rhythm, reading.conditions
    findings = find_findings(beats, rhythm, reading.duration_s, gaps, judged, measured, person)
    rhythm = with_av_block(rhythm, findings, BeatList.of(beats))
    summary = summarise(
        beats,
        rhythm,
        findings,
        quality,
        duration_s=reading.duration_s,
        gaps=gaps,
        judged=judged,
    )
    if rhythm_name(summary.heart_rate_bpm, rhythm, judged, measured, findings).startswith(SINUS):
        rhythm = with_sinus_explained(rhythm, findings)
    not_judged = (*reading.not_judged, *unmeasured(measured))
    told = statement(summary, rhythm, findings, judged, measured, not_judged, quality.doubts)
    reasons = (*quality.reasons, *contradictions(judged, measured))
    whole = replace(
        reading,
        rhythm=rhythm if readable else Rhythm.unread(),
        findings=findings if readable else (),
        summary=replace(summary, statement=told),
        quality=replace(quality, reasons=reasons),
        not_judged=not_judged,
    )
    told_plainly = replace(whole.summary, patient_statement=patient_statement(whole))
    return replace(whole, summary=told_plainly)
