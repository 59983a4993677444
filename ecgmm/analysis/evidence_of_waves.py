"""Which waves speak for a condition: those without which the model is less sure of it.

Occlusion, as in `evidence_of_leads`: in the leads that speak for a condition, one wave of every
beat is replaced by a straight line from its onset to its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.evidence_of_leads import LEAST_DROP, SHARE_OF_LARGEST, log_odds
from ecgmm.conditions import LEADS, LIMB_LEADS
from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.measure.measurements import BeatMarks
from ecgmm.serving.runtime import ConditionsRuntime

P, QRS, ST_T = "P", "QRS", "ST-T"
WAVES = (P, QRS, ST_T)
"""In the order of a beat; from the end of QRS to that of T the ventricles recover."""

Span = tuple[int, int]


def waves_that_speak(
    leads_mv: NDArray[np.float32],
    marks: Sequence[BeatMarks],
    start_s: float,
    leads: Mapping[int, Sequence[str]],
    runtime: ConditionsRuntime,
) -> dict[int, tuple[str, ...]]:
    """The waves that speak for each of some conditions, as the model sees it.

    Args:
        leads_mv: `[12, samples]`, as `lead_sets` gives them.
        marks: where the waves of the beats are, in seconds of the recording.
        start_s: where in the recording the leads begin.
        leads: for each condition, by its place in `conditions.CONDITIONS`, the leads that speak
            for it; a wave is hidden in these. Limb leads follow from each other, so that a
            wave is hidden in all of them or in none. Where no lead is named, it is hidden in all.
        runtime: where probabilities come from; it is asked once.

    Returns:
        For each condition those of `WAVES` that make a difference.
    """
    spans = spans_of_waves(marks, start_s, leads_mv.shape[1])
    shown = [wave for wave in WAVES if spans[wave]]
    if not shown or not leads:
        return {}
    rows = [
        without_wave(leads_mv, spans[wave], _hidden_in(named))
        for named in leads.values()
        for wave in shown
    ]
    answers = log_odds(np.stack([leads_mv, *rows]), list(leads), runtime)
    speaking = {}
    for place, condition in enumerate(leads):
        hidden = answers[1 + place * len(shown) :][: len(shown), place]
        drops = np.nan_to_num(answers[0, place] - hidden)
        speaking[condition] = tuple(
            wave
            for wave, drop in zip(shown, drops, strict=True)
            if drop >= max(LEAST_DROP, SHARE_OF_LARGEST * drops.max())
        )
    return speaking


def spans_of_waves(
    marks: Sequence[BeatMarks], start_s: float, samples: int
) -> dict[str, list[Span]]:
    """Where each wave of each beat is, in samples: the first and the last, both inside."""
    times_s: dict[str, list[tuple[float, float]]] = {wave: [] for wave in WAVES}
    for beat in marks:
        if beat.p_s:
            times_s[P].append((beat.p_s[0], beat.p_s[2]))
        if beat.qrs_s:
            times_s[QRS].append((beat.qrs_s[0], beat.qrs_s[2]))
        if beat.qrs_s and beat.t_s:
            times_s[ST_T].append((beat.qrs_s[2], beat.t_s[2]))
    spans = {
        wave: [
            (round((onset - start_s) * SAMPLING_RATE_HZ), round((end - start_s) * SAMPLING_RATE_HZ))
            for onset, end in times
        ]
        for wave, times in times_s.items()
    }
    return {
        wave: [(first, last) for first, last in found if 0 <= first < last < samples]
        for wave, found in spans.items()
    }


def without_wave(
    leads_mv: NDArray[np.float32], spans: Sequence[Span], leads: Sequence[str]
) -> NDArray[np.float32]:
    """The leads with a straight line in the place of a wave, where a lead is seen throughout it."""
    hidden_mv = leads_mv.copy()
    for first, last in spans:
        share = np.linspace(0, 1, last - first + 1, dtype=np.float32)
        for lead in map(LEADS.index, leads):
            wave_mv = leads_mv[lead, first : last + 1]
            if wave_mv.all():
                hidden_mv[lead, first : last + 1] = wave_mv[0] + share * (wave_mv[-1] - wave_mv[0])
    return hidden_mv


def _hidden_in(named: Sequence[str]) -> tuple[str, ...]:
    if not named:
        return LEADS
    limbs = LIMB_LEADS if set(named) & set(LIMB_LEADS) else ()
    return (*limbs, *(lead for lead in named if lead not in LIMB_LEADS))
