"""What a page shows beside its traces is no heart beat, and traces without a level are rows."""

from dataclasses import replace

import numpy as np
import pytest

from ecgmm.grid import STEP_S
from ecgmm.paper.layouts import LAYOUTS, TWELVE_LEADS
from ecgmm.paper.page import Page
from ecgmm.paper.picture import Picture
from ecgmm.paper.raster_page import paint
from ecgmm.paper.reader import read_page
from ecgmm.paper.rows.frames import without_frames
from ecgmm.paper.style import REPORT, PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.recording import Recording
from ecgmm.simulator import simulate

PX_PER_MM = 4.0
FLUTTER_HZ = 5.0
FLUTTER_MV = 0.2


def heart(heart_rate_bpm: float = 73.0) -> Recording:
    return simulate(duration_s=30.0, heart_rate_bpm=heart_rate_bpm, leads=TWELVE_LEADS, seed=3)


def page_of(layout: str, style: PageStyle = REPORT, recording: Recording | None = None) -> Page:
    return lay_out(recording or heart(), LAYOUTS[layout], style)


def fluttering(recording: Recording) -> Recording:
    """The same heart with waves of the atria all along, as in flutter, that keep to no level."""
    time_s = np.arange(len(recording.signal_mv)) / recording.sampling_rate_hz
    waves_mv = FLUTTER_MV * (2 * (FLUTTER_HZ * time_s % 1) - 1)
    return replace(
        recording, signal_mv=recording.signal_mv + waves_mv[:, np.newaxis].astype(np.float32)
    )


def test_rows_of_flutter_are_found() -> None:
    page = page_of("3x4+1", recording=fluttering(heart()))
    reading = read_page(Picture(paint(page, PX_PER_MM)))
    assert len(reading.rows) == len(page.rows)


def test_a_level_line_across_the_page_is_a_frame_and_a_flat_trace_with_beats_is_none() -> None:
    mask = np.zeros((400, 800), np.uint8)
    mask[380:382, 20:780] = 1
    mask[100:102, 20:780] = 1
    for beat_px in range(60, 780, 80):
        mask[85:101, beat_px : beat_px + 3] = 1
    left = without_frames(mask)
    assert not left[370:390].any()
    assert (left[80:110] == mask[80:110]).all()


def test_a_frame_on_curled_paper_is_taken_away_and_the_traces_within_stay() -> None:
    mask = np.zeros((400, 800), np.uint8)
    x = np.arange(20, 780)
    bow_px = np.round(12 * ((x - 400) / 380) ** 2).astype(np.intp)
    mask[30 + bow_px, x] = mask[31 + bow_px, x] = 1
    mask[360 + bow_px, x] = mask[361 + bow_px, x] = 1
    mask[42:374, [20, 21, 778, 779]] = 1
    frame = mask.copy()
    mask[199 + x % 40 // 10, x[0] + np.arange(len(x))] = 1
    mask[:, :40] = mask[:, -40:] = 0
    mask |= frame
    left = without_frames(mask)
    assert not left[:100].any()
    assert not left[300:].any()
    assert left[190:210, 40:-40].any(axis=0).all()


def test_a_lead_that_only_wanders_between_others_is_a_row() -> None:
    flat = heart()
    time_s = np.arange(len(flat.signal_mv)) / flat.sampling_rate_hz
    flat.signal_mv[:, TWELVE_LEADS.index("aVL")] = 0.05 * np.sin(2 * np.pi * 0.15 * time_s)
    page = page_of("6x1", replace(REPORT, pulse=False), flat)
    reading = read_page(Picture(paint(page, PX_PER_MM)))
    assert len(reading.rows) == 6


def test_two_columns_of_ten_seconds_show_the_same_seconds() -> None:
    style = replace(REPORT, pulse=False, separators=False, scale_text="", header=())
    chest = replace(LAYOUTS["6x1"], rows=tuple((lead,) for lead in TWELVE_LEADS[6:]))
    columns = []
    for layout in (LAYOUTS["6x1"], chest):
        page = lay_out(heart(), layout, style)
        left_px = round(page.rows[0].left_mm * PX_PER_MM)
        columns.append(paint(page, PX_PER_MM)[:, left_px : left_px + round(250 * PX_PER_MM)])
    reading = read_page(Picture(np.hstack(columns)))
    assert len(reading.rows) == 12
    assert {row.strip.start_s for row in reading.rows} == {0.0}
    assert all(row.strip.duration_s == pytest.approx(10.0, abs=0.1) for row in reading.rows)


def test_pulses_among_the_leads_are_left_out() -> None:
    page = page_of("6x2", replace(REPORT, pulse_at="middle"))
    reading = read_page(Picture(paint(page, PX_PER_MM)))
    weights = np.max([row.strip.step_weight for row in reading.rows], axis=0)
    silent_s = np.flatnonzero(weights[: round(9.5 / STEP_S)] == 0) * STEP_S
    assert len(silent_s) * STEP_S >= 0.2
    assert np.ptp(silent_s) < 1.0


def test_a_row_ends_before_the_gap_ahead_of_its_pulse() -> None:
    page = page_of("3x4+1", replace(REPORT, pulse_at="right"))
    reading = read_page(Picture(paint(page, PX_PER_MM)))
    assert len(reading.rows) == len(page.rows)
    assert all(row.strip.duration_s == pytest.approx(10.0, abs=0.05) for row in reading.rows)
