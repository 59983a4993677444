"""Rows of printed pages teach where the trace runs in what the page reader cuts."""

import numpy as np
import pytest

from ecgmm.paper.sheet import Sheet
from ecgmm.paper.trace.follow import PLACE_PX
from ecgmm.pipeline.traces.hearts import PRINTED_S, Hearts
from ecgmm.pipeline.traces.pages import page_rows, sheet_points_mm
from ecgmm.resampling import resample
from ecgmm.simulator import simulate
from ecgmm.simulator.leads import INDEPENDENT_LEADS

RECORD_MV = simulate(
    "NNV", duration_s=10.0, sampling_rate_hz=125, leads=INDEPENDENT_LEADS, seed=2
).signal_mv.T[np.newaxis]
HEARTS = Hearts(RECORD_MV, 1.0)
SEED = 2


def steepest(leads_mv):
    """The steepest flank of any lead, in its own height a second."""
    return 500 * np.max(np.abs(np.diff(leads_mv, axis=0)).max(axis=0) / np.ptp(leads_mv, axis=0))


@pytest.fixture(scope="module")
def rows():
    return list(page_rows(HEARTS, SEED))


def test_ink_is_where_the_trace_is_said_to_run(rows):
    assert len(rows) >= 4
    for dark, row in rows:
        asked = np.flatnonzero(row >= 0)
        assert len(asked) > 2000
        columns = np.clip(np.rint(PLACE_PX[asked]), 0, 1999).astype(int)
        on_trace = np.median(dark[np.rint(row[asked]).astype(int), columns])
        beside = np.median(dark[(np.rint(row[asked]).astype(int) + 20) % 160, columns])
        assert on_trace > beside + 0.4


def test_the_same_seed_prints_the_same_page(rows):
    again = list(page_rows(HEARTS, SEED))
    assert all(np.array_equal(a, b) for a, b in zip(rows[0], again[0], strict=True))


def test_leads_of_100_hz_are_printed_steeper_than_they_were_recorded():
    recordings = [HEARTS.recording(np.random.default_rng(seed)) for seed in range(8)]
    assert {recording.signal_mv.shape for recording in recordings} == {(round(PRINTED_S * 500), 12)}
    as_recorded = steepest(resample(RECORD_MV[0].T, 125, 500))
    assert max(steepest(recording.signal_mv) for recording in recordings) > 1.3 * as_recorded


def test_points_of_a_bent_picture_are_found_on_its_sheet():
    def to_picture(points_mm):
        x, y = np.moveaxis(points_mm, -1, 0)
        return np.stack([9 * x + 0.02 * y**2, 8.5 * y + 3 * np.sin(x / 20)], axis=-1)

    blank = np.zeros((800, 1100))
    sheet = Sheet(np.zeros((1600, 2200, 3), np.uint8), blank, blank > 0, to_picture, 1.0)
    wanted_mm = np.array([[12.3, 45.6], [np.nan, 3.0], [200.0, 150.5]])
    found_mm = sheet_points_mm(sheet, to_picture(wanted_mm))
    np.testing.assert_allclose(found_mm[[0, 2]], wanted_mm[[0, 2]], atol=1e-3)
    assert np.isnan(found_mm[1]).all()
