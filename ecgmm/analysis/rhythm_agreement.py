"""The rhythm agrees with its beats and with what the leads say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.heart_rate import rr_intervals_s
from ecgmm.analysis.reading import JudgedCondition, Rhythm
from ecgmm.analysis.strips import WINDOW_STEPS
from ecgmm.grid import STEP_S
from ecgmm.labels import RHYTHM_CLASSES
from ecgmm.leads import LEADS

REGULAR_CHANGE = 0.03
"""Of 107 held-out recordings of fibrillation in CinC 2017 four change less from beat to beat, of 45
that were taken for it 22."""
FEWEST_PAIRS = 4
"""Of neighbouring intervals: a median of fewer is chance."""
AF = RHYTHM_CLASSES.index("af")
AF_CONDITION = "AFIB"
FLUTTER_CONDITION = "AFLT"
LEAST_LEADS = 8
"""As many as are independent in twelve; from fewer the condition is told no better than the
rhythm."""
CONDITION_SAY = 2 / 3
"""Of the log-odds; the leads read singly say the rest. Halves call more records of PTB-XL
fibrillation that are none, at the same sensitivity."""
MISSED_LOG_ODDS = 0.8
"""Both together are too careful: added, fibrillation in fold 9 is found in 92 % instead of 87 %."""
_LEAST_PROBABILITY = 1e-4


def median_change(beats: BeatList, gaps_s: Sequence[tuple[float, float]] = ()) -> float | None:
    """How much intervals change from one to the next, in median, ectopic beats left out.

    Intervals next to a beat of another class are left out: a premature beat and the pause after it
    are no irregularity of the rhythm that they interrupt. Of normal beats alone, and of these and
    runs of class S, what is steadier counts: a steady tachycardia is regular by its runs.

    Returns:
        A share of their median; None where fewer than four pairs of intervals are known.
    """
    rr_s = rr_intervals_s(beats.time_s, gaps_s)
    labels = np.array(list(beats.labels), "U1")
    of_one_class = labels[:-1] == labels[1:]
    changes = (
        _median_change(np.where(of_one_class & np.isin(labels[1:], classes), rr_s, np.nan))
        for classes in (("N",), ("N", "S"))
    )
    return min((change for change in changes if change is not None), default=None)


def _median_change(rr_s: NDArray[np.float64]) -> float | None:
    changes_s = np.abs(np.diff(rr_s))
    known = np.isfinite(changes_s)
    if np.count_nonzero(known) < FEWEST_PAIRS:
        return None
    return float(np.median(changes_s[known]) / np.nanmedian(rr_s))


def is_regular(beats: BeatList, gaps_s: Sequence[tuple[float, float]] = ()) -> bool:
    """Whether intervals are known to be too regular for fibrillation."""
    change = median_change(beats, gaps_s)
    return change is not None and change < REGULAR_CHANGE


def without_regular_fibrillation(
    window_rhythm: NDArray[np.float32],
    window_start_s: NDArray[np.float64],
    beats: BeatList,
    gaps_s: Sequence[tuple[float, float]] = (),
) -> NDArray[np.float32]:
    """Take fibrillation from the windows whose intervals are regular but for ectopic beats.

    Irregular intervals define it (ESC 2020). Its probability goes to the other classes in
    proportion.

    Args:
        window_rhythm: `[windows, 4]`, in the order of `labels.RHYTHM_CLASSES`.
        window_start_s: `[windows]`, where each window of up to 30 s begins.
        beats: of the whole recording.
        gaps_s: `(start_s, end_s)` of what could not be read.
    """
    agreed = window_rhythm.copy()
    for window, start_s in enumerate(window_start_s.tolist()):
        inside = beats.between(start_s, start_s + WINDOW_STEPS * STEP_S)
        if is_regular(inside, gaps_s):
            agreed[window, AF] = 0.0
            agreed[window] /= max(float(agreed[window].sum()), _LEAST_PROBABILITY)
    return agreed


def with_leads_together(
    rhythm: Rhythm, conditions: Sequence[JudgedCondition], leads: Sequence[str]
) -> Rhythm:
    """The rhythm of the whole, fibrillation judged also from eight leads or more as a set.

    The log-odds of the two are weighed; a rhythm without any fibrillation stays, and flutter that
    is told and more probable leaves none.

    Args:
        rhythm: the mean over windows and leads.
        conditions: what the leads as a set were asked.
        leads: names of the leads.
    """
    asked = next((c.probability for c in conditions if c.code == AF_CONDITION), None)
    flutter = next((c for c in conditions if c.code == FLUTTER_CONDITION and c.present), None)
    alone = rhythm.probabilities.get("af", 0.0)
    if asked is None or len(set(leads) & set(LEADS)) < LEAST_LEADS or alone <= 0.0:
        return rhythm
    log_odds = (1 - CONDITION_SAY) * _log_odds(alone) + CONDITION_SAY * _log_odds(asked)
    together = 1.0 / (1.0 + np.exp(-(log_odds + MISSED_LOG_ODDS)))
    if flutter is not None and flutter.probability > asked:
        together = 0.0
    rest = (1.0 - together) / max(1.0 - alone, _LEAST_PROBABILITY)
    probabilities = {
        name: float(together if name == "af" else p * rest)
        for name, p in rhythm.probabilities.items()
    }
    label = max(probabilities, key=probabilities.__getitem__)
    return replace(rhythm, label=label, probabilities=probabilities)


def _log_odds(probability: float) -> float:
    clipped = float(np.clip(probability, _LEAST_PROBABILITY, 1.0 - _LEAST_PROBABILITY))
    return float(np.log(clipped / (1.0 - clipped)))
