"""A stretch of a recording, measured: one median beat, its waves, and each beat's waves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.leads import LIMB_LEADS
from ecgmm.measure.amplitudes import LeadMeasures, measure_lead
from ecgmm.measure.axes import axis_deg
from ecgmm.measure.conditioning import conditioned, without_wander
from ecgmm.measure.delineate import Span, find_beat, find_p_waves
from ecgmm.measure.median_beat import BEFORE_S, align, median_of, windows
from ecgmm.measure.network import WEIGHTS, over_leads
from ecgmm.measure.waves import Wave, WaveName
from ecgmm.recording import Recording
from ecgmm.resampling import bridge_gaps

LEAST_SEEN_S = 0.5
"""Of a lead: less than a beat is no lead."""
_LAST_QRS_S = 0.1
"""After the time of the beat before, its QRS complex has ended."""
_NEXT_QRS_S = 0.05
"""Before the next beat's time, its QRS complex begins at the latest."""
_FIFTH = 0.2
_LEVEL_FROM_S, _LEVEL_TO_S = -0.08, -0.04
"""Of a beat: between P and QRS in most hearts. Beats are laid on each other at this level."""

BeatWaves = Mapping[WaveName, Span]


@dataclass(frozen=True)
class MedianBeat:
    """One beat that stands for those of a class.

    Attributes:
        label: their AAMI class.
        beats: how many of the stretch are of this class.
        used: how many of them are alike and went into the median.
        rate_hz: samples a second.
        leads_mv: `[samples]` of each lead, from `median_beat.BEFORE_S` before the beat on.
        waves: where its waves are over all leads, on the clock of `leads_mv`.
    """

    label: str
    beats: int
    used: int
    rate_hz: float
    leads_mv: Mapping[str, NDArray[np.float64]]
    waves: BeatWaves

    @cached_property
    def leads(self) -> dict[str, LeadMeasures]:
        """What each lead measures; none where no QRS complex was made out."""
        if "QRS" not in self.waves:
            return {}
        return {
            name: measure_lead(
                lead_mv,
                self.rate_hz,
                self.waves.get("P"),
                self.waves["QRS"],
                self.waves.get("T"),
            )
            for name, lead_mv in self.leads_mv.items()
        }

    @property
    def has_frontal_plane(self) -> bool:
        """Whether two limb leads are there, from which a direction follows."""
        return len(set(LIMB_LEADS) & set(self.leads_mv)) > 1

    def without(self, name: WaveName) -> MedianBeat:
        """The same beat, one of its waves not taken for one."""
        return replace(self, waves={n: wave for n, wave in self.waves.items() if n != name})

    def axis_deg(self, name: WaveName) -> float | None:
        """The direction of one of its waves in the frontal plane."""
        wave = self.waves.get(name)
        if wave is None:
            return None
        level_s = wave.onset_s if name == "P" else self.waves["QRS"].onset_s
        return axis_deg(self.leads_mv, self.rate_hz, wave, level_s)

    def interval_ms(self, first: WaveName, last: WaveName, *, to_onset: bool) -> float | None:
        """From the onset of one wave to the onset or the end of another."""
        if first not in self.waves or last not in self.waves:
            return None
        until = self.waves[last]
        return 1000 * ((until.onset_s if to_onset else until.end_s) - self.waves[first].onset_s)


