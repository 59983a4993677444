"""Tables that tell the rhythm of a strip from its features."""

import numpy as np

from ecgmm.training.strip_rhythm import parts_of, train_tables


def examples(recordings: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Four classes: two told apart by the first feature, two by the second; the third is noise."""
    rng = np.random.default_rng(0)
    features = rng.uniform(-1, 1, (recordings, 3)).astype(np.float32)
    return features, 2 * (features[:, 1] > 0) + (features[:, 0] > 0).astype(np.int64)


def test_what_adds_up_is_learned() -> None:
    features, rhythm = examples()
    tables = train_tables(features, rhythm, seed=0)
    unseen = np.float32([[-0.5, -0.5, 0], [0.5, -0.5, 0], [-0.5, 0.5, 0], [0.5, 0.5, 0]])
    assert tables.probabilities(unseen).argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert np.ptp(tables.added[0]) > 5 * np.ptp(tables.added[2])


def test_the_same_seed_gives_the_same_tables() -> None:
    first, second = (train_tables(*examples(), seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.added, second.added)


def test_every_class_is_spread_over_all_parts() -> None:
    rhythm = np.repeat([0, 1, 2, 3], [50, 10, 25, 15])
    part = parts_of(rhythm, 5, seed=1)
    for name, count in enumerate((10, 2, 5, 3)):
        assert np.bincount(part[rhythm == name], minlength=5).tolist() == [count] * 5
