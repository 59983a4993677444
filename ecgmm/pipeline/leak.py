"""The one leak that is made on purpose: every other minute of a test patient, learned from.

`ecgmm evaluate --controls` shows what a split by strips instead of patients would buy. The
even minutes of a record go into training, the odd ones are what is scored, so that the leaky
model and the honest one, which sees neither, are scored on the very same beats.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ecgmm.grid import SAMPLES_PER_STEP, SAMPLING_RATE_HZ
from ecgmm.pipeline.records import GridRecord

MINUTE_S = 60
"""Long enough for a rhythm; every other one is left for the test."""
_MINUTE_SAMPLES = MINUTE_S * SAMPLING_RATE_HZ
_MINUTE_STEPS = _MINUTE_SAMPLES // SAMPLES_PER_STEP


def leaked_minutes(record: GridRecord) -> GridRecord:
    """The even minutes of a record, joined."""
    minute_of_beat = record.beat_position // _MINUTE_SAMPLES
    leaked = minute_of_beat % 2 == 0
    samples, steps = np.arange(len(record.signal_mv)), np.arange(len(record.rhythm))
    left_out = _MINUTE_SAMPLES * minute_of_beat / 2
    return replace(
        record,
        signal_mv=record.signal_mv[samples // _MINUTE_SAMPLES % 2 == 0],
        beat_position=(record.beat_position - left_out)[leaked],
        beat_class=record.beat_class[leaked],
        rhythm=record.rhythm[steps // _MINUTE_STEPS % 2 == 0],
    )


def kept_spans_s(duration_s: float) -> tuple[tuple[float, float], ...]:
    """Onset and end of the odd minutes of a record, which are never learned from."""
    starts_s = np.arange(MINUTE_S, duration_s, 2 * MINUTE_S).tolist()
    return tuple((start_s, min(start_s + MINUTE_S, duration_s)) for start_s in starts_s)
