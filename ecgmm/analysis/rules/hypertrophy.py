"""Enlarged chambers, by AHA/ACCF/HRS 2009, part V."""

from __future__ import annotations

from ecgmm.analysis.reading import Finding
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.measured import Leads, by_criterion, is_adult, is_wide, mv
from ecgmm.person import Sex

SOKOLOW_LYON_MV = 3.5
"""Sokolow and Lyon 1949: S in V1 and the larger R of V5 and V6, 3.5 mV or more."""
CORNELL_MV = {"male": 2.8, "female": 2.0}
"""Casale et al. 1987: R in aVL and S in V3, more than that; men's where the sex is not known."""
CORNELL_PRODUCT_MVMS = 244.0
"""Molloy et al. 1992: Cornell voltage (women's with 0.6 mV added) times the duration of QRS."""
CORNELL_WOMEN_ADD_MV = 0.6
RIGHT_R_MV = 0.7
"""R in V1, of 0.7 mV or more and larger than S (Myers et al. 1948)."""
RIGHT_AXIS_DEG = 90
TALL_P_MV = 0.25
"""P in an inferior lead, above 0.25 mV: right atrial."""
TALL_P_V1_MV = 0.15
BROAD_P_MS = 120
"""P of 120 ms or longer: left atrial."""
TERMINAL_P_MVMS = 4.0
"""Morris et al. 1964: 0.04 mm s, the depth of P's later part in V1 times its duration."""


def left_ventricular_hypertrophy(evidence: Evidence) -> list[Finding]:
    """Voltage of the left ventricle: Sokolow-Lyon, Cornell, or the Cornell product.

    Not told with a wide QRS, where voltage says nothing of the wall.
    """
    leads = Leads(evidence)
    if is_wide(evidence) or not is_adult(evidence):
        return []
    sokolow = _sokolow_lyon(leads)
    cornell = _cornell(leads, evidence.person.sex, evidence.measured.qrs_ms or 0)
    if not sokolow and not cornell:
        return []
    shown = (("V1", "V5", "V6") if sokolow else ()) + (("aVL", "V3") if cornell else ())
    text = f"Voltage criteria of left ventricular hypertrophy: {', '.join((*sokolow, *cornell))}."
    return by_criterion("left_ventricular_hypertrophy", text, leads=shown)


def _sokolow_lyon(leads: Leads) -> list[str]:
    v1, v5, v6 = leads["V1"], leads["V5"], leads["V6"]
    if v1 is None or v5 is None or v6 is None:
        return []
    sum_mv = round(max(v5.r_mv or 0, v6.r_mv or 0) - (v1.s_mv or 0), 3)
    return [f"Sokolow-Lyon {mv(sum_mv)}"] if sum_mv >= SOKOLOW_LYON_MV else []


def _cornell(leads: Leads, sex: Sex | None, qrs_ms: float) -> list[str]:
    avl, v3 = leads["aVL"], leads["V3"]
    if avl is None or v3 is None:
        return []
    sum_mv = round((avl.r_mv or 0) - (v3.s_mv or 0), 3)
    product = (sum_mv + (CORNELL_WOMEN_ADD_MV if sex == "female" else 0.0)) * qrs_ms
    voltage = [f"Cornell {mv(sum_mv)}"] if sum_mv > CORNELL_MV[sex or "male"] else []
    return voltage + [f"Cornell product {product:.0f} mV ms"] * (product > CORNELL_PRODUCT_MVMS)


def right_ventricular_hypertrophy(evidence: Evidence) -> list[Finding]:
    """R in V1 of 0.7 mV or more and larger than S, with an axis of 90 degrees or more."""
    v1, axis_deg = Leads(evidence)["V1"], evidence.measured.qrs_axis_deg
    if v1 is None or axis_deg is None or is_wide(evidence) or not is_adult(evidence):
        return []
    r_mv = max(v1.r_mv or 0, v1.r_prime_mv or 0)
    if r_mv < RIGHT_R_MV or r_mv <= -(v1.s_mv or 0) or axis_deg < RIGHT_AXIS_DEG:
        return []
    shown = f"R {mv(r_mv)} in V1, axis {axis_deg} degrees"
    text = f"Criteria of right ventricular hypertrophy: {shown}."
    return by_criterion("right_ventricular_hypertrophy", text, leads=("V1",))


def right_atrial_enlargement(evidence: Evidence) -> list[Finding]:
    """P above 0.25 mV in II, III or aVF, or above 0.15 mV in V1."""
    leads = Leads(evidence)
    if not is_adult(evidence):
        return []
    tall = leads.those(("II", "III", "aVF"), lambda lead: (lead.p_mv or 0) > TALL_P_MV)
    tall += leads.those(("V1",), lambda lead: (lead.p_mv or 0) > TALL_P_V1_MV)
    if not tall:
        return []
    highest_mv = max(lead.p_mv or 0 for name in tall if (lead := leads[name]))
    text = f"Signs of right atrial enlargement: P up to {mv(highest_mv)}."
    return by_criterion("right_atrial_enlargement", text, leads=tall)


def left_atrial_enlargement(evidence: Evidence) -> list[Finding]:
    """P of 120 ms or longer, and in V1 a late negative part of 0.04 mm s or more.

    Either is a criterion; both together are asked for, since P of 120 ms alone is found in one
    normal heart of twelve (PTB-XL, fold 9).
    """
    p_ms, v1 = evidence.measured.p_ms, Leads(evidence)["V1"]
    if p_ms is None or v1 is None or v1.p_end_mv is None or not is_adult(evidence):
        return []
    force_mvms = -v1.p_end_mv * p_ms / 2
    if p_ms < BROAD_P_MS or force_mvms < TERMINAL_P_MVMS:
        return []
    shown = f"P lasts {p_ms} ms and ends {mv(v1.p_end_mv)} deep in V1"
    text = f"Signs of left atrial enlargement: {shown}."
    return by_criterion("left_atrial_enlargement", text, leads=("V1",))
