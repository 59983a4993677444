"""What sets the heart's rate, by its name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ecgmm.analysis import words
from ecgmm.analysis.reading import (
    EpisodeLabel,
    Finding,
    JudgedCondition,
    Reading,
    Rhythm,
    RhythmInTime,
)
from ecgmm.analysis.rules.conditions import EVEN_ODDS, decapitalised
from ecgmm.analysis.rules.rates import NORMAL_BPM
from ecgmm.analysis.rules.rhythms import is_fibrillating
from ecgmm.analysis.rules.unexplained_rhythm import NOT_CLEARLY_SINUS, lacks_sinus_p, looks_other
from ecgmm.measure.measurements import Measurements

PROBABLE = 0.8
"""A condition that is less probable is told as "probable", below even odds as "possible"."""
SINUS = "Sinus"
"""What the names of sinus rhythms begin with."""
_OTHER_RHYTHMS = ("AFLT", "AFIB", "SVTAC", "PSVT", "PACE")
"""Conditions that name what sets the rate."""
_ECTOPIC_RHYTHMS = frozenset(
    {"paced", "vt", "idioventricular", "svt", "ectopic_atrial", "junctional"}
)
"""Episodes that name it where they prevail."""


def rhythm_name(
    rate_bpm: float | None,
    rhythm: Rhythm,
    conditions: Sequence[JudgedCondition],
    measured: Measurements,
    findings: Sequence[Finding],
) -> str:
    """What sets the heart's rate, such as `"Sinus rhythm"` or `"Atrial fibrillation"`.

    Args:
        rate_bpm: the heart rate, where one is known.
        rhythm: of the whole, and in time.
        conditions: every condition that was asked.
        measured: what the waves measure.
        findings: which of these conditions are told, and whether it is doubted that the rhythm is
            sinus.
    """
    if is_fibrillating(rhythm):
        return "Atrial fibrillation"
    told = {finding.code for finding in findings}
    seen = [c for c in conditions if c.code in _OTHER_RHYTHMS and c.code.lower() in told]
    if seen:
        return hedged(max(seen, key=lambda condition: condition.probability))
    prevailing = _prevailing(rhythm.in_time)
    if prevailing in _ECTOPIC_RHYTHMS:
        name = words.EPISODE_NAMES[prevailing]
        return f"{name[0].upper()}{name[1:]}"
    if lacks_sinus_p(measured):
        return "Rhythm without a sinus P wave"
    if NOT_CLEARLY_SINUS in told:
        return "Rhythm not clearly sinus"
    if measured.qrs_ms is None:
        return "Rhythm unnamed" if looks_other(rhythm) else "Probable sinus rhythm"
    whole_bpm = None if rate_bpm is None else words.whole_bpm(rate_bpm)
    if whole_bpm is not None and whole_bpm < NORMAL_BPM[0]:
        return f"{SINUS} bradycardia"
    if whole_bpm is not None and whole_bpm > NORMAL_BPM[1]:
        return f"{SINUS} tachycardia"
    return f"{SINUS} rhythm"


def rhythm_name_of(reading: Reading) -> str:
    """That of a reading."""
    return rhythm_name(
        reading.summary.heart_rate_bpm,
        reading.rhythm,
        reading.conditions,
        reading.measurements,
        reading.findings,
    )


def hedged(condition: JudgedCondition) -> str:
    """A condition, and in a word how sure it is."""
    if condition.probability >= PROBABLE:
        return condition.text
    doubt = "Probable" if condition.probability >= EVEN_ODDS else "Possible"
    return f"{doubt} {decapitalised(condition.text)}"


def _prevailing(in_time: RhythmInTime) -> EpisodeLabel | None:
    """What lasts for more than half of the recording; None where nothing does."""
    lasting_s: dict[EpisodeLabel, float] = defaultdict(float)
    for episode in in_time.episodes:
        lasting_s[episode.label] += episode.end_s - episode.start_s
    label = max(lasting_s, key=lambda label: lasting_s[label], default=None)
    return label if label and 2 * lasting_s[label] > sum(lasting_s.values()) else None
