"""Beats as text: CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import csv
import io
import json

from ecgmm.analysis.reading import Reading

CSV_COLUMNS = ("time_s", "label", "probability", "rr_s")


def beats_csv(reading: Reading) -> bytes:
    """A row a beat: when, its AAMI class, how sure, and the time since the beat before it."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(CSV_COLUMNS)
    before_s: float | None = None
    for beat in reading.beats:
        rr_s = "" if before_s is None else f"{beat.time_s - before_s:.3f}"
        rows.writerow((f"{beat.time_s:.3f}", beat.label, f"{beat.probability:.4f}", rr_s))
        before_s = beat.time_s
    return text.getvalue().encode()


def beats_json(reading: Reading) -> bytes:
    """The beats alone, as they stand in the JSON report, with what they were read from and by."""
    report = reading.to_json()
    kept = {key: report[key] for key in ("input", "duration_s", "leads", "beats", "model")}
    return (json.dumps(kept, allow_nan=False, indent=2) + "\n").encode()
