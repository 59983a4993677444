"""How a reading is said to people: every figure is rounded here and nowhere else.

Text reports, drawings, findings, the web page, its lists and the PDF all take their words from
here, so that one quantity has one value wherever it stands. A figure is first rounded as the JSON
gives it, then as people read it, halves upwards: whoever starts from the JSON comes to the same
words.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Literal

from ecgmm.analysis.reading import (
    EpisodeLabel,
    Finding,
    Quality,
    Reading,
    RhythmInTime,
    Run,
    Summary,
)
from ecgmm.conditions import DISEASES
from ecgmm.leads import CHEST_LEADS

NOT_A_MEDICAL_DEVICE = "Not a medical device: no diagnosis, no substitute for a physician."

GOOD_FROM = 0.8
"""One class in five doubted, on average, is worth a sentence."""
FAIR_FROM = 0.6
"""Below this the doubt about a picture's place and scale has cost a fifth of the score."""

BEAT_NAMES = {
    "N": "normal or bundle branch block",
    "S": "supraventricular ectopic",
    "V": "ventricular ectopic",
    "F": "fusion",
    "Q": "paced or unclassifiable",
}

EPISODE_NAMES: dict[EpisodeLabel, str] = {
    "sinus": "sinus rhythm",
    "af": "atrial fibrillation",
    "flutter": "atrial flutter",
    "other": "rhythm not clearly sinus",
    "paced": "paced rhythm",
    "vt": "ventricular tachycardia",
    "idioventricular": "idioventricular rhythm",
    "svt": "supraventricular tachycardia",
    "ectopic_atrial": "ectopic atrial or junctional rhythm",
    "junctional": "possibly junctional or low atrial rhythm",
    "bigeminy": "ventricular bigeminy",
    "av_block": "AV block",
    "noise": "not read",
}

SEVERITY_ORDER = ("critical", "warning", "info")

STRETCHES_NAMED = 5
"""The others are counted: a report is read from top to bottom."""

UNKNOWN_LEAD = "unknown"
"""What a picture's lead is called whose name was not read."""
_LEAD_NOUN = "lead "
_FLOAT_SLACK = 1e-9
"""What a half may lack because it is no binary fraction: 1.005 is one."""


_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def number(count: int) -> str:
    """A count at the beginning of a sentence: up to nine in letters."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def listed(names: Sequence[str], conjunction: str) -> str:
    """Such as `"infarction, ST or T changes or hypertrophy"`."""
    *first, last = names or ("",)
    return f" {conjunction} ".join(filter(None, (", ".join(first), last)))


def half_up(value: float, decimals: int = 0) -> float:
    """A figure to so many decimals, halves upwards, as JavaScript's `Math.round` has it."""
    scale = 10.0**decimals
    return math.floor(value * scale + 0.5 + _FLOAT_SLACK) / scale


def whole_bpm(rate_bpm: float) -> int:
    """A rate as people read it; what is compared with a limit that is told beside it."""
    return int(half_up(round(rate_bpm, 1)))


def rate(rate_bpm: float | None) -> str:
    """A rate such as `"71 bpm"`, or `"unknown"`."""
    return "unknown" if rate_bpm is None else f"{whole_bpm(rate_bpm)} bpm"


def rate_range(summary: Summary) -> str:
    """The slowest and the fastest stretch such as `"58 to 97 bpm"`; empty where there is none."""
    if summary.heart_rate_range_bpm is None:
        return ""
    slowest, fastest = (whole_bpm(rate_bpm) for rate_bpm in summary.heart_rate_range_bpm)
    return f"{slowest} to {fastest} bpm" if slowest < fastest else ""


def percent(probability: float) -> str:
    """A probability in whole per cent that never claims certainty."""
    probability = round(probability, 4)
    if probability > 0.99:
        return "over 99 %"
    if probability < 0.01:
        return "under 1 %"
    return f"{half_up(100 * probability):.0f} %"


def share(part: float, whole: float) -> str:
    """How much of a whole a part is: `"25 %"`, `"12.5 %"`, `"0.03 %"`."""
    percentage = 100 * part / whole
    figure = f"{half_up(percentage, 1):g}" if percentage >= 1 else f"{percentage:.1g}"
    return f"{figure} %"


def score(value: float) -> str:
    """A score from 0 to 1, to two decimals."""
    return f"{half_up(round(value, 3), 2):.2f}"


def lasting(duration_s: float) -> str:
    """How long something lasted, to a tenth of a second, never longer than it was."""
    return f"{math.floor(round(duration_s, 3) * 10 + _FLOAT_SLACK) / 10:.1f} s"