@dataclass(frozen=True)
class _Stretch:
    """The leads of which something is seen."""

    names: tuple[str, ...]
    rate_hz: float
    raw_mv: NDArray[np.float64]
    steady_mv: NDArray[np.float64]

    @classmethod
    def of(cls, recording: Recording) -> _Stretch | None:
        rate_hz = recording.sampling_rate_hz
        seen = np.isfinite(recording.signal_mv)
        kept = np.flatnonzero(seen.sum(axis=0) >= LEAST_SEEN_S * rate_hz)
        if not len(kept):
            return None
        bridged = bridge_gaps(recording.signal_mv[:, kept])
        seen = seen[:, kept]
        return cls(
            tuple(recording.lead_names[place] for place in kept),
            rate_hz,
            np.where(seen, bridged, np.nan),
            np.where(seen, without_wander(bridged, rate_hz), np.nan),
        )

    def median_beat(
        self, label: str, beat_s: NDArray[np.float64], rr_s: float, weights: Path
    ) -> MedianBeat | None:
        samples = np.round(beat_s * self.rate_hz).astype(np.int64)
        samples = np.clip(samples, 0, len(self.raw_mv) - 1)
        aligned = align(self.steady_mv, self.rate_hz, samples)
        steady = median_of(windows(self.steady_mv, aligned.sample, self.rate_hz))
        shown = np.flatnonzero(np.any(steady, axis=0))
        if not len(shown):
            return None
        raw = median_of(self._on_level(windows(self.raw_mv, aligned.sample, self.rate_hz)))
        return MedianBeat(
            label,
            len(samples),
            len(aligned.kept),
            self.rate_hz,
            {self.names[place]: raw[:, place] for place in shown},
            find_beat(
                over_leads(conditioned(steady[:, shown], self.rate_hz), weights),
                BEFORE_S,
                BEFORE_S - rr_s + _LAST_QRS_S,
                BEFORE_S + rr_s - _NEXT_QRS_S,
            ),
        )

    def _on_level(self, beats_mv: NDArray[np.float64]) -> NDArray[np.float64]:
        """Each beat's own level taken off, so that a wandering baseline cancels out."""
        first, last = (
            round((BEFORE_S + offset) * self.rate_hz) for offset in (_LEVEL_FROM_S, _LEVEL_TO_S)
        )
        level = np.nan_to_num(median_of(beats_mv[:, first:last].swapaxes(0, 1)))
        return beats_mv - level[:, np.newaxis]

    def beat_waves(self, beat_s: NDArray[np.float64], weights: Path) -> list[dict[WaveName, Wave]]:
        found = _each_beat(over_leads(conditioned(self.steady_mv, self.rate_hz), weights), beat_s)
        return [{name: self._with_peak(name, span) for name, span in of.items()} for of in found]

    def p_waves_s(self, weights: Path) -> list[float]:
        return find_p_waves(over_leads(conditioned(self.steady_mv, self.rate_hz), weights))

    def _with_peak(self, name: WaveName, span: Span) -> Wave:
        """The peak is where the leads together are farthest from the line between the ends."""
        first, last = round(span.onset_s * self.rate_hz), round(span.end_s * self.rate_hz) + 1
        of_wave = np.nan_to_num(self.steady_mv[first:last])
        line = np.linspace(of_wave[0], of_wave[-1], len(of_wave))
        peak = int(np.square(of_wave - line).sum(axis=1).argmax())
        return Wave(name, span.onset_s, (first + peak) / self.rate_hz, span.end_s)


def _each_beat(mean: NDArray[np.float32], beat_s: NDArray[np.float64]) -> list[BeatWaves]:
    found: list[BeatWaves] = []
    before_s = 0.0
    for place, time_s in enumerate(beat_s.tolist()):
        last = place + 1 == len(beat_s)
        after_s = np.inf if last else float(beat_s[place + 1]) - _NEXT_QRS_S
        waves = find_beat(mean, time_s, before_s, after_s)
        before_s = max((wave.end_s for wave in waves.values()), default=before_s)
        found.append(waves)
    return found


def median_beats(
    recording: Recording, beat_s: NDArray[np.float64], labels: str, weights: Path = WEIGHTS
) -> dict[str, MedianBeat]:
    """A median beat for each class of beats in a stretch, the most frequent first.

    Args:
        recording: the stretch; NaN where a lead was not seen.
        beat_s: `[beats]`, on the clock of the stretch.
        labels: AAMI class of each, one letter a beat.
        weights: the network that marks waves.
    """
    stretch = _Stretch.of(recording)
    if stretch is None:
        return {}
    letters = np.array(list(labels))
    after_s = np.append(np.diff(beat_s), np.inf)
    found = {}
    for label, _ in Counter(labels).most_common():
        of_class = letters == label
        beat = stretch.median_beat(label, beat_s[of_class], _shortest(after_s[of_class]), weights)
        if beat is not None:
            found[label] = beat
    return found


def _shortest(rr_s: NDArray[np.float64]) -> float:
    """An interval that all but a fifth are longer than: what most beats keep clear of others."""
    return float(np.quantile(rr_s, _FIFTH, method="lower"))


def waves_of_beats(
    recording: Recording, beat_s: NDArray[np.float64], weights: Path = WEIGHTS
) -> Sequence[Mapping[WaveName, Wave]]:
    """The waves of every beat of a stretch over all its leads; nothing where none is seen.

    Args:
        recording: the stretch; NaN where a lead was not seen.
        beat_s: `[beats]`, on the clock of the stretch, in time order.
        weights: the network that marks waves.
    """
    stretch = _Stretch.of(recording)
    return [{} for _ in beat_s] if stretch is None else stretch.beat_waves(beat_s, weights)


def p_waves_of(recording: Recording, weights: Path = WEIGHTS) -> list[float]:
    """The middle of every P wave of a stretch in seconds, conducted or not.

    Args:
        recording: the stretch; NaN where a lead was not seen.
        weights: the network that marks waves.
    """
    stretch = _Stretch.of(recording)
    return [] if stretch is None else stretch.p_waves_s(weights)
