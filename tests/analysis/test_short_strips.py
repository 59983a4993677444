"""A strip of less than ten seconds goes on as it was."""

from __future__ import annotations

import numpy as np
import pytest

from ecgmm.analysis.short_strips import full_pictures, going_on
from ecgmm.analysis.strips import LEAST_ECG, encode_png
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.paper.strips import PaperStrip
from ecgmm.serving.engines import open_model
from ecgmm.serving.released import released_model
from ecgmm.simulator import simulate
from tests.spike_runtime import SpikeRuntime

PX_PER_S = 100


def with_beats_at(*times_s: float) -> np.ndarray:
    """White paper with a level trace in its middle and an upright line at each beat."""
    grey = np.full((160, 1000), 255, np.uint8)
    grey[80] = 0
    for time_s in times_s:
        at = round(time_s * PX_PER_S)
        grey[20:80, at : at + 2] = 0
    return grey


def beats_px(grey: np.ndarray) -> list[int]:
    inked = (grey[40] == 0).astype(int)
    return np.flatnonzero(np.diff(inked, prepend=0) == 1).tolist()


def test_beats_go_on_at_the_intervals_that_the_strip_shows() -> None:
    strip = PaperStrip(with_beats_at(0.4, 1.2, 2.0, 2.8), duration_s=3.3)
    (picture,) = full_pictures([strip], SpikeRuntime())
    apart_px = np.diff(beats_px(picture))
    assert beats_px(picture)[-1] > 900
    assert apart_px == pytest.approx(80, abs=4)


def test_what_the_strip_itself_shows_stays_as_it_is() -> None:
    grey = with_beats_at(0.4, 1.2, 2.0, 2.8)
    (picture,) = full_pictures([PaperStrip(grey, duration_s=3.3)], SpikeRuntime())
    np.testing.assert_array_equal(picture[:, :330], grey[:, :330])


def test_a_strip_without_two_beats_is_repeated_whole() -> None:
    grey = with_beats_at(1.0)
    (picture,) = full_pictures([PaperStrip(grey, duration_s=2.5)], SpikeRuntime())
    assert beats_px(picture) == [100, 350, 600, 850]


def test_a_strip_of_nearly_ten_seconds_is_left_alone() -> None:
    strips = [PaperStrip(with_beats_at(1.0, 2.0)), PaperStrip(with_beats_at(1.0), duration_s=8.0)]
    for strip, picture in zip(strips, full_pictures(strips, SpikeRuntime()), strict=True):
        assert picture is strip.grey


def test_a_cycle_fits_wherever_the_strip_ends() -> None:
    grey = np.arange(20, dtype=np.uint8)[np.newaxis]
    assert going_on(grey, 10, 4)[0, 8:].tolist() == [8, 9, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7]


@pytest.mark.parametrize("shown_s", [2.5, 4.0, 5.5])
def test_a_short_row_still_looks_like_an_ecg_to_the_model(shown_s: float) -> None:
    heart = simulate("N", duration_s=10.0, sampling_rate_hz=125, seed=3)
    grey = draw_strip(heart.signal_mv[:, 0], StripStyle())
    grey[:, round(shown_s * PX_PER_S) :] = 255
    runtime = open_model(released_model())
    (picture,) = full_pictures([PaperStrip(grey, duration_s=shown_s)], runtime)
    assert runtime.digitize([encode_png(picture)]).ecg[0] > LEAST_ECG