def clock(time_s: float, *, decimals: int = 1) -> str:
    """A time as `"7.3 s"`, `"2:07.3"` or `"1:02:07.3"`."""
    ticks = int(half_up(round(time_s, 3) * 10**decimals))
    minutes, rest = divmod(ticks, 60 * 10**decimals)
    seconds = rest / 10**decimals
    if not minutes:
        return f"{seconds:.{decimals}f} s"
    width = decimals + 3 if decimals else 2
    hours, minutes = divmod(minutes, 60)
    tail = f"{minutes:02d}" if hours else f"{minutes}"
    return f"{hours}:" * bool(hours) + f"{tail}:{seconds:0{width}.{decimals}f}"


def span(start_s: float, end_s: float) -> str:
    """From when to when, such as `"3.7 s to 5.3 s"`."""
    return f"{clock(start_s)} to {clock(end_s)}"


def fibrillation(reading: Reading) -> str:
    """Such as `"atrial fibrillation: probability 3 %"`."""
    return f"atrial fibrillation: probability {percent(reading.rhythm.probabilities['af'])}"


def course(in_time: RhythmInTime) -> str:
    """What the rhythm comes to over time: the burden of fibrillation, runs and pauses; or `""`."""
    told = []
    if in_time.af_burden:
        told.append(f"atrial fibrillation {share(in_time.af_burden, 1.0)} of the time")
    if in_time.longest_run:
        told.append(f"longest run {run(in_time.longest_run)}")
    if in_time.fastest_run and in_time.fastest_run != in_time.longest_run:
        told.append(f"fastest run {run(in_time.fastest_run)}")
    if in_time.pauses:
        longest_s = max(pause.end_s - pause.start_s for pause in in_time.pauses)
        plural = "s" * (len(in_time.pauses) > 1)
        told.append(f"{len(in_time.pauses)} pause{plural}, the longest {lasting(longest_s)}")
    return "; ".join(told)


def run(told: Run) -> str:
    """A run such as `"5 beats of ventricular tachycardia at 160 bpm, 12.3 s"`."""
    return (
        f"{told.beats} beats of {EPISODE_NAMES[told.label]} at {rate(told.rate_bpm)}, "
        f"{clock(told.start_s)}"
    )


def beats(reading: Reading) -> str:
    """How many beats of each class there are, and what the counts do not show."""
    counts = ", ".join(
        f"{count} {label} ({BEAT_NAMES[label]})"
        for label, count in reading.summary.beat_counts.items()
        if count
    )
    total = f"{len(reading.beats)} in {clock(reading.duration_s)}"
    told = f"{total}: {counts}" if counts else total
    return ". ".join(filter(None, (told, reading.summary.caution)))


def leads(names: Iterable[str]) -> str:
    """Leads with their noun: `"lead II"`, `"leads I, II"`, `"lead 1"`, `"no lead named"`."""
    bare = [bare_lead(name) for name in names if name != UNKNOWN_LEAD]
    if not bare:
        return "no lead named"
    return f"{'lead' if len(bare) == 1 else 'leads'} {', '.join(bare)}"


def bare_lead(name: str) -> str:
    """A lead's name without its noun: of leads that have no names, `"lead 1"` is the first."""
    return name.removeprefix(_LEAD_NOUN)


def is_readable(reading: Reading) -> bool:
    """Whether anything may be said of the heart; where not, no rate, rhythm or beat is told."""
    return reading.summary.verdict != "unreadable"


def title(reading: Reading) -> str:
    """What a reading is called, and its verdict: `"a.pdf, page 2: Normal, 97 % sure"`."""
    return f"{name(reading)}: {verdict_of_page(reading)}"


def verdict_of_page(reading: Reading) -> str:
    """The verdict, or `"no ECG"` of a page of a document that shows none."""
    return "no ECG" if reading.page is not None and not reading.shows_ecg else verdict(reading)


def name(reading: Reading) -> str:
    """What its input is called, and of which page it is."""
    return reading.input if reading.page is None else f"{reading.input}, page {reading.page}"


def verdict(reading: Reading) -> str:
    """The verdict, how sure it is, what is doubtful about it, and what it does not speak of.

    Such as `"Abnormal, 97 % sure"`, or `"Rhythm and beats normal, 94 % sure; infarction,
    hypertrophy not judged"`: `"Normal"` is said only of what was judged.
    """
    return "; ".join(filter(None, (verdict_alone(reading), verdict_limits(reading))))


def verdict_alone(reading: Reading) -> str:
    """The verdict and how sure it is, for where `verdict_limits` stands beside it."""
    if reading.summary.verdict == "unreadable":
        return "Unreadable"
    words = ", ".join(filter(None, (reading.summary.graded.label, certainty(reading))))
    if is_limited(reading):
        return f"Rhythm and beats {words}"
    return words[0].upper() + words[1:]


