"""Batches of sets of leads: reproducible, every kind of device in them, pages as pages are."""

from dataclasses import replace

import numpy as np
import pytest

from ecgmm.conditions import CONDITION_CODES
from ecgmm.leads import LEADS
from ecgmm.pipeline.lead_batches import (
    LeadBatchMaker,
    LeadConfig,
    mixed,
    page_seen,
    pairs,
)
from ecgmm.pipeline.lead_dataset import lead_dataset
from ecgmm.pipeline.lead_records import LeadRecords, lead_indices, twelve_leads
from ecgmm.pipeline.lead_traces import LeadTraces

PLAIN = LeadConfig(whole_share=0.0, mixed_share=0.0, noisy_share=0.0)


@pytest.fixture(scope="module")
def records() -> LeadRecords:
    rng = np.random.default_rng(0)
    signal_uv = rng.integers(-900, 900, (12, 8, 1250)).astype(np.int16)
    conditions = rng.integers(0, 2, (12, len(CONDITION_CODES))).astype(np.int8)
    return LeadRecords(signal_uv, conditions)


def test_limb_leads_follow_from_i_and_ii(records):
    leads = dict(zip(LEADS, records.leads_mv([0])[0], strict=True))
    np.testing.assert_allclose(leads["III"], leads["II"] - leads["I"], atol=1e-6)
    np.testing.assert_allclose(leads["aVR"] + leads["aVL"] + leads["aVF"], 0, atol=1e-6)
    np.testing.assert_allclose(leads["aVF"], (leads["II"] + leads["III"]) / 2, atol=1e-6)


def test_a_batch_is_the_same_for_the_same_seed_and_another_for_another(records):
    one, again = (LeadBatchMaker(records, LeadConfig(), seed=1, rows=8) for _ in range(2))
    other = LeadBatchMaker(records, LeadConfig(), seed=2, rows=8)
    for left, right in zip(one.make(5), again.make(5), strict=True):
        np.testing.assert_array_equal(left, right)
    assert not np.array_equal(one.make(5).conditions, other.make(5).conditions)


def test_a_crop_is_cut_from_the_record_whose_conditions_it_has(records):
    batch = LeadBatchMaker(records, PLAIN, seed=3, rows=8).make(0)
    assert batch.leads_mv.shape == (8, 12, 310)
    assert np.array_equal(batch.leads_mv, batch.recorded_mv)
    for crop, had in zip(batch.leads_mv, batch.conditions, strict=True):
        record = int(np.flatnonzero((records.conditions == had).all(axis=1))[0])
        whole = records.leads_mv([record])[0]
        starts = range(0, 1250 - 310 + 1, 5)
        assert any(np.allclose(whole[:, start : start + 310], crop) for start in starts)


def test_every_kind_of_lead_set_comes_up(records):
    maker = LeadBatchMaker(records, PLAIN, seed=4, rows=8)
    counts = {int(row[:, 0].sum()) for n in range(60) for row in maker.make(n).seen}
    assert {1, 2, 3, 6, 8, 12} <= counts


def test_gain_is_never_changed(records):
    """Hypertrophy is told by voltage."""
    leads_mv = LeadBatchMaker(records, PLAIN, seed=5, rows=8).make(1).leads_mv
    assert np.abs(leads_mv[:, lead_indices(["V1"])]).max() <= 0.9


def test_a_page_shows_each_column_in_turn_and_the_rhythm_row_throughout():
    seen = page_seen("II")
    assert seen[LEADS.index("II")].all()
    assert seen[LEADS.index("V4")].nonzero()[0].tolist() == list(range(187, 250))
    columns = np.delete(seen, LEADS.index("II"), axis=0).sum(axis=0)
    assert set(columns) == {2.0, 3.0}
    assert not page_seen(None)[LEADS.index("II"), 62:].any()


def test_a_mixed_row_has_conditions_in_the_measure_of_its_signals():
    rng = np.random.default_rng(1)
    conditions = np.eye(6, dtype=np.float32)
    leads_mv = np.tile(np.arange(6, dtype=np.float32)[:, None, None], (1, 12, 10))
    others, share = pairs(6, rng)
    signals = mixed(leads_mv, others, share[..., None])
    shares = mixed(conditions, others, share)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(signals[:, 0, 0], shares @ np.arange(6), atol=1e-5)
    assert (shares[np.arange(6), np.arange(6)] >= 0.5).all()


def test_every_lead_is_seen_where_no_row_sees_some_only(records):
    everything = replace(PLAIN, subset_share=0.0, whole_share=1.0, page_share=0.0)
    assert LeadBatchMaker(records, everything, seed=6, rows=8).make(0).seen.all()


def test_printed_rows_are_shown_as_traced_and_kept_as_recorded(records):
    """The same crop of the same record, twice."""
    printed = np.arange(len(records))
    twice_uv = np.round(2000 * records.leads_mv(printed)).astype(np.int16)
    config = replace(PLAIN, printed_share=1.0)
    traces = LeadTraces(printed, twice_uv)
    batch = LeadBatchMaker(records, config, seed=7, rows=8, traces=traces).make(0)
    np.testing.assert_allclose(batch.leads_mv, 2 * batch.recorded_mv, atol=0.002)


def test_batches_go_on_where_they_were_left(records):
    maker = LeadBatchMaker(records, LeadConfig(), seed=1, rows=4)
    whole = list(lead_dataset(maker, 3))
    rest = list(lead_dataset(maker, 2, first=1))
    for (inputs, conditions), (inputs_again, again) in zip(whole[1:], rest, strict=True):
        np.testing.assert_array_equal(inputs["leads_mv"], inputs_again["leads_mv"])
        np.testing.assert_array_equal(conditions, again)


def test_a_batch_is_answered_as_it_is_taught(records):
    maker = LeadBatchMaker(records, LeadConfig(), seed=1, rows=4)
    ((_, answer),) = lead_dataset(maker, 1, teach=lambda batch: 1 - batch.conditions)
    np.testing.assert_array_equal(answer, 1 - maker.make(0).conditions)


def test_twelve_leads_keep_the_order_of_names():
    independent = np.arange(8, dtype=np.float32)[None, :, None]
    leads = dict(zip(LEADS, twelve_leads(independent)[0, :, 0], strict=True))
    assert (leads["I"], leads["II"], leads["V1"], leads["V6"]) == (0, 1, 2, 7)
