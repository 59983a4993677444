"""Twelve-lead records with what is wrong in them, held by the publisher's folds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.conditions import CONDITION_CODES
from ecgmm.errors import InputError
from ecgmm.grid import SAMPLING_RATE_HZ, STRIP_SAMPLES
from ecgmm.leads import LEADS
from ecgmm.pipeline.records import load_examples, recording_of
from ecgmm.resampling import bridge_gaps, resample
from ecgmm.simulator.leads import INDEPENDENT_LEADS, lead_matrix

TRAINING_FOLDS = (3, 4, 5, 6, 7, 8)
"""PTB-XL's own folds; 9 chooses epochs and thresholds."""
VALIDATION_FOLDS = (9,)
"""Folds 1, 2 and 10 are for tests; the publisher's own test is fold 10."""

UV_PER_MV = 1000.0
"""By definition."""
LARGEST_UV = 32_000
"""Within 16 bits."""


@dataclass(frozen=True)
class LeadRecords:
    """Ten seconds of the eight independent leads of many records.

    Attributes:
        signal_uv: `[records, 8, 1250]` int16, microvolts at 125 Hz, in the order of
            `simulator.leads.INDEPENDENT_LEADS`.
        conditions: `[records, conditions]` int8, 1 where a record has the condition, in the order
            of `conditions.CONDITION_CODES`.
    """

    signal_uv: NDArray[np.int16]
    conditions: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.signal_uv)

    def leads_mv(self, records: Any) -> NDArray[np.float32]:
        """`[records, 12, 1250]` millivolts of some records, in the order of `LEADS`."""
        return twelve_leads(self.signal_uv[records].astype(np.float32) / UV_PER_MV)

    def crops_mv(
        self, records: NDArray[np.int64], starts: NDArray[np.int64], samples: int
    ) -> NDArray[np.float32]:
        """`[records, 12, samples]` millivolts of some records, each from a sample of its own."""
        return twelve_leads(cropped(self.signal_uv, records, starts, samples) / UV_PER_MV)


def twelve_leads(independent_mv: NDArray[np.float32]) -> NDArray[np.float32]:
    """All twelve `[records, 12, samples]` from the eight that are independent."""
    return lead_matrix(LEADS).T.astype(np.float32) @ independent_mv


def cropped(
    signals: NDArray, rows: NDArray[np.int64], starts: NDArray[np.int64], samples: int
) -> NDArray[np.float32]:
    """`[rows, leads, samples]` of some rows of `[rows, leads, samples]`, each from its start on."""
    cuts = [signals[row, :, at : at + samples] for row, at in zip(rows, starts, strict=True)]
    return np.stack(cuts).astype(np.float32)


def load_lead_records(data_dir: Path, folds: Collection[int]) -> LeadRecords:
    """Read the records of some folds of the prepared PTB-XL.

    Raises:
        InputError: if it is not prepared, or holds no record of these folds.
    """
    signals, conditions = [], []
    for example in load_examples(data_dir, "ptbxl"):
        if example["fold"] in folds:
            signals.append(_independent_uv(example))
            codes = {code.decode() for code in example["conditions"]}
            conditions.append([code in codes for code in CONDITION_CODES])
    if not signals:
        raise InputError(
            "no_records", f"Expected records of folds {sorted(folds)} of ptbxl. Received none."
        )
    return LeadRecords(np.stack(signals), np.asarray(conditions, np.int8))


def _independent_uv(example: dict[str, Any]) -> NDArray[np.int16]:
    recording = recording_of(example)
    names = [name.upper() for name in recording.lead_names]
    order = [names.index(lead) for lead in INDEPENDENT_LEADS]
    signal_mv = resample(
        recording.signal_mv[:, order], recording.sampling_rate_hz, SAMPLING_RATE_HZ
    )
    uv = np.round(bridge_gaps(signal_mv).T * UV_PER_MV).clip(-LARGEST_UV, LARGEST_UV)
    return uv[:, :STRIP_SAMPLES].astype(np.int16)


def lead_indices(leads: Iterable[str]) -> list[int]:
    """Places of some leads in `LEADS`."""
    return [LEADS.index(lead) for lead in leads]
