"""The signal itself back from a picture, in millivolts."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.limb_consistency import with_consistent_limbs
from ecgmm.analysis.strips import LEAST_ECG, encode_png, window_fade
from ecgmm.errors import InputError
from ecgmm.grid import STEP_S, STRIP_STEPS
from ecgmm.paper.strips import PaperStrip, PaperStrips
from ecgmm.paper.trace.follow import TRACE_RATE_HZ, follow_ink
from ecgmm.recording import Recording
from ecgmm.serving.runtime import Runtime

_SAMPLES_PER_STEP = round(STEP_S * TRACE_RATE_HZ)


def digitize_paper(paper: PaperStrips, runtime: Runtime) -> Recording:
    """Give the signal of a picture back.

    The model says whether the strips show an ECG, and a network of its own where in each its trace
    runs. Where strips of one row overlap, one fades into the next. A row that changes its lead is
    cut at the changes; a lead that has a row of its own is taken from there. Limb leads that are
    seen at the same time are made to obey Einthoven's law. Paper does not say
    where 0 mV is: the median of each lead, close to its isoelectric line, is taken for it.

    Args:
        paper: the strips of a picture.
        runtime: the model.

    Returns:
        A recording at 500 Hz with every lead that the picture shows, and how uncertain each sample
        is; NaN where a lead is not shown or its trace cannot be seen. Leads without a name are
        called `row 1` and so on.

    Raises:
        InputError: `no_ecg` when there is no strip, or none that looks like an ECG.
    """
    if not paper.strips:
        raise InputError("no_ecg", f"{paper.name}: {' '.join(paper.faults) or 'no ECG was found.'}")
    read = runtime.digitize([encode_png(strip.grey) for strip in paper.strips])
    if read.ecg.max() < LEAST_ECG:
        raise InputError("no_ecg", f"{paper.name}: this does not look like an ECG.")
    return traced_paper(paper)


def traced_paper(paper: PaperStrips) -> Recording:
    """The signal of a picture that is known to show an ECG; see `digitize_paper`."""
    end_s = max(strip.start_s + strip.duration_s for strip in paper.strips)
    names = row_leads(paper.strips)
    rhythm_leads = {of_strip[0] for of_strip in names if len(of_strip) == 1}
    samples = math.ceil(end_s * TRACE_RATE_HZ)
    leads = {name: _Lead(samples) for of_strip in names for name in of_strip}
    for strip, of_strip in zip(paper.strips, names, strict=True):
        followed = follow_ink(strip.followed)
        shown = np.repeat(window_fade(STRIP_STEPS) * (strip.say > 0), _SAMPLES_PER_STEP)
        for name, part in zip(of_strip, segments(strip, len(of_strip)), strict=True):
            if len(of_strip) == 1 or name not in rhythm_leads:
                first = round(strip.start_s * TRACE_RATE_HZ) + part.start
                leads[name].add(
                    first,
                    followed.trace_mv[part],
                    followed.uncertainty_mv[part],
                    shown[part],
                )
    return with_consistent_limbs(
        Recording(
            signal_mv=np.stack([lead.signal_mv() for lead in leads.values()], axis=1),
            sampling_rate_hz=TRACE_RATE_HZ,
            lead_names=tuple(leads),
            name=paper.name,
            uncertainty_mv=np.stack([lead.uncertainty_mv() for lead in leads.values()], axis=1),
        )
    )


def row_leads(strips: Sequence[PaperStrip]) -> list[tuple[str, ...]]:
    """The leads of each strip; those of a row without names are called by its number.

    A strip without a name that begins later than the one before goes on with its row.
    """
    names: list[tuple[str, ...]] = []
    rows, before_s = 0, math.inf
    for strip in strips:
        rows += strip.start_s <= before_s
        before_s = strip.start_s
        names.append(strip.leads or (f"row {rows}",))
    return names


def segments(strip: PaperStrip, count: int) -> Iterator[slice]:
    """The samples of each of `count` leads of a strip; where none knows better, they share it."""
    ends_s = np.linspace(0, strip.duration_s, count + 1)
    if len(strip.changes_s) == count - 1:
        ends_s[1:-1] = np.clip(strip.changes_s, 0, strip.duration_s)
    ends = np.round(ends_s * TRACE_RATE_HZ).astype(int)
    return (slice(int(first), int(end)) for first, end in itertools.pairwise(ends))


class _Lead:
    """The weighted mean of what strips say of one lead."""

    def __init__(self, samples: int) -> None:
        self._sum_mv = np.zeros(samples)
        self._uncertainty_mv = np.zeros(samples)
        self._weight = np.zeros(samples)

    def add(
        self,
        first: int,
        trace_mv: NDArray[np.float32],
        uncertainty_mv: NDArray[np.float32],
        weight: NDArray[np.float64],
    ) -> None:
        """Add a stretch that begins at sample `first`; beyond the end nothing is kept."""
        inside = slice(first, min(first + len(trace_mv), len(self._sum_mv)))
        count = inside.stop - inside.start
        weight = np.where(np.isfinite(trace_mv), weight, 0.0)
        known_mv = np.nan_to_num(trace_mv)
        centred_mv = known_mv - np.median(known_mv[weight > 0]) if weight.any() else known_mv
        self._sum_mv[inside] += (weight * centred_mv)[:count]
        self._uncertainty_mv[inside] += (weight * np.nan_to_num(uncertainty_mv))[:count]
        self._weight[inside] += weight[:count]

    def signal_mv(self) -> NDArray[np.float32]:
        """The lead around its median; NaN where nothing was said."""
        mean_mv = self._mean(self._sum_mv)
        if np.isfinite(mean_mv).any():
            mean_mv -= np.nanmedian(mean_mv)
        return mean_mv

    def uncertainty_mv(self) -> NDArray[np.float32]:
        """Its standard deviation: where strips overlap, between what each says of itself."""
        return self._mean(self._uncertainty_mv)

    def _mean(self, total: NDArray[np.float64]) -> NDArray[np.float32]:
        shown = self._weight > 0
        mean = np.full(len(total), np.nan, np.float32)
        mean[shown] = total[shown] / self._weight[shown]
        return mean
