"""What follows from one more reading of a stream: beats, heart rate, alarms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.decode import decode_beats, refine_times
from ecgmm.analysis.reading import Rhythm
from ecgmm.analysis.rules.evidence import TOLERANCE, Evidence
from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.monitor.alarms.situation import Situation
from ecgmm.monitor.beat_tracker import MARGIN_S, SAME_BEAT_S, BeatTracker
from ecgmm.monitor.events import BeatEvent, HeartRateEvent
from ecgmm.monitor.fibrillation import LEAD_IN_S, WINDOW_S, looks_fibrillating
from ecgmm.monitor.heart_rate import displayed_rate_bpm
from ecgmm.monitor.history import HISTORY_S, History
from ecgmm.monitor.limits import AlarmLimits
from ecgmm.monitor.rhythm_watch import RhythmWatch
from ecgmm.monitor.window import Window, unreadable_spans
from ecgmm.serving.runtime import Probabilities

RATE_EVERY_S = 1.0
"""A display that changes more often is not read by anybody."""
_UNKNOWN_RHYTHM = Rhythm("noise", {})


class StreamReader:
    """Keeps what one stream's readings have told so far.

    Attributes:
        bpm: the displayed heart rate.
    """

    def __init__(self) -> None:
        self._tracker = BeatTracker()
        self._rhythms = RhythmWatch()
        self._gaps: list[tuple[float, float]] = []
        self._last_seen_s = -np.inf
        self._rate_told_s = -np.inf
        self._was_fibrillating = False
        self._read_to_s = 0.0
        self.bpm: float | None = None

    def take(
        self,
        window: Window,
        probabilities: Probabilities | None,
        history: History,
        latency_s: float,
        *,
        is_last: bool,
    ) -> list[BeatEvent]:
        """Take one reading.

        Args:
            window: what was read.
            probabilities: what the model says of its rows; None where there are none.
            history: the last minute of the stream.
            latency_s: how long ago the window ended.
            is_last: nothing more comes.

        Returns:
            New beats, and corrections.
        """
        read = BeatList.joined([])
        if probabilities is not None:
            read = _beats_of(window, probabilities, self._tracker.settled_to_s - SAME_BEAT_S)
            self._rhythms.add(window.end_s, probabilities.rhythm.mean(axis=0))
        if len(read):
            self._last_seen_s = max(self._last_seen_s, float(read.time_s[-1]))
        self._read_to_s = window.end_s - (0.0 if is_last else MARGIN_S)
        self._gaps = unreadable_spans(history, HISTORY_S)
        return self._tracker.take(read, window.end_s, latency_s, is_last=is_last)

    def situation(self, window: Window, leads_off: Sequence[str], limits: AlarmLimits) -> Situation:
        """What the alarm rules look at after the last reading."""
        beats = self._tracker.beats
        evidence = Evidence(beats, _UNKNOWN_RHYTHM, window.end_s, self._gaps)
        silent_since_s = self._silent_since_s()
        self.bpm = displayed_rate_bpm(evidence.rr_s)
        if silent_since_s is None:
            self.bpm = None
        elif self._read_to_s - silent_since_s >= limits.asystole_s:
            self.bpm = 0.0
        looks = looks_fibrillating(window.signal_mv[-(WINDOW_S + LEAD_IN_S) * SAMPLING_RATE_HZ :])
        is_fibrillating, self._was_fibrillating = looks and self._was_fibrillating, looks
        return Situation(
            read_to_s=self._read_to_s,
            evidence=evidence,
            ids=self._tracker.ids,
            bpm=self.bpm,
            silent_since_s=silent_since_s,
            is_fibrillating=is_fibrillating,
            af_share=self._rhythms.af_share(limits.af_s),
            leads_off=tuple(leads_off),
            all_off=len(leads_off) == window.signal_mv.shape[1],
            limits=limits,
        )

    def rate_event(self) -> HeartRateEvent | None:
        """The heart rate, if it is time to display it anew."""
        if self._read_to_s - self._rate_told_s < RATE_EVERY_S - TOLERANCE:
            return None
        self._rate_told_s = self._read_to_s
        return HeartRateEvent(self._read_to_s, self.bpm)

    def _silent_since_s(self) -> float | None:
        """Since when no beat has been seen; None where the signal cannot be read."""
        readable_since_s = self._gaps[-1][1] if self._gaps else -np.inf
        if readable_since_s >= self._read_to_s:
            return None
        return min(max(self._last_seen_s, readable_since_s), self._read_to_s)


def _beats_of(window: Window, probabilities: Probabilities, since_s: float) -> BeatList:
    """The beats of a window from `since_s` on, on the stream's clock."""
    decoded = decode_beats(window.blended(probabilities.beats))
    recent = decoded.time_s + window.start_s > since_s
    times_s = refine_times(decoded.time_s[recent], window.signal_mv, SAMPLING_RATE_HZ)
    labels = "".join(
        label for label, is_recent in zip(decoded.labels, recent, strict=True) if is_recent
    )
    return BeatList(times_s + window.start_s, labels, decoded.probability[recent])