def is_limited(reading: Reading) -> bool:
    """Whether one that found nothing grave speaks of part of the ECG only, or not without doubt."""
    return bool(verdict_limits(reading)) and reading.summary.graded.label != "abnormal"


def verdict_limits(reading: Reading) -> str:
    """What is doubtful about a verdict, and what one that found nothing grave does not speak of."""
    if not is_readable(reading):
        return ""
    missing = _missing(reading)
    return "; ".join((*reading.quality.doubts, *([f"{missing} not judged"] if missing else [])))


def _missing(reading: Reading) -> str:
    """The diseases that were not judged where nothing grave was found."""
    if reading.summary.graded.label == "abnormal":
        return ""
    return ", ".join(what for what in reading.not_judged if what in DISEASES.values())


def certainty(reading: Reading) -> str:
    """How sure the grade is: `"97 % sure"`; of a borderline ECG `"31 % likely to show a disease"`.

    Empty where there is none, and of a borderline one in which not every disease was judged.
    """
    if not is_readable(reading):
        return ""
    graded = reading.summary.graded
    if graded.label == "normal":
        return f"{percent(1.0 - graded.disease_probability)} sure"
    if graded.label == "abnormal":
        return f"{percent(graded.disease_probability)} sure"
    chance = percent(graded.disease_probability)
    return "" if _missing(reading) else f"{chance} likely to show a disease"


def quality(rated: Quality) -> str:
    """The level and the score of the quality, and what speaks against it."""
    level = quality_level(rated.score).capitalize()
    return " ".join((f"{level}, {score(rated.score)} of 1.", *rated.reasons))


def quality_level(quality_score: float) -> Literal["good", "fair", "poor"]:
    """One word for a score; of good ones `analysis.quality` has nothing to say."""
    if quality_score >= GOOD_FROM:
        return "good"
    return "fair" if quality_score >= FAIR_FROM else "poor"


def finding(found: Finding) -> str:
    """A finding and the waves and leads that speak for it, where it names some."""
    return _with_evidence(found, proof(found))


def finding_in(found: Finding, reading: Reading) -> str:
    """The same, and when in the reading the beats are that show it."""
    return _with_evidence(found, "; ".join(filter(None, (proof(found), times(reading, found)))))


def _with_evidence(found: Finding, evidence: str) -> str:
    return f"{found.text.removesuffix('.')} ({evidence})." if evidence else found.text


def times(reading: Reading, finding: Finding) -> str:
    """Such as `"at 3.7 s to 5.3 s"`: each stretch of neighbouring beats as one; `""` for all."""
    if not finding.beats or len(finding.beats) == len(reading.beats):
        return ""
    breaks = [
        i for i in range(1, len(finding.beats)) if finding.beats[i] != finding.beats[i - 1] + 1
    ]
    borders = [0, *breaks, len(finding.beats)]
    stretches = [finding.beats[start:end] for start, end in itertools.pairwise(borders)]
    named = ", ".join(_stretch(reading, beats) for beats in stretches[:STRETCHES_NAMED])
    more = len(stretches) - STRETCHES_NAMED
    return f"at {named} and {more} more" if more > 0 else f"at {named}"


def _stretch(reading: Reading, beats: tuple[int, ...]) -> str:
    first_s, last_s = (reading.beats[beat].time_s for beat in (beats[0], beats[-1]))
    return clock(first_s) if len(beats) == 1 else f"{clock(first_s)} to {clock(last_s)}"


def proof(found: Finding) -> str:
    """What speaks for a finding: `"ST-T in leads V1 to V3"`, `"lead II"`; empty for beats."""
    if not found.leads:
        return ""
    noun = "lead" if len(found.leads) == 1 else "leads"
    where = f"{noun} {', '.join(neighbours_joined(found.leads))}"
    return " in ".join(filter(None, (" and ".join(found.waves), where)))


def neighbours_joined(names: Sequence[str]) -> list[str]:
    """Leads, three neighbouring chest leads or more as one: `["I", "V1 to V3"]`."""
    told: list[str] = []
    rest = list(names)
    while rest:
        run = [rest.pop(0)]
        while rest and _follows(run[-1], rest[0]):
            run.append(rest.pop(0))
        told += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else run
    return told


def _follows(lead: str, following: str) -> bool:
    """Whether two chest leads stand side by side."""
    places = [CHEST_LEADS.index(name) for name in (lead, following) if name in CHEST_LEADS]
    return len(places) == 2 and places[1] == places[0] + 1


def by_severity(findings: tuple[Finding, ...]) -> list[Finding]:
    """Findings, the gravest first; equal ones stay in their order."""
    return sorted(findings, key=lambda finding: SEVERITY_ORDER.index(finding.severity))
