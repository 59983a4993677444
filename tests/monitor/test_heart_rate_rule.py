"""The displayed rate, with the cases of IEC 60601-2-27, 201.7.9.2.9.101 b) 4) and 5).

The standard's waveforms are given here by their beats: what its figures 3a to 3d ask of the rate
does not depend on their shapes.
"""

import numpy as np
import pytest

from ecgmm.monitor.beat_tracker import MARGIN_S, PATIENCE_S
from ecgmm.monitor.heart_rate import displayed_rate_bpm
from ecgmm.monitor.stream import HOP_S

SLOWEST_LABEL_S = PATIENCE_S + HOP_S + 0.6
"""From a beat to its label: unsure until then, one more reading, and the model's own time."""


def shown(rr_s):
    return displayed_rate_bpm(np.array(rr_s, np.float64))


@pytest.mark.parametrize("bpm", [15, 30, 60, 80, 120, 200, 300])
def test_a_regular_rate_is_shown_to_within_one_beat(bpm):
    assert shown([60 / bpm] * 30) == pytest.approx(bpm, abs=1)


@pytest.mark.parametrize(
    ("name", "rr_s", "bpm"),
    [
        ("ventricular bigeminy", [0.5, 1.0], 80),
        ("slow alternating ventricular bigeminy", [0.75, 0.75, 1.25, 1.25], 60),
        ("rapid alternating ventricular bigeminy", [0.375, 0.375, 0.625, 0.625], 120),
        ("bidirectional systoles", [0.5, 0.8333], 90),
    ],
)
def test_irregular_rhythms_of_the_standard_are_shown_at_their_mean_rate(name, rr_s, bpm):
    rates = [shown((rr_s * 20)[:count]) for count in range(40, 60)]
    assert np.mean(rates) == pytest.approx(bpm, abs=3), name


@pytest.mark.parametrize(("to_bpm", "reached_bpm"), [(120, 118), (40, 42)])
def test_a_step_from_80_bpm_is_shown_within_eleven_seconds(to_bpm, reached_bpm):
    rr_s = [60 / 80] * 20
    for seen in range(1, 20):
        rate = shown([*rr_s, *[60 / to_bpm] * seen])
        if (rate >= reached_bpm) == (to_bpm > 80):
            break
    label_s = max(SLOWEST_LABEL_S, MARGIN_S + HOP_S)
    assert seen * 60 / to_bpm + label_s + 1.0 <= 11.0


def test_there_is_no_rate_before_two_intervals_or_right_after_a_gap():
    assert shown([0.8]) is None
    assert shown([0.8] * 10 + [np.nan, 0.8]) is None
    assert shown([0.8] * 10 + [np.nan, 0.5, 0.5]) == pytest.approx(120)
