"""How far the QRS complex of a beat lies between the normal and the ventricular one.

Where two impulses meet, each moves a part of the ventricles, and the complex is near to a weighted
sum of what each would have made alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.shape_clusters import cluster
from ecgmm.analysis.shapes import QRS
from ecgmm.labels import AAMI_CLASSES

LAGS = (-3, -2, -1, 0, 1, 2, 3)
"""Samples of 10 ms: the two impulses do not meet at the same moment in every beat."""
FEWEST = 5
"""Beats of each kind, below which what it looks like is not known."""
LEAST_APART = 0.05
"""One less the squared correlation of two shapes that can be told apart in a sum."""
MOST_FROM_HALF = 0.35
MOST_LEFT, LEAST_LEFT_ALONE = 0.4, 0.4
"""In root of power: a sum that fits, where neither shape does alone."""
LEAST_EXPLAINED = 0.5
"""Of what the better shape alone leaves."""
LOG_ODDS = 9.0
"""Added for `F` there. Fusion is so rare in what networks learn from that they hardly ever name
it."""


class Mixture(NamedTuple):
    """Each QRS as a sum of the usual normal and the usual ventricular one.

    Attributes:
        share: `[beats]`, ventricular part of the sum; 0 or 1 where one alone fits as well.
        left: `[beats]`, root of the share of power that the sum leaves.
        left_normal: what the normal one alone leaves.
        left_ventricular: what the ventricular one alone leaves.
        explained: `[beats]`, share of what the better one alone leaves that the sum explains.
    """

    share: NDArray[np.floating]
    left: NDArray[np.floating]
    left_normal: NDArray[np.floating]
    left_ventricular: NDArray[np.floating]
    explained: NDArray[np.floating]

    def only_the_sum_fits(self) -> NDArray[np.bool_]:
        """`[beats]`, where neither of the two alone explains the beat."""
        return np.asarray(
            (np.abs(self.share - 0.5) < MOST_FROM_HALF)
            & (self.left < MOST_LEFT)
            & (np.minimum(self.left_normal, self.left_ventricular) > LEAST_LEFT_ALONE)
            & (self.explained > LEAST_EXPLAINED)
        )


def with_fusion(
    probability: NDArray[np.float32],
    shapes: NDArray[np.floating],
    class_probability: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Class probabilities with `F` raised where only a sum of `N` and `V` explains the QRS.

    Args:
        probability: `[beats, 5]` over `labels.AAMI_CLASSES`, to be corrected.
        shapes: `[beats, leads, samples]` as `shapes.beat_shapes` gives them.
        class_probability: `[beats, 5]`, by which the usual shape of each class is found.

    Returns:
        `[beats, 5]`.
    """
    mixed = mixture(np.nan_to_num(shapes[:, :, QRS].astype(np.float32)), class_probability)
    if mixed is None:
        return probability
    odds = np.ones_like(probability)
    odds[mixed.only_the_sum_fits(), AAMI_CLASSES.index("F")] = np.exp(LOG_ODDS)
    raised = probability * odds
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


def mixture(qrs: NDArray[np.float32], class_probability: NDArray[np.float32]) -> Mixture | None:
    """Both usual complexes, shifted by `LAGS` each, fitted to every beat by least squares.

    Args:
        qrs: `[beats, leads, samples]`.
        class_probability: `[beats, 5]` over `labels.AAMI_CLASSES`.

    Returns:
        None where a recording has hardly a normal or hardly a ventricular beat.
    """
    called = class_probability.argmax(axis=1)
    kinds = [called == AAMI_CLASSES.index(name) for name in "NV"]
    if min(kind.sum() for kind in kinds) < FEWEST:
        return None
    flat = qrs.reshape(len(qrs), -1)
    power = np.maximum((flat**2).sum(axis=1), 1e-6)
    normal, ventricular = (_unit_templates(qrs[kind]) for kind in kinds)
    along_n, along_v = flat @ normal[0].T, flat @ ventricular[0].T
    left_n, left_v = (
        1 - np.maximum(along, 0.0).max(axis=1) ** 2 / power for along in (along_n, along_v)
    )
    alone = np.minimum(left_n, left_v)
    share, left = (left_v < left_n).astype(float), alone.copy()
    between = normal[0] @ ventricular[0].T
    for i, j in np.argwhere(1 - between**2 > LEAST_APART):
        apart = 1 - between[i, j] ** 2
        n = (along_n[:, i] - between[i, j] * along_v[:, j]) / apart
        v = (along_v[:, j] - between[i, j] * along_n[:, i]) / apart
        left_now = 1 - (n * along_n[:, i] + v * along_v[:, j]) / power
        better = (n > 0) & (v > 0) & (left_now < left)
        left[better] = left_now[better]
        n_part, v_part = n / normal[1], v / ventricular[1]
        share[better] = (v_part / np.maximum(n_part + v_part, 1e-6))[better]
    explained = 1 - np.maximum(left, 0.0) / np.maximum(alone, 1e-3)
    return Mixture(share, _root(left), _root(left_n), _root(left_v), explained)


def _root(part: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.sqrt(np.clip(part, 0.0, 1.0))


def _unit_templates(qrs: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """`[lags, leads * samples]`, the usual one at each lag, of length 1; and its length."""
    clusters = cluster(qrs)
    usual = np.median(qrs[clusters.of_beat == clusters.largest], axis=0)
    places = np.arange(usual.shape[-1])
    shifted = np.stack(
        [usual[:, np.clip(places - lag, 0, len(places) - 1)].ravel() for lag in LAGS]
    )
    lengths = np.maximum(np.linalg.norm(shifted, axis=1, keepdims=True), 1e-6)
    return shifted / lengths, max(float(np.linalg.norm(usual)), 1e-6)
