"""A frame of samples as it arrives, and its JSON form on the wire."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError

RATES_HZ = (50.0, 4000.0)
"""Below, a QRS complex is no more than four samples; above, no monitor measures."""
MOST_LEADS = 16
"""Twelve, and the four that some carts add."""
LONGEST_FRAME_S = 60.0
"""As long as the history: more in a frame is a recording and no stream."""
LARGEST_MV = 1000.0
"""A hundred times what any heart gives: a number beyond it is not in millivolts."""


@dataclass(frozen=True)
class Frame:
    """Neighbouring samples of every lead.

    Attributes:
        samples_mv: `[samples, leads]` float32, millivolts; NaN where a lead is off.
        sampling_rate_hz: samples a second; it may change from one frame to the next.
        lead_names: one name a lead.
        sequence: number of the frame, one more than that of the frame sent before it; None where
            the source does not count.
        start_s: time of the first sample on the source's own clock; None where the frame follows
            the one before it.
        connection: goes up by one each time the source lost its connection and found it again;
            numbers and clock of the source may then begin anew.
    """

    samples_mv: NDArray[np.float32]
    sampling_rate_hz: float
    lead_names: tuple[str, ...]
    sequence: int | None = None
    start_s: float | None = None
    connection: int = 0

    @property
    def duration_s(self) -> float:
        """How long the frame lasts."""
        return len(self.samples_mv) / self.sampling_rate_hz


class FrameDecoder:
    """Reads frames from JSON text, one object a frame.

    The first object states `sampling_rate_hz` and `leads`; later ones may leave them out where they
    have not changed. `samples_mv` holds one row a sample with one value a lead, or plain numbers
    where there is one lead; null is a lead that is off. `sequence` and `start_s` are optional::

        {"sampling_rate_hz": 250, "leads": ["II"], "samples_mv": [0.1, 0.12, null]}
        {"sequence": 1, "start_s": 0.012, "samples_mv": [0.11, 0.1, 0.09]}

    Args:
        connection: number of the connection that the frames come over.
    """

    def __init__(self, connection: int = 0) -> None:
        self._connection = connection
        self._rate_hz: float | None = None
        self._leads: tuple[str, ...] | None = None

    def decode(self, text: str | bytes) -> Frame:
        """The frame that a line or a message holds.

        Raises:
            InputError: `bad_frame` if it holds none.
        """
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _bad("an object in JSON", repr(text[:40])) from error
        if not isinstance(fields, dict):
            raise _bad("an object in JSON", type(fields).__name__)
        return self.decode_fields(fields)

    def decode_fields(self, fields: dict[str, Any]) -> Frame:
        """The frame that a decoded object holds; see `decode`."""
        if "sampling_rate_hz" in fields:
            self._rate_hz = _rate(fields["sampling_rate_hz"])
        if "leads" in fields:
            self._leads = _leads(fields["leads"])
        if self._rate_hz is None or self._leads is None:
            raise _bad("sampling_rate_hz and leads in the first frame", ", ".join(fields)[:80])
        return Frame(
            samples_mv=_samples(fields.get("samples_mv"), len(self._leads), self._rate_hz),
            sampling_rate_hz=self._rate_hz,
            lead_names=self._leads,
            sequence=_sequence(fields.get("sequence")),
            start_s=_start(fields.get("start_s")),
            connection=self._connection,
        )


def _rate(value: Any) -> float:
    lowest, highest = RATES_HZ
    if not _is_number(value) or not lowest <= value <= highest:
        raise _bad(f"sampling_rate_hz from {lowest:g} to {highest:g}", repr(value)[:40])
    return float(value)


def _leads(value: Any) -> tuple[str, ...]:
    fits = isinstance(value, list) and 1 <= len(value) <= MOST_LEADS
    if not fits or not all(isinstance(name, str) and 0 < len(name) <= 40 for name in value):
        raise _bad(f"leads, 1 to {MOST_LEADS} names", repr(value)[:40])
    if len(set(value)) < len(value):
        raise _bad("leads of different names", repr(value)[:40])
    return tuple(value)


def _samples(value: Any, leads: int, rate_hz: float) -> NDArray[np.float32]:
    if not isinstance(value, list) or not 1 <= len(value) <= LONGEST_FRAME_S * rate_hz:
        raise _bad(f"samples_mv, a list of at most {LONGEST_FRAME_S:g} s", type(value).__name__)
    try:
        samples_mv = np.array(value, np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise _bad("samples_mv in numbers or null", "something else") from error
    if samples_mv.ndim == 1:
        samples_mv = samples_mv[:, None]
    if samples_mv.ndim != 2 or samples_mv.shape[1] != leads:
        raise _bad(f"samples_mv with {leads} values a sample", f"shape {samples_mv.shape}")
    if np.isinf(samples_mv).any() or np.nanmax(np.abs(samples_mv), initial=0.0) > LARGEST_MV:
        raise _bad(f"samples_mv within {LARGEST_MV:g} mV", "larger values")
    return samples_mv


def _sequence(value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise _bad("sequence, a whole number from 0", repr(value)[:40])


def _start(value: Any) -> float | None:
    if value is None:
        return None
    if not _is_number(value) or not abs(value) <= sys.float_info.max:
        raise _bad("start_s in seconds", repr(value)[:40])
    return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bad(expected: str, received: str) -> InputError:
    return InputError("bad_frame", f"A frame expected {expected}. Received {received}.")
