"""What the heart has, as far as these leads can tell: the model's conditions of one input."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.evidence_of_leads import leads_that_speak
from ecgmm.analysis.evidence_of_waves import waves_that_speak
from ecgmm.analysis.lead_sets import LeadSets, lead_sets
from ecgmm.analysis.measuring import mark_beats
from ecgmm.analysis.reading import Beat, JudgedCondition
from ecgmm.conditions import CONDITIONS, DISEASES, LEADS
from ecgmm.errors import InputError
from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.readers.signal_file import SignalFile
from ecgmm.serving.runtime import ConditionsRuntime, Runtime, judging


@dataclass(frozen=True)
class Judgement:
    """The conditions of one input.

    Attributes:
        conditions: every condition that was asked, in the order of `conditions.CONDITIONS`.
        not_judged: what was not, in words.
    """

    conditions: tuple[JudgedCondition, ...] = ()
    not_judged: tuple[str, ...] = tuple(DISEASES.values())


def judge(signal: SignalFile, runtime: Runtime, beats: Sequence[Beat] = ()) -> Judgement:
    """Judge the conditions of a recording from the leads that it shows.

    A long recording is judged from stretches of it
    (see `lead_sets`), whose probabilities are averaged. Only what the leads can show is asked.

    Args:
        signal: the recording, or the digitized signals of a page.
        runtime: where probabilities come from; one without conditions judges nothing.
        beats: its beats, in time order, whose waves are looked at as evidence.
    """
    try:
        asked = judging(runtime)
        sets = lead_sets(signal)
        return _judgement(signal, beats, sets, asked) if sets.start_s else Judgement()
    except InputError as error:
        if error.code == "model_too_old":
            return Judgement()
        raise


def _judgement(
    signal: SignalFile, beats: Sequence[Beat], sets: LeadSets, runtime: ConditionsRuntime
) -> Judgement:
    sets_mv = sets.leads_mv
    answer = runtime.conditions(sets_mv)
    read = [number for number, problem in enumerate(answer.problems) if not problem]
    if not read:
        return Judgement()
    seen = [LEADS[lead] for lead in np.flatnonzero(sets_mv[read].any(axis=(0, 2)))]
    asked = [n for n, condition in enumerate(CONDITIONS) if condition.can_be_judged_from(seen)]
    probabilities = answer.probabilities[read].mean(axis=0)
    thresholds = answer.thresholds[read[0]]
    present = [n for n in asked if probabilities[n] >= thresholds[n]]
    clearest = read[int(answer.probabilities[read][:, present].sum(axis=1).argmax())]
    leads = leads_that_speak(sets_mv[clearest], present, runtime)
    waves = _waves(signal, beats, sets.start_s[clearest], sets_mv[clearest], leads, runtime)
    conditions = tuple(
        JudgedCondition(
            CONDITIONS[n].code,
            CONDITIONS[n].group,
            CONDITIONS[n].text,
            float(probabilities[n]),
            float(thresholds[n]),
            leads.get(n, ()),
            waves.get(n, ()),
        )
        for n in asked
    )
    return Judgement(conditions, not_judged({condition.code for condition in conditions}))


def _waves(
    signal: SignalFile,
    beats: Sequence[Beat],
    start_s: float,
    leads_mv: NDArray[np.float32],
    leads: Mapping[int, Sequence[str]],
    runtime: ConditionsRuntime,
) -> dict[int, tuple[str, ...]]:
    """The waves that speak for each condition in a stretch of a recording."""
    if not beats or not leads:
        return {}
    end_s = start_s + leads_mv.shape[1] / SAMPLING_RATE_HZ
    marks = mark_beats(signal, beats, start_s, end_s, without_p=False)
    return waves_that_speak(leads_mv, marks, start_s, leads, runtime)


def not_judged(judged_codes: Collection[str]) -> tuple[str, ...]:
    """Which diseases were not judged where only these conditions were, in words."""
    return tuple(words for code, words in DISEASES.items() if code not in judged_codes)
