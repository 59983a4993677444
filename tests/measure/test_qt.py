"""QT at a rate of 60, by formulas whose values can be worked out by hand."""

import pytest

from ecgmm.measure.measurements import Measurements


@pytest.mark.parametrize(
    ("rate_bpm", "bazett", "fridericia", "framingham", "hodges"),
    [
        (60.0, 400, 400, 400, 400),
        (93.75, 500, 464, 455, 459),
        (240.0, 800, 635, 516, 715),
    ],
)
def test_each_formula_gives_what_its_author_wrote(rate_bpm, bazett, fridericia, framingham, hodges):
    corrected = Measurements(heart_rate_bpm=rate_bpm, qt_ms=400).qtc_ms
    assert list(corrected) == ["bazett", "fridericia", "framingham", "hodges"]
    assert list(corrected.values()) == pytest.approx(
        [bazett, fridericia, framingham, hodges], abs=1
    )


def test_a_formula_holds_for_the_rates_that_it_was_made_for():
    assert "bazett" in Measurements(heart_rate_bpm=75.0).qtc_holding
    assert "bazett" not in Measurements(heart_rate_bpm=105.0).qtc_holding
    assert "fridericia" in Measurements(heart_rate_bpm=105.0).qtc_holding
    assert Measurements(heart_rate_bpm=180.0).qtc_holding == ()


def test_without_qt_or_rate_there_is_no_corrected_one():
    assert set(Measurements(heart_rate_bpm=60.0).qtc_ms.values()) == {None}
    assert set(Measurements(qt_ms=400).qtc_ms.values()) == {None}
