"""Beats that are neither normal nor plainly ectopic."""

from __future__ import annotations

from ecgmm.analysis.reading import Finding
from ecgmm.analysis.rules import ectopy
from ecgmm.analysis.rules.evidence import Evidence, counted

FUSION = "F"
UNCLASSIFIABLE = "Q"


def fusion(evidence: Evidence) -> list[Finding]:
    """Beats that a sinus and a ventricular impulse make together (class F of EC57).

    They prove a ventricular focus, so they weigh as ventricular premature beats do: a warning
    from 30 an hour, see `ectopy.fewest_notable_beats`.
    """
    return ectopy.premature_beats(evidence, FUSION, "fusion", "fusion beat")


def unclassifiable(evidence: Evidence) -> list[Finding]:
    """Beats that are paced or fit no class (class Q of EC57)."""
    beats = evidence.of_class(UNCLASSIFIABLE)
    if not beats:
        return []
    text = (
        f"{counted(len(beats), 'beat')} paced or impossible to classify, "
        f"{evidence.share_words(beats)}."
    )
    return [Finding("unclassifiable", text, "info", beats)]
