"""QT, and patterns of ST in healthy and endangered hearts."""

from __future__ import annotations

from ecgmm.analysis.reading import Finding, Severity
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.measured import (
    INFERIOR_LEADS,
    LATERAL_LEADS,
    Leads,
    by_criterion,
    grave,
    is_adult,
    is_wide,
    mv,
)
from ecgmm.analysis.rules.rhythms import is_fibrillating
from ecgmm.measure.amplitudes import LeadMeasures

LONG_QTC_MS = {"male": 450, "female": 460}
"""AHA/ACCF/HRS 2009, part IV; women's where the sex is not known."""
DANGEROUS_QTC_MS = 500
"""Priori et al. 2013 (HRS/EHRA/APHRS): from here on a long QT interval is diagnostic by itself."""
SHORT_QTC_MS = 360
"""Zeppenfeld et al. 2022 (ESC): short QT is considered up to here."""
COVED_ST_MV = 0.2
"""Brugada type 1 (Priori et al. 2013): J point of 0.2 mV or more in V1 or V2."""
EARLY_J_MV = 0.1
"""Macfarlane et al. 2015: J point of 0.1 mV or more in two leads of a region."""


def qt_interval(evidence: Evidence) -> list[Finding]:
    """QTc by Fridericia above 450 ms (men) or 460 ms (women), or of 360 ms or less.

    Not told in fibrillation, where rate correction is unreliable, and with a QRS of 120 ms or
    more, which lengthens QT by itself (AHA/ACCF/HRS 2009, part IV).
    """
    qtc_ms = evidence.measured.qtc_ms["fridericia"]
    if qtc_ms is None or is_wide(evidence) or not is_adult(evidence):
        return []
    if is_fibrillating(evidence.rhythm) or "fridericia" not in evidence.measured.qtc_holding:
        return []
    limit_ms = LONG_QTC_MS[evidence.person.sex or "female"]
    if qtc_ms > limit_ms:
        severity: Severity = grave(evidence) if qtc_ms >= DANGEROUS_QTC_MS else "info"
        text = f"Long QT interval: QTc {qtc_ms} ms (Fridericia), above {limit_ms} ms."
        return by_criterion("long_qt", text, severity)
    if qtc_ms <= SHORT_QTC_MS:
        text = f"Short QT interval: QTc {qtc_ms} ms (Fridericia), not above {SHORT_QTC_MS} ms."
        return by_criterion("short_qt", text)
    return []


def brugada_pattern(evidence: Evidence) -> list[Finding]:
    """Type 1: a coved ST elevation of 0.2 mV or more in V1 or V2 that falls into a negative T."""
    if is_wide(evidence):
        return []
    meeting = Leads(evidence).those(("V1", "V2"), _is_coved)
    if not meeting:
        return []
    text = "Brugada pattern, type 1: coved ST elevation that falls into a negative T wave."
    return by_criterion("brugada_pattern", text, grave(evidence), meeting)


def early_repolarisation(evidence: Evidence) -> list[Finding]:
    """J point of 0.1 mV or more, ST rising into an upright T, in two inferior or lateral leads."""
    if is_wide(evidence) or not is_adult(evidence):
        return []
    leads = Leads(evidence)
    for region in (INFERIOR_LEADS, LATERAL_LEADS):
        meeting = leads.those(region, _is_early)
        if len(meeting) > 1:
            highest_mv = max(lead.st_j_mv or 0 for name in meeting if (lead := leads[name]))
            text = f"As in early repolarisation: J point up to {mv(highest_mv)}, ST rising."
            return by_criterion("early_repolarisation", text, leads=meeting)
    return []


def _is_coved(lead: LeadMeasures) -> bool:
    j_mv, later_mv = lead.st_j_mv or 0, lead.st_60_mv or 0
    return j_mv >= COVED_ST_MV and later_mv < j_mv and (lead.t_mv or 0) < 0


def _is_early(lead: LeadMeasures) -> bool:
    j_mv, later_mv = lead.st_j_mv or 0, lead.st_60_mv or 0
    return j_mv >= EARLY_J_MV and later_mv >= j_mv and (lead.t_mv or 0) > later_mv
