"""The figures of a reading in the words in which the page, its list and the report give them."""

from __future__ import annotations

from ecgmm.analysis import measured_words, words
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.rhythm_name import rhythm_name_of

_MOST_LEADS_NAMED = 6
"""The limb leads fit in the line; more are counted."""


def facts(reading: Reading) -> dict[str, str]:
    """Each figure as it is shown; those of the heart are empty where nothing may be said of it.

    Args:
        reading: what was read.

    Returns:
        `verdict`, `certainty`, `heart_rate`, `heart_rate_range`, `rhythm`, `fibrillation`,
        `course`, `burden`, `burden_of_each`, `intervals`, `axes`, `quality`, `quality_level`,
        `duration`, `leads`, `model`.
    """
    of_the_heart = _facts_of_the_heart(reading)
    if not words.is_readable(reading):
        of_the_heart = dict.fromkeys(of_the_heart, "")
    return {
        "verdict": words.verdict(reading),
        "certainty": words.certainty(reading),
        **of_the_heart,
        "quality": words.score(reading.quality.score),
        "quality_level": words.quality_level(reading.quality.score),
        "duration": words.clock(reading.duration_s, decimals=int(reading.duration_s < 60)),
        "leads": _leads(reading),
        "model": f"{reading.model_name} {reading.model_version}",
    }


def _facts_of_the_heart(reading: Reading) -> dict[str, str]:
    summary = reading.summary
    counts, total = summary.beat_counts, len(reading.beats)
    ventricular, supraventricular = (
        words.share(counts[label], total) if total else "unknown" for label in "VS"
    )
    return {
        "heart_rate": words.rate(summary.heart_rate_bpm),
        "heart_rate_range": words.rate_range(summary),
        "rhythm": rhythm_name_of(reading),
        "course": words.course(reading.rhythm.in_time),
        "fibrillation": words.fibrillation(reading),
        "burden": words.share(counts["V"] + counts["S"], total) if total else "unknown",
        "intervals": measured_words.intervals(reading.measurements),
        "axes": measured_words.axes(reading.measurements),
        "burden_of_each": f"ventricular {ventricular}, supraventricular {supraventricular}",
    }


def _leads(reading: Reading) -> str:
    count = len(reading.leads)
    return f"{count} leads" if count > _MOST_LEADS_NAMED else words.leads(reading.leads)
