"""Each beat is labelled once it is sure, within two seconds, and corrected at most once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.analysis.beat_list import BeatList
from ecgmm.monitor.beat_tracker import SETTLED_S, BeatTracker


def read(*beats):
    times_s, labels, probability = zip(*beats, strict=True) if beats else ((), "", ())
    return BeatList(np.array(times_s, float), "".join(labels), np.array(probability, float))


def said(events):
    return [(event.label, event.revision) for event in events]


def test_a_sure_beat_is_labelled_as_soon_as_a_little_has_been_seen_after_it():
    tracker = BeatTracker()
    assert tracker.take(read((1.0, "N", 0.95)), 1.3, 0.1) == []
    (event,) = tracker.take(read((1.0, "N", 0.95)), 1.6, 0.1)
    assert (event.label, event.revision) == ("N", 0)
    assert abs(event.latency_s - 0.7) < 1e-9
    assert tracker.take(read((1.0, "N", 0.95)), 2.1, 0.1) == []


def test_an_unsure_beat_waits_for_another_reading_and_no_longer():
    tracker = BeatTracker()
    assert tracker.take(read((1.0, "V", 0.6)), 1.5, 0.0) == []
    assert said(tracker.take(read((1.0, "V", 0.6)), 2.0, 0.0)) == [("V", 0)]


def test_a_label_that_changed_by_then_is_corrected_once():
    tracker = BeatTracker()
    tracker.take(read((1.0, "N", 0.9)), 1.5, 0.0)
    assert tracker.take(read((1.0, "S", 0.9)), 2.0, 0.0) == []
    assert said(tracker.take(read((1.0, "S", 0.9)), 1.0 + SETTLED_S, 0.0)) == [("S", 1)]
    assert tracker.take(read((1.0, "V", 0.9)), 4.0, 0.0) == []


def test_a_beat_that_was_none_is_taken_back_once():
    tracker = BeatTracker()
    tracker.take(read((1.0, "N", 0.9)), 1.5, 0.0)
    assert said(tracker.take(read(), 1.1 + SETTLED_S, 0.0)) == [("none", 1)]
    assert tracker.take(read(), 9.0, 0.0) == []
    assert len(tracker.beats) == 0


def test_a_beat_found_late_takes_its_place_in_time():
    tracker = BeatTracker()
    tracker.take(read((2.0, "N", 0.9)), 2.5, 0.0)
    tracker.take(read((1.2, "N", 0.9), (2.0, "N", 0.9)), 3.0, 0.0)
    assert tracker.beats.time_s.tolist() == [1.2, 2.0]


def test_at_the_end_of_the_stream_the_beat_at_the_very_edge_is_labelled_too():
    assert said(BeatTracker().take(read((1.0, "N", 0.6)), 1.05, 0.0, is_last=True)) == [("N", 0)]


@given(st.lists(st.floats(0.1, 7.0), min_size=1, max_size=20))
def test_what_is_read_alike_again_and_again_is_never_corrected_however_seldom(hops_s):
    tracker, now_s, events = BeatTracker(), 0.0, []
    for hop_s in hops_s:
        now_s += hop_s
        seen = [t for t in np.arange(0.5, now_s, 0.8) if t > tracker.settled_to_s]
        events += tracker.take(read(*((t, "N", 0.95) for t in seen)), now_s, 0.0)
    assert [event.revision for event in events] == [0] * len(events)
    assert len(events) >= (now_s - SETTLED_S) // 0.8


@given(st.lists(st.lists(st.tuples(st.floats(0, 9.9), st.sampled_from("NSVFQ"),
                                   st.floats(0.5, 1.0)), max_size=8), max_size=12))  # fmt: skip
def test_whatever_is_read_no_beat_is_corrected_twice(readings):
    tracker, revised = BeatTracker(), []
    for number, beats in enumerate(readings):
        window_s = 0.5 * number
        ordered = sorted((window_s + t - 10 + 0.5, label, p) for t, label, p in beats)
        for event in tracker.take(read(*ordered), window_s, 0.0):
            if event.revision:
                revised.append(event.id)
    assert len(revised) == len(set(revised))
    assert (np.diff(tracker.beats.time_s) >= 0).all()
