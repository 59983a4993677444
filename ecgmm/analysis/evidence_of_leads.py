"""Which leads speak for a condition: those without which the model is less sure of it.

Occlusion (Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014). A
chest lead is hidden as if it had not been recorded. A limb lead cannot be hidden so, because it
follows from any two others (Einthoven's law): instead the part of the heart's vector in the
frontal plane that points along its axis is taken away from all limb leads. Neighbouring chest leads
see nearly the same: hidden one by one, each is made up for by the next. So they are hidden by twos
and threes too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ecgmm.conditions import LEADS, LIMB_LEADS
from ecgmm.serving.runtime import ConditionsRuntime

LEAST_DROP = 0.2
"""Of the log-odds, in nats: a lead that moves them by less is not worth naming (0.88 to 0.86)."""

SHARE_OF_LARGEST = 0.5
"""A lead is named when it speaks at least half as loudly as the one that speaks loudest."""

TOGETHER = 2.0
"""Neighbours are named when they say twice together what any lead says alone."""
NEARLY_ALL = 0.9
"""Of two neighbours and the three that hold them, the two are named if they say so much of it."""

_HALF_ROOT_3 = 3**0.5 / 2
AXES = np.array(
    [
        (1.0, 0.0),
        (0.5, _HALF_ROOT_3),
        (-0.5, _HALF_ROOT_3),
        (-0.75, -_HALF_ROOT_3 / 2),
        (0.75, -_HALF_ROOT_3 / 2),
        (0.0, _HALF_ROOT_3),
    ]
)
"""`[6, 2]`: what each limb lead sees of a vector in the frontal plane, leftwards and downwards
(Einthoven's equilateral triangle, Goldberger's augmented leads)."""

_LEAST_PROBABILITY = 1e-6


def leads_that_speak(
    leads_mv: NDArray[np.float32], conditions: Sequence[int], runtime: ConditionsRuntime
) -> dict[int, tuple[str, ...]]:
    """The leads that speak for each of some conditions, as the model sees it.

    Args:
        leads_mv: `[12, samples]`, as `lead_sets` gives them.
        conditions: their places in `conditions.CONDITIONS`.
        runtime: where probabilities come from; it is asked once.

    Returns:
        For each condition the names of its leads, in the usual order; none where no lead alone
        makes a difference. Where one lead is all that there is, it is that lead.
    """
    seen = np.flatnonzero(leads_mv.any(axis=1)).tolist()
    if not conditions:
        return {}
    if len(seen) == 1:
        return dict.fromkeys(conditions, (LEADS[seen[0]],))
    groups = [*([lead] for lead in seen), *neighbours(seen)]
    drops = _drops_without(groups, leads_mv, conditions, runtime)
    return {
        condition: tuple(LEADS[lead] for lead in _named(groups, of_groups, len(seen)))
        for condition, of_groups in zip(conditions, drops.T, strict=True)
    }


def _named(groups: Sequence[Sequence[int]], drops: NDArray[np.float32], singles: int) -> list[int]:
    """The leads that speak alone, and the neighbours that do so together, in their order."""
    alone, together = drops[:singles], drops[singles:]
    least = max(LEAST_DROP, SHARE_OF_LARGEST * alone.max())
    named = {lead for (lead,), drop in zip(groups, alone, strict=False) if drop >= least}
    most = together.max(initial=0.0)
    if most >= max(LEAST_DROP, TOGETHER * alone.max()):
        named |= set(groups[singles + int(np.argmax(together >= NEARLY_ALL * most))])
    return sorted(named)


def log_odds_drops(
    leads_mv: NDArray[np.float32], conditions: Sequence[int], runtime: ConditionsRuntime
) -> NDArray[np.float32]:
    """By how much the log-odds of some conditions fall without each lead.

    Args:
        leads_mv: `[12, samples]`, as `lead_sets` gives them.
        conditions: their places in `conditions.CONDITIONS`.
        runtime: where probabilities come from; it is asked once.

    Returns:
        `[12, conditions]`, in nats; 0 for a lead that is not seen, and where nothing can be
        judged without it.
    """
    seen = np.flatnonzero(leads_mv.any(axis=1)).tolist()
    drops = np.zeros((len(leads_mv), len(conditions)), np.float32)
    drops[seen] = _drops_without([[lead] for lead in seen], leads_mv, conditions, runtime)
    return drops


def _drops_without(
    groups: Sequence[Sequence[int]],
    leads_mv: NDArray[np.float32],
    conditions: Sequence[int],
    runtime: ConditionsRuntime,
) -> NDArray[np.float32]:
    """`[groups, conditions]`, by how much the log-odds fall without each group of leads."""
    hidden = np.stack([leads_mv, *(without_leads(leads_mv, group) for group in groups)])
    answers = log_odds(hidden, conditions, runtime)
    return np.nan_to_num(answers[0] - answers[1:])


def log_odds(
    sets_mv: NDArray[np.float32], conditions: Sequence[int], runtime: ConditionsRuntime
) -> NDArray[np.float32]:
    """`[sets, conditions]`, the log-odds of some conditions; NaN for what cannot be judged."""
    probability = runtime.conditions(sets_mv).probabilities[:, list(conditions)]
    probability = np.clip(probability, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    return np.log(probability / (1 - probability))


def neighbours(seen: Sequence[int]) -> list[list[int]]:
    """Chest leads side by side, by twos and then by threes, of the leads seen, by their places."""
    chest = [lead for lead in seen if lead >= len(LIMB_LEADS)]
    runs = [chest[at : at + size] for size in (2, 3) for at in range(len(chest) - size + 1)]
    return [run for run in runs if run[-1] - run[0] == len(run) - 1 and len(run) < len(seen)]


def without_leads(leads_mv: NDArray[np.float32], leads: Sequence[int]) -> NDArray[np.float32]:
    """A set of leads without some of them."""
    for lead in leads:
        leads_mv = without_lead(leads_mv, lead)
    return leads_mv


def without_lead(leads_mv: NDArray[np.float32], lead: int) -> NDArray[np.float32]:
    """A set of leads without one of them.

    Args:
        leads_mv: `[12, samples]`, 0 where a lead is not seen.
        lead: which, in the order of `conditions.LEADS`.
    """
    hidden_mv = leads_mv.copy()
    if lead >= len(LIMB_LEADS):
        hidden_mv[lead] = 0
        return hidden_mv
    limbs_mv = leads_mv[: len(LIMB_LEADS)]
    seen = limbs_mv != 0
    along = _along_axis(limbs_mv, seen, AXES[lead])
    shadow = np.outer(AXES @ (AXES[lead] / np.linalg.norm(AXES[lead])), along)
    hidden_mv[: len(LIMB_LEADS)] -= np.where(seen, shadow, 0).astype(np.float32)
    hidden_mv[lead] = 0
    return hidden_mv


def _along_axis(
    limbs_mv: NDArray[np.float32], seen: NDArray[np.bool_], axis: NDArray[np.float64]
) -> NDArray[np.float64]:
    """`[samples]` of the heart's vector along an axis, 0 where fewer than two leads show it."""
    along = np.zeros(limbs_mv.shape[1])
    for pattern in np.unique(seen, axis=1).T:
        if pattern.sum() > 1:
            here = (seen == pattern[:, None]).all(axis=0)
            vectors = np.linalg.pinv(AXES[pattern]) @ limbs_mv[pattern][:, here]
            along[here] = axis / np.linalg.norm(axis) @ vectors
    return along
