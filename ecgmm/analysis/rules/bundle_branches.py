"""Bundle branches and fascicles, by AHA/ACCF/HRS 2009, part III."""

from __future__ import annotations

from ecgmm.analysis.reading import Finding
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.measured import (
    INCOMPLETE_QRS_MS,
    WIDE_QRS_MS,
    Leads,
    by_criterion,
    grave,
    is_adult,
)
from ecgmm.measure.amplitudes import LeadMeasures

LATE_RIGHT_MS = 50
"""The right ventricle is reached late: R peaks later than that in V1."""
LATE_LEFT_MS = 60
"""The left ventricle is reached late: R peaks later than that in V5 and V6."""
LATE_AVL_MS = 45
"""The anterior fascicle is blocked: R peaks that late in aVL."""
BROAD_S_MS = 40
"""In I and V6 with a right bundle branch block."""
SMALLEST_Q_MV = 0.05
"""Half a millimetre of paper: less is not read as a q."""


def right_bundle_branch_block(evidence: Evidence) -> list[Finding]:
    """QRS of 120 ms or more (incomplete: 110 to 119), late R' in V1 or V2, broad S in I and V6.

    rsr', rsR' or rSR' in V1 or V2, or a pure R there that peaks later than 50 ms; and in I and V6
    an S that is longer than R or than 40 ms.
    """
    qrs_ms, leads = evidence.measured.qrs_ms, Leads(evidence)
    if qrs_ms is None or qrs_ms < INCOMPLETE_QRS_MS or not is_adult(evidence):
        return []
    late = leads.those(("V1", "V2"), _is_late_right)
    broad = leads.those(("I", "V6"), _is_broad_s)
    if not late or not leads.have("I", "V6") or len(broad) < 2:
        return []
    return _block(evidence, "right", qrs_ms, (*late, *broad))


def left_bundle_branch_block(evidence: Evidence) -> list[Finding]:
    """QRS of 120 ms or more (incomplete: 110 to 119), late R and no q in I, V5 and V6.

    R peaks later than 60 ms in V5 or V6, no q in I, V5 and V6, and a mainly negative QRS in V1.
    """
    qrs_ms, leads = evidence.measured.qrs_ms, Leads(evidence)
    if qrs_ms is None or qrs_ms < INCOMPLETE_QRS_MS or not is_adult(evidence):
        return []
    if not leads.have("I", "V1", "V5", "V6"):
        return []
    late = leads.those(("V5", "V6"), lambda lead: (lead.peak_ms or 0) > LATE_LEFT_MS)
    with_q = leads.those(("I", "V5", "V6"), _has_q)
    down = leads.those(("V1",), lambda lead: -(lead.s_mv or 0) > (lead.r_mv or 0))
    if not late or with_q or not down:
        return []
    return _block(evidence, "left", qrs_ms, ("V1", *late))


def intraventricular_delay(evidence: Evidence) -> list[Finding]:
    """QRS above 110 ms without the criteria of either bundle branch."""
    qrs_ms = evidence.measured.qrs_ms
    if qrs_ms is None or qrs_ms <= INCOMPLETE_QRS_MS or not is_adult(evidence):
        return []
    if not Leads(evidence).have("I", "V1", "V5", "V6") or evidence.measured.beat_class != "N":
        return []
    if right_bundle_branch_block(evidence) or left_bundle_branch_block(evidence):
        return []
    text = f"Intraventricular conduction delay: QRS {qrs_ms} ms, above {INCOMPLETE_QRS_MS} ms."
    return by_criterion("intraventricular_delay", text)


def left_anterior_fascicular_block(evidence: Evidence) -> list[Finding]:
    """Axis -45 to -90 degrees, qR in aVL whose R peaks at 45 ms or later, QRS below 120 ms."""
    axis_deg, qrs_ms, avl = _fascicle(evidence, "aVL")
    if axis_deg is None or qrs_ms is None or avl is None or not -90 <= axis_deg <= -45:
        return []
    if qrs_ms >= WIDE_QRS_MS or not (avl.r_mv or 0) > 0 or (avl.peak_ms or 0) < LATE_AVL_MS:
        return []
    text = f"Left anterior fascicular block: axis {axis_deg} degrees, R late in aVL."
    return by_criterion("left_anterior_fascicular_block", text, leads=("aVL",))


def left_posterior_fascicular_block(evidence: Evidence) -> list[Finding]:
    """Axis 90 to 180 degrees, rS in I and aVL, qR in III and aVF, QRS below 120 ms."""
    axis_deg, qrs_ms, _ = _fascicle(evidence, "III")
    if axis_deg is None or qrs_ms is None or not 90 <= axis_deg <= 180 or qrs_ms >= WIDE_QRS_MS:
        return []
    leads = Leads(evidence)
    rs = leads.those(("I", "aVL"), lambda lead: -(lead.s_mv or 0) > (lead.r_mv or 0))
    qr = leads.those(("III", "aVF"), lambda lead: (lead.q_mv or 0) < 0 < (lead.r_mv or 0))
    if len(rs) + len(qr) < 4:
        return []
    text = f"Left posterior fascicular block: axis {axis_deg} degrees, rS in I, qR in III."
    return by_criterion("left_posterior_fascicular_block", text, leads=(*rs, *qr))


def _fascicle(evidence: Evidence, lead: str) -> tuple[int | None, int | None, LeadMeasures | None]:
    if not is_adult(evidence):
        return None, None, None
    measured = evidence.measured
    return measured.qrs_axis_deg, measured.qrs_ms, Leads(evidence)[lead]


def _block(evidence: Evidence, side: str, qrs_ms: int, leads: tuple[str, ...]) -> list[Finding]:
    complete = qrs_ms >= WIDE_QRS_MS
    kind = "complete" if complete else "incomplete"
    text = f"{kind.capitalize()} {side} bundle branch block: QRS {qrs_ms} ms."
    severity = grave(evidence) if complete else "info"
    return by_criterion(f"{kind}_{side}_bundle_branch_block", text, severity, leads)


def _is_late_right(lead: LeadMeasures) -> bool:
    if (lead.r_prime_mv or 0) > 0:
        return (lead.r_prime_mv or 0) > (lead.r_mv or 0) or (lead.peak_ms or 0) > LATE_RIGHT_MS
    mainly_up = (lead.r_mv or 0) > -(lead.s_mv or 0)
    return mainly_up and (lead.peak_ms or 0) > LATE_RIGHT_MS


def _is_broad_s(lead: LeadMeasures) -> bool:
    s_ms, r_ms = lead.s_ms or 0, lead.r_ms or 0
    return (lead.s_mv or 0) < 0 and (s_ms > BROAD_S_MS or s_ms > r_ms)


def _has_q(lead: LeadMeasures) -> bool:
    return (lead.q_mv or 0) <= -SMALLEST_Q_MV and (lead.r_mv or 0) > 0
