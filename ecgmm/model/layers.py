"""The layers that Keras does not have.

They take `dtype` as Keras's layers do, a mixed policy among them: what would lose its meaning in
half precision (millivolts over an offset, squares of grey levels) is computed in float32 and then
given in the layer's compute dtype.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from ecgmm.grid import PIXELS_PER_MM, SAMPLING_RATE_HZ
from ecgmm.model.precision import precise

BASELINE_WINDOW_SAMPLES = int(1.2 * SAMPLING_RATE_HZ) | 1
QUIET_MV = 0.05
MOST_CONDITIONED = 12.0
"""Times the root mean square: higher than any QRS, lower than a pulse of the mains."""
QUIET_GREY_LEVELS = 4.0
"""The noise of a scanner on blank paper."""


@keras.saving.register_keras_serializable(package="ecgmm")
class SignalConditioner(keras.layers.Layer):
    """Takes baseline wander and gain out of a lead.

    The baseline is a moving average over 1.2 s, longer than any beat. The rest
    is divided by its root mean square, never by less than 0.05 mV, so that a
    flat line stays flat.

    Input shape: `[batch, samples]`, millivolts at 125 Hz.
    Output shape: `[batch, samples, 1]`, without unit.

    Example:
        >>> lead_mv = 5.0 + np.sin(np.linspace(0.0, 60.0, 1250))
        >>> wave = SignalConditioner()(lead_mv[np.newaxis])
        >>> tuple(wave.shape), bool(abs(np.mean(wave)) < 0.05)
        ((1, 1250, 1), True)
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.autocast = False

    def call(self, signal: Any) -> Any:
        """Condition one batch of leads."""
        signal = ops.expand_dims(precise(signal), -1)
        wave = signal - self.baseline(signal)
        power = ops.mean(ops.square(wave), axis=1, keepdims=True)
        conditioned = ops.clip(
            wave / ops.sqrt(power + QUIET_MV**2), -MOST_CONDITIONED, MOST_CONDITIONED
        )
        return ops.cast(conditioned, self.compute_dtype)

    def baseline(self, signal: Any) -> Any:
        """Moving average of `[batch, samples, 1]`; at the ends, of the samples there are."""
        return ops.average_pool(signal, BASELINE_WINDOW_SAMPLES, strides=1, padding="same")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """One channel is added."""
        return (*input_shape, 1)


@keras.saving.register_keras_serializable(package="ecgmm")
class PictureConditioner(keras.layers.Layer):
    """Turns grey levels into ink: dark is positive, paper is near zero.

    Each picture is centred on its mean and divided by its standard deviation,
    never by less than 4 grey levels, so that blank paper stays blank.

    Input shape: `[batch, height, width, 1]`, grey levels 0 to 255.
    Output shape: the same, float, without unit.

    Example:
        >>> paper = np.full((1, 160, 1000, 1), 255, np.uint8)
        >>> paper[:, 80] = 0
        >>> ink = PictureConditioner()(paper)
        >>> tuple(ink.shape), bool(ink[0, 80, 0, 0] > ink[0, 0, 0, 0])
        ((1, 160, 1000, 1), True)
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.autocast = False

    def call(self, picture: Any) -> Any:
        """Condition one batch of pictures."""
        ink = -precise(picture)
        centred = ink - ops.mean(ink, axis=(1, 2, 3), keepdims=True)
        variance = ops.mean(ops.square(centred), axis=(1, 2, 3), keepdims=True)
        return ops.cast(centred / ops.sqrt(variance + QUIET_GREY_LEVELS**2), self.compute_dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Shapes stay."""
        return input_shape


