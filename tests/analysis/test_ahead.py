"""While one item is worked on, the next is made ready."""

import threading
from collections.abc import Iterator

import pytest

from ecgmm.analysis.ahead import one_ahead

PATIENCE_S = 20.0


def test_the_items_come_in_their_order() -> None:
    assert list(one_ahead(iter(range(5)))) == [0, 1, 2, 3, 4]
    assert list(one_ahead(iter(()))) == []


def test_the_next_item_is_made_while_one_is_worked_on() -> None:
    made = [threading.Event() for _ in range(3)]

    def items() -> Iterator[int]:
        for number, event in enumerate(made):
            event.set()
            yield number

    for number in one_ahead(items()):
        if number + 1 < len(made):
            assert made[number + 1].wait(PATIENCE_S)


def test_a_fault_comes_where_its_item_would_have_come() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("the disk is gone")

    received = one_ahead(items())
    assert next(received) == 1
    with pytest.raises(OSError, match="the disk is gone"):
        next(received)
