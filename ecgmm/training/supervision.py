"""The model as it is trained on pictures: with every answer that can be checked for free."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from ecgmm.grid import SAMPLES_PER_STEP
from ecgmm.model.layers import MergeRows, SelectRows
from ecgmm.model.multimodal import IMAGE, Parts, model_inputs, rows_by_modality
from ecgmm.model.precision import precise


def supervised_model(parts: Parts) -> keras.Model:
    """The functional model with three more outputs, all of the same batch.

    - `height_mv` `[batch, samples]`: where the trace of a picture runs; 0 for signals.
    - `ecg` `[batch, 1]`: the probability that a picture shows an ECG; 1 for signals.
    - `disagreement` `[batch, steps]`: how far the beats read from a picture are from those that
      the signal branch reads from the signal it was printed from (Kullback-Leibler divergence);
      0 for signals. The signal's reading is the teacher and learns nothing from it.

    Args:
        parts: branches and head; the new model shares their weights.
    """
    inputs = model_inputs()
    modality = inputs["modality"]
    signals, images = rows_by_modality(inputs)
    printed = SelectRows(IMAGE, name="printed_signals")([inputs["signal"], modality])
    signal_features = parts.signal_branch(signals)
    read = parts.image_branch(images)
    outputs = parts.head(MergeRows(name="merge")([signal_features, read["features"], modality]))
    taught = parts.head(parts.signal_branch(printed, training=False), training=False)["beats"]
    disagreement = Divergence(name="divergence")([taught, parts.head(read["features"])["beats"]])
    nothing = ops.zeros_like(signals)
    return keras.Model(
        inputs,
        {
            "beats": outputs["beats"],
            "rhythm": outputs["rhythm"],
            "height_mv": MergeRows(name="height_mv")([nothing, read["height_mv"], modality]),
            "ecg": MergeRows(name="ecg")([nothing[:, :1] + 1.0, read["ecg"], modality]),
            "disagreement": MergeRows(name="disagreement")(
                [nothing[:, ::SAMPLES_PER_STEP], disagreement, modality]
            ),
        },
        name="ecgmm_supervised",
    )


@keras.saving.register_keras_serializable(package="ecgmm")
class Divergence(keras.layers.Layer):
    """How far one reading is from another that is taken as given.

    Input: `(taught, read)`, both `[batch, steps, classes]` probabilities.
    Output shape: `[batch, steps]`, the Kullback-Leibler divergence of `read` from `taught`.

    Example:
        >>> sure, unsure = np.array([[[0.9, 0.1]]]), np.array([[[0.5, 0.5]]])
        >>> float(Divergence()([sure, sure])[0, 0]), float(Divergence()([sure, unsure])[0, 0]) > 0.3
        (0.0, True)
    """

    def call(self, inputs: tuple[Any, Any]) -> Any:
        """Compare one batch."""
        taught, read = (precise(reading) for reading in inputs)
        taught = ops.stop_gradient(taught)
        ratio = ops.log(taught + keras.config.epsilon()) - ops.log(read + keras.config.epsilon())
        return ops.cast(ops.sum(taught * ratio, axis=-1), self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """The classes are gone."""
        return tuple(input_shape[0][:-1])
