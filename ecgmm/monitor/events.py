"""What a monitor says: each event is one object of `ecgmm monitor`'s JSON Lines.

Every `time_s` is on the stream's own clock, which begins at 0 with its first sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.reading import Severity

AlarmCode = Literal[
    "asystole",
    "ventricular_fibrillation",
    "ventricular_tachycardia",
    "extreme_tachycardia",
    "extreme_bradycardia",
    "tachycardia",
    "bradycardia",
    "pause",
    "pvc_run",
    "af_onset",
    "lead_off",
    "signal_lost",
    "reading_failed",
]
AlarmState = Literal["raised", "acknowledged", "cleared"]
ConditionCode = Literal[
    "started",
    "gap",
    "late_frame",
    "duplicate_frame",
    "reconnected",
    "rate_change",
    "leads_change",
    "leads_off",
    "leads_on",
    "viewer_behind",
    "log_failed",
    "ended",
]


@dataclass(frozen=True, slots=True)
class BeatEvent:
    """A beat has been labelled, or its label has been corrected.

    Attributes:
        id: number of the beat in its stream, from 0 in the order of labelling.
        time_s: its QRS.
        label: AAMI class; `"none"` in a correction that takes the beat back.
        probability: of a beat of that class.
        latency_s: from the QRS to this event.
        revision: 0 for the first label, 1 for the one correction.
    """

    id: int
    time_s: float
    label: str
    probability: float
    latency_s: float
    revision: int = 0

    def to_json(self) -> dict[str, Any]:
        """The object for one line of JSON."""
        return {
            "type": "beat",
            "id": self.id,
            "time_s": round(self.time_s, 3),
            "label": self.label,
            "probability": round(self.probability, 4),
            "latency_s": round(self.latency_s, 3),
            "revision": self.revision,
        }


@dataclass(frozen=True, slots=True)
class HeartRateEvent:
    """The displayed heart rate, each time that it is computed anew.

    Attributes:
        time_s: how far the stream had been read.
        bpm: the rate; None while there is none to display.
    """

    time_s: float
    bpm: float | None

    def to_json(self) -> dict[str, Any]:
        """The object for one line of JSON."""
        bpm = None if self.bpm is None else round(self.bpm, 1)
        return {"type": "heart_rate", "time_s": round(self.time_s, 3), "bpm": bpm}


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    """An alarm was raised, acknowledged or cleared.

    Attributes:
        id: number of the alarm in its stream, from 1; the same in all its states.
        code: what it is about.
        severity: `critical`, `warning`, `info`: IEC 60601-1-8's high, medium and low priority.
        state: what happened to it. An acknowledged alarm is cleared when its cause has gone.
        time_s: when that happened.
        onset_s: when its cause began.
        text: one sentence for the reader.
        beats: ids of the beats that prove it.
        who: who acknowledged it.
    """

    id: int
    code: AlarmCode
    severity: Severity
    state: AlarmState
    time_s: float
    onset_s: float
    text: str
    beats: tuple[int, ...] = ()
    who: str = ""

    def to_json(self) -> dict[str, Any]:
        """The object for one line of JSON."""
        return {
            "type": "alarm",
            "id": self.id,
            "code": self.code,
            "severity": self.severity,
            "state": self.state,
            "time_s": round(self.time_s, 3),
            "onset_s": round(self.onset_s, 3),
            "text": self.text,
            "beats": list(self.beats),
            "who": self.who,
        }


@dataclass(frozen=True, slots=True)
class ConditionEvent:
    """Something happened to the stream itself.

    Attributes:
        code: what happened.
        time_s: where in the stream.
        text: one sentence for the reader.
        lost_s: seconds of signal that are missing because of it.
    """

    code: ConditionCode
    time_s: float
    text: str
    lost_s: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The object for one line of JSON."""
        return {
            "type": "condition",
            "code": self.code,
            "time_s": round(self.time_s, 3),
            "text": self.text,
            "lost_s": round(self.lost_s, 3),
        }


@dataclass(frozen=True, slots=True, eq=False)
class TraceEvent:
    """Samples to draw, for viewers that asked for them; `ecgmm monitor` does not print them.

    Attributes:
        time_s: time of the first sample; a later one than the end of the trace before is a gap.
        sampling_rate_hz: samples a second.
        lead_names: one name a lead.
        samples_mv: `[samples, leads]` float32, millivolts; NaN where a lead is off.
    """

    time_s: float
    sampling_rate_hz: float
    lead_names: tuple[str, ...]
    samples_mv: NDArray[np.float32]

    def to_json(self) -> dict[str, Any]:
        """The object for one line of JSON; NaN is null."""
        rows = np.round(self.samples_mv.astype(np.float64), 4).tolist()
        return {
            "type": "trace",
            "time_s": round(self.time_s, 3),
            "sampling_rate_hz": self.sampling_rate_hz,
            "leads": list(self.lead_names),
            "samples_mv": [[None if v != v else v for v in row] for row in rows],
        }


Event = BeatEvent | HeartRateEvent | AlarmEvent | ConditionEvent | TraceEvent
