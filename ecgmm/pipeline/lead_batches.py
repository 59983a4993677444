"""tf.data batches of sets of leads: all twelve, some, one, or four groups in turn as on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecgmm.conditions import CONDITION_CODES
from ecgmm.grid import SAMPLES_PER_STEP, STRIP_STEPS
from ecgmm.leads import CHEST_LEADS, LEADS, LIMB_LEADS
from ecgmm.pipeline.lead_records import LeadRecords, lead_indices
from ecgmm.simulator.leads import INDEPENDENT_LEADS

if TYPE_CHECKING:
    import tensorflow as tf

LEAD_SETS = (
    (0.52, LEADS),
    (0.10, INDEPENDENT_LEADS),
    (0.06, LIMB_LEADS),
    (0.09, ("I",)),
    (0.09, ("I", "II")),
    (0.03, ("II",)),
    (0.02, ("I", "II", "V1")),
    (0.02, ("II", "V1", "V5")),
    (0.02, CHEST_LEADS),
)
"""Share of rows that see these leads: clinical ECGs, limb leads, watches, patches, Holters."""

ANY_THREE_SHARE = 0.05
PAGE_COLUMNS = (LEADS[:3], LEADS[3:6], LEADS[6:9], LEADS[9:])
PAGE_SHARE = 0.25
"""Of the rows of whole strips: four columns of three leads, each seen for 2.5 s."""

RHYTHM_ROW_SHARE = 0.7
RHYTHM_ROWS = ("II", "II", "II", "V1", "V5")

MIXING = 0.4
"""Both parameters of the beta distribution of shares: mostly nearly pure."""

LARGEST_NOISE_MV = 0.05


@dataclass(frozen=True)
class LeadBatchConfig:
    """What a batch is made of.

    Attributes:
        rows: records of a batch.
        crop_steps: length of a crop on the time grid.
        whole_share: share of batches that show all ten seconds instead.
        mixed_share: share of batches in which every record is mixed with another, and what it has
            in the same measure (mixup; Zhang et al. 2018).
        noisy_share: share of rows with noise as of a trace read from paper.
    """

    rows: int = 64
    crop_steps: int = 62
    whole_share: float = 0.12
    mixed_share: float = 0.5
    noisy_share: float = 0.2


class LeadBatchMaker:
    """Makes the n-th batch of a seed, always the same one.

    Args:
        records: what is drawn from.
        config: what a batch is made of.
        seed: which endless row of batches this is.
    """

    def __init__(self, records: LeadRecords, config: LeadBatchConfig, seed: int) -> None:
        self._records = records
        self._config = config
        self._seed = seed
        shares = [share for share, _ in LEAD_SETS]
        self._shares = np.array([*shares, ANY_THREE_SHARE]) / (sum(shares) + ANY_THREE_SHARE)

    def make(self, number: int) -> list[NDArray]:
        """Batch `number`: `leads_mv`, `seen` and `conditions`, as the head has them."""
        config = self._config
        rng = np.random.default_rng((self._seed, int(number)))
        whole = rng.random() < config.whole_share
        steps = STRIP_STEPS if whole else config.crop_steps
        chosen = rng.choice(len(self._records), config.rows, replace=False)
        starts = rng.integers(0, STRIP_STEPS - steps + 1, config.rows)
        crops = [
            self._records.leads_mv([record], start * SAMPLES_PER_STEP, steps * SAMPLES_PER_STEP)
            for record, start in zip(chosen, starts, strict=True)
        ]
        leads_mv = np.concatenate(crops)
        conditions = self._records.conditions[chosen].astype(np.float32)
        if rng.random() < config.mixed_share:
            leads_mv, conditions = mixed(leads_mv, conditions, rng)
        for row in np.flatnonzero(rng.random(config.rows) < config.noisy_share):
            leads_mv[row] += paper_noise(leads_mv[row].shape, rng)
        seen = [self._seen(steps, whole, rng) for _ in chosen]
        return [leads_mv, np.stack(seen), conditions]

    def _seen(self, steps: int, whole: bool, rng: np.random.Generator) -> NDArray[np.float32]:
        """`[12, steps]`, what of a row is seen."""
        if whole and rng.random() < PAGE_SHARE:
            row = str(rng.choice(RHYTHM_ROWS)) if rng.random() < RHYTHM_ROW_SHARE else None
            return page_seen(row)
        kind = rng.choice(len(self._shares), p=self._shares)
        leads = LEAD_SETS[kind][1] if kind < len(LEAD_SETS) else rng.choice(LEADS, 3, replace=False)
        seen = np.zeros((len(LEADS), steps), np.float32)
        seen[lead_indices(leads)] = 1.0
        return seen


def mixed(
    leads_mv: NDArray[np.float32], conditions: NDArray[np.float32], rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Every row and what it has, mixed with another row, of which there is never more."""
    others = rng.permutation(len(leads_mv))
    share = rng.beta(MIXING, MIXING, (len(leads_mv), 1)).astype(np.float32)
    share = np.maximum(share, 1 - share)
    return (
        share[..., None] * leads_mv + (1 - share[..., None]) * leads_mv[others],
        share * conditions + (1 - share) * conditions[others],
    )


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


def lead_batches(maker: LeadBatchMaker, count: int, first: int = 0) -> tf.data.Dataset:
    """`count` batches from number `first` on, made in parallel, the same for the same seed.

    Each is `({"leads_mv", "seen"}, conditions)`.
    """
    import tensorflow as tf

    leads = len(LEADS)

    def make(number: tf.Tensor) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        leads_mv, seen, conditions = tf.numpy_function(maker.make, [number], [tf.float32] * 3)
        inputs = {
            "leads_mv": tf.ensure_shape(leads_mv, (None, leads, None)),
            "seen": tf.ensure_shape(seen, (None, leads, None)),
        }
        return inputs, tf.ensure_shape(conditions, (None, len(CONDITION_CODES)))

    numbers = tf.data.Dataset.range(first, first + count)
    return numbers.map(make, num_parallel_calls=2, deterministic=True).prefetch(4)
