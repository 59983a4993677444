"""Batches of sets of leads: all twelve, some, one, or four groups in turn as on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SAMPLES_PER_STEP, STRIP_STEPS
from ecgmm.leads import CHEST_LEADS, LEADS, LIMB_LEADS
from ecgmm.pipeline.lead_records import LeadRecords, lead_indices
from ecgmm.pipeline.lead_traces import LeadTraces
from ecgmm.simulator.leads import INDEPENDENT_LEADS

LEAD_SETS = (
    (0.20, INDEPENDENT_LEADS),
    (0.12, LIMB_LEADS),
    (0.18, ("I",)),
    (0.18, ("I", "II")),
    (0.06, ("II",)),
    (0.04, ("I", "II", "V1")),
    (0.04, ("II", "V1", "V5")),
    (0.04, CHEST_LEADS),
)
"""Of the rows that see some leads only, the share that sees these: limb leads, watches, Holters;
the rest sees any three."""

PAGE_COLUMNS = (LEADS[:3], LEADS[3:6], LEADS[6:9], LEADS[9:])
RHYTHM_ROW_SHARE = 0.7
RHYTHM_ROWS = ("II", "II", "II", "V1", "V5")

MIXING = 0.4
"""Both parameters of the beta distribution of shares: mostly nearly pure."""

LARGEST_NOISE_MV = 0.05


@dataclass(frozen=True)
class LeadConfig:
    """What is learned of sets of leads, and how they are shown.

    Attributes:
        records: how many of the training records are learned from; 0 for all.
        auxiliary: whether subclasses and statements are learned beside the superclasses.
        subset_share: share of rows that see some of the leads only.
        whole_share: share of batches that show all ten seconds, not a crop.
        page_share: share of the rows of whole ones that see four columns of three leads, each for
            2.5 s, as on a page.
        mixed_share: share of batches in which every record is mixed with another, and what it has
            in the same measure (mixup; Zhang et al. 2018).
        noisy_share: share of rows with noise as of a trace read from paper.
        printed_records: how many records are printed, to be learned from as the model's own tracer
            reads them.
        printed_share: share of batches that show these.
    """

    records: int = 0
    auxiliary: bool = True
    subset_share: float = 0.5
    whole_share: float = 0.12
    page_share: float = 0.25
    mixed_share: float = 0.5
    noisy_share: float = 0.2
    printed_records: int = 0
    printed_share: float = 0.0


class LeadBatch(NamedTuple):
    """Rows of leads.

    Attributes:
        leads_mv: `[rows, 12, samples]`, as they are shown.
        seen: `[rows, 12, steps]`, 1 where a lead is seen.
        conditions: `[rows, conditions]`, what the records have; a share where rows are mixed.
        recorded_mv: `[rows, 12, samples]`, what was recorded: before noise and printing.
    """

    leads_mv: NDArray[np.float32]
    seen: NDArray[np.float32]
    conditions: NDArray[np.float32]
    recorded_mv: NDArray[np.float32]


class LeadBatchMaker:
    """Makes the n-th batch of a seed, always the same one.

    Args:
        records: what is drawn from.
        config: how they are shown.
        seed: which endless row of batches this is.
        rows: records of a batch.
        crop_steps: length of a crop on the time grid.
        traces: some of the records as read from paper; needed where the configuration shows them.
    """

    def __init__(
        self,
        records: LeadRecords,
        config: LeadConfig,
        seed: int,
        rows: int = 64,
        crop_steps: int = 62,
        traces: LeadTraces | None = None,
    ) -> None:
        self._records = records
        self._config = config
        self._seed = seed
        self._rows = rows
        self._crop_steps = crop_steps
        self._traces = traces
        shares = [share for share, _ in LEAD_SETS]
        self._shares = np.array([*shares, 1 - sum(shares)])

    def make(self, number: int) -> LeadBatch:
        """Batch `number`."""
        config = self._config
        rng = np.random.default_rng((self._seed, int(number)))
        whole = rng.random() < config.whole_share
        steps = STRIP_STEPS if whole else self._crop_steps
        starts = SAMPLES_PER_STEP * rng.integers(0, STRIP_STEPS - steps + 1, self._rows)
        leads_mv, recorded_mv, chosen = self._crops(starts, steps * SAMPLES_PER_STEP, rng)
        conditions = self._records.conditions[chosen].astype(np.float32)
        if rng.random() < config.mixed_share:
            others, share = pairs(self._rows, rng)
            leads_mv, recorded_mv = (
                mixed(signals, others, share[..., None]) for signals in (leads_mv, recorded_mv)
            )
            conditions = mixed(conditions, others, share)
        for row in np.flatnonzero(rng.random(self._rows) < config.noisy_share):
            leads_mv[row] += paper_noise(leads_mv[row].shape, rng)
        seen = np.stack([self._seen(steps, whole, rng) for _ in chosen])
        return LeadBatch(leads_mv, seen, conditions, recorded_mv)

    def _crops(
        self, starts: NDArray[np.int64], samples: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        """Crops as they are shown and as they were recorded, and the records that they are of."""
        if self._traces is None or rng.random() >= self._config.printed_share:
            chosen = rng.choice(len(self._records), self._rows, replace=False)
            recorded_mv = self._records.crops_mv(chosen, starts, samples)
            return recorded_mv.copy(), recorded_mv, chosen
        printed = rng.choice(len(self._traces), self._rows)
        chosen = self._traces.record[printed]
        shown_mv = self._traces.crops_mv(printed, starts, samples)
        return shown_mv, self._records.crops_mv(chosen, starts, samples), chosen

    def _seen(self, steps: int, whole: bool, rng: np.random.Generator) -> NDArray[np.float32]:
        """`[12, steps]`, what of a row is seen."""
        if whole and rng.random() < self._config.page_share:
            row = str(rng.choice(RHYTHM_ROWS)) if rng.random() < RHYTHM_ROW_SHARE else None
            return page_seen(row)
        seen = np.zeros((len(LEADS), steps), np.float32)
        seen[lead_indices(self._lead_set(rng))] = 1.0
        return seen

    def _lead_set(self, rng: np.random.Generator) -> tuple[str, ...]:
        if rng.random() >= self._config.subset_share:
            return LEADS
        kind = rng.choice(len(self._shares), p=self._shares)
        if kind < len(LEAD_SETS):
            return LEAD_SETS[kind][1]
        return tuple(rng.choice(LEADS, 3, replace=False).tolist())


def pairs(rows: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """For every row another one, and `[rows, 1]` the row's own share, never the smaller one."""
    share = rng.beta(MIXING, MIXING, (rows, 1)).astype(np.float32)
    return rng.permutation(rows), np.maximum(share, 1 - share)


