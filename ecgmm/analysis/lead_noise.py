"""How far a lead can be believed from second to second, by what the network makes of it.

Noise makes the network doubt its beats: where it is neither sure that there is one nor that there
is none, as many of them are wrong as it doubts. So a lead in which it doubts much is outvoted by
those in which it does not; and where hardly a beat can be right, none is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import STEP_S
from ecgmm.labels import NO_BEAT, STEP_CLASSES

OVER_S = 8.0
"""Some ten beats. Over 2 s or 4 s, beats that both leads doubt are invented more often."""
OUTVOTED_AT_HZ = 0.5
"""Doubted beats a second that take 1 - 1/e of a lead's say. Of DS1, where one lead of two has
electrode motion at 0 dB, 0.3 % of the beats are missed instead of 2.5 %; where both have, a weight
that falls four times as fast costs 4 % of positive predictivity."""
NOISE_HZ = 0.8
"""Doubted beats a second of which nothing is read: of DS1 with electrode motion at 0 dB in both
leads 1.5 % of the time, with one error for two beats and more."""
MANY_LEADS = 8
"""Of so many a noisy one is outvoted anyway; tall T waves that most of them doubt, as they should,
are no noise."""
VENTRICULAR_SHARE = 0.2
"""The network doubts ventricular flutter as it doubts noise, but calls at least so many of its
beats V: such stretches are always read. At a quarter a second of MIT-BIH 207's is lost."""
STEPS_PER_SECOND = round(1 / STEP_S)
_NONE, _V = STEP_CLASSES.index(NO_BEAT), STEP_CLASSES.index("V")


@dataclass(frozen=True)
class HeardLeads:
    """What leads say together.

    Attributes:
        beats: `[steps, 6]`, in the order of `labels.STEP_CLASSES`.
        readable: `[steps]`, False where no lead holds a signal, or noise hides it in all of them.
        noisy: `[steps, leads]`, where noise hides what a lead holds and it was not heard.
    """

    beats: NDArray[np.float32]
    readable: NDArray[np.bool_]
    noisy: NDArray[np.bool_]


def heard_leads(by_lead: Sequence[NDArray[np.float32]], weight: NDArray[np.float64]) -> HeardLeads:
    """What leads say together, each as far as it can be believed.

    Args:
        by_lead: `[steps, 6]` a lead, in the order of `labels.STEP_CLASSES`.
        weight: `[leads, steps]`, how much each counts if there is no noise; 0 where it holds no
            signal.
    """
    known = weight > 0
    hidden = np.stack([is_noise(one) for one in by_lead]) & known
    outvoted = hidden & (known & ~hidden).any(axis=0)
    believed = weight * ~outvoted
    if len(by_lead) < MANY_LEADS:
        believed *= np.stack([say(doubted_beats_hz(one)) for one in by_lead])
    sums = np.einsum("ls,lsc->sc", believed, np.stack(by_lead))
    beats = blend(sums, believed.sum(axis=0))
    in_all = is_noise(beats) & known.any(axis=0)
    return HeardLeads(
        beats=beats,
        readable=known.any(axis=0) & ~in_all,
        noisy=(outvoted | (in_all & known)).T,
    )


def blend(beats: NDArray[np.floating], weight: NDArray[np.float64]) -> NDArray[np.float32]:
    """Weighted mean of each step; no beat where nothing was read.

    Args:
        beats: `[steps, 6]`, sums of weighted probabilities.
        weight: `[steps]`, sums of their weights.
    """
    blended = np.zeros_like(beats)
    blended[:, _NONE] = 1.0
    read = weight > 0
    blended[read] = beats[read] / weight[read, None]
    return blended.astype(np.float32)


def doubted_beats_hz(step_probability: NDArray[np.floating]) -> NDArray[np.float64]:
    """`[steps]`, beats a second, in the eight seconds around each step, that are expected wrong.

    Args:
        step_probability: `[steps, 6]`, in the order of `labels.STEP_CLASSES`.
    """
    beat = 1.0 - step_probability[:, _NONE].astype(np.float64)
    padded = np.pad(beat, 2)
    mass = np.minimum(padded[:-2] + padded[1:-1] + padded[2:], 1.0)
    middle = mass[1:-1]
    is_peak = (middle >= mass[:-2]) & (middle > mass[2:])
    wrong = np.where(is_peak, np.minimum(middle, 1.0 - middle), 0.0)
    return _mean_around(wrong) / STEP_S


def say(doubted_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much a lead counts beside others, from 0 to 1."""
    return np.exp(-doubted_hz / OUTVOTED_AT_HZ)


def is_noise(step_probability: NDArray[np.floating]) -> NDArray[np.bool_]:
    """`[steps]`, whether hardly a beat can be right there: told second by second.

    Args:
        step_probability: `[steps, 6]`, in the order of `labels.STEP_CLASSES`.
    """
    beat = _mean_around(1.0 - step_probability[:, _NONE].astype(np.float64))
    ventricular = _mean_around(step_probability[:, _V].astype(np.float64))
    is_ventricular = ventricular >= VENTRICULAR_SHARE * beat
    hidden = (doubted_beats_hz(step_probability) > NOISE_HZ) & ~is_ventricular
    starts = np.arange(0, len(hidden), STEPS_PER_SECOND)
    middles = np.minimum(starts + STEPS_PER_SECOND // 2, len(hidden) - 1)
    return np.repeat(hidden[middles], STEPS_PER_SECOND)[: len(hidden)]


def _mean_around(values: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.ndimage import uniform_filter1d

    if not len(values):
        return values
    width = round(OVER_S / STEP_S)
    inside = uniform_filter1d(np.ones_like(values), width, mode="constant")
    return uniform_filter1d(values, width, mode="constant") / inside
