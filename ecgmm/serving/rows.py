"""Large requests, split by rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


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
