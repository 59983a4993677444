"""Recordings as CSV files that state their units and sampling rate."""

from __future__ import annotations

import io

import numpy as np

from ecgmm.recording import Recording

UNCERTAINTY_UNIT = "mV SD"
"""No unit of a lead: a reader of tables leaves these columns out."""


def csv_file(recording: Recording) -> bytes:
    """A column of seconds and a column in millivolts a lead; an empty field is a missing sample.

    Nine digits hold every float32, so that reading the file gives the very same samples. Where
    samples are uncertain, a column a lead with their standard deviations comes after the leads.

    Args:
        recording: what to write.
    """
    import pandas as pd

    time_s = np.arange(len(recording.signal_mv)) / recording.sampling_rate_hz
    columns, header = recording.signal_mv, [f"{_plain(name)} (mV)" for name in recording.lead_names]
    if recording.uncertainty_mv is not None:
        columns = np.concatenate([columns, recording.uncertainty_mv], axis=1)
        header += [
            f"{_plain(name)} uncertainty ({UNCERTAINTY_UNIT})" for name in recording.lead_names
        ]
    frame = pd.DataFrame(columns.astype(np.float64))
    frame.insert(0, "time", np.char.mod("%.6f", time_s))
    text = io.StringIO()
    text.write(f"# sampling_rate_hz: {_rate(recording.sampling_rate_hz)}\n")
    frame.to_csv(
        text, header=["time_s", *header], index=False, float_format="%.9g", lineterminator="\n"
    )
    return text.getvalue().encode()


def _plain(name: str) -> str:
    """A lead's name without the signs that end a field or a line."""
    return " ".join(name.replace(",", " ").replace('"', " ").split()) or "unnamed"


def _rate(sampling_rate_hz: float) -> str:
    """A number without an exponent, as readers of such lines expect."""
    return f"{sampling_rate_hz:.9f}".rstrip("0").rstrip(".")
