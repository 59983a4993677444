"""Rows of pages are kept on disk and learned from often, never twice in quite the same way."""

import time

import numpy as np
import pytest

from ecgmm.pipeline.traces.pages import UNASKED_ROW
from ecgmm.pipeline.traces.pool import PagePool, changed, draw_pages, write_rows
from ecgmm.simulator import simulate
from ecgmm.simulator.leads import INDEPENDENT_LEADS

ROWS = np.where(np.arange(4000) < 3000, 30 + np.arange(4000) / 100, UNASKED_ROW).astype(np.float32)
DARK = np.zeros((160, 2000), np.float32)
DARK[np.rint(ROWS[:3000:2]).astype(int), np.arange(1500)] = 1.0


def test_what_was_written_comes_back_and_a_page_without_rows_is_none(tmp_path):
    pool = PagePool(tmp_path)
    write_rows(tmp_path / "page-7.npz", [(DARK, ROWS)])
    write_rows(tmp_path / "page-8.npz", [])
    pool.look_again()
    assert len(pool) == 1
    write_rows(tmp_path / "page-9.npz", [(DARK, ROWS), (DARK, ROWS)])
    pool.look_again()
    assert len(pool) == 3
    dark, rows = next(pool.batches(5, np.random.default_rng(0)))
    assert dark.shape == (5, 160, 2000, 1)
    assert rows.shape == (5, 4000)


@pytest.mark.parametrize("seed", range(12))
def test_however_a_row_is_changed_its_ink_stays_where_its_trace_is_said_to_run(seed):
    dark, rows = changed(DARK, ROWS, np.random.default_rng(seed))
    asked = np.flatnonzero(rows != UNASKED_ROW)
    assert len(asked) == 3000
    ink = dark[np.rint(rows[asked]).astype(int), asked // 2]
    beside = dark[(np.rint(rows[asked]).astype(int) + 20) % 160, asked // 2]
    assert np.median(ink) > np.median(beside) + 0.3


@pytest.mark.slow
def test_other_processes_draw_pages_that_are_there_to_be_learned_from(tmp_path):
    leads_mv = simulate(
        "N", duration_s=10.0, sampling_rate_hz=125, leads=INDEPENDENT_LEADS, seed=2
    ).signal_mv.T[np.newaxis]
    signal_file = tmp_path / "leads.npy"
    np.save(signal_file, leads_mv.astype(np.float32))
    drawing = draw_pages(signal_file, 1.0, tmp_path, processes=1, seed=2)
    pool, end_s = PagePool(tmp_path), time.monotonic() + 120
    while not len(pool) and time.monotonic() < end_s:
        time.sleep(0.5)
        pool.look_again()
    for process in drawing:
        process.terminate()
    assert len(pool) >= 3
