"""LSTM layers replaced by TensorFlow's fused CPU kernel, for serving only.

The kernel computes what the Keras layer computes, several times faster, but its gradient
differs: a model is trained with the Keras layer and exported with this one.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


class FusedBidirectionalLSTM(keras.layers.Layer):
    """Both directions of a trained `Bidirectional(LSTM)`, concatenated.

    Input shape: `[batch, steps, features]`.
    Output shape: `[batch, steps, 2 * units]`.
    """

    def __init__(self, trained: keras.layers.Bidirectional) -> None:
        super().__init__(name=f"fused_{trained.name}")
        self._directions = [
            _Direction(trained.forward_layer.cell),
            _Direction(trained.backward_layer.cell),
        ]

    @staticmethod
    def replaces(layer: keras.layers.Bidirectional) -> bool:
        """Anything but two LSTMs that say every step, side by side, is left to Keras."""
        inner = layer.forward_layer
        is_lstm = isinstance(inner, keras.layers.LSTM) and inner.return_sequences
        return is_lstm and layer.merge_mode == "concat"

    def call(self, x: Any, mask: None = None) -> Any:
        """Run both directions. Strips are never masked; Keras passes the argument on."""
        forward, backward = self._directions
        time_major = tf.transpose(x, (1, 0, 2))
        outputs = [forward(time_major), tf.reverse(backward(tf.reverse(time_major, [0])), [0])]
        return tf.transpose(tf.concat(outputs, axis=-1), (1, 0, 2))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Both directions side by side."""
        return (*input_shape[:-1], 2 * self._directions[0].units)


class _Direction:
    """One direction: the kernel with the weights of a trained Keras cell."""

    def __init__(self, cell: keras.layers.LSTMCell) -> None:
        self.units = cell.units
        self._cell = cell

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        """Hidden states `[steps, batch, units]` of inputs `[steps, batch, features]`."""
        state = tf.zeros((tf.shape(x)[1], self.units))
        peephole = tf.zeros((self.units,))
        weights = tf.concat([self._cell.kernel, self._cell.recurrent_kernel], axis=0)
        outputs = tf.raw_ops.BlockLSTMV2(
            seq_len_max=tf.cast(tf.shape(x)[0], tf.int64),
            x=x,
            cs_prev=state,
            h_prev=state,
            w=weights,
            wci=peephole,
            wcf=peephole,
            wco=peephole,
            b=self._cell.bias,
            use_peephole=False,
        )
        return outputs.h
