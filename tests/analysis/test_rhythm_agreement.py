"""No fibrillation where intervals are regular; fibrillation where the leads together say so."""

import numpy as np
import pytest

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.reading import JudgedCondition, Rhythm
from ecgmm.analysis.rhythm_agreement import (
    median_change,
    with_leads_together,
    without_regular_fibrillation,
)
from ecgmm.leads import LEADS

AF_WINDOW = np.float32([[0.1, 0.7, 0.15, 0.05]])
LIKELY = Rhythm("af", {"normal": 0.2, "af": 0.6, "other": 0.15, "noise": 0.05})


def beats(rr_s: np.ndarray, labels: str | None = None) -> BeatList:
    times_s = 0.5 + np.concatenate([[0.0], np.cumsum(rr_s)])
    return BeatList(times_s, labels or "N" * len(times_s), np.full(len(times_s), 0.9))


def with_one_premature_beat() -> BeatList:
    rr_s = np.full(12, 0.8)
    rr_s[6:8] = 0.5, 1.2
    return beats(rr_s, "NNNNNNNSNNNNN")


def test_one_premature_beat_is_no_fibrillation() -> None:
    agreed = without_regular_fibrillation(AF_WINDOW, np.zeros(1), with_one_premature_beat())
    assert agreed[0, 1] == 0.0
    assert agreed.sum() == pytest.approx(1.0)
    assert agreed[0, 2] / agreed[0, 0] == pytest.approx(1.5)


def test_a_steady_tachycardia_is_no_fibrillation_whatever_its_beats_are_called() -> None:
    steady = beats(np.full(20, 0.4), "NN" + "S" * 19)
    assert without_regular_fibrillation(AF_WINDOW, np.zeros(1), steady)[0, 1] == 0.0
    unsteady = beats(0.4 * np.exp(np.random.default_rng(0).normal(0, 0.2, 20)), "NN" + "S" * 19)
    assert without_regular_fibrillation(AF_WINDOW, np.zeros(1), unsteady)[0, 1] > 0.0


def test_irregular_intervals_stay_fibrillation() -> None:
    irregular = beats(0.7 * np.exp(np.random.default_rng(0).normal(0, 0.2, 20)))
    agreed = without_regular_fibrillation(AF_WINDOW, np.zeros(1), irregular)
    np.testing.assert_array_equal(agreed, AF_WINDOW)


def test_too_few_intervals_say_nothing() -> None:
    assert median_change(beats(np.full(4, 0.8))) is None
    few = without_regular_fibrillation(AF_WINDOW, np.zeros(1), beats(np.full(4, 0.8)))
    np.testing.assert_array_equal(few, AF_WINDOW)


def test_each_window_is_judged_by_its_own_beats() -> None:
    irregular_s = 0.7 * np.exp(np.random.default_rng(0).normal(0, 0.2, 50))
    two = np.repeat(AF_WINDOW, 2, axis=0)
    read = beats(np.concatenate([np.full(60, 0.7), irregular_s]))
    agreed = without_regular_fibrillation(two, np.array([0.0, 45.0]), read)
    assert agreed[0, 1] == 0.0
    assert agreed[1, 1] == pytest.approx(0.7)


def asked(probability: float) -> tuple[JudgedCondition, ...]:
    return (JudgedCondition("AFIB", "rhythm", "Atrial fibrillation", probability, 0.5),)


@pytest.mark.parametrize(("probability", "label"), [(0.95, "af"), (0.01, "normal")])
def test_twelve_leads_have_a_say_about_fibrillation(probability: float, label: str) -> None:
    rhythm = with_leads_together(LIKELY, asked(probability), LEADS)
    assert rhythm.label == label
    assert sum(rhythm.probabilities.values()) == pytest.approx(1.0)


def test_flutter_that_is_told_is_no_fibrillation() -> None:
    flutter = JudgedCondition("AFLT", "rhythm", "Atrial flutter", 0.8, 0.5)
    assert with_leads_together(LIKELY, (*asked(0.7), flutter), LEADS).probabilities["af"] == 0.0
    assert with_leads_together(LIKELY, (*asked(0.9), flutter), LEADS).label == "af"


def test_one_lead_is_read_as_it_was() -> None:
    assert with_leads_together(LIKELY, asked(0.01), ("I",)) == LIKELY
    assert with_leads_together(LIKELY, (), LEADS) == LIKELY


def test_what_has_regular_intervals_stays_without_fibrillation() -> None:
    regular = Rhythm("normal", {"normal": 0.8, "af": 0.0, "other": 0.2, "noise": 0.0})
    assert with_leads_together(regular, asked(0.99), LEADS) == regular
