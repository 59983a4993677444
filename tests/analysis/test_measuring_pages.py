"""What a print leaves open of an interval."""

from dataclasses import replace

import numpy as np
import pytest

from ecgmm.analysis import measured_words
from ecgmm.analysis.measuring_pages import as_the_print_allows
from ecgmm.measure.measurements import Measurements
from ecgmm.paper.strips import PaperStrip, PaperStrips

MEASURED = Measurements(heart_rate_bpm=60.0, p_ms=100, pr_ms=160, qrs_ms=90, qt_ms=400)


def page(*px_per_mm):
    strip = PaperStrip(np.full((160, 1000), 255, np.uint8))
    scales = [None if scale is None else (scale, scale) for scale in px_per_mm]
    return PaperStrips(tuple(replace(strip, px_per_mm=scale) for scale in scales))


@pytest.mark.parametrize(("px_per_mm", "uncertainty_ms"), [(8.0, 14), (4.0, 14), (2.0, 28)])
def test_an_interval_is_known_to_a_pixel_at_either_end(px_per_mm, uncertainty_ms):
    found = as_the_print_allows(MEASURED, page(px_per_mm))
    assert found.uncertainty_ms == uncertainty_ms
    assert found.qrs_ms == 90
    assert f"about {uncertainty_ms} ms" in measured_words.intervals(found)


def test_without_a_scale_the_strip_s_own_pixels_count():
    assert as_the_print_allows(MEASURED, page(None)).uncertainty_ms == 14


def test_from_a_picture_that_is_too_coarse_no_interval_is_told():
    found = as_the_print_allows(MEASURED, page(1.5))
    assert (found.pr_ms, found.qrs_ms, found.qt_ms) == (None, None, None)
    assert set(found.qtc_ms.values()) == {None}
    assert "too coarse" in found.not_measured["qt_ms"]
    assert "too coarse" in found.not_measured["qtc_bazett_ms"]
