import math

import numpy as np
import pytest

from ecgmm.scoring.bootstrap import bootstrap_records, spread_over_seeds


def mean_of(items):
    return {"mean": float(np.mean(items))}


def test_the_interval_of_a_mean_is_that_of_the_normal_approximation():
    items = np.random.default_rng(1).normal(10.0, 2.0, 200).tolist()
    interval = bootstrap_records(items, mean_of, repeats=4000)["mean"]
    error = np.std(items) / math.sqrt(len(items))
    assert interval.value == pytest.approx(np.mean(items))
    assert interval.low == pytest.approx(interval.value - 1.96 * error, abs=0.03)
    assert interval.high == pytest.approx(interval.value + 1.96 * error, abs=0.03)


def test_whole_records_are_drawn_so_that_one_big_record_widens_the_interval():
    def f1(records):
        hits, beats = np.sum(records, axis=0)
        return {"Se": hits / beats}

    even = [(90, 100)] * 20
    uneven = [(10, 20)] * 19 + [(1790, 1620 + 380)]
    narrow = bootstrap_records(even, f1)["Se"]
    wide = bootstrap_records(uneven, f1)["Se"]
    assert narrow.low == narrow.high == 0.9
    assert wide.high - wide.low > 0.2


def test_the_same_seed_gives_the_same_interval():
    items = np.random.default_rng(0).normal(size=9).tolist()
    first = bootstrap_records(items, mean_of, seed=3)
    assert first == bootstrap_records(items, mean_of, seed=3)
    assert first != bootstrap_records(items, mean_of, seed=4)


def test_resamples_in_which_a_figure_is_undefined_do_not_spoil_its_interval():
    def figure(items):
        return {"figure": max(items) if max(items) > 0 else math.nan, "never": math.nan}

    intervals = bootstrap_records([0, 0, 1], figure)
    assert (intervals["figure"].low, intervals["figure"].high) == (1, 1)
    assert math.isnan(intervals["never"].low)


def test_a_bootstrap_over_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one record"):
        bootstrap_records([], mean_of)


def test_seeds_are_reported_as_mean_and_sample_standard_deviation():
    spread = spread_over_seeds([0.9, 0.92, 0.94])
    assert spread.mean == pytest.approx(0.92)
    assert spread.standard_deviation == pytest.approx(0.02)
    assert math.isnan(spread_over_seeds([0.9]).standard_deviation)
    with pytest.raises(ValueError, match="at least one seed"):
        spread_over_seeds([])
