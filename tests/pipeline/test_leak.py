"""The deliberate leak: even minutes are learned from, odd ones are scored, never both."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_records import simulated_record

from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.pipeline.leak import kept_spans_s, leaked_minutes
from ecgmm.scoring.spans import total_s, within


@pytest.fixture(scope="module")
def record():
    return simulated_record(duration_s=210.0)


def test_leaked_minutes_hold_no_beat_of_the_minutes_that_are_scored(record):
    leaked = leaked_minutes(record)
    scored = within(record.beat_position / SAMPLING_RATE_HZ, kept_spans_s(210.0))
    assert len(leaked.beat_position) == np.count_nonzero(~scored)
    assert 0 < np.count_nonzero(scored) < len(scored)


def test_leaked_minutes_are_the_first_and_the_third(record):
    leaked, minute = leaked_minutes(record), 60 * SAMPLING_RATE_HZ
    first, third = record.signal_mv[:minute], record.signal_mv[2 * minute : 3 * minute]
    assert np.array_equal(leaked.signal_mv, np.concatenate([first, third]))
    assert len(leaked.rhythm) * 5 == len(leaked.signal_mv)


def test_every_leaked_beat_stays_on_its_r_peak(record):
    leaked = leaked_minutes(record)
    for position in leaked.beat_position[1:-1]:
        around = np.arange(round(position) - 10, round(position) + 11)
        assert abs(around[leaked.signal_mv[around, 0].argmax()] - position) <= 1


@given(st.floats(0.0, 4000.0))
def test_the_minutes_that_are_scored_lie_inside_the_record_and_are_half_of_it(duration_s):
    spans = kept_spans_s(duration_s)
    assert all(0 < start_s < end_s <= duration_s for start_s, end_s in spans)
    assert abs(total_s(spans) - duration_s / 2) <= 30
