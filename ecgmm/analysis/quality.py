"""How readable an input is, from 0 to 1, and what speaks against it."""

from __future__ import annotations

from collections.abc import Sequence

from ecgmm.analysis import words
from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.reading import Beat, Exclusion, Quality, Rhythm

UNCERTAIN_BEAT_PROBABILITY = 0.8
"""One class in five doubted, on average, is worth a sentence."""
UNCERTAIN_PLACE = 0.6
"""The doubt that costs a fifth of the score, since it counts half."""
UNCERTAIN_ECG = 0.6
"""Just above `strips.LEAST_ECG`, where a picture is not read at all."""


def rate_quality(
    beats: Sequence[Beat],
    rhythm: Rhythm,
    *,
    usable_share: float = 1.0,
    confidence: float = 1.0,
    ecg_probability: float = 1.0,
    faults: Sequence[str] = (),
    doubts: Sequence[str] = (),
    excluded: Sequence[Exclusion] = (),
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
        doubts: which of that may well make the reading wrong, in a few words each.
        excluded: what was not read of it.

    Returns:
        The smallest of: `usable_share`, half of one more than `confidence`, `ecg_probability`, the
        probability that this is not noise, the mean probability of the beats' classes. An input
        without beats has the score 0.
    """
    if not beats:
        reasons = [*faults, "No heart beat was found."]
        return Quality(0.0, tuple(reasons), tuple(excluded), tuple(doubts))
    noise_probability = rhythm.probabilities.get("noise", 0.0)
    certainty = float(BeatList.of(beats).probability.mean())
    reasons = list(faults)
    if noise_probability > 0.5:
        reasons.append(
            f"Mostly noise, the model says (probability {words.percent(noise_probability)})."
        )
    if confidence < UNCERTAIN_PLACE:
        reasons.append(
            f"Rows or scale are not clearly seen (confidence {words.score(confidence)})."
        )
    if certainty < UNCERTAIN_BEAT_PROBABILITY:
        reasons.append(
            f"Beats are hard to tell apart (mean probability {words.percent(certainty)})."
        )
    if ecg_probability < UNCERTAIN_ECG:
        reasons.append(
            f"It hardly looks like an ECG (probability {words.percent(ecg_probability)})."
        )
    certain_place = (1.0 + confidence) / 2
    score = min(usable_share, certain_place, ecg_probability, 1.0 - noise_probability, certainty)
    return Quality(round(score, 3), tuple(reasons), tuple(excluded), tuple(doubts))
