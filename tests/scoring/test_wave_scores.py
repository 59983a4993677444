"""Waves that were found against waves that were marked."""

import pytest

from ecgmm.measure.waves import Wave
from ecgmm.scoring.waves import agreement, found_waves, intervals_ms


def beat(r_s, *, p=True, t=True):
    """The marks of one beat: PR 160 ms, QRS 90 ms, QT 400 ms."""
    waves = [Wave("QRS", r_s - 0.04, r_s, r_s + 0.05)]
    if p:
        waves.insert(0, Wave("P", r_s - 0.20, r_s - 0.15, r_s - 0.10))
    if t:
        waves.append(Wave("T", r_s + 0.20, r_s + 0.28, r_s + 0.36))
    return waves


def lead(*times_s, **options):
    return [wave for r_s in times_s for wave in beat(r_s, **options)]


def peaks(*times_s):
    return {
        "P": [r_s - 0.15 for r_s in times_s],
        "QRS": list(times_s),
        "T": [r_s + 0.28 for r_s in times_s],
    }


def test_intervals_are_medians_over_beats_and_leads():
    found = intervals_ms([lead(1, 2, 3), lead(1, 2, 3, p=False)])
    assert found == {
        "pr_ms": pytest.approx(160),
        "qrs_ms": pytest.approx(90),
        "qt_ms": pytest.approx(400),
    }


def test_an_interval_that_hardly_any_beat_has_is_none_of_the_record():
    assert "pr_ms" not in intervals_ms([lead(1), *[lead(1, 2, 3, p=False)] * 2])


def test_a_t_without_an_onset_still_ends_the_qt_interval():
    waves = [Wave("QRS", 0.96, 1.0, 1.05), Wave("T", None, 1.28, 1.36)]
    assert intervals_ms([waves])["qt_ms"] == pytest.approx(400)


def test_bias_and_spread_are_of_what_was_measured():
    found = agreement([(100.0, 104.0), (100.0, 98.0), (100.0, None)])
    assert (found.records, found.measured) == (3, 2)
    assert found.bias_ms == pytest.approx(1.0)
    assert found.sd_ms == pytest.approx(18**0.5)


def test_waves_that_were_found_missed_and_invented_are_counted():
    found = found_waves([lead(1, 2, 3)], peaks(1, 2, 2.5))
    assert (found["QRS"].hits, found["QRS"].missed, found["QRS"].invented) == (2, 1, 1)
    assert found["QRS"].sensitivity == pytest.approx(2 / 3)
    assert found["QRS"].predictivity == pytest.approx(2 / 3)


def test_where_nobody_has_marked_nothing_is_invented():
    found = found_waves([lead(1, 2, 8, 9)], peaks(1, 2, 4, 5, 6, 8, 9))
    assert all(of_wave.invented == 0 for of_wave in found.values())


def test_what_few_leads_show_is_neither_missed_nor_invented():
    leads = [lead(1, 2), *[lead(1, 2, p=False)] * 3]
    without, with_p = found_waves(leads, {}), found_waves(leads, peaks(1, 2))
    assert without["P"].missed == 0
    assert with_p["P"].invented == 0
