"""What spoke for a beat: the stretch whose loss changes the answer, and nothing else."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ecgmm.analysis.occlusion import occlude_signal, occlude_strips, strip_start_s
from ecgmm.analysis.reading import Beat
from ecgmm.grid import STRIP_SAMPLES
from ecgmm.labels import STEP_CLASSES
from ecgmm.serving.runtime import Probabilities

BEAT_S, EARLIER_S = 5.02, 4.2
BEAT = Beat(BEAT_S, "S", 0.9)


class Prematurity:
    """Calls the beat at 5 s S as long as it sees another one 0.8 s before, V otherwise."""

    model_name, model_version = "prematurity", "1"

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        return self._named(np.abs(signal).reshape(len(signal), 250, 5).max(axis=2) > 0.5)

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        grey = [cv2.imdecode(np.frombuffer(each, np.uint8), 0) for each in image_bytes]
        tall = np.stack([each[:70].min(axis=0) < 100 for each in grey])
        return self._named(tall.reshape(len(tall), 250, 4).any(axis=2))

    def _named(self, tall: NDArray[np.bool_]) -> Probabilities:
        here = tall[:, 123:128].any(axis=1)
        before = tall[:, 102:108].any(axis=1)
        beats = np.zeros((len(tall), 250, 6), np.float32)
        beats[..., 0] = 1
        beats[:, 125, STEP_CLASSES.index("S")] = 0.9 * (here & before) + 0.05 * (here & ~before)
        return Probabilities(beats, np.zeros((len(tall), 4), np.float32))


def signal() -> NDArray[np.float32]:
    signal_mv = np.zeros((STRIP_SAMPLES, 1), np.float32)
    for time_s in (EARLIER_S, BEAT_S):
        signal_mv[round(time_s * 125), 0] = 1.0
    return signal_mv


def strip() -> NDArray[np.uint8]:
    grey = np.full((160, 1000), 230, np.uint8)
    for time_s in (EARLIER_S, BEAT_S):
        grey[40:80, round(time_s * 100)] = 0
    return grey


@pytest.mark.parametrize("kind", ["signal", "picture"])
def test_the_stretches_that_decide_are_named_and_no_others(kind: str) -> None:
    runtime = Prematurity()
    found = (
        occlude_signal(signal(), 0.0, BEAT, runtime)
        if kind == "signal"
        else occlude_strips([strip()], [0.0], BEAT, runtime)
    )
    middles_s = found.start_s + (np.arange(len(found.log_odds)) + 0.5) * found.stretch_s
    telling_s = middles_s[found.log_odds > 1]
    assert found.probability == pytest.approx(0.9)
    assert {round(time_s, 1) for time_s in telling_s} <= {4.1, 4.2, 4.3, 4.9, 5.0, 5.1}
    for time_s in (EARLIER_S, BEAT_S):
        assert np.abs(telling_s - time_s).min() < 0.06
    assert (np.abs(found.log_odds[np.abs(middles_s - 4.6) < 0.2]) < 1e-9).all()


def test_a_lead_on_which_nothing_is_seen_speaks_for_nothing() -> None:
    both = np.column_stack((signal(), np.zeros(STRIP_SAMPLES, np.float32)))
    found = occlude_signal(both, 0.0, BEAT, Prematurity())
    assert found.probability == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("time_s", "duration_s", "start_s"),
    [(0.3, 60.0, 0.0), (30.0, 60.0, 25.0), (59.9, 60.0, 50.0), (3.0, 6.0, 0.0)],
)
def test_ten_seconds_are_taken_inside_the_recording(
    time_s: float, duration_s: float, start_s: float
) -> None:
    assert strip_start_s(Beat(time_s, "N", 1.0), duration_s) == pytest.approx(start_s, abs=0.02)
