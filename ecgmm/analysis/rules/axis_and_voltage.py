"""Axis, voltage and R progression."""

from __future__ import annotations

from ecgmm.analysis.reading import Finding
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.measured import Leads, by_criterion, is_adult, is_from_page, mv
from ecgmm.leads import CHEST_LEADS, LIMB_LEADS
from ecgmm.measure.amplitudes import LeadMeasures

LEFT_DEG, RIGHT_DEG = -30, 90
"""AHA/ACCF/HRS 2009, part III: the axis of adults lies between them."""
LOW_LIMB_MV, LOW_CHEST_MV = 0.5, 1.0
"""Peak to peak in every limb lead, in every chest lead (AHA/ACCF/HRS 2009, part V)."""
POOR_R_MV = 0.3
"""R in V3, of that or less (Zema and Kligfield 1979)."""


def axis_deviation(evidence: Evidence) -> list[Finding]:
    """A QRS axis beyond -30 or 90 degrees (AHA/ACCF/HRS 2009, part III)."""
    axis_deg = evidence.measured.qrs_axis_deg
    if axis_deg is None or not is_adult(evidence) or LEFT_DEG <= axis_deg <= RIGHT_DEG:
        return []
    if -90 <= axis_deg < LEFT_DEG:
        return by_criterion("left_axis_deviation", f"Left axis deviation: {axis_deg} degrees.")
    if axis_deg > RIGHT_DEG:
        return by_criterion("right_axis_deviation", f"Right axis deviation: {axis_deg} degrees.")
    return by_criterion("extreme_axis_deviation", f"Extreme axis deviation: {axis_deg} degrees.")


def low_voltage(evidence: Evidence) -> list[Finding]:
    """QRS below 0.5 mV from peak to peak in every limb lead, or below 1 mV in every chest lead.

    Not told from a page, whose digitized signals lose the tips of narrow waves.
    """
    leads = Leads(evidence)
    if not is_adult(evidence) or is_from_page(evidence):
        return []
    for names, limit_mv, place in (
        (LIMB_LEADS, LOW_LIMB_MV, "limb"),
        (CHEST_LEADS, LOW_CHEST_MV, "chest"),
    ):
        if leads.have(*names):
            largest_mv = max(_peak_to_peak_mv(lead) for name in names if (lead := leads[name]))
            if largest_mv < limit_mv:
                text = f"Low voltage: QRS of at most {mv(largest_mv)} in the {place} leads."
                return by_criterion("low_voltage", text, leads=names)
    return []


def poor_r_progression(evidence: Evidence) -> list[Finding]:
    """R of 0.3 mV or less in V3, and no larger in V2 (Zema and Kligfield 1979).

    Not told from a page, as `low_voltage`.
    """
    v2, v3 = Leads(evidence)["V2"], Leads(evidence)["V3"]
    if v2 is None or v3 is None or not is_adult(evidence) or is_from_page(evidence):
        return []
    r2_mv, r3_mv = v2.r_mv or 0, v3.r_mv or 0
    if r3_mv > POOR_R_MV or r2_mv > r3_mv:
        return []
    text = f"Poor R wave progression: R {mv(r3_mv)} in V3."
    return by_criterion("poor_r_progression", text, leads=("V2", "V3"))


def _peak_to_peak_mv(lead: LeadMeasures) -> float:
    highest_mv = max(lead.r_mv or 0, lead.r_prime_mv or 0)
    return highest_mv - min(lead.q_mv or 0, lead.s_mv or 0)
