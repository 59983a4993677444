"""How probable atrial fibrillation has been of late."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from ecgmm.labels import RHYTHM_CLASSES

LONGEST_S = 300.0
"""The longest that `limits` lets a user ask for."""
LEAST_COVERED = 0.9
"""One reading in ten may be missing: a lead that came off for a moment."""
_AF, _NOISE = RHYTHM_CLASSES.index("af"), RHYTHM_CLASSES.index("noise")


class RhythmWatch:
    """Remembers the rhythm of every reading for five minutes."""

    def __init__(self) -> None:
        self._read: deque[tuple[float, float]] = deque()

    def add(self, time_s: float, probability: NDArray[np.float32]) -> None:
        """Note one reading.

        Args:
            time_s: where its window ends.
            probability: `[4]`, in the order of `labels.RHYTHM_CLASSES`.
        """
        readable = 1.0 - float(probability[_NOISE])
        share = float(probability[_AF]) / readable if readable > 0 else 0.0
        self._read.append((time_s, share))
        while self._read[0][0] < time_s - LONGEST_S:
            self._read.popleft()

    def af_share(self, length_s: float) -> float | None:
        """Mean probability of atrial fibrillation, given a readable rhythm, over the last seconds.

        Returns:
            None where less than nine tenths of that time has been read.
        """
        if not self._read:
            return None
        since_s = self._read[-1][0] - length_s
        recent = [(time_s, share) for time_s, share in self._read if time_s > since_s]
        if recent[-1][0] - recent[0][0] < LEAST_COVERED * length_s:
            return None
        return float(np.mean([share for _, share in recent]))
