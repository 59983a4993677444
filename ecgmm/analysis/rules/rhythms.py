"""The rhythm as a whole."""

from __future__ import annotations

import numpy as np

from ecgmm.analysis import words
from ecgmm.analysis.reading import Finding, Rhythm
from ecgmm.analysis.rules.evidence import Evidence, counted

SHORTEST_DIAGNOSTIC_AF_S = 30.0
"""ESC 2020: 30 s of one lead, or a whole twelve-lead ECG."""
ABNORMAL_PROBABILITY = 0.5
"""Abnormal is said where it is more probable than normal."""
IRREGULAR_CHANGE = 0.10
"""This project's own; see `irregular_rhythm`."""
FEWEST_OF_A_RATE = 2
"""A correction may leave fewer beats of an episode."""
FEWEST_INTERVAL_PAIRS = 6
"""An odd interval is in two pairs of neighbours; the median of six bears that."""


def is_fibrillating(rhythm: Rhythm) -> bool:
    """Whether the rhythm was read as atrial fibrillation."""
    return rhythm.label == "af"


def abnormal_rhythm_probability(rhythm: Rhythm) -> float:
    """Probability that the rhythm is not normal, given that it is readable.

    Noise says nothing about the heart, so its share is taken out:
    `(af + other) / (normal + af + other)`, and 0 where everything is noise. To four digits, so that
    rules and the verdict agree at the limit.
    """
    normal, af, other = (
        rhythm.probabilities.get(label, 0.0) for label in ("normal", "af", "other")
    )
    readable = normal + af + other
    return round((af + other) / readable, 4) if readable > 0 else 0.0


def fibrillation_probability(rhythm: Rhythm) -> float:
    """Probability of atrial fibrillation, given that the rhythm is readable; 0 in noise alone."""
    readable = 1.0 - rhythm.probabilities.get("noise", 0.0)
    return rhythm.probabilities.get("af", 0.0) / readable if readable > 0 else 0.0


def af(evidence: Evidence) -> list[Finding]:
    """The rhythm is most probably atrial fibrillation.

    Irregular RR intervals without distinct P waves, over a whole twelve-lead ECG or at least
    30 s of one lead (ESC 2020). A shorter reading says so.
    """
    if not is_fibrillating(evidence.rhythm):
        return []
    text = f"Atrial fibrillation, probability {words.percent(evidence.rhythm.probabilities['af'])}"
    if evidence.readable_s < SHORTEST_DIAGNOSTIC_AF_S:
        text += f" ({SHORTEST_DIAGNOSTIC_AF_S:.0f} s of one lead are needed to establish it)"
    return [Finding("af", f"{text}.", "warning", evidence.all_beats)]


def af_episodes(evidence: Evidence) -> list[Finding]:
    """Atrial fibrillation for a time, in a recording that as a whole is something else.

    Episodes of 30 s or longer, which ESC 2020 asks for; shorter ones establish nothing.
    """
    if is_fibrillating(evidence.rhythm):
        return []
    in_time = evidence.rhythm.in_time
    episodes = [
        episode
        for episode in in_time.episodes
        if episode.label == "af" and episode.end_s - episode.start_s >= SHORTEST_DIAGNOSTIC_AF_S
    ]
    if not episodes or in_time.af_burden is None:
        return []
    longest_s = max(episode.end_s - episode.start_s for episode in episodes)
    text = (
        f"Atrial fibrillation at times: {counted(len(episodes), 'episode')}, the longest "
        f"{words.clock(longest_s)}; {words.share(in_time.af_burden, 1.0)} of the time."
    )
    inside = np.zeros(len(evidence.beats), np.bool_)
    for episode in episodes:
        inside |= (evidence.times_s >= episode.start_s) & (evidence.times_s < episode.end_s)
    return [Finding("af_episodes", text, "warning", evidence.chosen(inside))]


def junctional_rhythm(evidence: Evidence) -> list[Finding]:
    """Beats of the usual shape without the recording's P wave, at a regular 100 bpm or slower.

    See `ecgmm.analysis.junctional`. Few annotated recordings show it, so it is told as a
    possibility.
    """
    episodes = [e for e in evidence.rhythm.in_time.episodes if e.label == "junctional"]
    groups = [
        range(*np.searchsorted(evidence.times_s, (episode.start_s, episode.end_s)).tolist())
        for episode in episodes
    ]
    groups = [group for group in groups if len(group) >= FEWEST_OF_A_RATE]
    if not groups:
        return []
    longest = max(groups, key=len)
    text = (
        f"Possibly junctional or low atrial rhythm: {counted(len(groups), 'episode')}, the longest "
        f"{len(longest)} beats at {words.rate(evidence.rate_bpm(longest))}; the P wave of the rest "
        "of the recording is missing there."
    )
    return [Finding("junctional_rhythm", text, "info", evidence.joined(groups))]


def irregular_rhythm(evidence: Evidence) -> list[Finding]:
    """Normal beats at irregular intervals, though the rhythm was not read as fibrillation.

    The median change from one interval between normal beats to the next is at least 10 % of
    their median. The measure leaves out intervals next to ectopic beats and does not mind a
    single pause. The limit is this project's own: breathing moves the intervals of adults at
    rest by less from beat to beat, fibrillation by about twice as much. Marked sinus
    arrhythmia of the young can exceed it, hence no more than information.
    """
    if is_fibrillating(evidence.rhythm):
        return []
    normal = np.frombuffer(evidence.labels.encode("ascii"), np.uint8) == ord("N")
    between_normal_s = np.where(normal[:-1] & normal[1:], evidence.rr_s, np.nan)
    changes_s = np.abs(np.diff(between_normal_s))
    pairs = np.flatnonzero(~np.isnan(changes_s))
    if len(pairs) < FEWEST_INTERVAL_PAIRS:
        return []
    change = float(np.median(changes_s[pairs]) / np.nanmedian(between_normal_s))
    if change < IRREGULAR_CHANGE:
        return []
    belongs = np.zeros(len(evidence.beats), np.bool_)
    for offset in range(3):
        belongs[pairs + offset] = True
    text = f"Irregular rhythm: intervals change by {words.share(change, 1.0)} from beat to beat."
    return [Finding("irregular_rhythm", text, "info", evidence.chosen(belongs))]