@keras.saving.register_keras_serializable(package="ecgmm")
class BoxesToChannels(keras.layers.Layer):
    """Makes one cell of each 1 mm box of paper, its 4 x 4 pixels the channels.

    Input shape: `[batch, height, width, 1]`, both sides multiples of 4.
    Output shape: `[batch, height / 4, width / 4, 16]`.

    Example:
        >>> tuple(BoxesToChannels()(np.zeros((2, 160, 1000, 1))).shape)
        (2, 40, 250, 16)
    """

    def call(self, picture: Any) -> Any:
        """Rearrange one batch of pictures."""
        side = PIXELS_PER_MM
        rows = picture.shape[1] // side
        boxes = ops.reshape(picture, (-1, rows, side, ops.shape(picture)[2] // side, side))
        boxes = ops.transpose(boxes, (0, 1, 3, 2, 4))
        return ops.reshape(boxes, (-1, rows, ops.shape(boxes)[2], side * side))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Both sides shrink to millimetres."""
        batch, height, width, _ = input_shape
        side = PIXELS_PER_MM
        return (batch, height and height // side, width and width // side, side**2)


@keras.saving.register_keras_serializable(package="ecgmm")
class RepeatToMatch(keras.layers.Layer):
    """Says every step of a coarse sequence as often as it takes to go with a fine one.

    Args:
        times: how many fine steps there are to a coarse one.

    Input: `(coarse [batch, ceil(steps / times), features], fine [batch, steps, ...])`.
    Output shape: `[batch, steps, features]`.

    Example:
        >>> coarse, fine = np.array([[[1.0], [2.0]]]), np.zeros((1, 5, 3))
        >>> np.array(RepeatToMatch(4)([coarse, fine]))[0, :, 0].tolist()
        [1.0, 1.0, 1.0, 1.0, 2.0]
    """

    def __init__(self, times: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.times = times

    def call(self, inputs: tuple[Any, Any]) -> Any:
        """Repeat one batch."""
        coarse, fine = inputs
        return ops.repeat(coarse, self.times, axis=1)[:, : ops.shape(fine)[1]]

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """The steps of the fine sequence, the features of the coarse one."""
        coarse, fine = input_shape
        return (coarse[0], fine[1], coarse[2])

    def get_config(self) -> dict[str, Any]:
        """Arguments to build the layer again."""
        return {**super().get_config(), "times": self.times}


@keras.saving.register_keras_serializable(package="ecgmm")
class SelectRows(keras.layers.Layer):
    """Keeps the rows of a batch that have one modality.

    This is what makes the branch that a sample does not use cost nothing: it
    never sees the sample. Where no row has the modality, one row of zeros is
    passed on, because TensorFlow's CPU convolutions refuse an empty batch;
    `MergeRows` drops it.

    Args:
        modality: the value of the flag that is kept.

    Input: `(values [batch, ...], modality [batch])`.
    Output shape: `[rows kept, ...]`, in the dtype of the values.

    Example:
        >>> values, modality = np.array([[1.0], [2.0], [3.0]]), np.array([1, 0, 1], np.int32)
        >>> np.array(SelectRows(1)([values, modality])).tolist()
        [[1.0], [3.0]]
    """

    def __init__(self, modality: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.autocast = False
        self.modality = modality

    def call(self, inputs: tuple[Any, Any]) -> Any:
        """Select the rows."""
        values, modality = inputs
        rows = rows_of(modality, self.modality)
        filler = ops.zeros_like(values[: rows_missing(rows)])
        return ops.concatenate([ops.take(values, rows, axis=0), filler], axis=0)

    def compute_output_spec(self, inputs: tuple[Any, Any]) -> keras.KerasTensor:
        """The number of rows is known only when the batch is."""
        values, _ = inputs
        return keras.KerasTensor((None, *values.shape[1:]), values.dtype)

    def get_config(self) -> dict[str, Any]:
        """Arguments to build the layer again."""
        return {**super().get_config(), "modality": self.modality}


@keras.saving.register_keras_serializable(package="ecgmm")
class MergeRows(keras.layers.Layer):
    """Puts the rows of both branches back in the order of the batch.

    Input: `(signal features [signals, ...], image features [images, ...], modality [batch])`.
    Output shape: `[batch, ...]`.

    Example:
        >>> signals, images = np.array([[2.0]]), np.array([[1.0], [3.0]])
        >>> merged = MergeRows()([signals, images, np.array([1, 0, 1], np.int32)])
        >>> np.array(merged).tolist()
        [[1.0], [2.0], [3.0]]
    """

    def call(self, inputs: tuple[Any, Any, Any]) -> Any:
        """Merge the rows."""
        signal_features, image_features, modality = inputs
        batch_size = ops.shape(modality)[0]
        sources = []
        for value in (0, 1):
            rows = rows_of(modality, value)
            filler = ops.cast(ops.ones_like(modality[: rows_missing(rows)]), rows.dtype)
            sources += [rows, filler * ops.cast(batch_size, rows.dtype)]
        order = ops.argsort(ops.concatenate(sources, axis=0))[:batch_size]
        features = ops.concatenate([signal_features, image_features], axis=0)
        return ops.take(features, order, axis=0)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """The shape of the features, for the whole batch."""
        return (None, *input_shape[0][1:])


@keras.saving.register_keras_serializable(package="ecgmm")
class AttentionPooling(keras.layers.Layer):
    """Averages features over time, weighted by a learned score.

    Input shape: `[batch, steps, features]`.
    Output shape: `[batch, features]`.

    Example:
        >>> tuple(AttentionPooling()(np.zeros((2, 250, 96))).shape)
        (2, 96)
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the score."""
        self.score = keras.layers.Dense(1, name="score", dtype=self.dtype_policy)
        self.score.build(input_shape)

    def call(self, features: Any) -> Any:
        """Pool one batch."""
        weights = ops.softmax(self.score(features), axis=1)
        return ops.sum(weights * features, axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Time is gone."""
        return (input_shape[0], input_shape[2])


def rows_of(modality: Any, value: int) -> Any:
    """Indices of the samples whose modality flag has this value."""
    return ops.reshape(ops.where(ops.equal(modality, value))[0], (-1,))


def rows_missing(rows: Any) -> Any:
    """1 where there are no rows, 0 where there are some."""
    return ops.cast(ops.equal(ops.shape(rows)[0], 0), "int32")
