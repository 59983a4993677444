"""From the atria to the ventricles: PR, pre-excitation."""

from __future__ import annotations

from ecgmm.analysis.reading import Finding
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.measured import by_criterion, is_adult

LONGEST_PR_MS = 200
"""ACC/AHA/HRS 2018: a longer one is a first-degree block."""
SHORTEST_PR_MS = 120
"""AHA/ACCF/HRS 2009, part III: a shorter one goes with pre-excitation."""
PREEXCITED_QRS_MS = 120
"""AHA/ACCF/HRS 2009, part III: the delta wave widens QRS to at least this in adults."""


def first_degree_av_block(evidence: Evidence) -> list[Finding]:
    """PR above 200 ms (ACC/AHA/HRS 2018)."""
    pr_ms = evidence.measured.pr_ms
    if pr_ms is None or pr_ms <= LONGEST_PR_MS or not is_adult(evidence):
        return []
    text = f"First-degree AV block: PR {pr_ms} ms, above {LONGEST_PR_MS} ms."
    return by_criterion("first_degree_av_block", text)


def preexcitation(evidence: Evidence) -> list[Finding]:
    """PR below 120 ms and QRS of 120 ms or more: as in Wolff-Parkinson-White.

    AHA/ACCF/HRS 2009, part III, asks for a slurred begin of QRS besides, which is not looked at:
    hence "compatible with".
    """
    pr_ms, qrs_ms = evidence.measured.pr_ms, evidence.measured.qrs_ms
    if pr_ms is None or qrs_ms is None or not is_adult(evidence):
        return []
    if pr_ms >= SHORTEST_PR_MS or qrs_ms < PREEXCITED_QRS_MS:
        return []
    text = f"Compatible with pre-excitation: PR {pr_ms} ms, QRS {qrs_ms} ms."
    return by_criterion("preexcitation", text)


def short_pr(evidence: Evidence) -> list[Finding]:
    """PR below 120 ms (AHA/ACCF/HRS 2009, part III) with a narrow QRS complex."""
    pr_ms = evidence.measured.pr_ms
    if pr_ms is None or pr_ms >= SHORTEST_PR_MS or not is_adult(evidence):
        return []
    if preexcitation(evidence):
        return []
    return by_criterion("short_pr", f"Short PR interval: {pr_ms} ms, below {SHORTEST_PR_MS} ms.")
