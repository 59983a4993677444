"""The measurements of an input of any length: stretches of it measured, and put together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.heart_rate import rr_intervals_s
from ecgmm.analysis.losses import survey
from ecgmm.analysis.reading import Beat, Rhythm
from ecgmm.analysis.rules.rhythms import is_fibrillating
from ecgmm.conditions import AXES, INTERVALS
from ecgmm.labels import AAMI_CLASSES
from ecgmm.measure.amplitudes import LeadMeasures
from ecgmm.measure.measurements import (
    BeatMarks,
    ClassMeasures,
    Measurements,
    Moment,
    Times,
    not_measurable,
)
from ecgmm.measure.network import WEIGHTS
from ecgmm.measure.stretch import MedianBeat, median_beats, p_waves_of, waves_of_beats
from ecgmm.measure.variability import Variability, normal_intervals_s, variability, why_not
from ecgmm.measure.waves import Wave
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording

WHOLE_S = 60.0
"""Up to here a recording is one stretch, and every beat of it is measured."""
STRETCH_S = 30.0
"""Some thirty beats: their median has a fifth of the noise of one."""
EVERY_S = 300.0
"""QT follows a change of the rate within minutes; ST segments are trended as coarsely."""

_NO_P_IN_FIBRILLATION = "there are no P waves in atrial fibrillation"
_NO_P = "no P wave stands out before the QRS complex"
_NO_T = "no T wave stands out"
_NO_QRS = "no QRS complex could be delimited"
_NO_BEATS = "there is no beat to measure"
_NO_PLANE = "an axis needs two of the limb leads"
_NO_DIRECTION = "the wave is too small to have a direction"
_NO_SINUS = "the sinus node does not set the rate in atrial fibrillation"
_NO_RATE = "the heart rate is not known"


@dataclass(frozen=True)
class _Measured:
    """One stretch, measured."""

    start_s: float
    rr_ms: float | None
    beats: dict[str, MedianBeat]

    @property
    def dominant(self) -> MedianBeat:
        return next(iter(self.beats.values()))


def measure_signal(
    file: SignalFile,
    beats: Sequence[Beat],
    rhythm: Rhythm,
    heart_rate_bpm: float | None,
    gaps: Sequence[tuple[float, float]] = (),
    weights: Path = WEIGHTS,
) -> Measurements:
    """Measure a recording.

    Args:
        file: the recording.
        beats: its beats, in time order.
        rhythm: of the whole; in fibrillation there are no P waves.
        heart_rate_bpm: as the summary tells it.
        gaps: `(start_s, end_s)` of each span that could not be read.
        weights: the network that marks waves.
    """
    columns = BeatList.of(beats)
    ranked = _by_frequency(columns.labels)
    without_p = is_fibrillating(rhythm)
    measured = [
        _without_p(one) if without_p else one
        for one in (_measure(file, span, columns, ranked, weights) for span in _stretches(file))
        if one is not None and ranked[0] in one.beats
    ]
    if not measured:
        return not_measurable(_NO_BEATS, heart_rate_bpm)
    found = [one.dominant for one in measured]
    values = _intervals_and_axes(found)
    is_long = file.duration_s > WHOLE_S
    varies, why_not_known = _variability(columns, rhythm, gaps)
    return Measurements(
        heart_rate_bpm=heart_rate_bpm,
        leads=_leads(found),
        beat_class=ranked[0],
        classes={label: _class_measures(label, measured) for label in ranked},
        variability=varies,
        beats=()
        if is_long
        else mark_beats(file, columns, 0.0, file.duration_s, without_p, weights),
        p_times_s=() if is_long or without_p else _p_times_s(file, weights),
        over_time=tuple(map(_moment, measured)) if is_long else (),
        not_measured=_why_not(values, found, without_p, heart_rate_bpm) | why_not_known,
        **values,
    )


def _intervals_and_axes(found: Sequence[MedianBeat]) -> dict[str, int | None]:
    """Those of the usual beat, by their names in `Measurements`, over the stretches."""
    return {
        "p_ms": _median_ms(beat.interval_ms("P", "P", to_onset=False) for beat in found),
        "pr_ms": _median_ms(beat.interval_ms("P", "QRS", to_onset=True) for beat in found),
        "qrs_ms": _median_ms(beat.interval_ms("QRS", "QRS", to_onset=False) for beat in found),
        "qt_ms": _median_ms(beat.interval_ms("QRS", "T", to_onset=False) for beat in found),
        "p_axis_deg": _mean_direction(beat.axis_deg("P") for beat in found),
        "qrs_axis_deg": _mean_direction(beat.axis_deg("QRS") for beat in found),
        "t_axis_deg": _mean_direction(beat.axis_deg("T") for beat in found),
    }


def _variability(
    beats: BeatList, rhythm: Rhythm, gaps: Sequence[tuple[float, float]]
) -> tuple[Variability | None, dict[str, str]]:
    """The variability of the heart rate, or why there is none."""
    nn_s = normal_intervals_s(rr_intervals_s(beats.time_s, gaps), beats.labels)
    reason = _NO_SINUS if is_fibrillating(rhythm) else why_not(nn_s)
    if reason:
        return None, {"variability": reason}
    return variability(nn_s, beats.time_s), {}


def unmeasured(measured: Measurements) -> tuple[str, ...]:
    """What a reading leaves open because it could not be measured, in words."""
    missing = {INTERVALS: measured.qrs_ms, AXES: measured.qrs_axis_deg}
    return tuple(words for words, value in missing.items() if value is None)


def mark_beats(
    file: SignalFile,
    beats: Sequence[Beat],
    start_s: float,
    end_s: float,
    without_p: bool,
    weights: Path = WEIGHTS,
) -> tuple[BeatMarks, ...]:
    """The waves of each beat between two times.

    Args:
        file: the recording.
        beats: all of its beats, in time order.
        start_s: where to begin.
        end_s: where to end.
        without_p: whether P waves are ruled out.
        weights: the network that marks waves.
    """
    columns = BeatList.of(beats)
    first = int(np.searchsorted(columns.time_s, start_s))
    inside = columns.between(start_s, end_s)
    recording, begin_s = _part(file, start_s, end_s)
    waves = waves_of_beats(recording, inside.time_s - begin_s, weights)
    return tuple(
        BeatMarks(
            first + place,
            None if without_p else _times_s(of_beat.get("P"), begin_s),
            _times_s(of_beat.get("QRS"), begin_s),
            _times_s(of_beat.get("T"), begin_s),
        )
        for place, of_beat in enumerate(waves)
    )


def _p_times_s(file: SignalFile, weights: Path) -> tuple[float, ...]:
    recording, _ = _part(file, 0.0, file.duration_s)
    return tuple(round(time_s, 3) for time_s in p_waves_of(recording, weights))


def _times_s(wave: Wave | None, begin_s: float) -> Times | None:
    if wave is None or wave.onset_s is None or wave.end_s is None:
        return None
    return begin_s + wave.onset_s, begin_s + wave.peak_s, begin_s + wave.end_s


def _by_frequency(labels: str) -> list[str]:
    counts = Counter(labels)
    return sorted(counts, key=lambda label: (-counts[label], AAMI_CLASSES.index(label)))


def _stretches(file: SignalFile) -> Iterator[tuple[float, float]]:
    """The whole of a short recording; of a long one the middle of every five minutes."""
    if file.duration_s <= WHOLE_S:
        yield 0.0, file.duration_s
        return
    parts = math.ceil(file.duration_s / EVERY_S)
    for part in range(parts):
        middle_s = (part + 0.5) * file.duration_s / parts
        yield middle_s - STRETCH_S / 2, middle_s + STRETCH_S / 2


def _part(file: SignalFile, start_s: float, end_s: float) -> tuple[Recording, float]:
    """A part of a recording without what cannot be read of it, and where exactly it begins."""
    rate_hz = file.sampling_rate_hz
    first, last = max(0, round(start_s * rate_hz)), min(file.samples, round(end_s * rate_hz))
    part = Recording(file.read_mv(first, last), rate_hz, file.lead_names, file.name)
    return survey(part).usable, first / rate_hz


def _measure(
    file: SignalFile,
    span_s: tuple[float, float],
    beats: BeatList,
    ranked: Sequence[str],
    weights: Path,
) -> _Measured | None:
    inside = beats.between(*span_s)
    if not len(inside):
        return None
    recording, begin_s = _part(file, *span_s)
    found = median_beats(recording, inside.time_s - begin_s, inside.labels, weights)
    in_order = {label: found[label] for label in ranked if label in found}
    rr_s = np.diff(inside.time_s)
    return _Measured(span_s[0], float(np.median(rr_s)) * 1000 if len(rr_s) else None, in_order)


def _without_p(measured: _Measured) -> _Measured:
    return _Measured(
        measured.start_s,
        measured.rr_ms,
        {label: beat.without("P") for label, beat in measured.beats.items()},
    )


def _moment(measured: _Measured) -> Moment:
    beat = measured.dominant
    return Moment(
        measured.start_s,
        None if measured.rr_ms is None else round(measured.rr_ms),
        _median_ms([beat.interval_ms("P", "QRS", to_onset=True)]),
        _median_ms([beat.interval_ms("QRS", "QRS", to_onset=False)]),
        _median_ms([beat.interval_ms("QRS", "T", to_onset=False)]),
        {name: _rounded_mv(lead.st_j_mv) for name, lead in beat.leads.items()},
    )


def _class_measures(label: str, measured: Sequence[_Measured]) -> ClassMeasures:
    found = [one.beats[label] for one in measured if label in one.beats]
    return ClassMeasures(
        sum(beat.beats for beat in found),
        sum(beat.used for beat in found),
        _median_ms(beat.interval_ms("QRS", "QRS", to_onset=False) for beat in found),
    )


def _leads(beats: Sequence[MedianBeat]) -> dict[str, LeadMeasures]:
    """Each lead's median over the stretches."""
    names = dict.fromkeys(name for beat in beats for name in beat.leads)
    return {
        name: _lead([beat.leads[name] for beat in beats if name in beat.leads]) for name in names
    }


