"""Rows of a batch, whose callers a server puts together and who know nothing of each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import tensorflow as tf

from ecgmm.grid import SAMPLES_PER_STEP, STRIP_SAMPLES
from ecgmm.serving.rows import MOST_SAMPLES

TOO_LONG = f"Expected at most {MOST_SAMPLES} samples in bytes. Received samples:"

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


def of_any_length(
    encoded: tf.Tensor, blank: dict[str, tf.Tensor], read: Read, *, shortest: int, complaint: str
) -> dict[str, tf.Tensor]:
    """Read rows of bytes, those of one length together, whatever lengths there are.

    Args:
        encoded: `[batch]` or `[batch, leads]` samples, little-endian float32; `""` for an absent
            lead, zeros to `read`.
        blank: `[batch, ...]` outputs where nothing was read; as many steps as the longest row has.
        read: of `[rows, samples]` or `[rows, leads, samples]`, gives outputs of these names.
        shortest: the fewest samples that are read; they must be a multiple of 5, and 7500 at most.
        complaint: what to say of a row of other lengths, before these.

    Returns:
        The outputs of all rows, NaN after the end of each, with `problem`.
    """
    samples = _samples(encoded)
    longest = tf.reduce_max(samples, axis=1)
    whole = tf.cast(longest, tf.int32)
    is_alike = tf.reduce_all(tf.equal(samples, 0) | tf.equal(samples, longest[:, None]), axis=1)
    is_whole = tf.equal(tf.cast(whole, samples.dtype), longest)
    is_long = whole > MOST_SAMPLES
    fits = is_alike & is_whole & (whole >= shortest) & (whole % SAMPLES_PER_STEP == 0) & ~is_long
    answer = _by_length(encoded, tf.where(fits, whole, 0), blank, read)
    each = tf.strings.as_string(samples, shortest=True)
    received = tf.where(
        is_alike,
        tf.strings.as_string(longest, shortest=True),
        tf.strings.reduce_join(each, axis=1, separator=" "),
    )
    told_of_length = tf.strings.join(
        [tf.where(is_long, TOO_LONG, complaint), received], separator=" "
    )
    return answer | {"problem": tf.where(fits, answer["problem"], told_of_length)}


def longest_steps(encoded: tf.Tensor) -> tf.Tensor:
    """Steps of the longest row of bytes that is read, at least those of a strip."""
    samples = tf.reshape(_samples(encoded), (-1,))
    read = tf.where(samples <= MOST_SAMPLES, samples, 0.0)
    longest = tf.reduce_max(tf.concat([read, [STRIP_SAMPLES]], 0))
    return tf.cast(longest, tf.int32) // SAMPLES_PER_STEP


def _samples(encoded: tf.Tensor) -> tf.Tensor:
    """`[batch, leads]`, how many samples the bytes hold; a fraction where they are cut off."""
    samples = tf.cast(tf.strings.length(encoded), tf.float32) / tf.float32.size
    return samples if encoded.shape.rank == 2 else samples[:, None]


def _by_length(
    encoded: tf.Tensor, samples: tf.Tensor, blank: dict[str, tf.Tensor], read: Read
) -> dict[str, tf.Tensor]:
    names = list(blank)
    filled = [blank[name] for name in names]
    for length in tf.unique(tf.boolean_mask(samples, samples > 0)).y:
        rows = tf.where(tf.equal(samples, length))
        values = tf.io.decode_raw(
            tf.gather_nd(encoded, rows), tf.float32, fixed_length=length * tf.float32.size
        )
        answer = read(values)
        filled = [
            tf.tensor_scatter_nd_update(whole, rows, _as_long(answer[name], whole))
            for name, whole in zip(names, filled, strict=True)
        ]
    return dict(zip(names, filled, strict=True))


def _as_long(values: tf.Tensor, whole: tf.Tensor) -> tf.Tensor:
    """Steps of an output with NaN after them; outputs without steps stay as they are."""
    if values.shape.rank < 3:
        return values
    after = [[0, 0], [0, tf.shape(whole)[1] - tf.shape(values)[1]], [0, 0]]
    return tf.pad(values, after, constant_values=float("nan"))
