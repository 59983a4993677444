"""How figures are said."""

import pytest

from ecgmm.analysis.words import clock, percent


@pytest.mark.parametrize(
    ("time_s", "words", "whole"),
    [
        (0.04, "0.0 s", "0 s"),
        (7.349, "7.3 s", "7 s"),
        (59.96, "1:00.0", "1:00"),
        (127.34, "2:07.3", "2:07"),
        (3727.3, "1:02:07.3", "1:02:07"),
    ],
)
def test_times_read_like_a_clock(time_s: float, words: str, whole: str) -> None:
    assert clock(time_s) == words
    assert clock(time_s, decimals=0) == whole


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.0, "under 1 %"), (0.29, "29 %"), (0.974, "97 %"), (0.996, "over 99 %"), (1.0, "over 99 %")],
)
def test_nothing_is_said_to_be_certain(probability: float, words: str) -> None:
    assert percent(probability) == words
