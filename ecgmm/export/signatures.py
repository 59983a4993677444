"""The served functions: raw input in, probabilities out, bad input refused by the graph."""

from __future__ import annotations

import keras
import tensorflow as tf

from ecgmm.export.fusion import fuse_layers
from ecgmm.grid import (
    SAMPLES_PER_STEP,
    STRIP_HEIGHT_PX,
    STRIP_SAMPLES,
    STRIP_WIDTH_PX,
)

ASPECT_TOLERANCE = 0.02


class ServedModel(tf.Module):
    """The trained model as functions that share its head.

    Args:
        model: the functional model.
    """

    def __init__(self, model: keras.Model) -> None:
        super().__init__(name="ecgmm")
        self._signal_branch = fuse_layers(model.get_layer("signal_branch"))
        self._image_branch = fuse_layers(model.get_layer("image_branch"))
        self._head = fuse_layers(model.get_layer("head"))

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.float32, name="signal")])
    def signal(self, signal: tf.Tensor) -> dict[str, tf.Tensor]:
        """Read leads.

        Args:
            signal: `[batch, samples]`, millivolts at 125 Hz; at least 1250 samples (10 s),
                a multiple of 5, all finite.

        Returns:
            `beats` `[batch, samples / 5, 6]` and `rhythm` `[batch, 4]`.
        """
        samples = tf.shape(signal)[1]
        checks = [
            tf.debugging.Assert(
                (samples >= STRIP_SAMPLES) & (samples % SAMPLES_PER_STEP == 0),
                [
                    f"Expected signal of shape [batch, samples] at 125 Hz, at least "
                    f"{STRIP_SAMPLES} samples and a multiple of {SAMPLES_PER_STEP}. "
                    "Received samples:",
                    samples,
                ],
            ),
            tf.debugging.Assert(
                tf.reduce_all(tf.math.is_finite(signal)),
                ["Expected finite millivolts in signal. Received NaN or Inf."],
            ),
        ]
        with tf.control_dependencies(checks):
            signal = tf.identity(signal)
        return self._answer(self._signal_branch(signal, training=False))

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="image_bytes")])
    def image(self, image_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        """Read pictures of strips.

        Args:
            image_bytes: `[batch]` encoded PNG or JPEG pictures, 160 x 1000 px (4 px/mm), or
                larger or smaller with the same aspect.

        Returns:
            `beats` `[batch, 250, 6]` and `rhythm` `[batch, 4]`.
        """
        pictures = decode_strips(image_bytes)
        return self._answer(self._image_branch(pictures, training=False)["features"])

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="image_bytes")])
    def digitize(self, image_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        """Read pictures of strips and give their signal back.

        Args:
            image_bytes: as `image` takes them.

        Returns:
            `beats` and `rhythm` as `image` gives them; `trace_mv` `[batch, 1250]`, the height of
            the trace above the middle of the picture at 10 mm/mV and 125 Hz; `ecg` `[batch]`, the
            probability that the picture shows an ECG.
        """
        read = self._image_branch(decode_strips(image_bytes), training=False)
        return {
            **self._answer(read["features"]),
            "trace_mv": read["height_mv"],
            "ecg": tf.squeeze(read["ecg"], axis=1),
        }

    def _answer(self, features: tf.Tensor) -> dict[str, tf.Tensor]:
        outputs = self._head(features, training=False)
        return {"beats": outputs["beats"], "rhythm": outputs["rhythm"]}


def decode_strips(image_bytes: tf.Tensor) -> tf.Tensor:
    """Encoded pictures as grey levels `[batch, 160, 1000, 1]` uint8."""
    spec = tf.TensorSpec((STRIP_HEIGHT_PX, STRIP_WIDTH_PX, 1), tf.uint8)
    return tf.map_fn(decode_strip, image_bytes, fn_output_signature=spec)


def decode_strip(image_bytes: tf.Tensor) -> tf.Tensor:
    """One encoded picture as grey levels `[160, 1000, 1]` uint8."""
    picture = tf.io.decode_image(image_bytes, expand_animations=False)
    picture.set_shape((None, None, None))
    size = tf.shape(picture)[:2]
    aspect = tf.cast(size[1], tf.float32) / tf.cast(size[0], tf.float32)
    wanted = STRIP_WIDTH_PX / STRIP_HEIGHT_PX
    check = tf.debugging.Assert(
        tf.abs(aspect / wanted - 1) <= ASPECT_TOLERANCE,
        [
            f"Expected a picture of one strip, {STRIP_HEIGHT_PX} x {STRIP_WIDTH_PX} px "
            f"(4 px/mm) or of that aspect. Received height and width:",
            size,
        ],
    )
    with tf.control_dependencies([check]):
        grey = _grey(picture)
    exact = tf.reduce_all(tf.equal(size, (STRIP_HEIGHT_PX, STRIP_WIDTH_PX)))
    grey = tf.cond(exact, lambda: grey, lambda: _resized(grey))
    return tf.ensure_shape(grey, (STRIP_HEIGHT_PX, STRIP_WIDTH_PX, 1))


def _grey(picture: tf.Tensor) -> tf.Tensor:
    return tf.cond(
        tf.shape(picture)[2] < 3,
        lambda: picture[..., :1],
        lambda: tf.image.rgb_to_grayscale(tf.ensure_shape(picture[..., :3], (None, None, 3))),
    )


def _resized(grey: tf.Tensor) -> tf.Tensor:
    resized = tf.image.resize(grey[None], (STRIP_HEIGHT_PX, STRIP_WIDTH_PX), method="area")[0]
    return tf.cast(tf.round(resized), tf.uint8)
