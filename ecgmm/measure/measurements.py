"""What a cardiograph prints of an ECG, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ecgmm.measure.amplitudes import LeadMeasures
from ecgmm.measure.qt import CORRECTIONS
from ecgmm.measure.variability import Variability

Times = tuple[float, float, float]


@dataclass(frozen=True)
class Moment:
    """What a stretch of a long recording measures.

    Attributes:
        start_s: where the stretch begins.
        rr_ms: the median interval between its beats.
        pr_ms: as in `Measurements`.
        qrs_ms: as in `Measurements`.
        qt_ms: as in `Measurements`.
        st_j_mv: of each lead.
    """

    start_s: float
    rr_ms: int | None
    pr_ms: int | None
    qrs_ms: int | None
    qt_ms: int | None
    st_j_mv: Mapping[str, float | None]

    def to_dict(self) -> dict[str, Any]:
        """The stretch in the report."""
        return {
            "start_s": round(self.start_s, 3),
            "rr_ms": self.rr_ms,
            "pr_ms": self.pr_ms,
            "qrs_ms": self.qrs_ms,
            "qt_ms": self.qt_ms,
            "st_j_mv": dict(self.st_j_mv),
        }


@dataclass(frozen=True)
class ClassMeasures:
    """How the beats of one AAMI class measure.

    Attributes:
        beats: how many were looked at.
        used: how many of them are alike; these were measured.
        qrs_ms: the duration of their QRS complex.
    """

    beats: int
    used: int
    qrs_ms: int | None


@dataclass(frozen=True)
class BeatMarks:
    """Where the waves of one beat are, in seconds: onset, peak and end of each that was found.

    Attributes:
        beat: index of the beat in the reading.
        p_s: of P.
        qrs_s: of QRS.
        t_s: of T.
    """

    beat: int
    p_s: Times | None
    qrs_s: Times | None
    t_s: Times | None

    def to_dict(self) -> dict[str, Any]:
        """The beat in the report, to a millisecond."""
        return {
            "beat": self.beat,
            "p_s": _rounded(self.p_s),
            "qrs_s": _rounded(self.qrs_s),
            "t_s": _rounded(self.t_s),
        }


def _rounded(span_s: Times | None) -> list[float] | None:
    return span_s and [round(time_s, 3) for time_s in span_s]


@dataclass(frozen=True)
class Measurements:
    """Intervals, axes and heights of the dominant beats; None where something has no value.

    Attributes:
        heart_rate_bpm: the mean, as in the reading's summary.
        p_ms: duration of P.
        pr_ms: from the onset of P to that of QRS.
        qrs_ms: duration of QRS.
        qt_ms: from the onset of QRS to the end of T.
        p_axis_deg: direction of P in the frontal plane, -180 to 180.
        qrs_axis_deg: that of QRS.
        t_axis_deg: that of T.
        leads: what each lead measures.
        beat_class: AAMI class of the beats that were measured; "" where none was.
        classes: how the beats of each class measure, the dominant one first.
        uncertainty_ms: what the print's resolution leaves open of an interval; None for a signal.
        variability: of the heart rate, in five minutes and more of sinus rhythm.
        beats: the waves of each beat of a recording of up to a minute.
        p_times_s: the middle of every P wave of such a recording, conducted or not.
        over_time: a stretch in every five minutes of a longer recording.
        not_measured: of each value that is None, why.
    """

    heart_rate_bpm: float | None = None
    p_ms: int | None = None
    pr_ms: int | None = None
    qrs_ms: int | None = None
    qt_ms: int | None = None
    p_axis_deg: int | None = None
    qrs_axis_deg: int | None = None
    t_axis_deg: int | None = None
    leads: Mapping[str, LeadMeasures] = field(default_factory=dict)
    beat_class: str = ""
    classes: Mapping[str, ClassMeasures] = field(default_factory=dict)
    uncertainty_ms: int | None = None
    variability: Variability | None = None
    beats: tuple[BeatMarks, ...] = ()
    p_times_s: tuple[float, ...] = ()
    over_time: tuple[Moment, ...] = ()
    not_measured: Mapping[str, str] = field(default_factory=dict)

    @property
    def qtc_ms(self) -> dict[str, int | None]:
        """QT at a rate of 60 a minute, by each formula of `qt.CORRECTIONS`."""
        qt_ms, rate_bpm = self.qt_ms, self.heart_rate_bpm
        return {
            correction.name: round(correction.corrected_ms(qt_ms, rate_bpm))
            if qt_ms is not None and rate_bpm
            else None
            for correction in CORRECTIONS
        }

    @property
    def qtc_holding(self) -> tuple[str, ...]:
        """The formulas that are good for this heart rate."""
        if self.heart_rate_bpm is None:
            return ()
        return tuple(c.name for c in CORRECTIONS if c.holds_at(self.heart_rate_bpm))

    @property
    def p_present(self) -> bool | None:
        """Whether a P wave goes before the dominant beats; None where no beat was measured."""
        return None if self.qrs_ms is None else self.p_ms is not None

    @property
    def transition_lead(self) -> str | None:
        """The first chest lead whose R is at least as high as its S is deep."""
        chest = (f"V{number}" for number in range(1, 7))
        for name in chest:
            lead = self.leads.get(name)
            if lead is None or lead.r_mv is None or lead.s_mv is None:
                return None
            if lead.r_mv >= -lead.s_mv:
                return name
        return None

    def with_intervals_off_by(self, change_ms: int) -> Measurements:
        """The same with every interval longer by so much."""

        def changed(value_ms: int | None) -> int | None:
            return None if value_ms is None else value_ms + change_ms

        return replace(
            self,
            p_ms=changed(self.p_ms),
            pr_ms=changed(self.pr_ms),
            qrs_ms=changed(self.qrs_ms),
            qt_ms=changed(self.qt_ms),
        )

    def to_dict(self) -> dict[str, Any]:
        """The measurements in the report."""
        return {
            "heart_rate_bpm": self.heart_rate_bpm,
            "p_present": self.p_present,
            "p_ms": self.p_ms,
            "pr_ms": self.pr_ms,
            "qrs_ms": self.qrs_ms,
            "qt_ms": self.qt_ms,
            **{f"qtc_{name}_ms": value for name, value in self.qtc_ms.items()},
            "qtc_holding": list(self.qtc_holding),
            "p_axis_deg": self.p_axis_deg,
            "qrs_axis_deg": self.qrs_axis_deg,
            "t_axis_deg": self.t_axis_deg,
            "transition_lead": self.transition_lead,
            "leads": {name: lead.to_dict() for name, lead in self.leads.items()},
            "beat_class": self.beat_class,
            "classes": {
                label: {"beats": one.beats, "used": one.used, "qrs_ms": one.qrs_ms}
                for label, one in self.classes.items()
            },
            "uncertainty_ms": self.uncertainty_ms,
            "variability": self.variability and self.variability.to_dict(),
            "beats": [marks.to_dict() for marks in self.beats],
            "p_times_s": list(self.p_times_s),
            "over_time": [moment.to_dict() for moment in self.over_time],
        }


NOTHING_MEASURED = Measurements()
"""Nobody has measured."""

_VALUES = ("p_ms", "pr_ms", "qrs_ms", "qt_ms", "p_axis_deg", "qrs_axis_deg", "t_axis_deg")


def not_measurable(reason: str, heart_rate_bpm: float | None = None) -> Measurements:
    """Measurements without a value, each for the same reason."""
    corrected = (f"qtc_{correction.name}_ms" for correction in CORRECTIONS)
    why = dict.fromkeys((*_VALUES, *corrected, "variability"), reason)
    return Measurements(heart_rate_bpm, not_measured=why)
