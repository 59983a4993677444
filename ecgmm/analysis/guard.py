"""The edges of what can be read: a beat that is seen there may be half a beat, or none."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.intruders import DOUBTED
from ecgmm.analysis.losses import SHORTEST_EXCLUSION_S, true_spans
from ecgmm.analysis.reading import Exclusion
from ecgmm.grid import STEP_S

EDGE_S = 0.15
"""Half a wide QRS complex and its distance to the ST segment. Of beats that the model reads this
near to the edge of a gap cut into recorded ECGs, one in six is none; further off, one in 90."""

SWING_S = 0.5
"""An amplifier swings into its rail and out of it; the swing looks like a beat."""


CUT_S = 0.12
"""From the middle of a wide QRS complex to its end: a beat nearer to the end of the recording may
be cut, and a cut QRS looks like a strange one."""


TO_T_WAVE_S = 0.36
"""From a QRS complex to the end of its T wave at a usual rate."""


def is_whole(beats: BeatList, duration_s: float) -> NDArray[np.bool_]:
    """`[beats]`, False for those that an end of the recording may cut and that look abnormal.

    Args:
        beats: of the whole recording.
        duration_s: how long it is.
    """
    cut = (beats.time_s < CUT_S) | (beats.time_s > duration_s - CUT_S)
    return ~cut | np.array([label == "N" for label in beats.labels], np.bool_)


def joints_s(excluded: Sequence[Exclusion], leads: Sequence[str]) -> list[float]:
    """Where every lead that was recorded before ends and others begin, in seconds.

    So are resting ECGs stored that have 2.5 s of three leads in turn.

    Args:
        excluded: what of which lead was not read.
        leads: names of all leads.
    """

    def read_at(time_s: float) -> set[str]:
        lost = {each.lead for each in unseen if each.start_s <= time_s < each.end_s}
        return set(leads) - lost

    found = []
    unseen = [each for each in excluded if each.fault != "noisy"]
    for end_s in sorted({each.end_s for each in unseen}):
        before, after = read_at(end_s - STEP_S), read_at(end_s + STEP_S)
        if before and after and not before & after:
            found.append(end_s)
    return found


def is_told_apart(beats: BeatList, joints: Sequence[float]) -> NDArray[np.bool_]:
    """`[beats]`, False for doubtful abnormal beats soon after all leads changed.

    The QRS complex before it was recorded by other leads, and what these leads begin with may be
    its T wave.

    Args:
        beats: of the whole recording.
        joints: as `joints_s` gives them.
    """
    since_s = np.full(len(beats), np.inf)
    for joint_s in joints:
        after = beats.time_s >= joint_s
        since_s[after] = beats.time_s[after] - joint_s
    is_doubted = (since_s < TO_T_WAVE_S) & (beats.probability < DOUBTED)
    return ~is_doubted | np.array([label == "N" for label in beats.labels], np.bool_)


def without_edges(
    readable: NDArray[np.bool_], saturated_s: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Take the edges of each gap of 300 ms or longer from what is readable.

    Args:
        readable: `[steps]`, where at least one lead holds a signal.
        saturated_s: `[spans, 2]`, start and end of each stretch in which a lead is saturated, on
            the clock whose step 0 begins at 0 s.

    Returns:
        `[steps]`, False also next to each gap: for 150 ms, or for half a second where a lead is
        saturated in the gap.
    """
    narrowed = readable.copy()
    shortest = SHORTEST_EXCLUSION_S / STEP_S
    for first, last in true_spans(~readable).tolist():
        if last - first < shortest:
            continue
        is_saturated = (saturated_s[:, 0] < last * STEP_S) & (saturated_s[:, 1] > first * STEP_S)
        edge = math.ceil((SWING_S if is_saturated.any() else EDGE_S) / STEP_S)
        narrowed[max(first - edge, 0) : last + edge] = False
    return narrowed
