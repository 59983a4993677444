"""The rhythm of a strip, from what it shows as a whole."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from raw_strips import irregular_s, strip

from ecgmm.analysis.strip_features import STRIP_FEATURES, strip_features
from ecgmm.analysis.strip_rhythm import AdditiveModel, seen_as_a_whole
from ecgmm.labels import RHYTHM_CLASSES

AF = RHYTHM_CLASSES.index("af")


def test_where_the_network_doubts_intervals_and_p_waves_decide() -> None:
    doubt = (0.3, 0.4, 0.28, 0.02)
    breathing_s = 0.8 + 0.06 * np.sin(1.3 * np.arange(35))
    sinus = seen_as_a_whole(strip(breathing_s, said=doubt))[0]
    fibrillation = seen_as_a_whole(strip(irregular_s(), said=doubt, p_mv=0.0))[0]
    with_p_waves = seen_as_a_whole(strip(irregular_s(), said=doubt))[0]
    assert sinus.argmax() == RHYTHM_CLASSES.index("normal")
    assert fibrillation.argmax() == AF
    assert with_p_waves[AF] < 0.5 < fibrillation[AF]
    assert sinus.sum() == pytest.approx(1.0)


def test_regular_beats_never_fibrillate() -> None:
    sure = strip(0.8, said=(0.01, 0.97, 0.01, 0.01), p_mv=0.0)
    assert seen_as_a_whole(sure)[0, AF] == 0.0


def test_every_window_of_a_strip_has_its_rhythm() -> None:
    long = strip(irregular_s(beats=60), beats=60)
    two = replace(long, window_rhythm=np.repeat(long.window_rhythm, 2, axis=0),
                  window_start_s=np.array([0.0, 15.0]))  # fmt: skip
    windows = seen_as_a_whole(two)
    np.testing.assert_array_equal(windows[0], windows[1])


@pytest.mark.parametrize(
    "other",
    [
        strip(irregular_s(), leads=("I", "II")),
        strip(irregular_s(beats=12), beats=12),
        strip(irregular_s(beats=120), beats=120),
        replace(strip(irregular_s()), modality="image"),
        strip(7.0, beats=4),
    ],
    ids=["two leads", "ten seconds", "minutes", "a page", "four beats"],
)
def test_what_is_no_strip_stays_as_the_network_read_it(other) -> None:
    np.testing.assert_array_equal(seen_as_a_whole(other), other.window_rhythm)


def test_what_is_not_known_of_a_strip_leaves_every_feature_a_number() -> None:
    unknown = strip()
    unknown.shapes[:] = np.nan
    features = strip_features(unknown)
    assert features.shape == (len(STRIP_FEATURES),)
    assert np.isfinite(features).all()


def test_each_range_of_each_feature_adds_its_own(tmp_path: Path) -> None:
    added = np.zeros((2, 3, 4), np.float32)
    added[0, 2, 1], added[1, 0, 1] = 2.0, -1.0
    tables = AdditiveModel(np.float32([[0, 1], [5, 5]]), added, np.zeros(4, np.float32))
    np.testing.assert_array_equal(
        tables.ranges(np.float32([[1.0, 4.9], [0.5, 5.0]])), [[2, 0], [1, 2]]
    )
    told = tables.probabilities(np.float32([1.0, 4.9]))
    assert told[1] / told[0] == pytest.approx(np.e)
    tables.save(tmp_path / "tables.npz")
    again = AdditiveModel.load(tmp_path / "tables.npz")
    np.testing.assert_array_equal(again.probabilities(np.float32([1.0, 4.9])), told)
