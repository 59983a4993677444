"""A NumPy array as a recording."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ecgmm.readers.lead_names import standard_lead_names
from ecgmm.readers.stored_leads import StoredLead, to_recording
from ecgmm.recording import Recording


def recording_from_array(
    signal: NDArray[np.generic],
    sampling_rate_hz: float,
    *,
    lead_names: Sequence[str] | None = None,
    unit: str = "mV",
    name: str = "",
) -> Recording:
    """A recording in millivolts, its leads named as usual.

    Args:
        signal: `[samples]` or `[samples, leads]`, any numbers; NaN where nothing was recorded.
        sampling_rate_hz: samples a second.
        lead_names: one name a lead; `lead 1` and so on by default.
        unit: uV, mV or V.
        name: what a report calls it.

    Raises:
        ValueError: for an array of another shape or without numbers, or names that do not fit it.
        InputError: as `stored_leads.to_recording` does.
    """
    columns = signal[:, np.newaxis] if signal.ndim == 1 else signal
    if columns.ndim != 2 or columns.dtype.kind not in "fiu":
        raise ValueError(
            "Expected numbers of shape [samples] or [samples, leads]. "
            f"Received shape {signal.shape} of {signal.dtype}."
        )
    samples, leads = columns.shape
    if leads > samples:
        raise ValueError(
            f"Expected more samples than leads. Received shape {signal.shape}: transpose it."
        )
    if lead_names is None:
        lead_names = [f"lead {lead + 1}" for lead in range(leads)]
    if len(lead_names) != leads:
        raise ValueError(
            f"Expected one name a lead. Received {leads} leads and {len(lead_names)} names."
        )
    stored = [
        StoredLead(lead, column, 1.0, unit)
        for lead, column in zip(standard_lead_names(lead_names), columns.T, strict=True)
    ]
    return to_recording(stored, float(sampling_rate_hz), name)
