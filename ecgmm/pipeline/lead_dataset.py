"""Batches of sets of leads for `fit`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import keras
from numpy.typing import NDArray

from ecgmm.conditions import CONDITION_CODES
from ecgmm.leads import LEADS
from ecgmm.pipeline.lead_batches import LeadBatch, LeadBatchMaker

if TYPE_CHECKING:
    import tensorflow as tf

Teach = Callable[[LeadBatch], NDArray]
"""What a batch is to be answered with: `[rows, conditions]` from 0 to 1."""


def lead_dataset(
    maker: LeadBatchMaker, count: int, first: int = 0, teach: Teach | None = None
) -> tf.data.Dataset | Iterator[Any]:
    """`count` batches from number `first` on, the same for the same maker.

    Each is `({"leads_mv", "seen"}, conditions)`: of a `tf.data.Dataset` where Keras runs on
    TensorFlow, of an iterator on its other backends.

    Args:
        maker: makes them.
        count: how many.
        first: number of the first.
        teach: says what each is to be answered with; what the records have by default.
    """

    def make(number: int) -> tuple[NDArray, NDArray, NDArray]:
        batch = maker.make(number)
        return batch.leads_mv, batch.seen, batch.conditions if teach is None else teach(batch)

    numbers = range(first, first + count)
    if keras.backend.backend() == "tensorflow":
        return _tf_dataset(make, numbers)
    made = map(make, numbers)
    return (({"leads_mv": leads_mv, "seen": seen}, answer) for leads_mv, seen, answer in made)


def _tf_dataset(make: Callable[[int], Any], numbers: range) -> tf.data.Dataset:
    import tensorflow as tf

    def shaped(number: tf.Tensor) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        leads_mv, seen, answer = tf.numpy_function(make, [number], [tf.float32] * 3)
        inputs = {
            "leads_mv": tf.ensure_shape(leads_mv, (None, len(LEADS), None)),
            "seen": tf.ensure_shape(seen, (None, len(LEADS), None)),
        }
        return inputs, tf.ensure_shape(answer, (None, len(CONDITION_CODES)))

    return tf.data.Dataset.range(numbers.start, numbers.stop).map(shaped).prefetch(4)
