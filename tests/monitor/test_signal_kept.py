"""What a stream keeps: the last minute of signal, the window that is read, the rhythm of late."""

import numpy as np
import pytest

from ecgmm.labels import NO_BEAT, STEP_CLASSES
from ecgmm.monitor.beat_tracker import BeatTracker
from ecgmm.monitor.history import HISTORY_S, History
from ecgmm.monitor.rhythm_watch import LONGEST_S, RhythmWatch
from ecgmm.monitor.window import Window, unreadable_spans

RATE_HZ = 125


def filled(seconds, leads=1):
    history = History(leads)
    samples = np.arange(seconds * RATE_HZ, dtype=np.float32)
    history.append(np.stack([samples + lead for lead in range(leads)], axis=1))
    return history


def test_the_history_keeps_a_minute_of_a_day():
    history = History(1)
    for first in range(0, 300 * RATE_HZ, 40):
        history.append(np.arange(first, first + 40, dtype=np.float32)[:, None])
    newest = history.end
    np.testing.assert_array_equal(history.latest(250)[:, 0], np.arange(newest - 250, newest))
    assert history.latest(HISTORY_S * RATE_HZ)[0, 0] == newest - HISTORY_S * RATE_HZ
    assert history.latest(10, newest - 100)[-1, 0] == newest - 101
    assert history._ring_mv.nbytes <= 2 * HISTORY_S * RATE_HZ * 4


def test_a_gap_of_a_day_in_the_history_takes_no_memory():
    history = filled(5)
    history.skip(86400 * RATE_HZ)
    assert history.end_s == 5 + 86400
    assert np.isnan(history.latest(100)).all()


def test_a_stream_younger_than_its_window_is_read_as_far_as_it_goes():
    window = Window.newest(filled(3))
    assert (window.start_s, window.end_s) == (-7.0, 3.0)
    assert window.rows.shape == (1, 1250)
    assert np.isfinite(window.rows).all()


def test_a_lead_that_is_mostly_off_is_not_read():
    history = filled(10, leads=2)
    history._ring_mv[-len(history._ring_mv) :, 1] = np.nan
    assert Window.newest(history).leads.tolist() == [0]


def test_leads_are_averaged_where_they_hold_a_signal():
    history = History(2)
    signal_mv = np.zeros((1250, 2), np.float32)
    signal_mv[625:, 1] = np.nan
    history.append(signal_mv)
    said = np.zeros((2, 250, len(STEP_CLASSES)), np.float32)
    said[0, :, 1], said[1, :, 3] = 1.0, 1.0
    blended = Window.newest(history).blended(said)
    np.testing.assert_allclose(blended[:120, [1, 3]], 0.5)
    np.testing.assert_allclose(blended[130:, [1, 3]], [[1.0, 0.0]] * 120)


def test_where_no_lead_is_known_there_is_no_beat():
    history = filled(6)
    history.skip(2 * RATE_HZ)
    history.append(np.zeros((2 * RATE_HZ, 1), np.float32))
    (before, gap) = unreadable_spans(history, 60)
    assert before == pytest.approx((-50.0, 0.0))
    assert gap == pytest.approx((6.0, 8.0))
    said = np.full((1, 250, len(STEP_CLASSES)), 1 / 6, np.float32)
    blended = Window.newest(history).blended(said)
    assert blended[160, STEP_CLASSES.index(NO_BEAT)] == 1.0


def test_atrial_fibrillation_is_only_told_of_time_that_was_read():
    watch = RhythmWatch()
    assert watch.af_share(30.0) is None
    for number in range(50):
        watch.add(0.5 * number, np.float32([0.1, 0.8, 0.1, 0.0]))
    assert watch.af_share(30.0) is None
    for number in range(50, 70):
        watch.add(0.5 * number, np.float32([0.1, 0.8, 0.1, 0.0]))
    assert watch.af_share(30.0) == pytest.approx(0.8)


def test_noise_says_nothing_about_the_rhythm():
    watch = RhythmWatch()
    for number in range(80):
        watch.add(0.5 * number, np.float32([0.05, 0.15, 0.0, 0.8]))
    assert watch.af_share(30.0) == pytest.approx(0.75)


def test_what_is_remembered_does_not_grow():
    watch, tracker = RhythmWatch(), BeatTracker()
    from ecgmm.analysis.beat_list import BeatList

    for number in range(2000):
        now_s = 0.5 * number
        watch.add(now_s, np.float32([1, 0, 0, 0]))
        tracker.take(BeatList(np.array([now_s - 1.0]), "N", np.array([0.9])), now_s, 0.0)
    assert len(watch._read) <= 2 * LONGEST_S + 1
    assert len(tracker.beats) <= 2 * HISTORY_S + 2
