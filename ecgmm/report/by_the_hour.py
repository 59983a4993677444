"""A long recording in parts: what each holds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from ecgmm.analysis import words
from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.heart_rate import mean_rate_bpm, rate_range_bpm, rr_intervals_s
from ecgmm.analysis.reading import Reading

MOST_PARTS = 24
"""An hour each of a day."""
_STEPS_S = (60.0, 300.0, 600.0, 1800.0, 3600.0)

HEADS = ("From", "Beats", "Rate", "Slowest, fastest", "V", "S", "Pauses", "AF")


@dataclass(frozen=True)
class Part:
    """A part of a recording, in words; empty where a figure is not known."""

    start: str
    beats: str
    rate: str
    range: str
    ventricular: str
    supraventricular: str
    pauses: str
    fibrillation: str

    @property
    def cells(self) -> tuple[str, ...]:
        """In the order of `HEADS`."""
        return (
            self.start,
            self.beats,
            self.rate,
            self.range,
            self.ventricular,
            self.supraventricular,
            self.pauses,
            self.fibrillation,
        )


def step_s(duration_s: float) -> float:
    """How long a part is: an hour, or less of a shorter recording."""
    wanted_s = duration_s / MOST_PARTS
    return next((s for s in _STEPS_S if s >= wanted_s), 3600.0 * math.ceil(wanted_s / 3600.0))


def parts(reading: Reading) -> Iterator[Part]:
    """The parts of a recording, the last one as long as it lasts."""
    long_s = step_s(reading.duration_s)
    for number in range(math.ceil(reading.duration_s / long_s)):
        start_s = number * long_s
        yield _part(reading, start_s, min(start_s + long_s, reading.duration_s))


def _part(reading: Reading, start_s: float, end_s: float) -> Part:
    beats = BeatList.of(reading.beats).between(start_s, end_s)
    gaps = [
        (episode.start_s, episode.end_s)
        for episode in reading.rhythm.in_time.episodes
        if episode.label == "noise"
    ]
    rr_s = rr_intervals_s(beats.time_s, gaps)
    rate_bpm, range_bpm = mean_rate_bpm(rr_s), rate_range_bpm(rr_s)
    pauses = [p for p in reading.rhythm.in_time.pauses if start_s <= p.start_s < end_s]
    af_s = sum(
        max(0.0, min(episode.end_s, end_s) - max(episode.start_s, start_s))
        for episode in reading.rhythm.in_time.episodes
        if episode.label == "af"
    )
    extremes = range_bpm and [words.whole_bpm(rate) for rate in range_bpm]
    return Part(
        start=words.clock(start_s, decimals=0),
        beats=str(len(beats)),
        rate="" if rate_bpm is None else words.rate(rate_bpm),
        range=f"{extremes[0]}, {extremes[1]} bpm" if extremes else "",
        ventricular=str(beats.labels.count("V")),
        supraventricular=str(beats.labels.count("S")),
        pauses=str(len(pauses)),
        fibrillation=words.share(af_s, end_s - start_s) if af_s else "0 %",
    )
