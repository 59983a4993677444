"""How readable an input is, from 0 to 1, and what speaks against it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.reading import Beat, Quality, Rhythm
from ecgmm.recording import Recording

SHORTEST_FLAT_S = 2.0
SHORTEST_CLIP_S = 0.04
SHORTEST_CLIP_SAMPLES = 4
SHARE_WORTH_SAYING = 0.02
UNCERTAIN_BEAT_PROBABILITY = 0.8
UNCERTAIN_PLACE = 0.6


def rate_quality(
    beats: Sequence[Beat],
    rhythm: Rhythm,
    *,
    usable_share: float = 1.0,
    confidence: float = 1.0,
    faults: Sequence[str] = (),
) -> Quality:
    """The quality of a reading: as good as its weakest part.

    Args:
        beats: the beats that were read.
        rhythm: the rhythm that was read.
        usable_share: how much of the input, from 0 to 1, carries an ECG at all.
        confidence: how sure the place and the scale of a picture's surest row are, from 0 to 1.
            Doubt about them counts half: it bends times and heights, and hides no beat.
        faults: what is wrong with the input, in words.

    Returns:
        The smallest of: `usable_share`, half of one more than `confidence`, the probability that
        this is not noise, the mean probability of the beats' classes. An input without beats has
        the score 0.
    """
    if not beats:
        return Quality(0.0, (*faults, "No heart beat was found."))
    noise_probability = rhythm.probabilities.get("noise", 0.0)
    certainty = float(np.mean([beat.probability for beat in beats]))
    reasons = list(faults)
    if noise_probability > 0.5:
        reasons.append(f"Mostly noise, the model says (probability {noise_probability:.2f}).")
    if confidence < UNCERTAIN_PLACE:
        reasons.append(f"Rows or scale are not clearly seen (confidence {confidence:.2f}).")
    if certainty < UNCERTAIN_BEAT_PROBABILITY:
        reasons.append(f"Beats are hard to tell apart (mean probability {certainty:.2f}).")
    score = min(usable_share, (1.0 + confidence) / 2, 1.0 - noise_probability, certainty)
    return Quality(round(score, 3), tuple(reasons))


def signal_faults(recording: Recording) -> tuple[float, tuple[str, ...]]:
    """What a recording lacks before any model sees it.

    A sample is lost when it is missing (NaN), when it lies in a run of one value for two seconds
    or longer (a lead that fell off), or when it is clipped: four or more equal samples in a row
    at the lead's highest or lowest value, far from its median (an amplifier at its rail).

    Args:
        recording: any recording.

    Returns:
        The share of time, from 0 to 1, at which at least one lead is not lost; and a sentence
        for each fault that takes 2 % of a lead or more.
    """
    all_lost = np.ones(len(recording.signal_mv), bool)
    sentences = []
    for name, lead_mv in zip(recording.lead_names, recording.signal_mv.T, strict=True):
        lost_by = _lost_by_fault(lead_mv, recording.sampling_rate_hz)
        all_lost &= np.any(list(lost_by.values()), axis=0)
        shares = {fault: lost.mean() for fault, lost in lost_by.items() if len(lost)}
        sentences += [
            f"Lead {name}: {100 * share:.0f} % of the signal is {fault}."
            for fault, share in shares.items()
            if share >= SHARE_WORTH_SAYING
        ]
    usable_share = 1.0 - float(all_lost.mean()) if len(all_lost) else 0.0
    return usable_share, tuple(sentences)


def _lost_by_fault(
    lead_mv: NDArray[np.float32], sampling_rate_hz: float
) -> dict[str, NDArray[np.bool_]]:
    """`[samples]` for each fault: whether it takes the sample."""
    missing = np.isnan(lead_mv)
    if missing.all():
        return {"missing": missing}
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
    return {
        "missing": missing,
        "a flat line": np.repeat(flat, lengths),
        "clipped": np.repeat(clipped, lengths),
    }
