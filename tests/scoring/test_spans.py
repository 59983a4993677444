import numpy as np

from ecgmm.scoring.spans import (
    marked_spans,
    overlap_s,
    rhythm_spans,
    shutdown_spans,
    total_s,
    within,
)


def test_flutter_lasts_from_its_opening_to_its_closing_mark():
    assert marked_spans([1, 2, 3, 5], ["!", "[", "!", "]"], "[", "]", 10.0) == ((2.0, 5.0),)


def test_a_span_never_closed_lasts_to_the_end_of_the_record():
    assert marked_spans([1, 2], ["[", "["], "[", "]", 10.0) == ((1.0, 10.0),)


def test_a_closing_mark_without_an_opening_one_is_ignored():
    assert marked_spans([1, 2], ["]", "["], "[", "]", 3.0) == ((2.0, 3.0),)


def test_a_rhythm_lasts_until_another_one_begins():
    names = ["(N", "(AFIB", "(N", "(AFIB"]
    assert rhythm_spans([0, 2, 5, 8], names, ("(AFIB",), 10.0) == ((2.0, 5.0), (8.0, 10.0))


def test_shutdown_is_where_neither_signal_can_be_read():
    subtypes = [0x00, 0x10, 0x30, 0x00, -1]
    assert shutdown_spans([0, 1, 2, 3, 4], subtypes, 6.0) == ((2.0, 3.0), (4.0, 6.0))


def test_the_ends_of_a_span_belong_to_it():
    assert within(np.array([0.9, 1.0, 2.0, 2.1]), [(1.0, 2.0)]).tolist() == [
        False,
        True,
        True,
        False,
    ]


def test_overlap_is_the_time_in_both():
    assert overlap_s([(0, 2), (4, 6)], [(1, 5)]) == 2
    assert overlap_s([(0, 1)], [(2, 3)]) == 0
    assert total_s([(0, 2), (4, 6)]) == 4
