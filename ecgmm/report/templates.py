"""One beat for each class of a long recording: the median of beats from all over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.reading import Reading
from ecgmm.labels import AAMI_CLASSES
from ecgmm.measure.conditioning import without_wander
from ecgmm.measure.median_beat import median_of, windows
from ecgmm.readers.signal_file import SignalFile

MOST_BEATS = 40
"""Of a class: the median of forty has a sixth of the noise of one."""
BEFORE_S, AFTER_S = 0.3, 0.6
_MARGIN_S = 1.0
"""To either side of a beat: what the baseline is told by."""


@dataclass(frozen=True)
class Template:
    """The beat that stands for a class.

    Attributes:
        label: its AAMI class.
        beats: how many there are of it.
        rate_hz: samples a second.
        mv: `[samples]` of the first lead, from 0.3 s before the beat on.
    """

    label: str
    beats: int
    rate_hz: float
    mv: NDArray[np.float64]


def templates(reading: Reading, file: SignalFile) -> Iterator[Template]:
    """A template for each class that has a beat, in the order of `labels.AAMI_CLASSES`."""
    labels = BeatList.of(reading.beats).labels
    for label in AAMI_CLASSES:
        around = [_around(file, time_s) for time_s in chosen_times_s(reading, label)]
        if around:
            mv = median_of(np.stack(around))[:, 0]
            yield Template(label, labels.count(label), file.sampling_rate_hz, mv)


def chosen_times_s(reading: Reading, label: str) -> list[float]:
    """When the beats are that a template is made of: evenly over all that are not cut by an end."""
    beats = BeatList.of(reading.beats)
    of_class = np.frombuffer(beats.labels.encode("ascii"), np.uint8) == ord(label)
    whole = (beats.time_s >= _MARGIN_S) & (beats.time_s <= reading.duration_s - _MARGIN_S)
    times_s = beats.time_s[of_class & whole]
    places = np.linspace(0, len(times_s) - 1, min(MOST_BEATS, len(times_s))).round().astype(int)
    return [float(time_s) for time_s in times_s[places]]


def spans_s(reading: Reading) -> Iterator[tuple[float, float]]:
    """Which stretches of the recording the templates are made of."""
    for label in AAMI_CLASSES:
        for time_s in chosen_times_s(reading, label):
            yield time_s - _MARGIN_S, time_s + _MARGIN_S


def _around(file: SignalFile, time_s: float) -> NDArray[np.float64]:
    """`[samples, 1]` of the first lead around a beat, without wander."""
    rate_hz = file.sampling_rate_hz
    first = max(0, round((time_s - _MARGIN_S) * rate_hz))
    last = min(file.samples, round((time_s + _MARGIN_S) * rate_hz))
    steady_mv = without_wander(np.nan_to_num(file.read_mv(first, last)[:, :1]), rate_hz)
    beat = np.array([round(time_s * rate_hz) - first])
    return windows(steady_mv, beat, rate_hz, BEFORE_S, AFTER_S)[0]