def _lead(found: Sequence[LeadMeasures]) -> LeadMeasures:
    medians = {
        each.name: _median(getattr(lead, each.name) for lead in found)
        for each in fields(LeadMeasures)
        if each.name != "notched"
    }
    rounded = {
        name: _rounded_mv(value) if name.endswith("_mv") else value and float(round(value))
        for name, value in medians.items()
    }
    return LeadMeasures(**rounded, notched=2 * sum(lead.notched for lead in found) > len(found))


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else None


def _median_ms(values: Iterable[float | None]) -> int | None:
    median = _median(values)
    return None if median is None else round(median)


def _rounded_mv(value: float | None) -> float | None:
    """To a microvolt, and never -0."""
    return None if value is None else round(value, 3) + 0.0


def _mean_direction(angles_deg: Iterable[float | None]) -> int | None:
    known = np.radians([angle for angle in angles_deg if angle is not None])
    if not len(known):
        return None
    return round(math.degrees(math.atan2(np.sin(known).mean(), np.cos(known).mean())))


def _why_not(
    values: Mapping[str, int | None],
    beats: Sequence[MedianBeat],
    without_p: bool,
    heart_rate_bpm: float | None,
) -> dict[str, str]:
    """Of each value that is None, why."""
    no_p = _NO_P_IN_FIBRILLATION if without_p else _NO_P
    reasons = dict.fromkeys(("p_ms", "pr_ms", "p_axis_deg"), no_p)
    reasons |= {"qrs_ms": _NO_QRS, "qrs_axis_deg": _NO_QRS}
    reasons |= dict.fromkeys(("qt_ms", "t_axis_deg"), _NO_T)
    axes = {"p_axis_deg": "p_ms", "qrs_axis_deg": "qrs_ms", "t_axis_deg": "qt_ms"}
    in_plane = any(beat.has_frontal_plane for beat in beats)
    for axis, interval in axes.items():
        if values[interval] is not None:
            reasons[axis] = _NO_DIRECTION if in_plane else _NO_PLANE
    if values["qrs_ms"] is None:
        reasons = dict.fromkeys(values, _NO_QRS)
    missing = {name: reasons[name] for name, value in values.items() if value is None}
    if "qt_ms" in missing or heart_rate_bpm is None:
        why = missing.get("qt_ms", _NO_RATE)
        missing |= {f"qtc_{name}_ms": why for name in Measurements().qtc_ms}
    return missing
