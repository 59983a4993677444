"""Gaps, duplicates, late frames, reconnects and changes of rate are survived, and told."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.monitor.frames import Frame
from ecgmm.monitor.intake import Gap, Intake, Oddity

RATE_HZ = 250.0
SAMPLES = 50


def frame(number, *, counts=True, clock=True, connection=0):
    samples_mv = np.full((SAMPLES, 1), number, np.float32)
    return Frame(
        samples_mv,
        RATE_HZ,
        ("II",),
        sequence=number if counts else None,
        start_s=number * SAMPLES / RATE_HZ if clock else None,
        connection=connection,
    )


def fed(frames, intake=None):
    intake = intake or Intake(lambda: 0.0)
    out = [item for one in frames for item in intake.take(one)]
    return [*out, *intake.finish()]


def numbers(items):
    return [int(item.samples_mv[0, 0]) for item in items if isinstance(item, Frame)]


def gaps_s(items):
    return [round(item.lost_s, 3) for item in items if isinstance(item, Gap)]


def oddities(items):
    return [item.code for item in items if isinstance(item, Oddity)]


def test_frames_in_order_pass_as_they_are():
    items = fed(frame(n) for n in range(10))
    assert numbers(items) == list(range(10))
    assert len(items) == 10


def test_a_frame_that_was_overtaken_is_put_back_in_its_place():
    items = fed(frame(n) for n in (0, 1, 3, 2, 4))
    assert numbers(items) == [0, 1, 2, 3, 4]
    assert gaps_s(items) == []


@pytest.mark.parametrize("clock", [True, False])
def test_a_frame_that_never_comes_is_a_gap_of_its_length(clock):
    items = fed(frame(n, clock=clock) for n in (0, 1, 3, 4, 5, 6, 7, 8))
    assert numbers(items) == [0, 1, 3, 4, 5, 6, 7, 8]
    assert gaps_s(items) == [0.2]


def test_a_frame_that_comes_after_its_gap_was_told_is_late():
    items = fed(frame(n) for n in (0, 1, 3, 4, 5, 6, 2, 7))
    assert gaps_s(items) == [0.2]
    assert oddities(items) == ["late_frame"]


def test_a_frame_that_comes_twice_is_used_once():
    items = fed(frame(n) for n in (0, 1, 1, 2, 0, 3))
    assert numbers(items) == [0, 1, 2, 3]
    assert oddities(items) == ["duplicate_frame", "duplicate_frame"]


def test_a_source_that_does_not_count_is_put_in_order_by_its_clock():
    items = fed(frame(n, counts=False) for n in (0, 1, 1, 4))
    assert numbers(items) == [0, 1, 4]
    assert oddities(items) == ["late_frame"]
    assert gaps_s(items) == [0.4]


def test_only_the_new_part_of_an_overlapping_frame_is_used():
    half_new = replace(frame(1, counts=False), start_s=0.1)
    items = fed([frame(0, counts=False), half_new])
    assert [len(item.samples_mv) for item in items] == [SAMPLES, SAMPLES // 2]


def test_a_clock_that_runs_a_little_off_makes_no_gaps():
    frames = [replace(frame(n, counts=False), start_s=n * 0.2004) for n in range(500)]
    assert gaps_s(fed(frames)) == []


def test_after_a_reconnection_the_gap_is_what_the_source_clock_says():
    items = fed([frame(0), frame(1), frame(20, connection=1), frame(21, connection=1)])
    assert numbers(items) == [0, 1, 20, 21]
    assert gaps_s(items) == [3.6]


def test_after_a_reconnection_with_a_new_clock_the_gap_is_the_time_without_arrivals():
    now_s = [100.0]
    intake = Intake(lambda: now_s[0])
    items = [item for n in range(3) for item in intake.take(frame(n))]
    now_s[0] = 105.2
    items += intake.take(frame(0, connection=1))
    assert gaps_s(items) == [5.0]
    assert numbers(items) == [0, 1, 2, 0]


def test_a_device_that_starts_again_without_saying_so_is_followed():
    frames = [frame(n + 1000) for n in range(3)] + [frame(n) for n in range(3)]
    items = fed(frames)
    assert numbers(items) == [1000, 1001, 1002, 0, 1, 2]
    assert [item.code for item in items if isinstance(item, Gap)] == ["reconnected"]


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 2)), max_size=60))
def test_whatever_comes_each_frame_is_used_at_most_once_a_connection(arrivals):
    intake = Intake(lambda: 0.0)
    for number, connection in sorted(arrivals, key=lambda arrival: arrival[1]):
        for item in intake.take(frame(number, connection=connection)):
            assert not isinstance(item, Gap) or 0 <= item.lost_s <= 86400
    assert len(intake._held) <= 4
    assert len(intake._missing) <= 1000


def test_a_count_that_leaps_costs_no_memory():
    """Whoever sends frames chooses their numbers: a trillion missing ones are not noted singly."""
    leaping = [frame(0), *(replace(frame(n), sequence=10**12 + n) for n in range(1, 5))]
    items = fed(leaping)
    assert numbers(items) == list(range(5))
