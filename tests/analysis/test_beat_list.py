"""Beats kept as columns are the beats they were made of."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.heart_rate import rr_intervals_s
from ecgmm.analysis.json_line import json_line
from ecgmm.analysis.reading import Beat, Finding, Quality, Reading, Rhythm, Summary

beats_in_order = st.lists(
    st.tuples(
        st.floats(0, 1e6, allow_nan=False), st.sampled_from("NSVFQ"), st.floats(0, 1, width=32)
    ),
    max_size=40,
).map(lambda rows: tuple(Beat(*row) for row in sorted(rows)))


@given(beats_in_order)
def test_columns_hold_the_same_beats(beats: tuple[Beat, ...]) -> None:
    columns = BeatList.of(beats)
    assert columns == beats
    assert tuple(columns) == beats
    assert columns[1:3] == beats[1:3]
    assert BeatList.of(columns) is columns
    assert [columns[i] for i in range(len(columns))] == list(beats)


@given(beats_in_order, st.integers(0, 40), st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_list_is_cut_and_joined(
    beats: tuple[Beat, ...], place: int, start_s: float, end_s: float
) -> None:
    columns = BeatList.of(beats)
    assert BeatList.joined([columns[:place], columns[place:]]) == beats
    inside = tuple(beat for beat in beats if start_s <= beat.time_s < end_s)
    assert columns.between(start_s, max(start_s, end_s)) == inside


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="Received 2, 1 and 2"):
        BeatList(np.zeros(2), "N", np.zeros(2))


@given(beats_in_order, st.lists(st.floats(0, 1e6), max_size=12))
def test_an_interval_is_unknown_exactly_where_it_touches_a_gap(
    beats: tuple[Beat, ...], edges_s: list[float]
) -> None:
    edges = sorted(set(edges_s))
    gaps = list(zip(edges[0::2], edges[1::2], strict=False))
    times_s = [beat.time_s for beat in beats]
    touched = [
        any(a < end_s and b > start_s for start_s, end_s in gaps) for a, b in pairwise(times_s)
    ]
    assert np.isnan(rr_intervals_s(np.array(times_s), gaps)).tolist() == touched


@given(beats_in_order)
def test_a_report_in_parts_is_the_report(beats: tuple[Beat, ...]) -> None:
    reading = Reading(
        input='a "b"\n.csv',
        modality="signal",
        duration_s=1e6,
        leads=("II", "Vé"),
        beats=BeatList.of(beats),
        rhythm=Rhythm("af", {"af": 1.0}),
        findings=(
            Finding("af", "AF.", "warning", tuple(range(len(beats)))),
            Finding("x", "", "info"),
        ),
        summary=Summary(None, {"N": 1}, "unreadable", None),
        quality=Quality(0.5, ("Why.",)),
        model_name="ecgmm",
        model_version="1",
    )
    line = "".join(json_line(reading))
    assert line.endswith("}\n")
    assert "\n" not in line[:-1]
    assert list(json.loads(line)) == list(reading.to_dict())
    assert json.loads(line) == reading.to_dict()
