"""ST, T and Q as the universal definition of infarction asks (UDMI 2018)."""

from __future__ import annotations

from ecgmm.analysis.reading import Finding
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.hypertrophy import left_ventricular_hypertrophy
from ecgmm.analysis.rules.measured import Leads, by_criterion, grave, is_adult, is_wide, mv
from ecgmm.leads import LEADS
from ecgmm.measure.amplitudes import LeadMeasures

ST_ELEVATION_MV = 0.1
"""At the J point, in all leads but V2 and V3."""
YOUNG_MAN_YEARS = 40
ST_ELEVATION_V2_V3_MV = {"female": 0.15, "male": 0.20, "young_male": 0.25}
ST_DEPRESSION_MV = 0.05
T_INVERSION_MV = 0.1
BROAD_Q_MS, BROAD_Q_V2_V3_MS = 30, 20
DEEP_Q_MV = 0.1
SMALLEST_TALL_R_MV = 0.3
"""Where T inversion counts, R is prominent; this project's own figure for that word."""

_Q_GROUPS: tuple[tuple[str, ...], ...] = (("I", "aVL"), ("V4", "V5", "V6"), ("II", "aVF"))
_NOT_AVR = tuple(lead for lead in LEADS if lead != "aVR")


def st_elevation(evidence: Evidence) -> list[Finding]:
    """ST elevation at the J point in two neighbouring leads, without a wide QRS or LVH voltage.

    0.1 mV or more in all leads but V2 and V3; there 0.2 mV or more in men of 40 and older, 0.25 mV
    in younger men, 0.15 mV in women. Where age or sex is not known, the highest that it could be.
    """
    if is_wide(evidence) or not is_adult(evidence) or left_ventricular_hypertrophy(evidence):
        return []
    leads, limit_mv = Leads(evidence), _limit_v2_v3_mv(evidence)
    raised = tuple(
        name
        for name in _NOT_AVR
        if (lead := leads[name]) is not None
        and (lead.st_j_mv or 0) >= (limit_mv if name in ("V2", "V3") else ST_ELEVATION_MV)
    )
    meeting = leads.neighbours(raised)
    if not meeting:
        return []
    highest_mv = max(lead.st_j_mv or 0 for name in meeting if (lead := leads[name]))
    text = f"ST elevation of up to {mv(highest_mv)} at the J point."
    return by_criterion("st_elevation", text, grave(evidence), meeting)


def st_depression(evidence: Evidence) -> list[Finding]:
    """Horizontal or downsloping ST depression of 0.05 mV or more in two neighbouring leads."""
    if is_wide(evidence) or not is_adult(evidence):
        return []
    leads = Leads(evidence)
    meeting = leads.neighbours(leads.those(_NOT_AVR, _is_depressed))
    if not meeting:
        return []
    deepest_mv = min(lead.st_60_mv or 0 for name in meeting if (lead := leads[name]))
    return by_criterion("st_depression", f"ST depression of up to {mv(deepest_mv)}.", leads=meeting)


def t_inversion(evidence: Evidence) -> list[Finding]:
    """T inversion of more than 0.1 mV in two neighbouring leads with a prominent R or R above S.

    Not in III, aVR and V1, where T may be inverted in healthy adults (AHA/ACCF/HRS 2009, part IV).
    """
    if is_wide(evidence) or not is_adult(evidence):
        return []
    leads = Leads(evidence)
    asked = tuple(lead for lead in _NOT_AVR if lead not in ("III", "V1"))
    meeting = leads.neighbours(leads.those(asked, _is_inverted))
    if not meeting:
        return []
    deepest_mv = min(lead.t_mv or 0 for name in meeting if (lead := leads[name]))
    return by_criterion("t_inversion", f"T inversion of up to {mv(deepest_mv)}.", leads=meeting)


def pathological_q(evidence: Evidence) -> list[Finding]:
    """Q waves as after an infarction (UDMI 2018, table 3).

    Q longer than 20 ms or QS in V2 and V3; or Q of 30 ms and 0.1 mV or QS in two leads of a group:
    I and aVL; V4 to V6; II and aVF. III alone does not count.
    """
    if is_wide(evidence) or not is_adult(evidence):
        return []
    leads = Leads(evidence)
    septal = leads.those(("V2", "V3"), lambda lead: _is_q(lead, BROAD_Q_V2_V3_MS, 0.0))
    meeting: tuple[str, ...] = septal if len(septal) == 2 else ()
    for group in _Q_GROUPS:
        found = leads.those(group, lambda lead: _is_q(lead, BROAD_Q_MS, DEEP_Q_MV))
        meeting += found if len(found) > 1 else ()
    if not meeting:
        return []
    return by_criterion("pathological_q", "Pathological Q waves.", leads=meeting)


def _limit_v2_v3_mv(evidence: Evidence) -> float:
    person = evidence.person
    if person.sex == "female":
        return ST_ELEVATION_V2_V3_MV["female"]
    is_older_man = person.sex == "male" and (person.age_years or 0) >= YOUNG_MAN_YEARS
    return ST_ELEVATION_V2_V3_MV["male" if is_older_man else "young_male"]


def _is_depressed(lead: LeadMeasures) -> bool:
    j_mv, later_mv = lead.st_j_mv or 0, lead.st_60_mv or 0
    return j_mv <= -ST_DEPRESSION_MV and later_mv <= j_mv


def _is_inverted(lead: LeadMeasures) -> bool:
    r_mv, s_mv = lead.r_mv or 0, -(lead.s_mv or 0)
    return (lead.t_mv or 0) < -T_INVERSION_MV and (r_mv >= SMALLEST_TALL_R_MV or r_mv > s_mv)


def _is_q(lead: LeadMeasures, broad_ms: float, deep_mv: float) -> bool:
    q_mv = lead.q_mv or 0
    is_qs = q_mv < 0 and not lead.r_mv
    return is_qs or (q_mv < -deep_mv and (lead.q_ms or 0) >= broad_ms)
