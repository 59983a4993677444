"""How probable it is that something is worth a warning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ecgmm.analysis.reading import Finding
from ecgmm.analysis.rules.conditions import (
    FINDING_OF_GROUP,
    JUST_UNDER_EVEN_ODDS,
    disease_probability,
)
from ecgmm.analysis.rules.ectopy import fewest_notable_beats
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.rhythms import (
    ABNORMAL_PROBABILITY,
    abnormal_rhythm_probability,
    is_fibrillating,
)

_COUNT_FINDINGS = frozenset({"pvc", "pvc_burden", "pac", "pac_burden", "fusion"})
_SAID_ELSEWHERE = frozenset({"af", *FINDING_OF_GROUP.values()}) | _COUNT_FINDINGS


def abnormal_probability(evidence: Evidence, findings: Sequence[Finding]) -> float:
    """Probability that at least one thing worth a warning is there.

    The largest of four, each a probability of its own:

    - the rhythm: `(af + other) / (normal + af + other)`; below 0.5 where it is no fibrillation,
      since what else disturbs a rhythm is told by its own finding;
    - ectopic beats: with `k` the fewest that are notable in a recording of this length (1 in a
      strip, 15 in half an hour), the probability of the `k`-th surest beat of class V, of S
      (not in fibrillation) and of F. It is the probability of at least `k` such beats when
      doubts about beats of one recording go together, as they do: the same shape is doubted
      every time. The product of thousands of beats' probabilities, which takes doubts as
      independent, would call every long recording abnormal;
    - infarction, conduction disturbance, ST-T changes and hypertrophy: see
      `rules.conditions.disease_probability`;
    - the other findings that are warnings or critical (a rate, a pause, a run, ...): the mean
      probability of the beats that prove each. Any such finding gives at least 0.5, because
      its rule is met.
    """
    return max(
        _rhythm_probability(evidence),
        disease_probability(evidence.conditions),
        ectopy_probability(evidence, fewest_notable_beats(evidence.readable_s)),
        *(finding_probability(evidence, finding) for finding in findings),
    )


def ectopy_probability(evidence: Evidence, fewest: int) -> float:
    """Probability of at least so many ectopic beats of one class: of the class that has most."""
    return max(_probability_of_class(evidence, label, fewest) for label in "SVF")


def finding_probability(evidence: Evidence, finding: Finding) -> float:
    """What a finding says beyond the rhythm and the counts; 0 when it is only for information."""
    if finding.severity == "info":
        return 0.0
    if finding.code in _SAID_ELSEWHERE or not finding.beats:
        return ABNORMAL_PROBABILITY
    mean = float(evidence.columns.probability[list(finding.beats)].mean())
    return max(ABNORMAL_PROBABILITY, mean)


def _rhythm_probability(evidence: Evidence) -> float:
    probability = abnormal_rhythm_probability(evidence.rhythm)
    if is_fibrillating(evidence.rhythm):
        return probability
    return min(probability, JUST_UNDER_EVEN_ODDS)


def _probability_of_class(evidence: Evidence, label: str, fewest: int) -> float:
    if label == "S" and is_fibrillating(evidence.rhythm):
        return 0.0
    of_class = list(evidence.of_class(label))
    if len(of_class) < fewest:
        return 0.0
    return float(np.sort(evidence.columns.probability[of_class])[-fewest])
