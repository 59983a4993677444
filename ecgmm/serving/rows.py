"""Rows as bytes, and large requests split by rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

MOST_SAMPLES = 7500
"""A minute. The answers of one batch are all as long as the longest, so a longer row is sent as a
tensor."""


def encoded_signal(signal: NDArray[np.float32]) -> bytes:
    """The samples of a lead as the signature `signal_bytes` takes them."""
    return signal.astype("<f4").tobytes()


def encoded_leads(leads_mv: NDArray[np.float32]) -> list[bytes]:
    """A set of leads `[12, samples]` as `leads_bytes` takes it, `b""` where one is absent."""
    return [encoded_signal(lead_mv) if lead_mv.any() else b"" for lead_mv in leads_mv]


def row_groups(row_bytes: Sequence[int], *, most_bytes: int, most_rows: int) -> Iterator[slice]:
    """Consecutive rows that go into one request.

    Args:
        row_bytes: what each row takes up on the wire.
        most_bytes: size that no request exceeds, unless one row alone does.
        most_rows: rows that no request exceeds.
    """
    start, total = 0, 0
    for row, size in enumerate(row_bytes):
        if row > start and (total + size > most_bytes or row - start == most_rows):
            yield slice(start, row)
            start, total = row, 0
        total += size
    if len(row_bytes) > start:
        yield slice(start, len(row_bytes))
