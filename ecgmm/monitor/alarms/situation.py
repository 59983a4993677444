"""What the alarm rules look at, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass

from ecgmm.analysis.reading import Severity
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.monitor.events import AlarmCode
from ecgmm.monitor.limits import AlarmLimits

RECENT_S = 5.0
"""How long ago a run may have ended that is told as going on: its last label takes up to 2.5 s."""


@dataclass(frozen=True)
class Situation:
    """A stream as it was read last.

    Attributes:
        read_to_s: up to when beats are known.
        evidence: the beats and the gaps of the last minute.
        ids: numbers of those beats in their stream.
        bpm: the displayed heart rate.
        silent_since_s: since when no beat has been seen, of a signal that can be read; None where
            it cannot.
        is_fibrillating: whether the signal looks like ventricular fibrillation.
        af_share: how probable atrial fibrillation has been, on average over `AlarmLimits.af_s`,
            among readable rhythms; None where that much has not been read.
        leads_off: leads that are off.
        all_off: whether that is every lead.
        limits: of the alarms.
    """

    read_to_s: float
    evidence: Evidence
    ids: tuple[int, ...]
    bpm: float | None
    silent_since_s: float | None
    is_fibrillating: bool
    af_share: float | None
    leads_off: tuple[str, ...]
    all_off: bool
    limits: AlarmLimits

    @property
    def silent_s(self) -> float:
        """For how long no beat has been seen; 0 where the signal cannot be read."""
        return 0.0 if self.silent_since_s is None else self.read_to_s - self.silent_since_s

    def time_s(self, beat: int) -> float:
        """Time of a beat of the evidence."""
        return float(self.evidence.times_s[beat])

    def ids_of(self, beats: range) -> tuple[int, ...]:
        """Numbers of neighbouring beats of the evidence."""
        return self.ids[beats.start : beats.stop]


@dataclass(frozen=True)
class Cause:
    """Why an alarm should stand.

    Attributes:
        code: which alarm.
        severity: how grave it is.
        onset_s: when it began.
        text: one sentence for the reader.
        beats: numbers of the beats that prove it.
    """

    code: AlarmCode
    severity: Severity
    onset_s: float
    text: str
    beats: tuple[int, ...] = ()
