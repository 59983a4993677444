"""Rows of a batch, whose callers a server puts together and who know nothing of each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import tensorflow as tf

from ecgmm.grid import SAMPLES_PER_STEP, STRIP_SAMPLES
from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES

Read = Callable[[tf.Tensor], dict[str, tf.Tensor]]


def with_a_row(rows: tf.Tensor) -> tf.Tensor:
    """The same rows; one of zeros where there is none, since layers refuse an empty batch."""
    missing = tf.cast(tf.equal(tf.shape(rows)[0], 0), tf.int32)
    return tf.pad(rows, [[0, missing], *[[0, 0]] * (rows.shape.rank - 1)])


def told(answer: Mapping[str, tf.Tensor], problem: tf.Tensor) -> dict[str, tf.Tensor]:
    """An answer with what is wrong with its rows.

    Args:
        answer: float outputs, `[batch, ...]` each; what exceeds `problem` is left out.
        problem: `[batch]`, a sentence, or `""` where all is well.

    Returns:
        The outputs, NaN in rows with a problem, and `problem`.
    """
    is_well = tf.equal(problem, "")
    outputs = {"problem": problem}
    for name, values in answer.items():
        rows = tf.reshape(is_well, [-1, *[1] * (values.shape.rank - 1)])
        outputs[name] = tf.where(rows, values[: tf.shape(problem)[0]], float("nan"))
    return outputs


def of_each_length(signal_bytes: tf.Tensor, samples: tf.Tensor, read: Read) -> dict[str, tf.Tensor]:
    """Read rows of one length together, whatever lengths there are.

    Args:
        signal_bytes: `[batch]` rows of little-endian float32.
        samples: `[batch]`, how many each has; a row of 0 is not read.
        read: of `[rows, samples]`, gives `beats`, `rhythm` and `problem`.

    Returns:
        These three for all rows, `beats` as long as the longest; NaN and `""` where nothing was
        read.
    """
    count = tf.shape(samples)[0]
    longest = tf.reduce_max(tf.concat([samples, [STRIP_SAMPLES]], 0)) // SAMPLES_PER_STEP
    beats = tf.fill((count, longest, len(STEP_CLASSES)), float("nan"))
    rhythm = tf.fill((count, len(RHYTHM_CLASSES)), float("nan"))
    problem = tf.fill((count,), "")
    for length in tf.unique(tf.boolean_mask(samples, samples > 0)).y:
        rows = tf.where(tf.equal(samples, length))
        answer = read(tf.io.decode_raw(tf.gather_nd(signal_bytes, rows), tf.float32))
        after = [[0, 0], [0, longest - length // SAMPLES_PER_STEP], [0, 0]]
        whole = tf.pad(answer["beats"], after, constant_values=float("nan"))
        beats = tf.tensor_scatter_nd_update(beats, rows, whole)
        rhythm = tf.tensor_scatter_nd_update(rhythm, rows, answer["rhythm"])
        problem = tf.tensor_scatter_nd_update(problem, rows, answer["problem"])
    return {"beats": beats, "rhythm": rhythm, "problem": problem}
