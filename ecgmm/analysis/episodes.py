"""The rhythm in time: from when to when each rhythm lasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.reading import (
    Episode,
    EpisodeLabel,
    Finding,
    Pause,
    Rhythm,
    RhythmInTime,
    Run,
)
from ecgmm.analysis.rhythm_agreement import median_change
from ecgmm.analysis.rules import av_block, ectopy, pauses
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.rhythms import IRREGULAR_CHANGE
from ecgmm.analysis.rules.unexplained_rhythm import THROUGHOUT, looks_other
from ecgmm.analysis.strips import WINDOW_STEPS
from ecgmm.grid import STEP_S
from ecgmm.labels import RHYTHM_CLASSES

WINDOW_S = WINDOW_STEPS * STEP_S
SHORTEST_NOISE_S = 2.0
"""A shorter gap hides a beat or two, and the rhythm goes on."""
PACED_SHARE = 0.5
"""Of the beats: a pacemaker that steps in now and then is no paced rhythm."""
LABEL_OF_CLASS: dict[str, EpisodeLabel] = {
    "normal": "sinus",
    "af": "af",
    "other": "other",
    "noise": "noise",
}
LABELS_OF_GROUND = frozenset({"sinus", "af", "flutter", "other", "paced", "junctional"})
"""What windows and P waves say; all else is laid over it."""
WITH_P_WAVES = frozenset({"sinus", "other"})
"""In the others a P wave is not missed."""
RUN_LABELS: dict[str, tuple[EpisodeLabel, EpisodeLabel]] = {
    "V": ("vt", "idioventricular"),
    "S": ("svt", "ectopic_atrial"),
}
"""What at least three beats of a class in a row are called, at 100 bpm or faster and slower."""


def in_time(
    evidence: Evidence,
    window_rhythm: NDArray[np.float32],
    window_start_s: NDArray[np.float64],
    junctional: Sequence[range] = (),
) -> Rhythm:
    """The rhythm of the whole with its episodes and what they come to.

    What the windows say is the ground; a change into atrial fibrillation and out of it is moved to
    where the intervals change. Runs and grouped beats lie over it, and what could not be read over
    all: episodes follow each other without overlap and cover the recording.

    Args:
        evidence: beats, conditions and the rhythm of the whole.
        window_rhythm: `[windows, 4]`, in the order of `labels.RHYTHM_CLASSES`.
        window_start_s: `[windows]`, where each window of up to 30 s begins, ascending.
        junctional: runs of beats without the P wave of the recording, in time order.
    """
    ground = _at_beats(_ground(evidence, window_rhythm, window_start_s), evidence)
    return _over(_with_junctional(ground, junctional, evidence), evidence)


def in_time_again(evidence: Evidence, before: Sequence[Episode]) -> Rhythm:
    """The rhythm of the whole with its episodes, after beats were corrected.

    What the windows said is the ground as far as the episodes show it; beneath runs, grouped beats
    and what was not read, the rhythm beside them goes on.

    Args:
        evidence: the corrected beats, conditions and the rhythm of the whole.
        before: the episodes before the correction.
    """
    shown = [episode for episode in before if episode.label in LABELS_OF_GROUND]
    if not shown:
        label = LABEL_OF_CLASS[evidence.rhythm.label]
        probability = evidence.rhythm.probabilities[evidence.rhythm.label]
        shown = [Episode(label, 0.0, evidence.duration_s, probability)]
    starts_s = [0.0, *(episode.start_s for episode in shown[1:])]
    ends_s = [*starts_s[1:], evidence.duration_s]
    ground = [
        _by_its_beats(replace(episode, start_s=start_s, end_s=end_s), evidence)
        for episode, start_s, end_s in zip(shown, starts_s, ends_s, strict=True)
    ]
    return _over(_joined(ground), evidence)


def with_av_block(rhythm: Rhythm, findings: Sequence[Finding], beats: BeatList) -> Rhythm:
    """The rhythm with AV block of second or third degree as an episode of its own.

    It lasts from the first P wave that is not conducted to the last, as far as the rhythm below has
    P waves. A single blocked P wave, which is told without alarm, is no episode.

    Args:
        rhythm: with its episodes.
        findings: of which those of AV block name the beats beside the blocked P waves.
        beats: of the whole recording.
    """
    blocks = [f for f in findings if f.code in av_block.CODES and f.severity == "warning"]
    if not blocks:
        return rhythm
    episodes = rhythm.in_time.episodes
    first, last = (pick(n for f in blocks for n in f.beats) for pick in (min, max))
    start_s, end_s = float(beats.time_s[first]), float(beats.time_s[last])
    probability = float(beats.probability[first : last + 1].mean())
    laid = [
        Episode("av_block", max(start_s, e.start_s), min(end_s, e.end_s), probability)
        for e in episodes
        if e.label in WITH_P_WAVES and e.start_s < end_s and e.end_s > start_s
    ]
    told = replace(rhythm.in_time, episodes=tuple(_laid_over(episodes, laid)))
    return replace(rhythm, in_time=told)


def with_sinus_explained(rhythm: Rhythm, findings: Sequence[Finding]) -> Rhythm:
    """A sinus rhythm with what looked unusual in time called sinus, where a finding says why.

    Args:
        rhythm: with its episodes; as a whole it was named a sinus rhythm.
        findings: of which a block or a rate makes a whole recording look unusual.
    """
    if not looks_other(rhythm) or THROUGHOUT.isdisjoint(finding.code for finding in findings):
        return rhythm
    episodes = [
        replace(episode, label="sinus") if episode.label == "other" else episode
        for episode in rhythm.in_time.episodes
    ]
    return replace(rhythm, in_time=replace(rhythm.in_time, episodes=tuple(_joined(episodes))))


def _over(ground: list[Episode], evidence: Evidence) -> Rhythm:
    """Runs, grouped beats and what could not be read over the ground."""
    runs = _runs(evidence, ground)
    episodes = _laid_over(ground, [*_grouped(evidence), *(run.episode for run in runs)])
    unread = [
        Episode("noise", start_s, end_s, 1.0)
        for start_s, end_s in evidence.gaps
        if end_s - start_s >= SHORTEST_NOISE_S
    ]
    episodes = _laid_over(episodes, unread)
    return replace(evidence.rhythm, in_time=_figures(evidence, episodes, runs))


def _ground(
    evidence: Evidence, window_rhythm: NDArray[np.float32], window_start_s: NDArray[np.float64]
) -> list[Episode]:
    """The class of each stretch: the mean of the windows that show it."""
    if not len(window_start_s):
        return [Episode("noise", 0.0, evidence.duration_s, 1.0)]
    starts_s = window_start_s
    ends_s = np.minimum(starts_s + WINDOW_S, evidence.duration_s)
    inner_s = np.unique(np.concatenate([starts_s, ends_s]))
    edges_s = np.unique([0.0, *inner_s[inner_s < evidence.duration_s], evidence.duration_s])
    middles_s = (edges_s[:-1] + edges_s[1:]) / 2
    first = np.searchsorted(ends_s, middles_s, side="right")
    last = np.searchsorted(starts_s, middles_s, side="right")
    first = np.minimum(first, len(starts_s) - 1)
    last = np.maximum(last, first + 1)
    sums = np.concatenate([np.zeros((1, len(RHYTHM_CLASSES))), np.cumsum(window_rhythm, axis=0)])
    means = (sums[last] - sums[first]) / (last - first)[:, np.newaxis]
    is_paced, is_flutter = _is_paced(evidence), _is_told(evidence, "AFLT")
    stretches = []
    for start_s, end_s, mean in zip(edges_s[:-1], edges_s[1:], means, strict=True):
        label = LABEL_OF_CLASS[RHYTHM_CLASSES[int(mean.argmax())]]
        if is_paced and label in ("sinus", "other"):
            label = "paced"
        elif is_flutter and label in ("other", "af"):
            label = "flutter"
        stretches.append(Episode(label, float(start_s), float(end_s), float(mean.max())))
    return _joined([_by_its_beats(stretch, evidence) for stretch in _joined(stretches)])


def _by_its_beats(stretch: Episode, evidence: Evidence) -> Episode:
    """Another rhythm is sinus rhythm where ectopic beats explain it and nothing else does."""
    beats = evidence.columns.between(stretch.start_s, stretch.end_s)
    change = median_change(beats, evidence.gaps)
    is_disturbed_sinus = change is None or change < IRREGULAR_CHANGE
    if stretch.label == "other" and is_disturbed_sinus and set(beats.labels) & set("SVF"):
        return replace(stretch, label="sinus")
    return stretch


def _with_junctional(
    ground: list[Episode], junctional: Sequence[range], evidence: Evidence
) -> list[Episode]:
    runs = [_episode_of("junctional", run, evidence) for run in junctional]
    with_p = [episode for episode in ground if episode.label in WITH_P_WAVES]
    inside = [
        run
        for run in runs
        if any(e.start_s <= run.start_s and run.end_s <= e.end_s for e in with_p)
    ]
    return _laid_over(ground, inside)


def _is_paced(evidence: Evidence) -> bool:
    paced = len(evidence.of_class("Q"))
    return _is_told(evidence, "PACE") or paced > PACED_SHARE * len(evidence.beats)


def _is_told(evidence: Evidence, code: str) -> bool:
    return any(c.code == code and c.present for c in evidence.conditions)


def _at_beats(ground: list[Episode], evidence: Evidence) -> list[Episode]:
    """The ground with changes of fibrillation where the intervals change, within a window's step.

    Irregularity is the change from an interval to the next. Of the beats near the border that one
    is taken at which the two sides differ most (the least squares of a single step).
    """
    moved = list(ground)
    times_s, rr_s = evidence.times_s, evidence.rr_s
    if len(rr_s) < 3:
        return moved
    change = np.abs(np.diff(rr_s)) / np.nanmedian(rr_s)
    for number, (before, after) in enumerate(pairwise(ground)):
        if "af" not in (before.label, after.label):
            continue
        low_s = max(moved[number].start_s, before.end_s - WINDOW_S / 2)
        high_s = min(after.end_s, before.end_s + WINDOW_S / 2)
        near = np.flatnonzero((times_s[1:-1] > low_s) & (times_s[1:-1] < high_s))
        near = near[np.isfinite(change[near])]
        if len(near) < 6:
            continue
        border_s = float(times_s[1:-1][near[_step(np.minimum(change[near], 1.0))]])
        moved[number] = replace(moved[number], end_s=border_s)
        moved[number + 1] = replace(moved[number + 1], start_s=border_s)
    return moved


def _step(values: NDArray[np.float64]) -> int:
    """The first place of the second part, where a row of values is best cut in two."""
    places = np.arange(2, len(values) - 1)
    sums = np.cumsum(values)
    before, after = (
        sums[places - 1] / places,
        (sums[-1] - sums[places - 1]) / (len(values) - places),
    )
    return int(places[(places * (len(values) - places) * (after - before) ** 2).argmax()])


class _Run:
    """A run of ectopic beats and the episode that it is."""

    def __init__(self, label: EpisodeLabel, beats: range, evidence: Evidence) -> None:
        self.episode = _episode_of(label, beats, evidence)
        self.told = Run(
            label, self.episode.start_s, self.episode.end_s, len(beats), evidence.rate_bpm(beats)
        )


def _runs(evidence: Evidence, ground: Sequence[Episode]) -> list[_Run]:
    """Runs in time order; none of class S in fibrillation, where an early beat means nothing."""
    af_s = [(episode.start_s, episode.end_s) for episode in ground if episode.label == "af"]
    found = []
    for beat_class, labels in RUN_LABELS.items():
        for label, groups in zip(labels, ectopy.runs(evidence, beat_class), strict=True):
            for group in groups:
                start_s = evidence.times_s[group.start]
                if beat_class != "S" or not any(a <= start_s < b for a, b in af_s):
                    found.append(_Run(label, group, evidence))
    return sorted(found, key=lambda run: run.episode.start_s)


def _grouped(evidence: Evidence) -> list[Episode]:
    groups = evidence.matches(f"(?:[NS]V){{{ectopy.FEWEST_GROUPS},}}")
    return [_episode_of("bigeminy", group, evidence) for group in groups]


def _episode_of(label: EpisodeLabel, beats: range, evidence: Evidence) -> Episode:
    """From the first beat to the one that follows the last."""
    times_s = evidence.times_s
    follows = beats.stop < len(times_s) and np.isfinite(evidence.rr_s[beats.stop - 1])
    end_s = times_s[beats.stop] if follows else times_s[beats.stop - 1] + STEP_S
    probability = evidence.columns.probability[beats.start : beats.stop].mean()
    return Episode(
        label,
        float(times_s[beats.start]),
        float(min(end_s, evidence.duration_s)),
        float(probability),
    )


def _laid_over(under: Sequence[Episode], over: Sequence[Episode]) -> list[Episode]:
    """Episodes with others in the place of what they cover; of two that overlap the first stays."""
    laid: list[Episode] = []
    waiting = sorted(over, key=lambda episode: episode.start_s)
    place = 0
    for episode in under:
        start_s = max(episode.start_s, laid[-1].end_s if laid else 0.0)
        while place < len(waiting) and waiting[place].start_s < episode.end_s:
            top = waiting[place]
            place += 1
            top_start_s = max(top.start_s, laid[-1].end_s if laid else 0.0)
            if top.end_s <= top_start_s:
                continue
            if top_start_s > start_s:
                laid.append(replace(episode, start_s=start_s, end_s=top_start_s))
            laid.append(replace(top, start_s=top_start_s))
            start_s = top.end_s
        if start_s < episode.end_s:
            laid.append(replace(episode, start_s=start_s))
    return _joined(laid)


def _joined(episodes: Sequence[Episode]) -> list[Episode]:
    """Neighbours of one name as one, its probability the mean over time."""
    joined: list[Episode] = []
    for episode in episodes:
        if joined and joined[-1].label == episode.label:
            last = joined.pop()
            lasted_s, lasts_s = last.end_s - last.start_s, episode.end_s - episode.start_s
            mean = (last.probability * lasted_s + episode.probability * lasts_s) / (
                lasted_s + lasts_s
            )
            episode = Episode(episode.label, last.start_s, episode.end_s, mean)
        joined.append(episode)
    return joined


def _figures(evidence: Evidence, episodes: Sequence[Episode], runs: Sequence[_Run]) -> RhythmInTime:
    read_s = sum(e.end_s - e.start_s for e in episodes if e.label != "noise")
    af_s = sum(e.end_s - e.start_s for e in episodes if e.label == "af")
    told = [run.told for run in runs]
    return RhythmInTime(
        episodes=tuple(episodes),
        af_burden=af_s / read_s if read_s > 0 else None,
        longest_run=max(told, key=lambda run: run.beats, default=None),
        fastest_run=max(told, key=lambda run: run.rate_bpm, default=None),
        pauses=tuple(Pause(start_s, end_s) for start_s, end_s in pauses.silent_spans_s(evidence)),
    )
