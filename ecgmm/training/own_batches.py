"""Batches that hold your own pictures beside signals and what is printed from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.pipeline.batches import NOT_ECG_SHARE, BatchConfig, BatchMaker
from ecgmm.pipeline.not_ecg import not_ecg_picture
from ecgmm.pipeline.printing.spoil import spoil
from ecgmm.pipeline.records import GridRecord
from ecgmm.pipeline.rows import IMAGE, Row, row_without_ecg, signal_row
from ecgmm.training.own_set import PictureStrip

OWN_SHARE = 0.5
"""Of the pictures of a batch, how many are your own where there are signals to print from too."""


class OwnBatchMaker:
    """Makes the n-th batch of a seed, always the same one; see `pipeline.batches.BatchMaker`.

    Args:
        records: your own signals.
        pictures: strips of your own pictures.
        noise_mv: `[samples, sources]` noise at 125 Hz.
        config: what a batch is made of.
        seed: which endless row of batches this is.
    """

    def __init__(
        self,
        records: Sequence[GridRecord],
        pictures: Sequence[PictureStrip],
        noise_mv: NDArray[np.float32],
        config: BatchConfig,
        seed: int,
    ) -> None:
        self._own = 0
        if pictures:
            self._own = round(config.images * OWN_SHARE) if records else config.images
        self._pictures = pictures
        self._config = config
        self._class_weights = np.asarray(config.class_weights, np.float32)
        self._seed = seed
        rest = replace(config, images=config.images - self._own)
        self._drawn = None
        if records and rest.signals + rest.images:
            self._drawn = BatchMaker(records, noise_mv, rest, seed)

    def make(self, number: int) -> list[NDArray]:
        """Batch `number`: the fields of `rows.Row`, each with a first axis for the rows."""
        rng = np.random.default_rng((self._seed, int(number), 1))
        drawn = [] if self._drawn is None else self._drawn.make(number)
        if not self._own:
            return drawn
        rows = [self._picture_row(rng) for _ in range(self._own)]
        own = [np.stack(values) for values in zip(*rows, strict=True)]
        return [np.concatenate(parts) for parts in zip(drawn, own, strict=True)] if drawn else own

    def _picture_row(self, rng: np.random.Generator) -> Row:
        if self._drawn is None and rng.random() < NOT_ECG_SHARE:
            _, picture = not_ecg_picture(rng, self._config.picture)
            return row_without_ecg(picture, self._class_weights)
        strip = self._pictures[int(rng.integers(len(self._pictures)))]
        row = signal_row(strip.truth, self._class_weights)
        return row._replace(
            image=spoil(strip.grey, self._config.picture, rng)[..., None],
            modality=IMAGE,
            beats_weight=row.beats_weight * strip.step_weight,
        )
