"""Which strips of a long recording are shown."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ecgmm.analysis.excerpts import choose_excerpts
from ecgmm.analysis.reading import Beat, Finding, Quality, Reading, Rhythm, Summary


def reading_of(
    duration_s: float, beats: list[tuple[float, str]], findings: tuple[Finding, ...] = ()
) -> Reading:
    return Reading(
        input="x",
        modality="signal",
        duration_s=duration_s,
        leads=("MLII",),
        beats=tuple(Beat(time_s, label, 0.9) for time_s, label in beats),
        rhythm=Rhythm("normal", {"normal": 1.0}),
        findings=findings,
        summary=Summary(None, {}, "normal", 0.1),
        quality=Quality(1.0),
        model_name="ecgmm",
        model_version="1",
    )


def test_a_short_recording_is_shown_whole() -> None:
    assert choose_excerpts(reading_of(25.0, []), limit=3) == [0.0, 10.0, 20.0]


def test_a_finding_is_shown_where_most_of_its_beats_are() -> None:
    beats = [(100.0, "V"), (500.0, "V"), (501.0, "V"), (502.0, "V"), (900.0, "V")]
    findings = (Finding("vt", "a run", "critical", (0, 1, 2, 3, 4)),)
    (start_s,) = choose_excerpts(reading_of(1000.0, beats, findings), limit=1)
    assert start_s <= 500.0
    assert start_s + 10.0 > 502.0


def test_the_gravest_finding_gets_the_last_place() -> None:
    beats = [(100.0, "V"), (500.0, "V")]
    findings = (Finding("pvc", "", "info", (0,)), Finding("pause", "", "critical", (1,)))
    (start_s,) = choose_excerpts(reading_of(1000.0, beats, findings), limit=1)
    assert start_s <= 500.0 < start_s + 10.0


def test_ectopic_beats_fill_what_findings_leave() -> None:
    beats = [(100.0, "V"), (300.0, "N"), (500.0, "S")]
    first, second = choose_excerpts(reading_of(1000.0, beats), limit=4)
    assert first <= 100.0 < first + 10.0
    assert second <= 500.0 < second + 10.0


def test_without_anything_to_tell_the_beginning_is_shown() -> None:
    assert choose_excerpts(reading_of(1000.0, [(1.0, "N")]), limit=4) == [0.0]


@given(
    st.floats(0.01, 500.0),
    st.lists(st.tuples(st.floats(0.0, 500.0), st.sampled_from("NSVFQ")), max_size=40),
    st.integers(1, 6),
)
def test_excerpts_lie_in_the_recording_in_order_and_hardly_overlap(
    duration_s: float, beats: list[tuple[float, str]], limit: int
) -> None:
    inside = sorted(beat for beat in beats if beat[0] < duration_s)
    finding = Finding("all", "", "info", tuple(range(len(inside))))
    starts_s = choose_excerpts(reading_of(duration_s, inside, (finding,)), limit)
    assert 1 <= len(starts_s) <= limit
    assert starts_s[0] >= 0.0
    assert starts_s[-1] < duration_s
    assert all(second - first >= 5.0 for first, second in itertools.pairwise(starts_s))
