"""What a person states of a page."""

import pytest

from ecgmm.paper.options import PageOptions


def test_nothing_needs_to_be_stated():
    assert PageOptions() == PageOptions(None, None, None)


@pytest.mark.parametrize("stated", [{"speed_mm_per_s": 0.0}, {"gain_mm_per_mv": -10.0}])
def test_a_scale_is_above_zero(stated):
    with pytest.raises(ValueError, match="above 0"):
        PageOptions(**stated)


def test_a_layout_is_one_that_there_is():
    with pytest.raises(ValueError, match=r"Expected a layout out of 3x4, .* Received '9x9'"):
        PageOptions(layout="9x9")
