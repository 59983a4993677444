"""The calibration pulse that some recorders store in every lead, at an end of the recording."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputWarning
from ecgmm.readers.signal_file import SignalFile

LONGEST_S = 2.0
"""Carts store 0.4 s to 1 s of it."""
FEWEST_SAMPLES = 4
"""Two of the foot and two of the top: at slower rates there is no square to be seen."""
SHORTEST_S = 0.1
"""A pulse is 0.2 s wide (IEC 60601-2-25); two halves of it are no spike.
Half of this at either level, at the least: a step of one sample is no pulse."""
FEWEST_LEADS = 2
"""What one lead shows may be its own. Leads that are the same all along are one, stored twice."""
SAME_MV = 0.03
"""Leads of a heart differ by more than a cart's rounding."""
PULSE_MV = (0.4, 2.5)
"""From 1 mV at half gain to 2 mV, with what rounding adds."""
AT_A_LEVEL = 0.8
"""Of the samples: an edge takes some of them."""
LEVEL_SHARE = 0.1
"""Of the pulse: as near to its foot or to its top is at a level."""


def without_calibration(file: SignalFile) -> SignalFile:
    """The same file without its calibration pulses, which an `InputWarning` tells.

    One at the end is cut off, one at the start is missing samples.

    A stretch at either end in which all leads are the same and rest at two levels, the foot and the
    top of a square, comes from the recorder and not from a heart.
    """
    longest = min(round(LONGEST_S * file.sampling_rate_hz), file.samples // 2)
    shortest = max(FEWEST_SAMPLES, round(SHORTEST_S * file.sampling_rate_hz))
    if len(file.lead_names) < FEWEST_LEADS or longest < shortest:
        return file
    start = _calibration_samples(file.read_mv(0, longest), shortest)
    ending = file.read_mv(file.samples - longest, file.samples)[::-1]
    end = _calibration_samples(ending, shortest)
    if not start and not end:
        return file
    _tell(file, start, end)

    def read_mv(begin: int, stop: int) -> NDArray[np.float32]:
        signal_mv = np.array(file.read_mv(begin, stop))
        signal_mv[: max(start - begin, 0)] = np.nan
        return signal_mv

    return replace(file, samples=file.samples - end, read_mv=read_mv)


def _calibration_samples(signal_mv: NDArray[np.float32], shortest: int) -> int:
    """How many of the first samples are a calibration pulse, `signal_mv` being `[samples, leads]`.

    What is not finite at the very end is taken for missing and not for calibration.
    """
    if not np.isfinite(signal_mv[0]).all():
        return 0
    is_same = np.ptp(signal_mv, axis=1) < SAME_MV
    same = len(is_same) if is_same.all() else int(np.argmin(is_same))
    if not shortest <= same < len(is_same):
        return 0
    wave_mv = signal_mv[:same].mean(axis=1)
    foot_mv, height_mv = float(wave_mv.min()), float(np.ptp(wave_mv))
    if not PULSE_MV[0] <= height_mv <= PULSE_MV[1]:
        return 0
    place = (wave_mv - foot_mv) / height_mv
    foot, top = place < LEVEL_SHARE, place > 1 - LEVEL_SHARE
    is_square = min(foot.sum(), top.sum()) >= shortest // 2
    return same if is_square and (foot | top).mean() >= AT_A_LEVEL else 0


def _tell(file: SignalFile, start: int, end: int) -> None:
    places = [
        f"{samples / file.sampling_rate_hz:.1f} s at the {place}"
        for samples, place in ((start, "start"), (end, "end"))
        if samples
    ]
    message = (
        f"{file.name}: a calibration pulse in every lead, {' and '.join(places)}, is not read."
    )
    warnings.warn(message, InputWarning, stacklevel=3)
