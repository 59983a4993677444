"""Kaggle's heartbeat table (`mitbih_train.csv`): single beats of MIT-BIH, cut out and scaled.

A row is one beat: 187 samples at 125 Hz from its R peak on, scaled to 0..1 and filled up with
zeros, then its class 0 to 4 (N, S, V, F, Q), as Kachuee et al. 2018 (arXiv:1805.00794) made it.
It says neither who a beat is from nor what came before it: rows of one person stand on both sides
of its split into training and test, and no rhythm can be read from it.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError, InputWarning
from ecgmm.labels import AAMI_CLASSES
from ecgmm.readers.csv_layout import CsvLayout
from ecgmm.readers.stored_leads import StoredLead, to_recording
from ecgmm.recording import Annotations, Recording

SAMPLES_PER_BEAT = 187
"""Kachuee, Fazeli and Sarrafzadeh 2018 (doi 10.1109/ICHI.2018.00092)."""
SAMPLING_RATE_HZ = 125.0
"""Kachuee, Fazeli and Sarrafzadeh 2018."""
SLOT_SAMPLES = 250
"""Two seconds: the beats of 1.5 s do not touch."""
MAX_BEATS = 200_000
"""Both parts of the published table together have 109,446."""
_WARNING = (
    "single beats, cut out and scaled, without patient identity: no rhythm or heart rate can be "
    "read from them, and rows of one person are on both sides of any split."
)


def is_heartbeat_table(layout: CsvLayout) -> bool:
    """Whether a table is one of 187 samples and a class a row, without a header."""
    width = len(layout.names)
    return width == SAMPLES_PER_BEAT + 1 and not any(layout.names) and layout.delimiter == ","


def read_heartbeats(path: Path, *, unit: str | None = None) -> Recording:
    """Read a table of beats as a recording in which they stand two seconds apart.

    Args:
        path: a table that `is_heartbeat_table` knows.
        unit: what 1 stands for, since the table has no unit: uV, mV or V.

    Returns:
        One lead, NaN between the beats, with the class of each beat as its annotation; the table
        of the PTB database, whose classes are 0 and 1, gives none.

    Raises:
        InputError: `missing_unit` without a unit; another code when the file cannot be read.
    """
    if unit is None:
        raise InputError(
            "missing_unit",
            f"{path.name} holds {_WARNING} To read it all the same, state its unit.",
            "unit",
        )
    table = _read_table(path)
    beats = table[:, :SAMPLES_PER_BEAT]
    warnings.warn(f"{path.name} holds {_WARNING}", InputWarning, stacklevel=2)
    slots = np.full((len(beats), SLOT_SAMPLES), np.nan, np.float32)
    slots[:, :SAMPLES_PER_BEAT] = beats
    for slot, beat in zip(slots, beats, strict=True):
        slot[np.flatnonzero(beat)[-1] + 1 if beat.any() else 0 :] = np.nan
    lead = StoredLead("unknown", slots.reshape(-1), 1.0, unit)
    classes = _annotations(table[:, SAMPLES_PER_BEAT].astype(int))
    return to_recording([lead], SAMPLING_RATE_HZ, path.stem, classes)


def _annotations(classes: NDArray[np.int64]) -> Annotations | None:
    """The class of each beat; none where all are 0 or 1: healthy or ill in the PTB table."""
    if classes.max() <= 1:
        return None
    return Annotations(
        beat_samples=np.arange(len(classes), dtype=np.int64) * SLOT_SAMPLES,
        beat_symbols=tuple(AAMI_CLASSES[index] for index in classes),
    )


def _read_table(path: Path) -> np.ndarray:
    import pandas as pd

    try:
        frame = pd.read_csv(path, header=None, dtype=np.float32, nrows=MAX_BEATS + 1)
    except Exception as error:  # pandas raises whatever its parsing trips over
        detail = " ".join(str(error).split())
        raise InputError("damaged", f"{path.name}: not a table of numbers ({detail}).") from error
    table = frame.to_numpy()
    if len(table) > MAX_BEATS:
        raise InputError("too_large", f"{path.name}: Expected up to {MAX_BEATS} beats.")
    classes = table[:, SAMPLES_PER_BEAT]
    if not (np.isfinite(table).all() and np.isin(classes, range(len(AAMI_CLASSES))).all()):
        raise InputError("damaged", f"{path.name}: Expected 187 samples and a class 0 to 4 a row.")
    return table
