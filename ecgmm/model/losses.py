"""What a step, a strip and a trace cost when they are read wrongly."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from ecgmm.labels import NO_BEAT, STEP_CLASSES, UNNAMED_BEATS


class KnownLoss(keras.losses.Loss):
    """A loss averaged over the weight of what is known.

    CinC 2017 has no beats and SVDB no rhythm: such samples carry the weight 0. Keras's reduction
    `mean_with_sample_weight` divides by the sum of the weights rather than by the size of the
    batch, so that a batch with few known samples teaches as strongly as any other.

    Where copies of a model share a batch (`tf.distribute`), Keras gives each copy's mean the same
    share. Here a copy's share is that of its weights, so that the losses of all add up to that of
    the whole batch.
    """

    def __init__(
        self, name: str | None = None, reduction: str = "mean_with_sample_weight", **kwargs: Any
    ) -> None:
        super().__init__(name=name, reduction=reduction, **kwargs)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Loss of a batch, or of a copy's part of it; see `keras.losses.Loss`."""
        loss = super().__call__(y_true, y_pred, sample_weight)
        if sample_weight is None or self.reduction != "mean_with_sample_weight":
            return loss
        return loss * _relative_share(ops.sum(ops.cast(sample_weight, loss.dtype)))


@keras.saving.register_keras_serializable(package="ecgmm")
class KnownCrossentropy(KnownLoss):
    """Cross-entropy of classes, averaged over what is known.

    Args:
        focus: exponent of the focal loss (Lin et al. 2017), which makes steps that are
            read rightly count less; 0 is plain cross-entropy.

    Example:
        >>> beat, rhythm_only = [0.1, 0.9], [0.9, 0.1]
        >>> read, truth = np.array([[beat], [rhythm_only]]), np.array([[1], [1]])
        >>> loss = KnownCrossentropy()(truth, read, sample_weight=np.array([[1.0], [0.0]]))
        >>> round(float(loss), 3)
        0.105
    """

    def __init__(self, focus: float = 0.0, name: str = "known_crossentropy", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.focus = focus

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Loss of each step or strip.

        Args:
            y_true: class indices.
            y_pred: probabilities, one more axis than `y_true`.
        """
        losses = keras.losses.sparse_categorical_crossentropy(y_true, y_pred)
        if self.focus:
            losses *= (1.0 - ops.exp(-losses)) ** self.focus
        return losses

    def get_config(self) -> dict[str, Any]:
        """Arguments to build the loss again."""
        return {**super().get_config(), "focus": self.focus}


@keras.saving.register_keras_serializable(package="ecgmm")
class BeatCrossentropy(KnownCrossentropy):
    """Cross-entropy of steps, and what is known of beats that nobody named.

    Where the target is one of `labels.UNNAMED_BEATS`, a beat costs as much as it looks like a
    kind that the rhythm rules out, and whether there is one costs nothing.

    Example:
        >>> normal = np.array([[UNNAMED_BEATS["normal"]]])
        >>> read_as_n, read_as_v = [[[0, 1, 0, 0, 0, 0]]], [[[0, 0.1, 0, 0.9, 0, 0]]]
        >>> float(BeatCrossentropy()(normal, np.array(read_as_n))) == 0.0
        True
        >>> float(BeatCrossentropy()(normal, np.array(read_as_v))) > 2.0
        True
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Loss of each step.

        Args:
            y_true: `[batch, steps]` index into `labels.STEP_CLASSES`, or of `UNNAMED_BEATS`.
            y_pred: `[batch, steps, 6]` probabilities.
        """
        y_true = ops.cast(y_true, "int32")
        named = super().call(ops.maximum(y_true, 0), y_pred)
        beat = 1.0 - y_pred[..., STEP_CLASSES.index(NO_BEAT)]
        early = y_pred[..., STEP_CLASSES.index("S")]
        ruled_out = ops.where(
            ops.equal(y_true, UNNAMED_BEATS["normal"]),
            early + y_pred[..., STEP_CLASSES.index("V")],
            early,
        )
        likely = 1.0 - ruled_out / ops.maximum(beat, 1e-3)
        unnamed = -ops.stop_gradient(beat) * ops.log(ops.clip(likely, 1e-3, 1.0))
        return ops.where(y_true >= 0, named, unnamed)


@keras.saving.register_keras_serializable(package="ecgmm")
class KnownError(KnownLoss):
    """Absolute error, averaged over what is known.

    Example:
        >>> truth, read = np.array([[1.0, 0.0]]), np.array([[1.5, 9.0]])
        >>> float(KnownError()(truth, read, sample_weight=np.array([[1.0, 0.0]])))
        0.5
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Absolute error of each value."""
        return ops.abs(ops.cast(y_true, y_pred.dtype) - y_pred)


def _relative_share(weight: Any) -> Any:
    """How much more of a batch's weight a copy of the model has than it would have on average."""
    if keras.config.backend() != "tensorflow":
        return 1.0
    import tensorflow as tf

    replica = tf.distribute.get_replica_context()
    if replica is None or replica.num_replicas_in_sync == 1:
        return 1.0
    mean = replica.all_reduce("MEAN", weight)
    return ops.divide_no_nan(weight, mean)
