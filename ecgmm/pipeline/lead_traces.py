"""Records as they are read from paper: printed, spoiled, and traced by the model itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.leads import LEADS
from ecgmm.pipeline.lead_records import LARGEST_UV, UV_PER_MV, LeadRecords, cropped
from ecgmm.pipeline.pictures import PictureConfig, picture_of

OTHER_THAN_ONE_LEAD = ("other_leads", "pulse", "blank")
"""Families that show something else than the lead in a part of its strip."""

Trace = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Pictures `[strips, 160, 1000, 1]` to heights of their traces `[strips, 1250]`, millivolts."""


@dataclass(frozen=True)
class LeadTraces:
    """Some records as read from paper.

    Attributes:
        record: `[traces]`, which record of the training each one is.
        trace_uv: `[traces, 12, 1250]` int16, microvolts above the middle of each lead's strip, in
            the order of `leads.LEADS`.
    """

    record: NDArray[np.int64]
    trace_uv: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.record)

    def crops_mv(
        self, traces: NDArray[np.int64], starts: NDArray[np.int64], samples: int
    ) -> NDArray[np.float32]:
        """`[traces, 12, samples]` millivolts of some, each from a sample of its own."""
        return cropped(self.trace_uv, traces, starts, samples) / np.float32(UV_PER_MV)


def traced(
    records: LeadRecords, count: int, config: PictureConfig, seed: int, trace: Trace
) -> LeadTraces:
    """Print some records, lead by lead on strips of their own, and read them back.

    Args:
        records: what is drawn from.
        count: how many.
        config: how they are printed and spoiled.
        seed: the same seed gives the same pictures.
        trace: reads them.
    """
    rng = np.random.default_rng((seed, count))
    chosen = np.sort(rng.choice(len(records), min(count, len(records)), replace=False))
    traces = [trace(pictures_of(records, int(record), config, seed)) for record in chosen]
    trace_uv = np.round(np.stack(traces) * UV_PER_MV).clip(-LARGEST_UV, LARGEST_UV)
    return LeadTraces(chosen, trace_uv.astype(np.int16))


def pictures_of(
    records: LeadRecords, record: int, config: PictureConfig, seed: int
) -> NDArray[np.uint8]:
    """`[12, 160, 1000, 1]`, a strip a lead."""
    shown = tuple(name for name in config.families if name not in OTHER_THAN_ONE_LEAD)
    leads_mv = records.leads_mv([record])[0]
    pictures = [
        picture_of(
            lead_mv, replace(config, families=shown), np.random.default_rng((seed, record, lead))
        )
        for lead, lead_mv in zip(range(len(LEADS)), leads_mv, strict=True)
    ]
    return np.stack(pictures)[..., np.newaxis]
