"""Annotations of MIT-BIH records on Kaggle: `100annotations.txt` beside `100.csv`.

What `rdann` prints: time, sample, symbol, subtype, channel, number and an optional note; see
https://physionet.org/physiotools/wag/rdann-1.htm.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np

from ecgmm.errors import InputWarning
from ecgmm.labels import aami_class
from ecgmm.recording import Annotations

SUFFIX = "annotations.txt"
MAX_ANNOTATION_BYTES = 16_000_000
"""A day of 200 beats a minute in lines of 50 characters."""
_RHYTHM_CHANGE = "+"
_LINE = re.compile(
    r"^\s*(?:\[?[\d:.]+\]?)\s+(?P<sample>\d{1,10})\s+(?P<symbol>\S{1,2})"
    r"(?:\s+-?\d+\s+-?\d+\s+-?\d+)?(?:\s+(?P<note>\(\S*))?"
)


def read_mitdb_annotations(csv_path: Path, samples: int) -> Annotations | None:
    """The annotations beside a record, or None when there are none.

    Args:
        csv_path: the record; its annotations have its name and `annotations.txt`.
        samples: length of the record; annotations beyond it are left out.
    """
    path = csv_path.with_name(csv_path.stem + SUFFIX)
    if not path.is_file():
        return None
    if path.stat().st_size > MAX_ANNOTATION_BYTES:
        message = f"{path.name}: Read without its annotations: too large."
        warnings.warn(message, InputWarning, stacklevel=2)
        return None
    text = path.read_text(encoding="latin-1")
    found = [match for line in text.splitlines() if (match := _LINE.match(line))]
    marks = sorted((int(m["sample"]), m["symbol"], m["note"] or "") for m in found)
    inside = [mark for mark in marks if mark[0] < samples]
    beats = [(at, symbol) for at, symbol, _ in inside if aami_class(symbol) is not None]
    changes = [(at, note) for at, symbol, note in inside if symbol == _RHYTHM_CHANGE and note]
    return Annotations(
        beat_samples=np.array([at for at, _ in beats], np.int64),
        beat_symbols=tuple(symbol for _, symbol in beats),
        rhythm_samples=np.array([at for at, _ in changes], np.int64),
        rhythm_names=tuple(note.rstrip("\0") for _, note in changes),
    )
