"""Each beat labelled once it is sure, and corrected at most once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ecgmm.analysis.beat_list import BeatList
from ecgmm.labels import NO_BEAT
from ecgmm.monitor.events import BeatEvent
from ecgmm.monitor.history import HISTORY_S

MARGIN_S = 0.4
"""How much the model has to see after a beat. On training records of MIT-BIH its labels are as good
there as in the middle of a window; at the very edge it misses beats."""
PATIENCE_S = 0.8
"""Until then an unsure beat waits for another reading."""
SURE = 0.8
"""As `quality.UNCERTAIN_BEAT_PROBABILITY`: below it a class counts as doubted."""
SETTLED_S = 2.5
"""By then a label is final: the next beat and the pause before it have been seen."""
SAME_BEAT_S = 0.15
"""EC57's window for calling two marks one beat."""


@dataclass(slots=True)
class _Tracked:
    id: int
    time_s: float
    label: str
    probability: float
    is_settled: bool = False


class BeatTracker:
    """The beats of one stream over the last minute, reading after reading.

    Attributes:
        settled_to_s: up to where no beat is added or corrected any more.
    """

    def __init__(self) -> None:
        self._beats: deque[_Tracked] = deque()
        self._next_id = 0
        self.settled_to_s = -np.inf

    @property
    def beats(self) -> BeatList:
        """The beats labelled so far, in time order."""
        times_s = np.array([beat.time_s for beat in self._beats], np.float64)
        probability = np.array([beat.probability for beat in self._beats], np.float64)
        return BeatList(times_s, "".join(beat.label for beat in self._beats), probability)

    @property
    def ids(self) -> tuple[int, ...]:
        """The numbers of `beats`."""
        return tuple(beat.id for beat in self._beats)

    def take(
        self, read: BeatList, read_to_s: float, latency_s: float, *, is_last: bool = False
    ) -> list[BeatEvent]:
        """Compare one more reading with what was said before.

        Args:
            read: the beats of the window, on the stream's clock; those before `settled_to_s` may be
                left out.
            read_to_s: where the window ends.
            latency_s: how long ago that was.
            is_last: nothing more comes, so that beats at the very edge are labelled too.

        Returns:
            New beats, and corrections.
        """
        margin_s = 0.0 if is_last else MARGIN_S
        matched: set[int] = set()
        events = []
        for time_s, label, probability in _columns(read):
            age_s = read_to_s - time_s
            known = self._same(time_s, matched)
            if known is not None:
                matched.add(known.id)
                events += self._settle(known, label, probability, age_s, latency_s)
            elif time_s <= self.settled_to_s or age_s < margin_s:
                continue
            elif is_last or probability >= SURE or age_s >= PATIENCE_S:
                beat = self._add(time_s, label, probability, is_settled=age_s >= SETTLED_S)
                matched.add(beat.id)
                events.append(_event(beat, age_s + latency_s))
        events += self._take_back(matched, read_to_s, latency_s)
        self.settled_to_s = max(self.settled_to_s, read_to_s - SETTLED_S)
        while self._beats and self._beats[0].time_s < read_to_s - HISTORY_S:
            self._beats.popleft()
        return events

    def _same(self, time_s: float, matched: set[int]) -> _Tracked | None:
        near = [
            beat
            for beat in reversed(self._beats)
            if abs(beat.time_s - time_s) <= SAME_BEAT_S and beat.id not in matched
        ]
        return min(near, key=lambda beat: abs(beat.time_s - time_s), default=None)

    def _settle(
        self, known: _Tracked, label: str, probability: float, age_s: float, latency_s: float
    ) -> list[BeatEvent]:
        if known.is_settled or age_s < SETTLED_S:
            return []
        known.is_settled = True
        if label == known.label:
            return []
        known.label, known.probability = label, probability
        return [_event(known, age_s + latency_s, revision=1)]

    def _add(self, time_s: float, label: str, probability: float, *, is_settled: bool) -> _Tracked:
        beat = _Tracked(self._next_id, time_s, label, probability, is_settled)
        self._next_id += 1
        place = len(self._beats)
        while place and self._beats[place - 1].time_s > time_s:
            place -= 1
        self._beats.insert(place, beat)
        return beat

    def _take_back(
        self, matched: set[int], read_to_s: float, latency_s: float
    ) -> Iterator[BeatEvent]:
        """Beats that are no longer read once they should be settled."""
        for beat in [beat for beat in self._beats if not beat.is_settled]:
            age_s = read_to_s - beat.time_s
            if age_s >= SETTLED_S and beat.id not in matched:
                self._beats.remove(beat)
                beat.label = NO_BEAT
                yield _event(beat, age_s + latency_s, revision=1)


def _columns(read: BeatList) -> Iterator[tuple[float, str, float]]:
    return zip(read.time_s.tolist(), read.labels, read.probability.tolist(), strict=True)


def _event(beat: _Tracked, latency_s: float, revision: int = 0) -> BeatEvent:
    return BeatEvent(beat.id, beat.time_s, beat.label, beat.probability, latency_s, revision)
