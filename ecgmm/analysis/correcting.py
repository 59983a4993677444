"""A reading as a person corrects it: everything that follows is computed again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.concluding import concluded
from ecgmm.analysis.correction import Correction
from ecgmm.analysis.episodes import in_time_again
from ecgmm.analysis.heart_rate import rr_intervals_s, told_rate_bpm
from ecgmm.analysis.judging import not_judged
from ecgmm.analysis.measuring import measure_signal, unmeasured
from ecgmm.analysis.reading import Beat, Exclusion, Reading
from ecgmm.analysis.rules.agreement import contradictions
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.shape_clusters import alike, cluster
from ecgmm.analysis.shapes import QRS, beat_shapes
from ecgmm.analysis.summary import is_readable
from ecgmm.errors import InputError
from ecgmm.measure.measurements import Measurements, not_measurable
from ecgmm.person import NOBODY, Person
from ecgmm.readers.signal_file import SignalFile

NEAR_S = 0.02
"""A reading tells times to a millisecond; no two beats are this close."""
REFRACTORY_S = 0.2
"""No two beats follow each other faster: the absolute refractory period of the ventricles."""
SAME_SHAPE = 0.9
"""Correlation of a QRS complex with the mean one of its kind, as `shape_clusters.ALIKE`."""
NO_SIGNAL = "the beats of the picture were corrected, and its signal was not measured again"


def corrected(
    reading: Reading,
    corrections: Sequence[Correction],
    signal: SignalFile | None = None,
    person: Person = NOBODY,
) -> Reading:
    """The reading after a person's corrections.

    Beats change as they are told, one correction after the other; a beat that a person has set is
    certain. Episodes, intervals, measurements, findings, verdict and statement follow from them by
    the same functions as in the first reading. The network is not asked again: its conditions and
    the rhythm of the whole stand, and after a lead was renamed no condition is judged.

    Args:
        reading: as it was read; of a reading that is corrected already these corrections follow.
        corrections: what a person changes, in order.
        signal: the recording; without it nothing is measured again.
        person: what is known of the person; it overrules what the recording says.

    Raises:
        InputError: `bad_correction` where one of them does not fit the reading.
    """
    renamed = _new_names(reading.leads, corrections)
    beats = BeatList.of(reading.beats)
    kinds = _Kinds(signal)
    for correction in corrections:
        if correction.change != "rename_lead":
            beats = _CHANGES[correction.change](beats, correction, reading.duration_s, kinds)
    reading = _without_conclusions(reading, renamed)
    gaps = unread_spans(reading)
    if signal is not None:
        names = tuple(renamed.get(name, name) for name in signal.lead_names)
        signal = replace(signal, lead_names=names)
        person = person.or_else(signal.person)
    evidence = Evidence(beats, reading.rhythm, reading.duration_s, gaps, reading.conditions)
    rhythm = in_time_again(evidence, reading.rhythm.in_time.episodes)
    changed = replace(reading, beats=beats, rhythm=rhythm)
    changed = replace(
        changed,
        measurements=_measured(changed, signal, gaps),
        corrections=(*reading.corrections, *corrections),
    )
    return concluded(changed, gaps, person)


def unread_spans(reading: Reading) -> list[tuple[float, float]]:
    """`(start_s, end_s)` of each span in which no lead could be read, as far as a reading tells it.

    These are where every lead is excluded, and the episodes of two seconds or more that were not
    read.
    """
    episodes = reading.rhythm.in_time.episodes
    spans = [(e.start_s, e.end_s) for e in episodes if e.label == "noise" and e.probability == 1.0]
    spans += [
        span
        for span in _in_all_leads(reading.quality.excluded, len(set(reading.leads)))
        if not any(start_s <= span[0] and span[1] <= end_s for start_s, end_s in spans)
    ]
    return _merged(spans)


class _Kinds:
    """The beats of a recording by the shape of their QRS, looked at when somebody asks."""

    def __init__(self, signal: SignalFile | None) -> None:
        self._signal = signal

    def like(self, beats: BeatList, index: int) -> NDArray[np.bool_]:
        """`[beats]`, which are shaped like one of them."""
        if self._signal is None:
            raise _bad("Expected a recording whose beats can be compared. Received a picture.")
        parts = []
        for piece in self._signal.pieces():
            rate_hz = piece.recording.sampling_rate_hz
            first_s = piece.start_s + piece.first_sample / rate_hz
            inside = beats.between(first_s, piece.start_s + piece.last_sample / rate_hz)
            parts.append(beat_shapes(piece.recording, inside.time_s - piece.start_s)[:, :, QRS])
        qrs = np.concatenate(parts)
        clusters = cluster(qrs)
        own = clusters.of_beat[index]
        is_like = alike(qrs, clusters.templates[own]) >= SAME_SHAPE
        is_like &= clusters.of_beat == own
        is_like[index] = True
        return is_like


def _new_names(leads: Sequence[str], corrections: Sequence[Correction]) -> dict[str, str]:
    """What each lead of the reading is called in the end, where that is something else."""
    names = {lead: lead for lead in leads}
    for correction in corrections:
        if correction.change == "rename_lead":
            before = [lead for lead, name in names.items() if name == correction.lead]
            if not before:
                known = ", ".join(names.values())
                raise _bad(f"Expected a lead among {known}. Received {correction.lead!r}.")
            names[before[0]] = correction.name or ""
    if len(set(names.values())) < len(names):
        raise _bad(f"Expected no two leads of one name. Received {', '.join(names.values())}.")
    return {lead: name for lead, name in names.items() if lead != name}


def _without_conclusions(reading: Reading, renamed: Mapping[str, str]) -> Reading:
    """The reading before anything followed; conditions where their leads stay."""
    stale = {*contradictions(reading.conditions, reading.measurements)}
    open_words = {*unmeasured(reading.measurements)}
    quality = replace(
        reading.quality,
        reasons=tuple(reason for reason in reading.quality.reasons if reason not in stale),
        excluded=tuple(
            replace(stretch, lead=renamed.get(stretch.lead, stretch.lead))
            for stretch in reading.quality.excluded
        ),
    )
    unasked = tuple(words for words in reading.not_judged if words not in open_words)
    return replace(
        reading,
        leads=tuple(renamed.get(lead, lead) for lead in reading.leads),
        quality=quality,
        conditions=() if renamed else reading.conditions,
        not_judged=not_judged(()) if renamed else unasked,
    )


def _measured(
    reading: Reading, signal: SignalFile | None, gaps: Sequence[tuple[float, float]]
) -> Measurements:
    beats = BeatList.of(reading.beats)
    rate_bpm = told_rate_bpm(rr_intervals_s(beats.time_s, gaps))
    if not is_readable(beats, reading.quality):
        return not_measurable("the waves could not be read")
    if signal is None:
        return not_measurable(NO_SIGNAL, rate_bpm)
    return measure_signal(signal, beats, reading.rhythm, rate_bpm, gaps)


def _relabel(beats: BeatList, by: Correction, duration_s: float, kinds: _Kinds) -> BeatList:
    return _labelled(beats, _marked(beats, _at(beats, by.time_s)), by.label)


def _relabel_alike(beats: BeatList, by: Correction, duration_s: float, kinds: _Kinds) -> BeatList:
    return _labelled(beats, kinds.like(beats, _at(beats, by.time_s)), by.label)


def _remove(beats: BeatList, by: Correction, duration_s: float, kinds: _Kinds) -> BeatList:
    return beats.only(~_marked(beats, _at(beats, by.time_s)))


def _move(beats: BeatList, by: Correction, duration_s: float, kinds: _Kinds) -> BeatList:
    index = _at(beats, by.time_s)
    others = beats.only(~_marked(beats, index))
    return _with(others, by.to_s, beats.labels[index], duration_s)


def _add(beats: BeatList, by: Correction, duration_s: float, kinds: _Kinds) -> BeatList:
    return _with(beats, by.time_s, by.label, duration_s)


_CHANGES: dict[str, Callable[[BeatList, Correction, float, _Kinds], BeatList]] = {
    "label": _relabel,
    "label_alike": _relabel_alike,
    "not_a_beat": _remove,
    "move": _move,
    "add_beat": _add,
}


def _at(beats: BeatList, time_s: float | None) -> int:
    """The beat at a time.

    Raises:
        InputError: `bad_correction` where there is none.
    """
    distances_s = np.abs(beats.time_s - (time_s or 0.0))
    if not len(distances_s) or distances_s.min() > NEAR_S:
        raise _bad(f"Expected the time of a beat. Received {time_s} s, where there is none.")
    return int(distances_s.argmin())


def _marked(beats: BeatList, index: int) -> NDArray[np.bool_]:
    return np.arange(len(beats)) == index


def _labelled(beats: BeatList, chosen: NDArray[np.bool_], label: str | None) -> BeatList:
    letters = np.where(chosen, label or "", np.array([*beats.labels], "<U1"))
    return BeatList(beats.time_s, "".join(letters), np.where(chosen, 1.0, beats.probability))


def _with(beats: BeatList, time_s: float | None, label: str | None, duration_s: float) -> BeatList:
    at_s = time_s or 0.0
    if not at_s < duration_s:
        raise _bad(f"Expected a time before {duration_s:g} s. Received {at_s:g} s.")
    if len(beats) and np.abs(beats.time_s - at_s).min() < REFRACTORY_S:
        raise _bad(f"Expected {REFRACTORY_S:g} s between beats. Received a beat at {at_s:g} s.")
    one = BeatList.of([Beat(at_s, label or "", 1.0)])
    return BeatList.joined([beats.between(0.0, at_s), one, beats.between(at_s, np.inf)])


def _in_all_leads(excluded: Sequence[Exclusion], leads: int) -> list[tuple[float, float]]:
    """Where so many leads are excluded together."""
    edges = sorted({edge for e in excluded for edge in (e.start_s, e.end_s)})
    spans = []
    for start_s, end_s in pairwise(edges):
        lost = {e.lead for e in excluded if e.start_s <= start_s and end_s <= e.end_s}
        if leads and len(lost) >= leads:
            spans.append((start_s, end_s))
    return _merged(spans)


def _merged(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start_s, end_s in sorted(spans):
        if merged and start_s <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end_s, merged[-1][1])
        else:
            merged.append((start_s, end_s))
    return merged


def _bad(message: str) -> InputError:
    return InputError("bad_correction", message)
