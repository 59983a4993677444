"""Batches of sets of leads for `fit`, on any of Keras's backends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ecgmm.pipeline.lead_batches import LeadBatch, LeadBatchMaker

Teach = Callable[[LeadBatch], NDArray[np.float32]]
"""What a batch is to be answered with: `[rows, conditions]` from 0 to 1."""


class LeadDataset(keras.utils.PyDataset):
    """Batches from number `first` on, the same for the same maker.

    Each is `({"leads_mv", "seen"}, conditions)`.

    Args:
        maker: makes them.
        count: how many.
        first: number of the first.
        teach: says what each is to be answered with; what the records have by default.
    """

    def __init__(
        self, maker: LeadBatchMaker, count: int, first: int = 0, teach: Teach | None = None
    ) -> None:
        super().__init__()
        self._maker = maker
        self._count = count
        self._first = first
        self._teach = teach

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> tuple[dict[str, Any], NDArray[np.float32]]:
        batch = self._maker.make(self._first + index)
        answer = batch.conditions if self._teach is None else self._teach(batch)
        return {"leads_mv": batch.leads_mv, "seen": batch.seen}, answer