def mixed(values: NDArray, others: NDArray, share: NDArray) -> NDArray:
    """Each row's share of its own values, and the rest of another row's."""
    return share * values + (1 - share) * values[others]


def paper_noise(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """Millivolts of noise as of a trace read from paper: up to half a box, smooth over a step."""
    leads, samples = shape
    strength_mv = rng.uniform(0, LARGEST_NOISE_MV)
    steps = rng.normal(0, strength_mv, (leads, samples // SAMPLES_PER_STEP + 1))
    at_steps, at_samples = np.arange(steps.shape[1]), np.arange(samples) / SAMPLES_PER_STEP
    return np.stack([np.interp(at_samples, at_steps, lead) for lead in steps]).astype(np.float32)


def page_seen(rhythm_row: str | None = "II") -> NDArray[np.float32]:
    """`[12, 250]`, what a page of three rows by four columns shows of ten seconds.

    Args:
        rhythm_row: the lead that a further row shows for the whole time, if there is one.
    """
    seen = np.zeros((len(LEADS), STRIP_STEPS), np.float32)
    edges = np.linspace(0, STRIP_STEPS, len(PAGE_COLUMNS) + 1).astype(int)
    for column, start, end in zip(PAGE_COLUMNS, edges[:-1], edges[1:], strict=True):
        seen[lead_indices(column), start:end] = 1.0
    if rhythm_row is not None:
        seen[LEADS.index(rhythm_row)] = 1.0
    return seen
