"""How readable an input is, from 0 to 1, and what speaks against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.reading import Beat, Quality, Rhythm
from ecgmm.recording import Recording

SHORTEST_FLAT_S = 2.0
SHORTEST_CLIP_S = 0.04
SHORTEST_CLIP_SAMPLES = 4
SHARE_WORTH_SAYING = 0.02
UNCERTAIN_BEAT_PROBABILITY = 0.8
UNCERTAIN_PLACE = 0.6
UNCERTAIN_ECG = 0.6
FAULTS = ("missing", "a flat line", "clipped")


def rate_quality(
    beats: Sequence[Beat],
    rhythm: Rhythm,
    *,
    usable_share: float = 1.0,
    confidence: float = 1.0,
    ecg_probability: float = 1.0,
    faults: Sequence[str] = (),
) -> Quality:
    """The quality of a reading: as good as its weakest part.

    Args:
        beats: the beats that were read.
        rhythm: the rhythm that was read.
        usable_share: how much of the input, from 0 to 1, carries an ECG at all.
        confidence: how sure the place and the scale of a picture's surest row are, from 0 to 1.
            Doubt about them counts half: it bends times and heights, and hides no beat.
        ecg_probability: how surely a picture shows an ECG, as the model has learned from pictures
            of ECGs and of other things.
        faults: what is wrong with the input, in words.

    Returns:
        The smallest of: `usable_share`, half of one more than `confidence`, `ecg_probability`, the
        probability that this is not noise, the mean probability of the beats' classes. An input
        without beats has the score 0.
    """
    if not beats:
        return Quality(0.0, (*faults, "No heart beat was found."))
    noise_probability = rhythm.probabilities.get("noise", 0.0)
    certainty = float(BeatList.of(beats).probability.mean())
    reasons = list(faults)
    if noise_probability > 0.5:
        reasons.append(f"Mostly noise, the model says (probability {noise_probability:.2f}).")
    if confidence < UNCERTAIN_PLACE:
        reasons.append(f"Rows or scale are not clearly seen (confidence {confidence:.2f}).")
    if certainty < UNCERTAIN_BEAT_PROBABILITY:
        reasons.append(f"Beats are hard to tell apart (mean probability {certainty:.2f}).")
    if ecg_probability < UNCERTAIN_ECG:
        reasons.append(f"It hardly looks like an ECG (probability {ecg_probability:.2f}).")
    certain_place = (1.0 + confidence) / 2
    score = min(usable_share, certain_place, ecg_probability, 1.0 - noise_probability, certainty)
    return Quality(round(score, 3), tuple(reasons))


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
    def none(cls, leads: int) -> Losses:
        """Those of a signal without any sample."""
        return cls(0, 0, np.zeros((leads, len(FAULTS)), np.int64))

    def __add__(self, other: Losses) -> Losses:
        return Losses(
            self.samples + other.samples,
            self.in_all_leads + other.in_all_leads,
            self.by_lead + other.by_lead,
        )


def count_losses(recording: Recording, stretch: slice = slice(None)) -> Losses:
    """What a recording lacks before any model sees it.

    A sample is lost when it is missing (NaN), when it lies in a run of one value for two seconds
    or longer (a lead that fell off), or when it is clipped: four or more equal samples in a row
    at the lead's highest or lowest value, far from its median (an amplifier at its rail).

    Args:
        recording: any recording.
        stretch: the samples that are counted; those around them tell how long a run is.
    """
    lost = np.stack(
        [
            _lost_by_fault(lead_mv, recording.sampling_rate_hz)[:, stretch]
            for lead_mv in recording.signal_mv.T
        ]
    )
    return Losses(
        samples=lost.shape[-1],
        in_all_leads=int(lost.any(axis=1).all(axis=0).sum()),
        by_lead=lost.sum(axis=-1),
    )


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
        f"Lead {name}: {100 * share:.0f} % of the signal is {fault}."
        for name, of_lead in zip(lead_names, shares, strict=True)
        for fault, share in zip(FAULTS, of_lead, strict=True)
        if share >= SHARE_WORTH_SAYING
    )
    return 1.0 - losses.in_all_leads / losses.samples, sentences


def _lost_by_fault(lead_mv: NDArray[np.float32], sampling_rate_hz: float) -> NDArray[np.bool_]:
    """`[faults, samples]`, in the order of `FAULTS`: whether it takes the sample."""
    missing = np.isnan(lead_mv)
    if missing.all():
        return np.stack((missing, ~missing, ~missing))
    low, median, high = np.nanquantile(lead_mv, (0.0, 0.5, 1.0))
    starts = np.flatnonzero(np.concatenate(([True], lead_mv[1:] != lead_mv[:-1])))
    lengths = np.diff(np.concatenate((starts, [len(lead_mv)])))
    values = lead_mv[starts]
    flat = lengths >= SHORTEST_FLAT_S * sampling_rate_hz
    clipped = (
        ~flat
        & (lengths >= max(SHORTEST_CLIP_SAMPLES, SHORTEST_CLIP_S * sampling_rate_hz))
        & ((values == low) | (values == high))
        & (np.abs(values - median) > (high - low) / 4)
    )
    return np.stack((missing, np.repeat(flat, lengths), np.repeat(clipped, lengths)))
