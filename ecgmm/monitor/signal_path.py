"""From frames to the last minute at 125 Hz."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.monitor.events import ConditionCode, ConditionEvent, TraceEvent
from ecgmm.monitor.frames import Frame
from ecgmm.monitor.history import History
from ecgmm.monitor.intake import Gap, Intake, Oddity
from ecgmm.monitor.resampler import StreamResampler

PIECE_S = 0.5
"""As much as is worth a reading (`stream.HOP_S`): a long frame is read on its way."""
LEADS_OFF_S = 1.0
"""Longer than a contact that shakes, shorter than any alarm's own time."""

_WORDS: dict[ConditionCode, str] = {
    "gap": "{:.2f} s of signal never came.",
    "reconnected": "The source is connected again, after {:.2f} s without signal.",
    "late_frame": "A frame came after its place had passed; it was not used.",
    "duplicate_frame": "A frame came twice; it was used once.",
}


class SignalPath:
    """Orders frames, resamples them, and keeps the last minute.

    Args:
        now_s: the clock of arrivals.

    Attributes:
        history: the last minute; None before the first frame.
        lead_names: one name a lead.
        taken_s: how much signal has come, gaps included; `history` is up to 80 ms behind.
        leads_off: leads that have given nothing for a second.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._intake = Intake(now_s)
        self._resampler: StreamResampler | None = None
        self._rate_hz = 0.0
        self.history: History | None = None
        self.lead_names: tuple[str, ...] = ()
        self.taken_s = 0.0
        self.leads_off: tuple[str, ...] = ()

    def take(self, frame: Frame) -> Iterator[ConditionEvent | TraceEvent]:
        """Take a frame half a second at a time, and tell what happens on the way."""
        for item in self._intake.take(frame):
            yield from self._accept(item)

    def finish(self) -> Iterator[ConditionEvent | TraceEvent]:
        """Take what has been held back."""
        for item in self._intake.finish():
            yield from self._accept(item)
        yield from self._flush()

    def _accept(self, item: Frame | Gap | Oddity) -> Iterator[ConditionEvent | TraceEvent]:
        match item:
            case Frame():
                yield from self._adapt(item)
                length = max(1, round(PIECE_S * item.sampling_rate_hz))
                for first in range(0, len(item.samples_mv), length):
                    yield from self._resample(item.samples_mv[first : first + length])
            case Gap():
                yield from self._flush()
                yield self._condition(item.code, lost_s=item.lost_s)
                if self.history is not None:
                    self.history.skip(round(item.lost_s * SAMPLING_RATE_HZ))
                self.taken_s += item.lost_s
            case Oddity():
                yield self._condition(item.code)

    def _adapt(self, frame: Frame) -> Iterator[ConditionEvent | TraceEvent]:
        """Begin, or go on at another rate or with other leads."""
        is_first = self.history is None
        has_new_leads = frame.lead_names != self.lead_names
        has_new_rate = frame.sampling_rate_hz != self._rate_hz
        if not has_new_leads and not has_new_rate and self._resampler is not None:
            return
        yield from self._flush()
        before_hz, self._rate_hz = self._rate_hz, frame.sampling_rate_hz
        self._resampler = StreamResampler(frame.sampling_rate_hz, len(frame.lead_names))
        if has_new_leads:
            self.lead_names, self.leads_off = frame.lead_names, ()
            end = self.history.end if self.history is not None else 0
            self.history = History(len(frame.lead_names), end)
        names = ", ".join(frame.lead_names)
        if is_first:
            text = f"{names} at {frame.sampling_rate_hz:g} Hz."
            yield ConditionEvent("started", self.taken_s, text)
            return
        if has_new_leads:
            yield ConditionEvent("leads_change", self.taken_s, f"Leads are now {names}.")
        if has_new_rate:
            text = f"Sampling rate {before_hz:g} Hz became {frame.sampling_rate_hz:g} Hz."
            yield ConditionEvent("rate_change", self.taken_s, text)

    def _resample(self, samples_mv: NDArray[np.float32]) -> Iterator[ConditionEvent | TraceEvent]:
        if self._resampler is None or self.history is None:
            return
        self.taken_s += len(samples_mv) / self._rate_hz
        yield from self._keep(self._resampler.push(samples_mv))
        yield from self._look_at_leads()

    def _flush(self) -> Iterator[TraceEvent]:
        """What the filter still holds; after it a new one begins."""
        if self._resampler is not None:
            yield from self._keep(self._resampler.finish())
            self._resampler = None

    def _keep(self, samples_mv: NDArray[np.float32]) -> Iterator[TraceEvent]:
        if self.history is not None and len(samples_mv):
            time_s = self.history.end_s
            self.history.append(samples_mv)
            yield TraceEvent(time_s, float(SAMPLING_RATE_HZ), self.lead_names, samples_mv)

    def _look_at_leads(self) -> Iterator[ConditionEvent]:
        if self.history is None:
            return
        recent = self.history.latest(round(LEADS_OFF_S * SAMPLING_RATE_HZ))
        silent = np.flatnonzero(np.isnan(recent).all(axis=0))
        off = tuple(self.lead_names[lead] for lead in silent)
        gone = [name for name in off if name not in self.leads_off]
        back = [name for name in self.leads_off if name not in off]
        self.leads_off = off
        if gone:
            yield ConditionEvent("leads_off", self.taken_s, f"Leads off: {', '.join(gone)}.")
        if back:
            yield ConditionEvent("leads_on", self.taken_s, f"Leads on: {', '.join(back)}.")

    def _condition(self, code: ConditionCode, lost_s: float = 0.0) -> ConditionEvent:
        return ConditionEvent(code, self.taken_s, _WORDS[code].format(lost_s), lost_s)
