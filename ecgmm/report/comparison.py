"""A reading beside an earlier one: what has changed, what is new, what is gone."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ecgmm.analysis import words
from ecgmm.analysis.reading import Finding, Reading
from ecgmm.analysis.text_report import WIDTH

NOTABLE_ST_MV = 0.1
"""Of a change at the J point; UDMI 2018 asks for as much of an elevation in most leads."""
_NAMES = {
    "heart_rate_bpm": ("Heart rate", "bpm"),
    "pr_ms": ("PR interval", "ms"),
    "qrs_ms": ("QRS duration", "ms"),
    "qt_ms": ("QT interval", "ms"),
    "qtc_fridericia_ms": ("QTc (Fridericia)", "ms"),
    "p_axis_deg": ("P axis", "degrees"),
    "qrs_axis_deg": ("QRS axis", "degrees"),
    "t_axis_deg": ("T axis", "degrees"),
}


@dataclass(frozen=True)
class Change:
    """A value then and now; None where it was not measured.

    Attributes:
        name: of the measurement.
        unit: in which it is told.
        old: then.
        new: now.
    """

    name: str
    unit: str
    old: float | None
    new: float | None

    @property
    def change(self) -> float | None:
        """By how much it has grown; of an axis the shorter way round, -180 to 180."""
        if self.old is None or self.new is None:
            return None
        change = self.new - self.old
        if self.unit == "degrees":
            change = (change + 180) % 360 - 180
        return round(change, 3)

    @property
    def told(self) -> str:
        """Such as `"162 ms then, 170 ms now (+8 ms)"`."""
        values = f"{self._told(self.old)} then, {self._told(self.new)} now"
        if self.change is None:
            return values
        sign = "+" if self.change > 0 else ""
        return f"{values} ({sign}{self._told(self.change)})"

    def _told(self, value: float | None) -> str:
        if value is None:
            return "not measured"
        figure = f"{value:.2f}" if self.unit == "mV" else f"{words.half_up(value):.0f}"
        return f"{figure} {self.unit}"

    def to_dict(self) -> dict[str, float | None]:
        """Then, now, and the difference."""
        return {"old": self.old, "new": self.new, "change": self.change}


@dataclass(frozen=True)
class Comparison:
    """Two readings of one heart.

    Attributes:
        old: the earlier one.
        new: the later one.
        changes: of rate, intervals and axes, by their names in the JSON.
        st_j_mv: of the J point in each lead that both have.
    """

    old: Reading
    new: Reading
    changes: Mapping[str, Change]
    st_j_mv: Mapping[str, Change]

    @property
    def appeared(self) -> tuple[Finding, ...]:
        """Findings of the new reading that the old one does not have."""
        return _without(self.new.findings, self.old.findings)

    @property
    def gone(self) -> tuple[Finding, ...]:
        """Findings of the old reading that the new one does not have."""
        return _without(self.old.findings, self.new.findings)

    @property
    def persisting(self) -> tuple[Finding, ...]:
        """Findings that both have, as the new reading tells them."""
        appeared = self.appeared
        return tuple(found for found in self.new.findings if found not in appeared)

    @property
    def notable_st(self) -> dict[str, Change]:
        """Leads whose J point has moved by 0.1 mV or more."""
        return {
            lead: change
            for lead, change in self.st_j_mv.items()
            if change.change is not None and abs(change.change) >= NOTABLE_ST_MV
        }

    def to_dict(self) -> dict[str, Any]:
        """The object that `ecgmm compare --json` prints."""
        return {
            "old": _described(self.old),
            "new": _described(self.new),
            "changes": {name: change.to_dict() for name, change in self.changes.items()},
            "st_j_mv": {lead: change.to_dict() for lead, change in self.st_j_mv.items()},
            "findings": {
                "new": [found.to_dict() for found in self.appeared],
                "gone": [found.to_dict() for found in self.gone],
                "persisting": [found.to_dict() for found in self.persisting],
            },
        }


def compare(old: Reading, new: Reading) -> Comparison:
    """Lay a reading beside an earlier one.

    Args:
        old: the earlier reading.
        new: the later one.
    """
    then, now = ({**r.measurements.to_dict(), **_rate(r)} for r in (old, new))
    leads = [lead for lead in new.measurements.leads if lead in old.measurements.leads]
    return Comparison(
        old,
        new,
        {key: Change(name, unit, then[key], now[key]) for key, (name, unit) in _NAMES.items()},
        {
            lead: Change(
                f"ST in {lead}",
                "mV",
                old.measurements.leads[lead].st_j_mv,
                new.measurements.leads[lead].st_j_mv,
            )
            for lead in leads
        },
    )


def text_comparison(comparison: Comparison) -> str:
    """The comparison for a terminal, in lines of at most 100 characters."""
    return "\n".join(_wrapped(line) for line in _lines(comparison))


def _wrapped(line: str) -> str:
    indent = " " * (len(line) - len(line.lstrip()) or 5)
    return textwrap.fill(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False)


def _lines(comparison: Comparison) -> Iterator[str]:
    for when, reading in (("Then", comparison.old), ("Now", comparison.new)):
        yield f"{when:<5}{words.title(reading)}"
        yield f"     {reading.summary.statement or 'Nothing could be read.'}"
    yield ""
    for change in comparison.changes.values():
        yield f"  {change.name:<18}{change.told}"
    yield f"  {'ST level':<18}{st_words(comparison)}"
    yield ""
    for what, findings in (
        ("New", comparison.appeared),
        ("Gone", comparison.gone),
        ("As before", comparison.persisting),
    ):
        for number, found in enumerate(findings):
            yield f"  {'' if number else what:<11}{words.finding(found)}"
        if not findings:
            yield f"  {what:<11}none"
    yield f"  {words.NOT_A_MEDICAL_DEVICE}"


def st_words(comparison: Comparison) -> str:
    """Leads whose ST level has changed notably, or that none has."""
    if not comparison.st_j_mv:
        return "not measured in the same lead twice"
    told = [f"{lead} {change.told}" for lead, change in comparison.notable_st.items()]
    return "; ".join(told) or f"changed by less than {NOTABLE_ST_MV:g} mV in every lead"


def _rate(reading: Reading) -> dict[str, float | None]:
    return {"heart_rate_bpm": reading.summary.heart_rate_bpm}


def _without(findings: tuple[Finding, ...], others: tuple[Finding, ...]) -> tuple[Finding, ...]:
    known = {found.code for found in others}
    return tuple(found for found in findings if found.code not in known)


def _described(reading: Reading) -> dict[str, Any]:
    summary = reading.summary.to_dict()
    told = ("verdict", "grade", "statement")
    return {"input": reading.input, **{name: summary[name] for name in told}}
