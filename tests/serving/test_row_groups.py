"""Requests that are too large for one message are split by rows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ecgmm.serving.rows import row_groups

sizes = st.lists(st.integers(0, 100), max_size=60)


@given(sizes, st.integers(1, 120), st.integers(1, 10))
def test_groups_hold_every_row_once_and_keep_to_the_limits(
    row_bytes: list[int], most_bytes: int, most_rows: int
) -> None:
    groups = list(row_groups(row_bytes, most_bytes=most_bytes, most_rows=most_rows))
    rows = range(len(row_bytes))
    assert [row for group in groups for row in rows[group]] == list(rows)
    for group in groups:
        inside = row_bytes[group]
        assert 1 <= len(inside) <= most_rows
        assert len(inside) == 1 or sum(inside) <= most_bytes


def test_a_row_larger_than_a_message_goes_alone() -> None:
    groups = list(row_groups([10, 900, 10, 10], most_bytes=100, most_rows=64))
    assert groups == [slice(0, 1), slice(1, 2), slice(2, 4)]
