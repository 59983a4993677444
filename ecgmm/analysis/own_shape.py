"""Beats of the recording's own shape are not ventricular because they are wide.

Under a bundle branch block every beat is as wide as a ventricular one, and a paced beat is one that
a wire starts; the network, which reads leads singly, takes some of them for ventricular beats.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.heart_rate import rr_intervals_s
from ecgmm.analysis.reading import JudgedCondition
from ecgmm.analysis.rhythm_agreement import LEAST_LEADS
from ecgmm.analysis.shape_clusters import alike, cluster
from ecgmm.analysis.shapes import QRS
from ecgmm.labels import AAMI_CLASSES
from ecgmm.leads import LEADS

BLOCKS = ("CLBBB", "CRBBB")
PACED = "PACE"
FLUTTER = "AFLT"
SUSPECTED = 0.5
"""Of the threshold from which a block is called present: that a beat is its own is likely before a
block is certain."""
ALIKE = 0.85
MOSTLY = 0.5
"""Of the beats of the usual shape."""
FEWEST_BEATS = 4
"""Of fewer there is no usual shape."""
MUCH_TOO_EARLY = 0.75
"""Of the median interval: a pacemaker that is well waits longer."""
N, S, V, Q = (AAMI_CLASSES.index(name) for name in "NSVQ")


def beats_of_own_shape(
    beats: BeatList,
    class_probability: NDArray[np.float32],
    shapes: NDArray[np.float16],
    conditions: Sequence[JudgedCondition],
    leads: Sequence[str],
) -> BeatList:
    """Name beats anew where the leads together say why they are wide.

    Where a block is likely, a ventricular beat of the recording's usual shape is `N`; so it is
    where most beats of that shape are `N` anyhow. Where a pacemaker is called present, ventricular
    beats that are not much too early, and all of the usual shape, are `Q`, as ANSI/AAMI EC57 calls
    paced beats. In flutter a beat of class S is `N`: no atrial beat is premature there, only the
    ratio of conduction changes.

    Args:
        beats: as they were read.
        class_probability: `[beats, 5]` over `labels.AAMI_CLASSES`.
        shapes: `[beats, leads, samples]` as `shapes.beat_shapes` gives them.
        conditions: what the leads as a set were asked.
        leads: names of the leads; from fewer than eight standard ones nothing is named anew.

    Returns:
        The same beats; one that is named anew is as sure as its old class and its new one together.
    """
    likely = {c.code for c in conditions if c.probability >= SUSPECTED * c.threshold}
    present = {c.code for c in conditions if c.present}
    if len(beats) < FEWEST_BEATS or len(set(leads) & set(LEADS)) < LEAST_LEADS:
        return beats
    qrs = shapes[:, :, QRS]
    clusters = cluster(qrs)
    usual = alike(qrs.astype(np.float32), clusters.templates[clusters.largest]) >= ALIKE
    labels = np.array([AAMI_CLASSES.index(label) for label in beats.labels])
    anew = np.where((labels == S) & (FLUTTER in present), N, labels)
    if PACED in present:
        rr_s = np.append(np.nan, rr_intervals_s(beats.time_s))
        early = rr_s < MUCH_TOO_EARLY * np.nanmedian(rr_s)
        anew = np.where(((labels == V) & ~early) | (usual & np.isin(labels, (N, V))), Q, anew)
    elif likely & {*BLOCKS, PACED} or np.sum(usual & (labels == N)) > MOSTLY * np.sum(usual):
        anew = np.where((labels == V) & usual, N, anew)
    return _renamed(beats, class_probability, labels, anew) if (anew != labels).any() else beats


def _renamed(
    beats: BeatList,
    class_probability: NDArray[np.float32],
    labels: NDArray[np.int64],
    anew: NDArray[np.int64],
) -> BeatList:
    place = np.arange(len(labels))
    before = class_probability[place, labels]
    after = np.where(anew == labels, before, np.minimum(before + class_probability[place, anew], 1))
    probability = beats.probability * after / np.maximum(before, 1e-6)
    return BeatList(beats.time_s, "".join(AAMI_CLASSES[index] for index in anew), probability)
