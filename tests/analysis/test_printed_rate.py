"""A page that prints another heart rate than was read there is doubted in words."""

import pytest

from ecgmm.analysis.printed_rate import printed_rate_doubt
from ecgmm.analysis.reading import Beat

BEATS = [Beat(0.5 + 0.8 * number, "N", 0.99) for number in range(12)]
"""75 beats a minute."""


@pytest.mark.parametrize("printed_bpm", [None, 72.0, 75.0, 78.0])
def test_a_rate_that_agrees_to_a_twentieth_is_no_doubt(printed_bpm):
    assert printed_rate_doubt(printed_bpm, BEATS) is None


@pytest.mark.parametrize("printed_bpm", [37.0, 70.0, 80.0, 150.0])
def test_another_rate_is_a_doubt_that_names_both(printed_bpm):
    doubt = printed_rate_doubt(printed_bpm, BEATS)
    assert f"prints a heart rate of {printed_bpm:g} bpm, and 75 bpm was read" in doubt


def test_without_two_beats_there_is_nothing_to_compare():
    assert printed_rate_doubt(75.0, BEATS[:1]) is None
