"""Layers that look at a set of leads, any of which may be absent or seen for a while only."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from ecgmm.grid import SAMPLES_PER_STEP
from ecgmm.leads import LEADS, LONGEST_STILL_STEPS, SUMS_OF_I_AND_II
from ecgmm.model.precision import precise

CLIP_MV = 5.0
LEAST_DETERMINANT = 0.1
"""Of the normal equations of I and II: it is 0 for one lead, and 0.25 or more for two."""


@keras.saving.register_keras_serializable(package="ecgmm")
class SeenSteps(keras.layers.Layer):
    """Tells where a lead was recorded: where it is not exactly 0 mV for longer than a second.

    Input shape: `[batch, leads, samples]`, millivolts; samples a multiple of 5.
    Output shape: `[batch, leads, samples / 5]`, 1 where the lead was recorded, else 0.

    Example:
        >>> leads_mv = np.zeros((1, 2, 1250))
        >>> leads_mv[:, 0] = np.sin(np.arange(1250))
        >>> np.array(SeenSteps()(leads_mv)).mean(axis=-1).tolist()
        [[1.0, 0.0]]
    """

    def call(self, leads_mv: Any) -> Any:
        """Look at one batch."""
        samples = ops.shape(leads_mv)[2]
        by_step = ops.reshape(
            ops.abs(leads_mv),
            (-1, leads_mv.shape[1], samples // SAMPLES_PER_STEP, SAMPLES_PER_STEP),
        )
        active = ops.cast(ops.max(by_step, axis=-1) > 0.0, self.compute_dtype)
        active = ops.transpose(active, (0, 2, 1))
        reach = LONGEST_STILL_STEPS // 2
        padded = ops.pad(active, ((0, 0), (reach, reach), (0, 0)))
        grown = ops.max_pool(padded, LONGEST_STILL_STEPS, strides=1, padding="same")
        shrunk = 1.0 - ops.max_pool(1.0 - grown, LONGEST_STILL_STEPS, strides=1, padding="same")
        return ops.transpose(shrunk[:, reach:-reach], (0, 2, 1))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Samples become steps."""
        batch, leads, samples = input_shape
        return (batch, leads, samples and samples // SAMPLES_PER_STEP)


@keras.saving.register_keras_serializable(package="ecgmm")
class CompleteLimbLeads(keras.layers.Layer):
    """Computes all six limb leads wherever two of them or more are seen.

    The limb leads are six views of two voltages, I and II: these are fitted to the leads that
    are seen at a moment by least squares, and the six follow. Where one limb lead is seen, it
    stays alone.

    Input: `(leads_mv [batch, 12, samples], seen [batch, 12, samples])` in the order of
    `leads.LEADS`.
    Output: the same two, completed; leads that are not seen are 0.

    Example:
        >>> leads_mv, seen = np.zeros((2, 1, 12, 5))
        >>> leads_mv[:, 0], leads_mv[:, 1], seen[:, :2] = 0.25, 1.0, 1.0
        >>> completed_mv, _ = CompleteLimbLeads()([leads_mv, seen])
        >>> np.array(completed_mv)[0, :4, 0].tolist()
        [0.25, 1.0, 0.75, -0.625]
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.autocast = False

    def call(self, inputs: tuple[Any, Any]) -> tuple[Any, Any]:
        """Complete one batch."""
        leads_mv, seen = (precise(values) for values in inputs)
        leads_mv = leads_mv * seen
        limb = len(SUMS_OF_I_AND_II)
        limbs, weights = leads_mv[:, :limb], seen[:, :limb]
        views = ops.convert_to_tensor(tuple(SUMS_OF_I_AND_II.values()), dtype=leads_mv.dtype)
        one, two = views[:, 0], views[:, 1]

        def weighed(values: Any, by: Any) -> Any:
            return ops.einsum("bls,l->bs", values, by)

        aa, ab, bb = (weighed(weights, by) for by in (one * one, one * two, two * two))
        a, b = weighed(limbs, one), weighed(limbs, two)
        determinant = aa * bb - ab * ab
        solvable = ops.cast(determinant > LEAST_DETERMINANT, determinant.dtype)
        divisor = ops.maximum(determinant, LEAST_DETERMINANT)
        both = ops.stack([(bb * a - ab * b) / divisor, (aa * b - ab * a) / divisor], axis=1)
        fitted = ops.einsum("bks,lk->bls", both, views)
        solvable = ops.expand_dims(solvable, 1)
        limbs = fitted * solvable + limbs * (1.0 - solvable)
        weights = ops.maximum(weights, solvable)
        completed = (
            ops.concatenate([limbs, leads_mv[:, limb:]], axis=1),
            ops.concatenate([weights, seen[:, limb:]], axis=1),
        )
        return tuple(ops.cast(values, self.compute_dtype) for values in completed)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shapes stay."""
        return tuple(tuple(shape) for shape in input_shape)


@keras.saving.register_keras_serializable(package="ecgmm")
class MaskedMillivolts(keras.layers.Layer):
    """Leads without their mean, clipped at 5 mV, shared out among the leads that are there.

    Each is divided by the number of leads seen at the moment, so that a convolution over the
    leads, which is a matrix a lead and a sum, says a mean over what there is.

    Input: `(leads_mv [batch, leads, samples], seen [batch, leads, samples])`.
    Output shape: `[batch, samples, 2 * leads]`: the leads, then what is seen of them.

    Example:
        >>> leads_mv = np.tile([1.0, 3.0], (1, 12, 5))
        >>> prepared = np.array(MaskedMillivolts()([leads_mv, np.ones((1, 12, 10))]))
        >>> (12 * prepared[0, :2, 0]).round(3).tolist()
        [-1.0, 1.0]
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.autocast = False

    def call(self, inputs: tuple[Any, Any]) -> Any:
        """Prepare one batch."""
        leads_mv, seen = (precise(values) for values in inputs)
        known = ops.maximum(ops.sum(seen, axis=2, keepdims=True), 1.0)
        mean = ops.sum(leads_mv * seen, axis=2, keepdims=True) / known
        centred = ops.clip(leads_mv - mean, -CLIP_MV, CLIP_MV) * seen
        present = ops.maximum(ops.sum(seen, axis=1, keepdims=True), 1.0)
        shared = ops.concatenate([centred, seen], axis=1) / present
        return ops.cast(ops.transpose(shared, (0, 2, 1)), self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Time first, then leads and what is seen of them."""
        batch, leads, samples = input_shape[0]
        return (batch, samples, 2 * leads)


@keras.saving.register_keras_serializable(package="ecgmm")
class SeenPooling(keras.layers.Layer):
    """Mean and maximum over the steps at which any lead is seen.

    Input: `(features [batch, steps, features], seen [batch, steps])`.
    Output shape: `[batch, 2 * features]`, zeros where nothing is seen.

    Example:
        >>> features, seen = np.array([[[1.0], [3.0], [9.0]]]), np.array([[1.0, 1.0, 0.0]])
        >>> np.array(SeenPooling()([features, seen])).tolist()
        [[2.0, 3.0]]
    """

    def call(self, inputs: tuple[Any, Any]) -> Any:
        """Pool one batch."""
        features, seen = inputs
        seen = ops.cast(ops.expand_dims(seen, -1), features.dtype)
        known = ops.maximum(ops.sum(precise(seen), axis=1), 1.0)
        mean = ops.cast(ops.sum(precise(features * seen), axis=1) / known, self.compute_dtype)
        return ops.concatenate([mean, ops.max(features * seen, axis=1)], axis=-1)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Time is gone."""
        features = input_shape[0]
        return (features[0], 2 * features[-1])


@keras.saving.register_keras_serializable(package="ecgmm")
class SamplesOfSteps(keras.layers.Layer):
    """Says of every sample what is said of its step.

    Input shape: `[batch, leads, steps]`.
    Output shape: `[batch, leads, 5 * steps]`.

    Example:
        >>> tuple(SamplesOfSteps()(np.ones((1, 12, 250))).shape)
        (1, 12, 1250)
    """

    def call(self, by_step: Any) -> Any:
        """Spread one batch."""
        return ops.repeat(by_step, SAMPLES_PER_STEP, axis=2)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Steps become samples."""
        batch, leads, steps = input_shape
        return (batch, leads, steps and steps * SAMPLES_PER_STEP)


@keras.saving.register_keras_serializable(package="ecgmm")
class AnySeen(keras.layers.Layer):
    """Tells where any lead is seen, on a coarser clock.

    Args:
        times: how many steps there are to one of the coarser clock.

    Input shape: `[batch, leads, steps]`, 0 or 1.
    Output shape: `[batch, ceil(steps / times)]`.

    Example:
        >>> seen = np.array([[[0.0, 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0]]])
        >>> np.array(AnySeen(2)(seen)).tolist()
        [[1.0, 0.0, 1.0]]
    """

    def __init__(self, times: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.times = times

    def call(self, seen: Any) -> Any:
        """Look at one batch."""
        by_step = ops.max(seen, axis=1)[..., None]
        return ops.max_pool(by_step, self.times, strides=self.times, padding="same")[..., 0]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Leads are gone, steps fewer."""
        batch, _, steps = input_shape
        return (batch, steps and -(-steps // self.times))

    def get_config(self) -> dict[str, Any]:
        """Arguments to build the layer again."""
        return {**super().get_config(), "times": self.times}


@keras.saving.register_keras_serializable(package="ecgmm")
class AloneAmongLeads(keras.layers.Layer):
    """One lead as a set of twelve of which it is the first, lead I, and the only one.

    Input shape: `[batch, samples]`, millivolts; samples a multiple of 5.
    Output: `(leads_mv [batch, 12, samples], seen [batch, 12, samples / 5])`.

    Example:
        >>> leads_mv, seen = AloneAmongLeads()(np.ones((1, 1250)))
        >>> tuple(leads_mv.shape), tuple(seen.shape)
        ((1, 12, 1250), (1, 12, 250))
    """

    def call(self, lead_mv: Any) -> tuple[Any, Any]:
        """Spread one batch."""
        others = ((0, 0), (0, len(LEADS) - 1), (0, 0))
        seen = ops.ones_like(lead_mv[:, ::SAMPLES_PER_STEP])
        return (
            ops.pad(ops.expand_dims(lead_mv, 1), others),
            ops.pad(ops.expand_dims(seen, 1), others),
        )

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Leads and steps."""
        batch, samples = input_shape
        steps = samples and samples // SAMPLES_PER_STEP
        return (batch, len(LEADS), samples), (batch, len(LEADS), steps)
