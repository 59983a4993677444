"""Beats of one recording sorted by the shape of their QRS complex."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_CLUSTERS = 8
"""A recording with more kinds of beats than this is mostly noise."""
SAMPLE = 200
"""Beats among which the next leader is looked for, evenly spread."""
ALIKE = 0.9
"""Correlation of two QRS complexes of one focus; those of two foci seldom reach it."""
LEFT_OVER_SHARE = 0.02


@dataclass(frozen=True)
class ShapeClusters:
    """The kinds of QRS complexes of a recording.

    Attributes:
        of_beat: `[beats]`, number of the cluster of each beat.
        templates: `[clusters, leads, samples]`, the mean shape of each; the first is the largest.
    """

    of_beat: NDArray[np.int64]
    templates: NDArray[np.float32]

    @property
    def largest(self) -> int:
        """The cluster with most beats."""
        return int(np.bincount(self.of_beat, minlength=len(self.templates)).argmax())


def cluster(qrs: NDArray[np.floating]) -> ShapeClusters:
    """Sort beats by shape: the leader with most followers first, its followers taken out, again.

    Args:
        qrs: `[beats, leads, samples]`, NaN where nothing is known.

    Returns:
        Every beat belongs to the template that it is most like.
    """
    shapes = np.nan_to_num(qrs.astype(np.float32))
    unit = _unit(shapes)
    left = np.arange(len(unit))
    templates: list[NDArray[np.float32]] = []
    while len(left) and len(templates) < MOST_CLUSTERS:
        sample = left[np.linspace(0, len(left) - 1, min(len(left), SAMPLE)).astype(int)]
        followers = unit[sample] @ unit[sample].T >= ALIKE
        chosen = sample[followers[followers.sum(axis=1).argmax()]]
        if not len(chosen):
            break
        templates.append(shapes[chosen].mean(axis=0))
        left = left[unit[left] @ _unit(templates[-1][np.newaxis])[0] < ALIKE]
        if len(left) <= LEFT_OVER_SHARE * len(unit):
            break
    if not templates:
        templates.append(np.zeros(shapes.shape[1:], np.float32))
    stacked = np.stack(templates)
    return ShapeClusters((unit @ _unit(stacked).T).argmax(axis=1), stacked)


def alike(shapes: NDArray[np.floating], others: NDArray[np.floating]) -> NDArray[np.float64]:
    """`[beats]` correlation, from -1 to 1, of shapes with others or with one; 0 if one is flat."""
    first = _unit(np.nan_to_num(shapes.astype(np.float32)))
    second = _unit(np.nan_to_num(np.broadcast_to(others, shapes.shape).astype(np.float32)))
    return (first * second).sum(axis=1).astype(np.float64)


def _unit(shapes: NDArray[np.float32]) -> NDArray[np.float32]:
    """`[beats, leads * samples]`, each of length 1, or 0 where it is flat."""
    flat = shapes.reshape(len(shapes), -1)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    return flat / np.maximum(length, 1e-6)
