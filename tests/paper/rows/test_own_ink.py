"""A strip keeps the ink of its own row, and loses that of others."""

import numpy as np
import pytest

from ecgmm.grid import STRIP_SAMPLES
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.paper.rows.cut import CutPicture
from ecgmm.paper.rows.own_ink import OwnInk, find_ink, keep_own_ink
from ecgmm.paper.trace.follow import sharpened
from ecgmm.simulator import simulate

STYLE = StripStyle(minor_grid=None, major_grid=190)
BLANK = StripStyle(minor_grid=None, major_grid=None, baseline_px=140.0)
SEEN = np.ones((160, 1000), bool)
INK_LEVEL = 120
PAPER_LEVEL = 150
"""Ink is darker, paper and the grid's lines are lighter than these."""


def heart_mv() -> np.ndarray:
    lead = simulate("N", duration_s=10.0, sampling_rate_hz=125.0, leads=("II",), seed=2)
    return lead.signal_mv[:STRIP_SAMPLES, 0]


def row() -> np.ndarray:
    return draw_strip(heart_mv(), STYLE)


def cut(strip: np.ndarray, seen: np.ndarray = SEEN) -> CutPicture:
    return CutPicture(strip, sharpened(strip), seen)


def kept(
    strip: np.ndarray,
    others: tuple[np.ndarray, ...] = (),
    bars: tuple[tuple[int, int, int, int], ...] = (),
    names: tuple[tuple[int, int, int, int], ...] = (),
) -> OwnInk:
    return keep_own_ink(find_ink(cut(strip)), others, bars, names_px=names)


def lost_ink(own: OwnInk, clean: np.ndarray) -> float:
    """Share of the row's own ink that was wiped off."""
    ink = clean < INK_LEVEL
    return float(np.mean(own.grey[ink] > PAPER_LEVEL))


def test_a_row_that_is_alone_is_left_as_it_is() -> None:
    clean = row()
    assert lost_ink(kept(clean), clean) < 0.01


def test_the_trace_is_where_it_was_drawn_to_half_a_millimetre() -> None:
    lead_mv = heart_mv()
    expected_px = 80 - 40 * np.interp(np.arange(1000) * 1.25, np.arange(1250), lead_mv)
    error_px = np.abs(kept(row()).trace_px - expected_px)
    assert np.median(error_px) <= 1.5
    assert np.quantile(error_px, 0.9) <= 5


def test_the_tips_of_beats_are_reached() -> None:
    lead_mv = heart_mv()
    highest_px = kept(row()).trace_px.min()
    assert highest_px == pytest.approx(80 - 40 * lead_mv.max(), abs=3)


def test_beats_of_the_next_row_that_reach_in_are_wiped_off() -> None:
    clean = row()
    strip = clean.copy()
    strip[130:, 300:303] = strip[140:, 640:643] = 20
    own = kept(strip, others=(np.full(1000, 200.0),))
    assert (own.grey[132:, 299:304] > PAPER_LEVEL).all()
    assert (own.grey[142:, 639:644] > PAPER_LEVEL).all()
    assert lost_ink(own, clean) < 0.01


def test_the_whole_trace_of_a_near_row_is_wiped_off() -> None:
    clean = row()
    other = draw_strip(np.roll(heart_mv(), 40), BLANK)
    other_px = kept(draw_strip(np.roll(heart_mv(), 40), STYLE)).trace_px + 60.0
    own = kept(np.minimum(clean, other), others=(other_px,))
    alone = (other < INK_LEVEL) & (clean > INK_LEVEL)
    assert np.mean(own.grey[alone] > INK_LEVEL) > 0.9
    assert lost_ink(own, clean) < 0.05


def level_column(trace_px: np.ndarray) -> int:
    """A column well inside the strip where no wave is near."""
    near = np.lib.stride_tricks.sliding_window_view(trace_px[300:700], 25)
    return 312 + int(np.ptp(near, axis=1).argmin())


def test_bars_between_leads_are_wiped_off_but_for_the_trace() -> None:
    clean = row()
    strip = clean.copy()
    trace_px = kept(clean).trace_px
    middle = level_column(trace_px)
    level, bar = int(trace_px[middle]), slice(middle - 1, middle + 2)
    strip[level - 13 : level + 14, bar] = 20
    own = kept(strip, bars=((middle - 2, level - 14, middle + 3, level + 15),))
    assert (own.grey[level - 13 : level - 7, bar] > PAPER_LEVEL).all()
    assert (own.grey[level + 8 : level + 14, bar] > PAPER_LEVEL).all()
    assert own.grey[level - 3 : level + 4, middle].min() < INK_LEVEL


def test_a_beat_that_touches_a_bar_stays_where_it_is_taller_than_the_bar() -> None:
    strip = row()
    beat = int(kept(strip).trace_px.argmin())
    top, level = int(kept(strip).trace_px[beat]), int(np.median(kept(strip).trace_px))
    bar = (beat - 2, level - 8, beat + 3, level + 8)
    own = kept(strip, bars=(bar,))
    assert own.grey[top : level - 12, beat - 1 : beat + 2].min(axis=1).max() < PAPER_LEVEL


def test_what_is_wiped_off_the_strip_is_wiped_off_the_sharp_one() -> None:
    strip = row()
    strip[130:, 300:303] = 20
    own = kept(strip, others=(np.full(1000, 200.0),))
    assert own.sharp.shape == (160, 2000)
    assert (own.sharp[132:, 598:608] > PAPER_LEVEL).all()
    halved = own.sharp.reshape(160, 1000, 2).mean(axis=2)
    np.testing.assert_allclose(halved, own.grey, atol=1)


def test_the_flank_of_the_reference_pulse_is_wiped_off() -> None:
    strip = row()
    level = int(kept(strip).trace_px[20])
    strip[level - 40 : level, 0:2] = 20
    own = kept(strip)
    assert (own.grey[level - 38 : level - 8, 0:2] > PAPER_LEVEL).all()


def test_what_lies_beyond_the_photo_is_no_ink() -> None:
    strip, seen = row(), SEEN.copy()
    strip[:, 900:], seen[:, 900:] = 0, False
    own = keep_own_ink(find_ink(cut(strip, seen)), (), ())
    assert np.ptp(own.trace_px[905:]) <= 4


def test_the_name_of_a_lead_is_wiped_off_and_the_trace_beside_it_stays() -> None:
    clean = row()
    marked = clean.copy()
    marked[110:122, 300:303] = marked[110:113, 300:310] = 20
    own = kept(marked, names=((296, 106, 330, 126),))
    assert (own.grey[110:122, 300:310] > PAPER_LEVEL).all()
    assert lost_ink(own, clean) < 0.01


def test_a_name_that_the_way_runs_through_is_wiped_off_and_the_way_is_found_again() -> None:
    marked = row()
    level = int(np.median(kept(marked).trace_px))
    middle = level_column(kept(marked).trace_px)
    marked[level - 3 : level + 4, middle - 6 : middle + 6] = 255
    marked[level + 12 : level + 22, middle - 6 : middle + 6 : 3] = 20
    box = (middle - 9, level + 9, middle + 9, level + 25)
    own = kept(marked, names=(box,))
    assert (own.grey[level + 12 : level + 22, middle - 6 : middle + 6] > PAPER_LEVEL).all()
    assert np.abs(own.trace_px[middle - 5 : middle + 5] - level).max() <= 4
