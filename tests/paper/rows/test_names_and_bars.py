"""Names in print that stand below each other tell where leads change, whatever bars say."""

import pytest

from ecgmm.paper.rows.names import NamePlace, names_contradict

LEFT_MM = 28.0


def row(*names):
    return tuple(NamePlace(name, left_mm, 100.0, 3.0) for name, left_mm in names)


@pytest.mark.parametrize("first", [(), (("I", 24.0),)])
def test_a_column_of_names_that_no_bar_divides_contradicts_the_bars(first):
    names = (
        row(*first, ("aVR", 86.0), ("V1", 149.0)),
        row(("II", 24.0), ("aVL", 86.4), ("V2", 148.5)),
        row(("aVF", 86.1), ("V3", 148.8)),
    )
    assert names_contradict(names, [147.0], LEFT_MM)
    assert not names_contradict(names, [84.5, 147.0], LEFT_MM)


def test_names_of_first_leads_contradict_nothing():
    names = (row(("I", 24.0)), row(("II", 24.2)), row(("III", 24.1)), row(("II", 30.0)))
    assert not names_contradict(names, [147.0], LEFT_MM)


def test_where_there_are_no_bars_nothing_is_contradicted():
    names = (row(("aVR", 86.0)), row(("aVL", 86.0)), row(("aVF", 86.0)))
    assert not names_contradict(names, [], LEFT_MM)
