"""P waves that no QRS complex follows: AV block of second and third degree.

Defined by ACC/AHA/HRS 2018 (section 6): Mobitz I, PR grows until a P wave is blocked; Mobitz II, a
P wave is blocked though PR stays the same; 2:1, every second one is; third degree, P waves and QRS
complexes go their own ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.reading import Finding, Severity
from ecgmm.analysis.rules.evidence import Evidence, counted
from ecgmm.analysis.rules.rhythms import is_fibrillating

LONGEST_PR_S = 0.6
"""A P wave further ahead does not belong to the beat."""
FEWEST_BEATS = 4
SEVERAL = 2
"""Behind a single one may lie a QRS complex that was missed: it is told without alarm."""
REGULAR_SHARE, REGULAR_CHANGE = 0.7, 0.15
"""Of the P-P intervals, so many lie so close to their median: else the P waves are ectopic, or
some were not seen. This project's own."""
STEADY_RR_CHANGE = 0.1
"""An escape rhythm is regular: standard deviation over mean of its intervals."""
WANDERING_PR_S = 0.08
"""Two small boxes: PR of beats that P waves do not cause scatters by more."""
PR_CHANGE_S = 0.03
"""PR before and after a blocked P wave: a larger step is that of Mobitz I."""
MORE_P_WAVES = 1.2
"""Than beats, when the atria are not conducted at all."""

CODES = frozenset(
    {
        "third_degree_av_block",
        "two_to_one_av_block",
        "mobitz_1_av_block",
        "mobitz_2_av_block",
    }
)
_OTHER_ATRIA = frozenset({"AFLT", "AFIB", "PACE", "SVTAC", "PSVT"})


@dataclass(frozen=True)
class _Conduction:
    """P waves beside the beats.

    Attributes:
        pr_s: `[beats]` from the last P wave before each beat; NaN where there is none.
        blocked: P waves between two beats that the second does not follow, as the index of the
            second beat, one a blocked P wave.
        p_waves: how many there are between the first and the last beat.
    """

    pr_s: NDArray[np.float64]
    blocked: tuple[int, ...]
    p_waves: int


def av_block(evidence: Evidence) -> list[Finding]:
    """Second- or third-degree AV block, from regular P waves of which some are not conducted."""
    p_s = np.array(evidence.measured.p_times_s, np.float64)
    present = {c.code for c in evidence.conditions if c.present}
    if len(evidence.beats) < FEWEST_BEATS or is_fibrillating(evidence.rhythm):
        return []
    if present & _OTHER_ATRIA or not _is_regular(p_s):
        return []
    conduction = _conduction(p_s, evidence)
    if not conduction.blocked:
        return []
    code, name = _kind(conduction, evidence)
    text = f"{name}: {counted(len(conduction.blocked), 'P wave')} without a QRS complex."
    beats = tuple(sorted({b for n in conduction.blocked for b in (n - 1, n)}))
    severity: Severity = "warning" if len(conduction.blocked) >= SEVERAL else "info"
    return [Finding(code, text, severity, beats)]


def _is_regular(p_s: NDArray[np.float64]) -> bool:
    if len(p_s) < FEWEST_BEATS:
        return False
    intervals_s = np.diff(p_s)
    middle_s = float(np.median(intervals_s))
    return float(np.mean(np.abs(intervals_s - middle_s) < REGULAR_CHANGE * middle_s)) >= (
        REGULAR_SHARE
    )


def _in_rhythm(p_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """`[P waves]`, which follow the one before, and precede the next, at the usual interval.

    A T or U wave that was taken for a P wave lies between two P waves and halves their interval.
    """
    intervals_s = np.diff(p_s)
    middle_s = float(np.median(intervals_s))
    usual = np.abs(intervals_s - middle_s) < REGULAR_CHANGE * middle_s
    return np.concatenate(([True], usual)) & np.concatenate((usual, [True]))


def _conduction(p_s: NDArray[np.float64], evidence: Evidence) -> _Conduction:
    """P waves beside beats; beside an ectopic beat, or the first one, none is taken for blocked."""
    beats_s = evidence.times_s
    place = np.searchsorted(p_s, beats_s)
    in_rhythm = _in_rhythm(p_s)
    before_s = np.where(place > 0, p_s[np.maximum(place - 1, 0)], -np.inf)
    pr_s = beats_s - before_s
    blocked: list[int] = []
    for number, (first, last) in enumerate(pairwise(place.tolist()), start=1):
        alone = last - int(pr_s[number] <= LONGEST_PR_S)
        if number > 1 and evidence.labels[number - 1 : number + 1] == "NN":
            blocked += [number] * int(in_rhythm[first:alone].sum())
    known = np.where(pr_s <= LONGEST_PR_S, pr_s, np.nan)
    return _Conduction(known, tuple(blocked), int(place[-1] - place[0]))


def _kind(conduction: _Conduction, evidence: Evidence) -> tuple[str, str]:
    rr_s = evidence.rr_s[np.isfinite(evidence.rr_s)]
    intervals = len(evidence.beats) - 1
    wandering = float(np.nanstd(conduction.pr_s)) > WANDERING_PR_S
    steady = len(rr_s) > 1 and float(np.std(rr_s)) < STEADY_RR_CHANGE * float(np.mean(rr_s))
    if wandering and steady and conduction.p_waves >= MORE_P_WAVES * intervals:
        return "third_degree_av_block", "Third-degree AV block, P and QRS independent"
    if len(conduction.blocked) == len(set(conduction.blocked)) >= REGULAR_SHARE * intervals:
        return "two_to_one_av_block", "2:1 AV block"
    if _pr_step_s(conduction.pr_s, conduction.blocked) > PR_CHANGE_S:
        return "mobitz_1_av_block", "Second-degree AV block, Mobitz I (Wenckebach)"
    return "mobitz_2_av_block", "Second-degree AV block, Mobitz II"


def _pr_step_s(pr_s: NDArray[np.float64], blocked: Sequence[int]) -> float:
    """By how much PR is shorter after a blocked P wave than before it, the median."""
    steps = np.array([pr_s[number - 1] - pr_s[number] for number in blocked])
    known = steps[np.isfinite(steps)]
    return float(np.median(known)) if len(known) else 0.0
