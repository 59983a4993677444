"""What a step, a strip and a trace cost when they are read wrongly."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from ecgmm.labels import NO_BEAT, STEP_CLASSES, UNNAMED_BEATS


class KnownLoss(keras.losses.Loss):
    """A loss averaged over the weight of what is known.

    CinC 2017 has no beats and SVDB no rhythm: such samples carry the weight 0. The sum
    is divided by the sum of the weights rather than by the size of the batch, so that
    a batch with few known samples teaches as strongly as any other. Where copies of a model share
    a batch (`tf.distribute`) it is the sum over the batch, so that their losses add up to its loss.
    """

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Mean loss of a batch, weighted."""
        losses = self.call(y_true, y_pred)
        if sample_weight is None:
            return ops.mean(losses)
        weight = ops.cast(sample_weight, losses.dtype)
        return ops.sum(losses * weight) / ops.maximum(_over_replicas(ops.sum(weight)), 1.0)


@keras.saving.register_keras_serializable(package="ecgmm")
class KnownCrossentropy(KnownLoss):
    """Cross-entropy of classes, averaged over what is known.

    Args:
        focus: exponent of the focal loss (Lin et al. 2017), which makes steps that are
            read rightly count less; 0 is plain cross-entropy.
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
    """Absolute error, averaged over what is known."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Absolute error of each value."""
        return ops.abs(ops.cast(y_true, y_pred.dtype) - y_pred)


def _over_replicas(value: Any) -> Any:
    """The sum of a value over the copies of the model; the value where there is one."""
    if keras.config.backend() != "tensorflow":
        return value
    import tensorflow as tf

    replica = tf.distribute.get_replica_context()
    if replica is None or replica.num_replicas_in_sync == 1:
        return value
    return replica.all_reduce("SUM", value)
