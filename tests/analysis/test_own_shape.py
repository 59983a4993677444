"""Wide beats of the recording's own shape are not ventricular."""

import numpy as np
import pytest

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.own_shape import beats_of_own_shape
from ecgmm.analysis.reading import JudgedCondition
from ecgmm.analysis.shapes import QRS_S, no_shapes
from ecgmm.labels import AAMI_CLASSES
from ecgmm.leads import LEADS

WIDE = np.exp(-(((QRS_S - 0.02) / 0.05) ** 2))
STRANGE = -np.exp(-(((QRS_S + 0.02) / 0.03) ** 2))
LABELS = "NNVNNNVNNN"


def read(rr_s: float = 0.8) -> tuple[BeatList, np.ndarray, np.ndarray]:
    """Ten wide beats of which the third was called ventricular, and so was the strange seventh."""
    times_s = 0.5 + rr_s * np.arange(len(LABELS))
    times_s[6] -= 0.4 * rr_s
    shapes = no_shapes(len(LABELS))
    shapes[:, :, : len(QRS_S)] = WIDE
    shapes[6, :, : len(QRS_S)] = STRANGE
    probability = np.full((len(LABELS), 5), 0.05, np.float32)
    for beat, label in enumerate(LABELS):
        probability[beat, AAMI_CLASSES.index(label)] = 0.8
    return BeatList(times_s, LABELS, np.full(len(LABELS), 0.8)), probability, shapes


def condition(code: str, probability: float) -> tuple[JudgedCondition, ...]:
    return (JudgedCondition(code, "CD", code, probability, 0.4),)


@pytest.mark.parametrize("code", ["CLBBB", "CRBBB"])
@pytest.mark.parametrize("probability", [0.9, 0.25])
def test_under_a_block_a_beat_of_the_usual_shape_is_normal(code: str, probability: float) -> None:
    named = beats_of_own_shape(*read(), condition(code, probability), LEADS)
    assert named.labels == "NNNNNNVNNN"
    assert named.probability[2] == pytest.approx(0.85)


def test_a_beat_of_the_shape_of_the_normal_ones_is_normal_without_a_block_too() -> None:
    assert beats_of_own_shape(*read(), condition("CLBBB", 0.1), LEADS).labels == "NNNNNNVNNN"
    assert beats_of_own_shape(*read(), (), LEADS).labels == "NNNNNNVNNN"


def test_without_a_block_a_shape_that_is_mostly_ventricular_stays_so() -> None:
    beats, probability, shapes = read()
    mostly_v = BeatList(beats.time_s, "VVVVVVVNNN", beats.probability)
    assert beats_of_own_shape(mostly_v, probability, shapes, (), LEADS) == mostly_v


def test_paced_beats_are_q_and_an_early_strange_one_is_not() -> None:
    assert beats_of_own_shape(*read(), condition("PACE", 0.9), LEADS).labels == "QQQQQQVQQQ"


def test_in_flutter_no_beat_is_a_premature_one_of_the_atria() -> None:
    beats, probability, shapes = read()
    changing = BeatList(beats.time_s, "NNSSSSSNNN", beats.probability)
    told = beats_of_own_shape(changing, probability, shapes, condition("AFLT", 0.9), LEADS)
    assert told.labels == "N" * 10
    assert beats_of_own_shape(changing, probability, shapes, (), LEADS) == changing


def test_few_leads_are_not_enough_to_say_so() -> None:
    beats, probability, shapes = read()
    named = beats_of_own_shape(beats, probability, shapes, condition("PACE", 0.9), ("I", "II"))
    assert named == beats


@pytest.mark.filterwarnings("error")
def test_where_no_beat_has_the_usual_shape_none_is_named_anew() -> None:
    beats, probability, _ = read()
    flat = no_shapes(len(LABELS))
    assert beats_of_own_shape(beats, probability, flat, (), LEADS) == beats
