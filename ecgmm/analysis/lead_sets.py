"""Sets of leads, as the model takes them to judge conditions, from a recording of any length."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.losses import survey
from ecgmm.analysis.strips import READABLE_SHARE
from ecgmm.conditions import LEADS
from ecgmm.grid import SAMPLES_PER_STEP, SAMPLING_RATE_HZ, STRIP_S
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.resampling import bridge_gaps, resample

SHORTEST_S = 2.48
"""The least that the model answers for: what a 3x4 page shows of a lead, in whole steps."""

MOST_SETS = 30
"""How many stretches of a long recording are judged, evenly spread: five minutes in all. What a
heart lives with shows in each of them, and the mean over 30 scatters a fifth as much as one."""

STILL_MV = 1e-6
"""In the place of an exact zero, which means "not seen": far below what a recorder resolves."""


def lead_sets(file: SignalFile) -> NDArray[np.float32]:
    """Stretches of ten seconds of the standard leads of a recording.

    What is missing, flat or saturated is not shown, nor a lead of which hardly anything is left.

    Args:
        file: the recording.

    Returns:
        `[sets, 12, samples]` in the order of `conditions.LEADS`, millivolts at 125 Hz, 0 where a
        lead is absent or not seen. One set for a recording of up to ten seconds; none where it
        has no standard lead, shows nothing, or is shorter than 2.48 s.
    """
    places = {LEADS.index(name): n for n, name in enumerate(file.lead_names) if name in LEADS}
    if not places or file.duration_s < SHORTEST_S:
        return np.zeros((0, len(LEADS), 0), np.float32)
    sets = np.stack([_lead_set(part, places) for part in _stretches(file)])
    return sets[sets.any(axis=(1, 2))]


def _stretches(file: SignalFile) -> Iterator[Recording]:
    length = min(file.samples, round(STRIP_S * file.sampling_rate_hz))
    count = min(file.samples // length, MOST_SETS)
    for first in np.linspace(0, file.samples - length, count).round().astype(int).tolist():
        yield Recording(
            file.read_mv(first, first + length), file.sampling_rate_hz, file.lead_names, file.name
        )


def _lead_set(recording: Recording, places: dict[int, int]) -> NDArray[np.float32]:
    usable_mv = survey(recording).usable.signal_mv
    resampled = resample(usable_mv, recording.sampling_rate_hz, SAMPLING_RATE_HZ)
    samples = len(resampled) // SAMPLES_PER_STEP * SAMPLES_PER_STEP
    leads_mv = np.zeros((len(LEADS), samples), np.float32)
    for place, lead in places.items():
        lead_mv = resampled[:samples, lead : lead + 1]
        known = np.isfinite(lead_mv)
        if known.sum() >= READABLE_SHARE * SHORTEST_S * SAMPLING_RATE_HZ:
            seen_mv = bridge_gaps(lead_mv)
            seen_mv[seen_mv == 0] = STILL_MV
            leads_mv[place] = np.where(known, seen_mv, 0)[:, 0]
    return leads_mv
