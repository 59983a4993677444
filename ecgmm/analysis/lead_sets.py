"""Sets of leads, as the model takes them to judge conditions, from a recording of any length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

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


class LeadSets(NamedTuple):
    """Stretches of the standard leads of a recording.

    Attributes:
        start_s: where in the recording each begins.
        leads_mv: `[sets, 12, samples]` in the order of `conditions.LEADS`, millivolts at 125 Hz, 0
            where a lead is absent or not seen.
    """

    start_s: tuple[float, ...]
    leads_mv: NDArray[np.float32]


def lead_sets(file: SignalFile) -> LeadSets:
    """Stretches of ten seconds of the standard leads of a recording.

    What is missing, flat or saturated is not shown, nor a lead of which hardly anything is left.

    Args:
        file: the recording.

    Returns:
        One set for a recording of up to ten seconds; none where it has no standard lead, shows
        nothing, or is shorter than 2.48 s.
    """
    places = {LEADS.index(name): n for n, name in enumerate(file.lead_names) if name in LEADS}
    if not places or file.duration_s < SHORTEST_S:
        return LeadSets((), np.zeros((0, len(LEADS), 0), np.float32))
    stretches = ((start_s, _lead_set(part, places)) for start_s, part in _stretches(file))
    shown = [(start_s, leads_mv) for start_s, leads_mv in stretches if leads_mv.any()]
    if not shown:
        return LeadSets((), np.zeros((0, len(LEADS), 0), np.float32))
    starts_s, sets_mv = zip(*shown, strict=True)
    return LeadSets(starts_s, np.stack(sets_mv))


def _stretches(file: SignalFile) -> Iterator[tuple[float, Recording]]:
    length = min(file.samples, round(STRIP_S * file.sampling_rate_hz))
    count = min(file.samples // length, MOST_SETS)
    for first in np.linspace(0, file.samples - length, count).round().astype(int).tolist():
        part_mv = file.read_mv(first, first + length)
        part = Recording(part_mv, file.sampling_rate_hz, file.lead_names, file.name)
        yield first / file.sampling_rate_hz, part


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
