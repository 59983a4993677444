"""How far a QRS complex lies between the normal and the ventricular one."""

import numpy as np
import pytest

from ecgmm.analysis.fusion import mixture, with_fusion
from ecgmm.analysis.shapes import QRS, QRS_S, no_shapes

NARROW = np.exp(-((QRS_S / 0.02) ** 2))
WIDE = -0.8 * np.exp(-(((QRS_S - 0.03) / 0.05) ** 2))


def beats(*shapes: np.ndarray) -> np.ndarray:
    """Ten normal beats, ten ventricular ones and then these, in two leads."""
    rng = np.random.default_rng(0)
    all_shapes = [NARROW] * 10 + [WIDE] * 10 + list(shapes)
    qrs = np.repeat(np.stack(all_shapes)[:, np.newaxis], 2, axis=1)
    return (qrs + rng.normal(0, 0.01, qrs.shape)).astype(np.float32)


def called(count: int) -> np.ndarray:
    """What the first look says: `N`, then `V`, then `N` of the rest."""
    probability = np.full((count, 5), 0.02, np.float32)
    probability[:, 0] = 0.92
    probability[10:20, [0, 2]] = [0.02, 0.92]
    return probability


def test_a_fused_beat_lies_between_and_only_the_sum_explains_it() -> None:
    mixed = mixture(beats(0.6 * NARROW + 0.4 * WIDE, 0.5 * NARROW + 0.5 * WIDE), called(22))
    assert mixed is not None
    assert mixed.share[20:] == pytest.approx([0.4, 0.5], abs=0.1)
    assert (mixed.left[20:] < 0.15).all()
    assert (mixed.explained[20:] > 0.7).all()
    assert mixed.only_the_sum_fits().tolist() == [False] * 20 + [True] * 2


def test_plain_beats_lie_at_their_end() -> None:
    mixed = mixture(beats(), called(20))
    assert mixed is not None
    assert np.median(mixed.share[:10]) < 0.1
    assert np.median(mixed.share[10:]) > 0.9
    assert (mixed.left < 0.2).all()


def test_two_impulses_that_meet_a_little_later_are_still_a_sum() -> None:
    later = 0.5 * NARROW + 0.5 * np.roll(WIDE, 2)
    mixed = mixture(beats(later), called(21))
    assert mixed is not None
    assert mixed.only_the_sum_fits()[20]


def test_a_fused_beat_is_called_so_and_no_other_is() -> None:
    shapes = no_shapes(21)
    shapes[:, :, QRS] = beats(0.5 * NARROW + 0.5 * WIDE)
    first_look = called(21)
    probability = with_fusion(first_look, shapes, first_look)
    np.testing.assert_allclose(probability.sum(axis=1), 1.0, rtol=1e-5)
    assert "".join("NSVFQ"[place] for place in probability.argmax(axis=1)) == (
        "N" * 10 + "V" * 10 + "F"
    )
    np.testing.assert_allclose(probability[:20], first_look[:20], rtol=1e-5)


def test_without_ventricular_beats_nothing_is_known() -> None:
    normal = called(21)
    normal[10:20] = normal[0]
    qrs = beats(NARROW)
    assert mixture(qrs, normal) is None
    shapes = no_shapes(len(qrs))
    shapes[:, :, QRS] = qrs
    np.testing.assert_array_equal(with_fusion(normal, shapes, normal), normal)
