import numpy as np
import pytest

from ecgmm.pipeline.pictures import CLEAN, PictureConfig
from ecgmm.pipeline.traces.batches import StripDrawer, batches, rows_of
from ecgmm.pipeline.traces.pages import UNASKED_ROW
from ecgmm.simulator import simulate
from ecgmm.simulator.leads import INDEPENDENT_LEADS

LEADS_MV = simulate(
    "N", duration_s=10.0, sampling_rate_hz=125, seed=3, leads=INDEPENDENT_LEADS
).signal_mv.T[np.newaxis]


@pytest.mark.parametrize("seed", range(4))
def test_the_ink_of_a_clean_strip_is_where_the_rows_say(seed):
    dark, rows = StripDrawer(LEADS_MV, 1.0, CLEAN).strip(np.random.default_rng(seed))
    asked = np.flatnonzero(rows != UNASKED_ROW)
    assert len(asked) > 2000
    inked = dark[np.rint(rows[asked]).astype(int), asked // 2]
    assert np.mean(inked > 0.4) > 0.9


def test_nothing_is_asked_where_nothing_is_drawn_or_the_trace_leaves_the_strip():
    trace_mv = np.zeros(1250, np.float32)
    trace_mv[:250], trace_mv[500:750] = np.nan, 2.5
    rows = rows_of(trace_mv)
    assert (rows[:780] == UNASKED_ROW).all()
    assert (rows[1620:2380] == UNASKED_ROW).all()
    np.testing.assert_allclose(rows[2420:], 80.0)


def test_the_same_seed_draws_the_same_batch_in_other_processes(tmp_path):
    signal_file = tmp_path / "leads.npy"
    np.save(signal_file, LEADS_MV.astype(np.float32))
    first, second = (
        next(batches(signal_file, 1.0, PictureConfig(), size=8, processes=1, seed=5))
        for _ in range(2)
    )
    assert first[0].shape == (8, 160, 2000, 1)
    assert first[1].shape == (8, 4000)
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])
