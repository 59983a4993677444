"""What spoke for a beat's class: the stretches whose loss makes the model less sure.

Occlusion (Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014): one
stretch after the other is hidden under a straight line and the beat is read again. The drop in
the log-odds of its class is what the stretch spoke for it. Nothing but the model's answers is
asked for, so that every runtime will do.

A map of this kind may show the signal rather than the model (Adebayo et al., Sanity Checks for
Saliency Maps, NeurIPS 2018): `benchmarks/saliency.py` reads with shuffled weights, whose maps must
be others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.reading import Beat
from ecgmm.analysis.strips import encode_png
from ecgmm.grid import (
    PIXELS_PER_STEP,
    SAMPLES_PER_STEP,
    STEP_S,
    STRIP_S,
    STRIP_STEPS,
)
from ecgmm.labels import NO_BEAT, STEP_CLASSES
from ecgmm.serving.runtime import Runtime

REACH_STEPS = 50
"""2 s to either side: the beat before and the beat after, down to 30 a minute."""
HOP_STEPS = 2
"""80 ms, finer than a P wave or a QRS complex is wide."""
HIDDEN_STEPS = 3
"""120 ms, as long as a broad QRS complex."""
NEAR_STEPS = 2
"""The beat is looked for within 80 ms of its place; two beats are 200 ms apart at least."""
ROWS_PER_CALL = 64
"""A beat and its 50 hidden stretches are one call."""

_LEAST = 1e-6
"""Keeps the logarithm of the odds finite; a probability of float32 is no finer."""

ReadBeats = Callable[[Sequence[NDArray]], NDArray[np.float32]]


@dataclass(frozen=True)
class Occlusion:
    """How much each stretch around a beat spoke for its class.

    Attributes:
        start_s: where the first stretch begins.
        stretch_s: length of each; they follow one another.
        log_odds: `[stretches]`, drop of the log-odds of the beat's class, in nats, when the
            stretch is hidden; below 0 where it spoke against the class.
        probability: of the class, when nothing is hidden.
    """

    start_s: float
    stretch_s: float
    log_odds: NDArray[np.float64]
    probability: float


def strip_start_s(beat: Beat, duration_s: float) -> float:
    """Where the ten seconds begin in which a beat is looked at: around it, inside the recording."""
    start_s = min(max(0.0, beat.time_s - STRIP_S / 2), max(0.0, duration_s - STRIP_S))
    return round(start_s / STEP_S) * STEP_S


def occlude_signal(
    signal_mv: NDArray[np.float32], start_s: float, beat: Beat, runtime: Runtime
) -> Occlusion:
    """What of a signal spoke for a beat's class.

    Args:
        signal_mv: `[1250, leads]`, ten seconds at 125 Hz without gaps.
        start_s: where they begin; see `strip_start_s`.
        beat: the beat, inside them.
        runtime: where probabilities come from.
    """

    def read(leads: Sequence[NDArray]) -> NDArray[np.float32]:
        return runtime.signal(np.stack(leads)).beats

    return _occlude(list(signal_mv.T), SAMPLES_PER_STEP, [start_s] * signal_mv.shape[1], beat, read)


def occlude_strips(
    strips: Sequence[NDArray[np.uint8]], starts_s: Sequence[float], beat: Beat, runtime: Runtime
) -> Occlusion:
    """What of a picture spoke for a beat's class.

    Args:
        strips: `[160, 1000]` each, those on which the beat is.
        starts_s: where each begins.
        beat: the beat.
        runtime: where probabilities come from.
    """

    def read(pictures: Sequence[NDArray]) -> NDArray[np.float32]:
        return runtime.image([encode_png(picture) for picture in pictures]).beats

    return _occlude(list(strips), PIXELS_PER_STEP, starts_s, beat, read)


def _occlude(
    rows: Sequence[NDArray],
    points_per_step: int,
    starts_s: Sequence[float],
    beat: Beat,
    read: ReadBeats,
) -> Occlusion:
    """Hide the same stretch in every row and average what the rows say."""
    first_s = beat.time_s - (beat.time_s % STEP_S) - REACH_STEPS * STEP_S
    offsets = np.arange(0, 2 * REACH_STEPS, HOP_STEPS)
    speaks_for, against = np.full((2, 1 + len(offsets)), _LEAST)
    for row, start_s in zip(rows, starts_s, strict=True):
        first = round((first_s - start_s) / STEP_S)
        hidden = [_hide(row, first + offset, points_per_step) for offset in offsets.tolist()]
        beats = _in_parts(read, [row, *hidden])
        of_class, of_others = _mass(beats, first + REACH_STEPS, beat.label)
        speaks_for += of_class / len(rows)
        against += of_others / len(rows)
    log_odds = np.log(speaks_for / against)
    probability = float(speaks_for[0] / (speaks_for[0] + against[0]))
    return Occlusion(first_s, HOP_STEPS * STEP_S, log_odds[0] - log_odds[1:], probability)


def _hide(row: NDArray, step: int, points_per_step: int) -> NDArray:
    """The row with a straight line, or straight lines, over a stretch around two steps."""
    length = row.shape[-1]
    middle = (step + HOP_STEPS / 2) * points_per_step
    reach = HIDDEN_STEPS * points_per_step / 2
    left, right = (
        round(float(np.clip(x, 0, length - 1))) for x in (middle - reach, middle + reach)
    )
    hidden = row.copy()
    share = np.linspace(0, 1, right - left + 1)
    ends = row[..., left, np.newaxis] * (1 - share) + row[..., right, np.newaxis] * share
    hidden[..., left : right + 1] = ends
    return hidden


def _in_parts(read: ReadBeats, rows: Sequence[NDArray]) -> NDArray[np.float32]:
    parts = [rows[i : i + ROWS_PER_CALL] for i in range(0, len(rows), ROWS_PER_CALL)]
    return np.concatenate([read(part) for part in parts])


def _mass(
    beats: NDArray[np.float32], step: int, label: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`[rows]` each: of a beat of that class near a step, and of another or no beat at all."""
    near = slice(max(0, step - NEAR_STEPS), min(STRIP_STEPS, step + NEAR_STEPS + 1))
    mass = beats[:, near].sum(axis=1, dtype=np.float64)
    number, none = STEP_CLASSES.index(label), STEP_CLASSES.index(NO_BEAT)
    of_class = mass[:, number]
    of_others = mass.sum(axis=1) - of_class - mass[:, none]
    return of_class, of_others + np.maximum(0.0, 1.0 - of_class - of_others)
