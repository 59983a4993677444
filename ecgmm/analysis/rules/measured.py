"""What the rules over measurements share: leads and their groups, and words for millivolts.

The sources that several rules share, by the names that the docstrings use:

- AHA/ACCF/HRS 2009: recommendations for the standardization and interpretation of the
  electrocardiogram; part III, intraventricular conduction (Surawicz et al., Circulation
  119:e235), IV, ST, T and QT (Rautaharju et al., 119:e241), V, chamber hypertrophy (Hancock et
  al., 119:e251).
- UDMI 2018: Thygesen et al., fourth universal definition of myocardial infarction, Circulation
  138:e618.
- ACC/AHA/HRS 2018: as in `ecgmm.analysis.rules`.

The criteria are those of adults: no rule speaks of a person known to be younger than 16.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ecgmm.analysis.reading import Finding, Severity
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.leads import CHEST_LEADS
from ecgmm.measure.amplitudes import LeadMeasures

ADULT_YEARS = 16
WIDE_QRS_MS = 120
"""AHA/ACCF/HRS 2009, part III: from here on a bundle branch block is complete."""
INCOMPLETE_QRS_MS = 110
"""AHA/ACCF/HRS 2009, part III: from here on QRS is prolonged in adults."""

INFERIOR_LEADS = ("II", "III", "aVF")
LATERAL_LEADS = ("I", "aVL", "V5", "V6")
CONTIGUOUS = (
    ("aVL", "I"),
    ("II", "aVF"),
    ("aVF", "III"),
    ("II", "III"),
    *pairwise(CHEST_LEADS),
    ("I", "V6"),
)
"""Neighbours around the heart: the limb leads in Cabrera's order, the chest leads, I beside V6."""


@dataclass(frozen=True)
class Leads:
    """The measured leads, to be asked for a lead that may not be there."""

    evidence: Evidence

    def __getitem__(self, name: str) -> LeadMeasures | None:
        return self.evidence.measured.leads.get(name)

    def have(self, *names: str) -> bool:
        """Whether all of these leads were measured."""
        return all(self[name] is not None for name in names)

    def those(self, names: Iterable[str], holds: Callable[[LeadMeasures], bool]) -> tuple[str, ...]:
        """Which of some leads are there and meet a condition."""
        return tuple(n for n in names if (lead := self[n]) is not None and holds(lead))

    def neighbours(self, meeting: Sequence[str]) -> tuple[str, ...]:
        """Those of the leads that meet a criterion of which a neighbour meets it too."""
        inside = {name for pair in CONTIGUOUS if set(pair) <= set(meeting) for name in pair}
        return tuple(name for name in meeting if name in inside)


def is_adult(evidence: Evidence) -> bool:
    """Whether the criteria of adults may be applied."""
    age = evidence.person.age_years
    return age is None or age >= ADULT_YEARS


def grave(evidence: Evidence) -> Severity:
    """How grave a sign of disease is: a warning, unless the network calls the whole ECG normal.

    Such a disagreement is told with the finding; see `agreement`.
    """
    called_normal = any(c.code == "NORM" and c.present for c in evidence.conditions)
    return "info" if called_normal else "warning"


def is_wide(evidence: Evidence) -> bool:
    """Whether QRS is so wide that ST, T, Q and voltage say nothing of the muscle."""
    qrs_ms = evidence.measured.qrs_ms
    return qrs_ms is not None and qrs_ms >= WIDE_QRS_MS


def is_from_page(evidence: Evidence) -> bool:
    """Whether what was measured are the digitized signals of a page."""
    return evidence.measured.uncertainty_ms is not None


def mv(value: float) -> str:
    """A height, such as `"0.25 mV"`."""
    return f"{abs(value):.2f} mV"


def by_criterion(
    code: str, text: str, severity: Severity = "info", leads: Sequence[str] = ()
) -> list[Finding]:
    """A finding that rests on measurements."""
    return [Finding(code, text, severity, leads=tuple(leads))]
