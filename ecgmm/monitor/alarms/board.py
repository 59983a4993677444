"""Which alarms stand: raised, acknowledged, cleared."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ecgmm.errors import InputError
from ecgmm.monitor.alarms.situation import Cause
from ecgmm.monitor.events import AlarmCode, AlarmEvent

HOLD_S: dict[AlarmCode, float] = {
    "pause": 10.0,
    "pvc_run": 10.0,
    "af_onset": 30.0,
    "lead_off": 0.0,
    "signal_lost": 0.0,
    "reading_failed": 0.0,
}
USUAL_HOLD_S = 3.0
"""How long a cause has to be gone before its alarm is cleared: no alarm flutters at its limit."""
_GRAVITY = {"info": 0, "warning": 1, "critical": 2}
"""Which severity outdoes which."""


@dataclass
class _Standing:
    event: AlarmEvent
    seen_s: float


class AlarmBoard:
    """The alarms of one stream, at most one of each code at a time."""

    def __init__(self) -> None:
        self._standing: dict[AlarmCode, _Standing] = {}
        self._next_id = 1

    @property
    def standing(self) -> tuple[AlarmEvent, ...]:
        """The alarms that have not been cleared, each in its latest state."""
        return tuple(standing.event for standing in self._standing.values())

    def update(
        self, causes: Sequence[Cause], time_s: float, codes: Collection[AlarmCode]
    ) -> list[AlarmEvent]:
        """Raise what is new, clear what has gone.

        Args:
            causes: what calls for an alarm now.
            time_s: now.
            codes: the alarms that were looked at; others stay as they are.
        """
        events = []
        for cause in causes:
            standing = self._standing.get(cause.code)
            if standing and _GRAVITY[cause.severity] > _GRAVITY[standing.event.severity]:
                events.append(self._clear(cause.code, time_s))
                standing = None
            if standing:
                standing.seen_s = time_s
            else:
                events.append(self._raise(cause, time_s))
        present = {cause.code for cause in causes}
        for code, standing in list(self._standing.items()):
            has_gone = time_s - standing.seen_s >= HOLD_S.get(code, USUAL_HOLD_S)
            if code in codes and code not in present and has_gone:
                events.append(self._clear(code, time_s))
        return events

    def acknowledge(self, alarm_id: int, who: str, time_s: float) -> AlarmEvent:
        """Note who has seen an alarm; a second time changes nothing.

        Raises:
            InputError: `no_such_alarm` if none of that number stands.
        """
        for standing in self._standing.values():
            if standing.event.id == alarm_id:
                if standing.event.state == "raised":
                    standing.event = replace(
                        standing.event, state="acknowledged", time_s=time_s, who=who
                    )
                return standing.event
        raise InputError("no_such_alarm", f"No alarm of number {alarm_id} stands.")

    def _raise(self, cause: Cause, time_s: float) -> AlarmEvent:
        event = AlarmEvent(
            id=self._next_id,
            code=cause.code,
            severity=cause.severity,
            state="raised",
            time_s=time_s,
            onset_s=cause.onset_s,
            text=cause.text,
            beats=cause.beats,
        )
        self._next_id += 1
        self._standing[cause.code] = _Standing(event, time_s)
        return event

    def _clear(self, code: AlarmCode, time_s: float) -> AlarmEvent:
        return replace(self._standing.pop(code).event, state="cleared", time_s=time_s)
