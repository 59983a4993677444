"""Rhythms in which the recording's own P wave is missing."""

import numpy as np
import pytest

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.episodes import in_time
from ecgmm.analysis.junctional import junctional_runs
from ecgmm.analysis.reading import Rhythm
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.rhythms import junctional_rhythm
from ecgmm.analysis.shapes import beat_shapes
from ecgmm.recording import Recording

RATE_HZ = 250.0
SINUS_S, ESCAPE_S = 0.8, 1.2
WHOLE = Rhythm("normal", {"normal": 0.9, "af": 0.05, "other": 0.03, "noise": 0.02})
RUN = slice(70, 82)


def heart(
    p_height_mv: np.ndarray,
    rr_s: np.ndarray,
    pr_s: np.ndarray | float = 0.16,
    noise_mv: float = 0.01,
) -> tuple[BeatList, np.ndarray, float]:
    """The beats of a lead II with P waves of such heights, their shapes, and its duration."""
    times_s = 1.0 + np.concatenate([[0.0], np.cumsum(rr_s)])
    clock_s = np.arange(int((times_s[-1] + 1.0) * RATE_HZ)) / RATE_HZ
    lead_mv = np.random.default_rng(5).normal(0, noise_mv, len(clock_s))
    for time_s, height, before_s in zip(
        times_s, p_height_mv, np.broadcast_to(pr_s, times_s.shape), strict=True
    ):
        for centre_s, width_s, mv in (
            (-before_s, 0.02, height),
            (0, 0.012, 1.2),
            (0.25, 0.05, 0.3),
        ):
            lead_mv += mv * np.exp(-0.5 * ((clock_s - time_s - centre_s) / width_s) ** 2)
    recording = Recording(lead_mv[:, None].astype(np.float32), RATE_HZ, ("II",), "made")
    beats = BeatList(times_s, "N" * len(times_s), np.full(len(times_s), 0.99))
    return beats, beat_shapes(recording, times_s), float(clock_s[-1])


def sinus(beats: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """Heights of P waves and RR intervals."""
    rng = np.random.default_rng(6)
    return np.full(beats, 0.15), SINUS_S * np.exp(rng.normal(0, 0.01, beats - 1))


@pytest.mark.parametrize("p_mv", [0.0, -0.15], ids=["no P wave", "an inverted P wave"])
def test_a_regular_escape_rhythm_without_the_usual_p_wave_is_junctional(p_mv: float) -> None:
    heights_mv, rr_s = sinus()
    heights_mv[RUN] = p_mv
    rr_s[RUN.start - 1 : RUN.stop - 1] = ESCAPE_S
    beats, shapes, duration_s = heart(heights_mv, rr_s)
    (run,) = junctional_runs(beats, shapes, [])
    assert abs(run.start - RUN.start) <= 1
    assert abs(run.stop - RUN.stop) <= 1
    rhythm = in_time(
        Evidence(beats, WHOLE, duration_s),
        np.array([[0.9, 0.05, 0.03, 0.02]], np.float32),
        np.zeros(1),
        [run],
    )
    assert [e.label for e in rhythm.in_time.episodes] == ["sinus", "junctional", "sinus"]
    (finding,) = junctional_rhythm(Evidence(beats, rhythm, duration_s))
    assert finding.beats == tuple(run)
    assert finding.text.startswith("Possibly junctional or low atrial rhythm: 1 episode")


def test_a_rate_that_falls_with_its_p_waves_is_sinus_rhythm() -> None:
    heights_mv, rr_s = sinus()
    rr_s[RUN.start - 1 : RUN.stop - 1] = ESCAPE_S
    pr_s = np.full(len(heights_mv), 0.16)
    pr_s[RUN] = 0.20
    beats, shapes, _ = heart(heights_mv, rr_s, pr_s)
    assert junctional_runs(beats, shapes, []) == []


@pytest.mark.parametrize("what", ["irregular", "fast", "few beats"])
def test_what_is_no_escape_rhythm_is_not_called_junctional(what: str) -> None:
    heights_mv, rr_s = sinus()
    run = slice(70, 74) if what == "few beats" else RUN
    heights_mv[run] = 0.0
    pace_s = np.full(run.stop - run.start, 0.5 if what == "fast" else ESCAPE_S)
    if what == "irregular":
        pace_s *= np.tile([0.85, 1.15], len(pace_s) // 2)
    rr_s[run.start - 1 : run.stop - 1] = pace_s
    beats, shapes, _ = heart(heights_mv, rr_s)
    assert junctional_runs(beats, shapes, []) == []


def test_where_no_p_wave_is_clear_none_is_missed() -> None:
    heights_mv, rr_s = sinus()
    heights_mv[RUN] = 0.0
    beats, shapes, _ = heart(heights_mv, rr_s, noise_mv=0.2)
    assert junctional_runs(beats, shapes, []) == []
    assert junctional_runs(beats, np.full_like(shapes, np.nan), []) == []
    nothing, no_shapes, _ = heart(heights_mv[:2], rr_s[:1])
    assert junctional_runs(nothing, no_shapes, []) == []
