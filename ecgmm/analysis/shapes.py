"""What each beat looks like: its QRS complex, the P wave before it and the T wave after it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.recording import Recording

SHAPE_LEADS = 2
"""So many leads of a recording are kept: 240 bytes a beat, 24 MB for a day."""
PREFERRED_LEADS = ("II", "MLII", "V1", "V5")
"""P waves are tallest in II and V1, and V1 tells the ventricles apart; else the first ones."""

QRS_S = np.arange(-0.10, 0.14, 0.01)
"""From 100 ms before the middle of the QRS to 130 ms after it: a wide complex."""
P_S = np.arange(-0.30, -0.06, 0.01)
"""A PR interval is up to 300 ms long here, and a wide QRS begins 60 ms before its middle."""
T_S = np.arange(0.14, 0.62, 0.04)
"""From the end of the QRS to the end of a T wave at 60 bpm; slower waves need fewer samples."""
SHAPE_S = np.concatenate([QRS_S, P_S, T_S])
QRS = slice(0, len(QRS_S))
P = slice(QRS.stop, QRS.stop + len(P_S))
T = slice(P.stop, P.stop + len(T_S))

BEATS_AT_ONCE = 4096


def no_shapes(beats: int) -> NDArray[np.float16]:
    """What `beat_shapes` gives where there is no signal."""
    return np.full((beats, SHAPE_LEADS, len(SHAPE_S)), np.nan, np.float16)


def beat_shapes(recording: Recording, time_s: NDArray[np.float64]) -> NDArray[np.float16]:
    """The signal around each beat, above the level from which its QRS rises.

    Args:
        recording: NaN where nothing is known.
        time_s: `[beats]`, middle of each QRS on the recording's clock.

    Returns:
        `[beats, SHAPE_LEADS, len(SHAPE_S)]` millivolts, samples at `SHAPE_S` around each beat:
        those of the slices `QRS`, `P` and `T`. NaN where the signal is not known, and in the
        place of a lead that there is not.
    """
    shapes = no_shapes(len(time_s))
    clock_s = np.arange(len(recording.signal_mv)) / recording.sampling_rate_hz
    for place, lead in enumerate(_leads(recording.lead_names)):
        lead_mv = recording.signal_mv[:, lead]
        for first in range(0, len(time_s), BEATS_AT_ONCE):
            some = slice(first, first + BEATS_AT_ONCE)
            at_s = time_s[some, np.newaxis] + SHAPE_S
            seen_mv = np.interp(at_s, clock_s, lead_mv, left=np.nan, right=np.nan)
            level_mv = np.median(seen_mv[:, QRS], axis=1, keepdims=True)
            shapes[some, place] = seen_mv - level_mv
    return shapes


def _leads(names: tuple[str, ...]) -> list[int]:
    """The leads whose shapes are kept, the preferred ones first."""
    by_preference = sorted(
        range(len(names)),
        key=lambda lead: (
            PREFERRED_LEADS.index(names[lead]) if names[lead] in PREFERRED_LEADS else 99
        ),
    )
    return by_preference[:SHAPE_LEADS]
