"""Recordings as no patient of the training data has them, made of real beats.

Hardly any patient there lives in an ectopic rhythm, and a network never learns from one. So runs of
an ectopic atrial rhythm are spliced into recordings of others; and as the counter-example, sinus
rhythms that speed up and slow down as much, but smoothly and in one shape.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_features import BeatTable
from ecgmm.analysis.shapes import P_S, QRS, T_S, P, T
from ecgmm.labels import AAMI_CLASSES

UNKNOWN = -1
N, S = AAMI_CLASSES.index("N"), AAMI_CLASSES.index("S")
SHORTEST_STRETCH = 12
"""Beats: those of a strip of ten seconds."""


@dataclass(frozen=True)
class LabelledBeats:
    """A recording's beats as the network read them, and what they are.

    Attributes:
        record: data set and name.
        patient: identity of the person.
        table: as it was read.
        labels: `[beats]` index into `labels.AAMI_CLASSES`, or `UNKNOWN` where none was annotated.
    """

    record: str
    patient: str
    table: BeatTable
    labels: NDArray[np.int64]


def stretch(beats: LabelledBeats, rng: np.random.Generator) -> LabelledBeats:
    """A part of a recording as if it were all: from ten seconds to ten minutes."""
    count = len(beats.labels)
    length = int(np.exp(rng.uniform(np.log(SHORTEST_STRETCH), np.log(700))))
    first = int(rng.integers(max(count - length, 0) + 1))
    some = slice(first, first + length)
    table = beats.table
    return replace(
        beats,
        table=BeatTable(
            table.time_s[some], table.class_probability[some], table.shapes[some], table.gaps_s
        ),
        labels=beats.labels[some],
    )


def with_wandering_sinus(beats: LabelledBeats, rng: np.random.Generator) -> LabelledBeats:
    """The same beats at a rate that wanders by up to a third within minutes."""
    rr_s = np.diff(beats.table.time_s)
    middle_s = beats.table.time_s[1:] - beats.table.time_s[0]
    swing = sum(
        rng.uniform(0.05, 0.2)
        * np.sin(2 * np.pi * (middle_s / rng.uniform(60, 900) + rng.random()))
        for _ in range(2)
    )
    return replace(beats, table=_retimed(beats.table, rr_s * np.exp(swing)))


def with_ectopic_runs(
    beats: LabelledBeats, donor: LabelledBeats, rng: np.random.Generator
) -> LabelledBeats:
    """Runs of one ectopic atrial focus spliced in: abrupt, steady, with pauses after them.

    Args:
        beats: a recording with a rhythm of its own.
        donor: another one, whose QRS shape the ectopic beats take on in part, by aberrant
            conduction, and whose premature beats lend their probabilities to the runs' first.
        rng: source of chance.
    """
    rr_s = np.diff(beats.table.time_s)
    labels = beats.labels.copy()
    usual_s = float(np.median(rr_s))
    faster, aberrant = rng.uniform(0.55, 0.85), rng.uniform(0.0, 0.45) * (rng.random() < 0.7)
    p_gain = rng.choice([-1.0, -0.5, 0.0, 0.4, 0.8])
    ectopic = np.zeros(len(labels), np.bool_)
    onset = np.zeros(len(labels), np.bool_)
    for first, last in _runs(len(labels), rng):
        pace_s = faster * usual_s * np.exp(rng.normal(0, 0.04))
        run = np.arange(first, last)
        run = run[(labels[run] == N) | (labels[run] == S)]
        rr_s[run - 1] = pace_s * np.exp(rng.normal(0, 0.02, len(run)))
        if last <= len(rr_s):
            rr_s[last - 1] = max(rr_s[last - 1], usual_s) * rng.uniform(1.0, 1.4)
        ectopic[run] = True
        onset[run[:1]] = True
    labels[ectopic] = S
    table = _retimed(beats.table, rr_s)
    shapes = _with_focus(beats.table, table, ectopic, donor.table, aberrant, p_gain)
    probability = _borrowed(beats.table.class_probability, onset, ectopic, donor, rng)
    table = replace(table, shapes=shapes, class_probability=probability)
    return replace(beats, table=table, labels=labels)


def _runs(beats: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """First and one after the last beat of each run: a few, or most of the recording."""
    share = rng.uniform(0.3, 0.7) if rng.random() < 0.4 else rng.uniform(0.02, 0.2)
    runs, at = [], 1 + int(rng.integers(1, 40))
    while at < beats - 1:
        length = int(np.clip(np.exp(rng.normal(2.5, 1.2)), 3, 400))
        runs.append((at, min(at + length, beats - 1)))
        at += length + 2 + int(rng.exponential(length * (1 - share) / share))
    return runs


def _retimed(table: BeatTable, rr_s: NDArray[np.float64]) -> BeatTable:
    time_s = table.time_s[0] + np.concatenate([[0.0], np.cumsum(rr_s)])
    return replace(table, time_s=time_s, gaps_s=())


def _with_focus(
    old: BeatTable,
    new: BeatTable,
    ectopic: NDArray[np.bool_],
    donor: BeatTable,
    aberrant: float,
    p_gain: float,
) -> NDArray[np.float16]:
    """The shapes with another QRS and P wave in the ectopic beats, each P on the T before it."""
    shapes = old.shapes.astype(np.float32)
    usual, other = (np.nanmedian(t.shapes.astype(np.float32), axis=0)[:, QRS] for t in (old, donor))
    scale = np.nan_to_num(np.linalg.norm(usual) / np.linalg.norm(np.nan_to_num(other)), nan=0.0)
    shapes[ectopic, :, QRS] += aberrant * (scale * np.nan_to_num(other) - usual)
    t_wave = np.nan_to_num(np.nanmedian(shapes, axis=0)[:, T])
    for lead in range(shapes.shape[1]):
        was, now = (_tail(t_wave[lead], table.time_s) for table in (old, new))
        p_waves = shapes[:, lead, P] - was
        level = p_waves.mean(axis=1, keepdims=True)
        gain = np.where(ectopic, p_gain, 1.0)[:, np.newaxis]
        shapes[:, lead, P] = gain * (p_waves - level) + level + now
    return shapes.astype(np.float16)


def _tail(t_wave: NDArray[np.float32], time_s: NDArray[np.float64]) -> NDArray[np.float32]:
    """`[beats, samples]`, what the beat before each leaves where its P wave is looked for."""
    since_s = np.append(9.0, np.diff(time_s))[:, np.newaxis] + P_S
    return np.interp(since_s, T_S, t_wave, right=0.0).astype(np.float32)


def _borrowed(
    probability: NDArray[np.float32],
    onset: NDArray[np.bool_],
    ectopic: NDArray[np.bool_],
    donor: LabelledBeats,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """What the network would say: of a first beat as of the donor's, of the others mostly nothing.

    In a steady run nothing that the network sees is early.
    """
    borrowed = probability.copy()
    early = donor.table.class_probability[donor.labels == S]
    if len(early):
        inside = ectopic & ~onset & (rng.random(len(ectopic)) < 0.3)
        for which in (onset, inside):
            borrowed[which] = early[rng.integers(len(early), size=int(which.sum()))]
    return borrowed
