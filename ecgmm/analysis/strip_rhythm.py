"""The rhythm of a short recording, seen as a whole.

The network names the rhythm of windows; what their beats, intervals and shapes show together is
added here, by a generalised additive model (Hastie and Tibshirani 1986): each feature of
`strip_features` adds to the log-odds of each class what a table gives for the range that it lies
in. `ecgmm.experiments.strip_rhythm` trained the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from ecgmm.analysis.rhythm_agreement import without_regular_fibrillation
from ecgmm.analysis.strip_features import strip_features

if TYPE_CHECKING:
    from ecgmm.analysis.raw_reading import RawReading

TABLES = Path(__file__).with_name("strip_rhythm.npz")
SHORTEST_S, LONGEST_S = 20.0, 61.0
"""The recordings of CinC 2017, from which it learned, are of 30 s, hardly any of less than 20 s and
none of more than 61 s. In ten seconds of one lead of PTB-XL it finds less fibrillation than the
network alone."""


@dataclass(frozen=True)
class AdditiveModel:
    """What each range of each feature adds to the log-odds of each class.

    Attributes:
        edges: `[features, ranges - 1]`, ascending, where one range ends and the next begins.
        added: `[features, ranges, classes]`, in the order of `labels.RHYTHM_CLASSES`.
        start: `[classes]`, what these are added to.
    """

    edges: NDArray[np.float32]
    added: NDArray[np.float32]
    start: NDArray[np.float32]

    def ranges(self, features: NDArray[np.float32]) -> NDArray[np.intp]:
        """`[..., features]`, the range in which each lies."""
        return np.sum(features[..., np.newaxis] >= self.edges, axis=-1)

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """`[..., classes]` of `[..., features]`."""
        number = np.arange(len(self.edges))
        log_odds = self.start + self.added[number, self.ranges(features)].sum(axis=-2)
        return np.asarray(softmax(log_odds, axis=-1), np.float32)

    def save(self, path: Path) -> None:
        """Write the tables; `load` reads them back."""
        np.savez_compressed(path, edges=self.edges, added=self.added, start=self.start)

    @classmethod
    def load(cls, path: Path) -> AdditiveModel:
        """Read what `save` wrote."""
        with np.load(path) as tables:
            return cls(tables["edges"], tables["added"], tables["start"])


def is_strip(raw: RawReading) -> bool:
    """Whether it is a recording of the kind that the tables were learned from: one lead, 30 s."""
    is_short = SHORTEST_S <= raw.duration_s <= LONGEST_S
    return raw.modality == "signal" and is_short and len(raw.leads) == 1


def seen_as_a_whole(raw: RawReading, tables: AdditiveModel | None = None) -> NDArray[np.float32]:
    """`[windows, 4]` rhythm of each window: in all windows of a strip that of the whole.

    No fibrillation is told of regular beats.

    Args:
        raw: what was read; what is no strip, or has fewer than five beats, stays as it is.
        tables: those of the program by default.
    """
    features = strip_features(raw) if is_strip(raw) else None
    if features is None:
        return raw.window_rhythm
    whole = (tables or _tables()).probabilities(features)
    windows = np.broadcast_to(whole, raw.window_rhythm.shape)
    return without_regular_fibrillation(windows, raw.window_start_s, raw.beats, raw.gaps_s)


@cache
def _tables() -> AdditiveModel:
    return AdditiveModel.load(TABLES)
