"""What a signal lacks before any model sees it: where, how much, and what is left to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis import words
from ecgmm.analysis.reading import Exclusion, Fault
from ecgmm.grid import STEP_S
from ecgmm.recording import Recording

SEEN_FAULTS: tuple[Fault, ...] = ("missing", "flat", "saturated")
"""What is seen in a signal before any model reads it."""
FAULTS: tuple[Fault, ...] = (*SEEN_FAULTS, "noisy")
SHORTEST_EXCLUSION_S = 0.3
"""What a stretch must last to hide a beat: about the refractory period before it and its QRS."""

SHORTEST_FLAT_S = 2.0
"""As long as the interval between beats at 30 a minute."""
SHORTEST_CLIP_S = 0.04
"""One step of the grid: a peak that is cut off for less is seen as a peak."""
SHORTEST_CLIP_SAMPLES = 4
"""At slow rates 40 ms are too few samples to tell a rail from a rounded peak."""
SHARE_WORTH_SAYING = 0.02
"""0.2 s of a strip of ten: less than one beat."""
STANDSTILL_S = 4.0
"""An asystole, as `rules.pauses` has it."""
_FAULT_WORDS = {
    "missing": "missing",
    "flat": "a flat line",
    "saturated": "clipped",
    "noisy": "hidden by noise",
}


@dataclass(frozen=True)
class Losses:
    """How much of a signal is lost.

    Attributes:
        samples: samples of each lead.
        in_all_leads: samples at which every lead is lost.
        by_lead: `[leads, faults]` int64, samples of each lead lost by each of `FAULTS`.
    """

    samples: int
    in_all_leads: int
    by_lead: NDArray[np.int64]

    @classmethod
    def to_noise(cls, noisy: NDArray[np.bool_], samples_per_step: float) -> Losses:
        """Those of samples counted already: `[steps, leads]`, what noise hides."""
        in_all = np.count_nonzero(noisy.all(axis=1)) if noisy.size else 0
        by_lead = np.zeros((noisy.shape[1], len(FAULTS)), np.int64)
        by_lead[:, FAULTS.index("noisy")] = np.round(noisy.sum(axis=0) * samples_per_step)
        return cls(0, round(in_all * samples_per_step), by_lead)

    @classmethod
    def none(cls, leads: int) -> Losses:
        """Those of a signal without any sample."""
        return cls(0, 0, np.zeros((leads, len(FAULTS)), np.int64))

    def __add__(self, other: Losses) -> Losses:
        return Losses(
            self.samples + other.samples,
            self.in_all_leads + other.in_all_leads,
            self.by_lead + other.by_lead,
        )


@dataclass(frozen=True)
class Survey:
    """What was found in a signal.

    Attributes:
        losses: how much is lost.
        spans: for each lead and each of `SEEN_FAULTS`, `[spans, 2]` int64: first sample, and one
            after the last, of what is excluded.
        saturated_s: `[spans, 2]`, start and end of each stretch, margins included, in which a
            lead is excluded because it is saturated.
        usable: the recording with NaN in the place of all that is excluded.
    """

    losses: Losses
    spans: tuple[tuple[NDArray[np.int64], ...], ...]
    saturated_s: NDArray[np.float64]
    usable: Recording


def survey(recording: Recording, stretch: slice = slice(None)) -> Survey:
    """See what of a recording can be read.

    A sample is lost when it is missing (NaN), when it lies in a run of one value for two seconds
    or longer (a lead that fell off), or when it is clipped: four or more equal samples in a row
    at the lead's highest or lowest value, far from its median (an amplifier at its rail). What is
    missing or flat is excluded, and what is clipped for longer than a QRS complex lasts.

    Args:
        recording: any recording.
        stretch: the samples that are counted; those around them tell how long a run is.
    """
    rate_hz = recording.sampling_rate_hz
    usable_mv = np.array(recording.signal_mv)
    in_all_leads = np.ones(len(usable_mv[stretch]), np.bool_)
    saturated = np.zeros(len(usable_mv), np.bool_)
    by_lead, spans = [], []
    for lead_mv in usable_mv.T:
        lost = _lost_by_fault(lead_mv, rate_hz)
        excluded = [*lost[:2], _lasting(lost[2], SHORTEST_EXCLUSION_S * rate_hz)]
        by_lead.append([*(np.count_nonzero(of_fault[stretch]) for of_fault in lost), 0])
        spans.append(tuple(true_spans(of_fault[stretch]) for of_fault in excluded))
        saturated |= excluded[2]
        in_all_leads &= np.logical_or.reduce([of_fault[stretch] for of_fault in lost])
        lead_mv[np.logical_or.reduce(excluded)] = np.nan
    losses = Losses(
        samples=len(in_all_leads),
        in_all_leads=int(np.count_nonzero(in_all_leads)),
        by_lead=np.array(by_lead, np.int64).reshape(-1, len(FAULTS)),
    )
    usable = replace(recording, signal_mv=usable_mv)
    return Survey(losses, tuple(spans), true_spans(saturated) / rate_hz, usable)


def signal_faults(lead_names: Sequence[str], losses: Losses) -> tuple[float, tuple[str, ...]]:
    """How much of a signal is usable, and why not all.

    Args:
        lead_names: one name a lead.
        losses: what was counted.

    Returns:
        The share of time, from 0 to 1, at which at least one lead is not lost; and a sentence
        for each fault that takes 2 % of a lead or more.
    """
    if losses.samples == 0:
        return 0.0, ()
    shares = losses.by_lead / losses.samples
    sentences = tuple(
        f"Lead {words.bare_lead(name)}: {words.share(share, 1.0)} of the signal is "
        f"{_FAULT_WORDS[fault]}."
        for name, of_lead in zip(lead_names, shares, strict=True)
        for fault, share in zip(FAULTS, of_lead, strict=True)
        if share >= SHARE_WORTH_SAYING
    )
    return 1.0 - losses.in_all_leads / losses.samples, sentences


def standstill_doubt(gaps: Sequence[tuple[float, float]], excluded: Sequence[Exclusion]) -> str:
    """A sentence where no lead could be read for 4 s because they were flat; `""` otherwise.

    Args:
        gaps: `(start_s, end_s)` of each span in which no lead could be read.
        excluded: what was excluded of each lead.
    """
    flat = [stretch for stretch in excluded if stretch.fault == "flat"]
    still_s = [
        (start_s, end_s)
        for start_s, end_s in gaps
        if end_s - start_s >= STANDSTILL_S
        and any(s.start_s < end_s - STANDSTILL_S / 2 and s.end_s > start_s for s in flat)
    ]
    if not still_s:
        return ""
    longest = words.lasting(max(end_s - start_s for start_s, end_s in still_s))
    return (
        f"All leads are flat {len(still_s)} time{'s' * (len(still_s) > 1)}, for up to {longest}: "
        "electrodes that fell off and a heart that stands still look alike."
    )


class ExclusionLog:
    """Collects what is excluded piece by piece; spans that touch become one.

    Args:
        lead_names: one name a lead.
        sampling_rate_hz: clock of the spans.
    """

    def __init__(self, lead_names: Sequence[str], sampling_rate_hz: float) -> None:
        self._lead_names = lead_names
        self._rate_hz = sampling_rate_hz
        self._spans: dict[tuple[int, Fault], list[NDArray[np.int64]]] = {}

    def add(self, found: Survey, start: int) -> None:
        """Add what was found in the piece whose stretch begins at sample `start`."""
        for lead, of_lead in enumerate(found.spans):
            for fault, spans in zip(SEEN_FAULTS, of_lead, strict=True):
                if len(spans):
                    self._spans.setdefault((lead, fault), []).append(spans + start)

    def add_noise(self, noisy: NDArray[np.bool_], start_s: float) -> None:
        """Add what noise hides: `[steps, leads]` from `start_s` on."""
        for lead, of_lead in enumerate(noisy.T):
            spans = true_spans(of_lead)
            if len(spans):
                samples = np.round((start_s + spans * STEP_S) * self._rate_hz).astype(np.int64)
                self._spans.setdefault((lead, "noisy"), []).append(samples)

    def exclusions(self) -> tuple[Exclusion, ...]:
        """Every stretch of 300 ms or longer, in time order."""
        shortest = SHORTEST_EXCLUSION_S * self._rate_hz
        found = [
            Exclusion(first / self._rate_hz, last / self._rate_hz, self._lead_names[lead], fault)
            for (lead, fault), parts in self._spans.items()
            for first, last in merged_spans(np.concatenate(parts)).tolist()
            if last - first >= shortest
        ]
        return tuple(sorted(found, key=lambda stretch: (stretch.start_s, stretch.end_s)))


def true_spans(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """`[spans, 2]`: first index, and one after the last, of each run of True."""
    if not len(mask):
        return np.empty((0, 2), np.int64)
    changes = np.flatnonzero(mask[1:] != mask[:-1]) + 1
    edges = [*[0] * bool(mask[0]), *changes.tolist(), *[len(mask)] * bool(mask[-1])]
    return np.reshape(np.array(edges, np.int64), (-1, 2))


def merged_spans(spans: NDArray[np.int64]) -> NDArray[np.int64]:
    """Spans in time order, those that touch as one.

    Args:
        spans: `[spans, 2]`, first index, and one after the last, in time order.
    """
    if not len(spans):
        return spans
    apart = spans[1:, 0] > spans[:-1, 1]
    return np.stack((spans[:, 0][np.r_[True, apart]], spans[:, 1][np.r_[apart, True]]), axis=1)


def _lasting(mask: NDArray[np.bool_], shortest: float) -> NDArray[np.bool_]:
    """Only the runs of True that are `shortest` samples or longer."""
    lasting = np.zeros_like(mask)
    for first, last in true_spans(mask).tolist():
        lasting[first:last] = last - first >= shortest
    return lasting


def _lost_by_fault(lead_mv: NDArray[np.float32], sampling_rate_hz: float) -> NDArray[np.bool_]:
    """`[faults, samples]`, in the order of `SEEN_FAULTS`: whether it takes the sample."""
    missing = np.isnan(lead_mv)
    if missing.all():
        return np.stack((missing, ~missing, ~missing))
    low, median, high = np.nanquantile(lead_mv, (0.0, 0.5, 1.0))
    starts = np.flatnonzero(np.concatenate(([True], lead_mv[1:] != lead_mv[:-1])))
    lengths = np.diff(np.concatenate((starts, [len(lead_mv)])))
    values = lead_mv[starts]
    clipped = (
        (lengths >= max(SHORTEST_CLIP_SAMPLES, SHORTEST_CLIP_S * sampling_rate_hz))
        & ((values == low) | (values == high))
        & (np.abs(values - median) > (high - low) / 4)
    )
    flat = ~clipped & (lengths >= SHORTEST_FLAT_S * sampling_rate_hz)
    return np.stack((missing, np.repeat(flat, lengths), np.repeat(clipped, lengths)))
