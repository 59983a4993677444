"""The served functions: raw input in, probabilities out, bad input refused by the graph."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from ecgmm.export.frozen import frozen
from ecgmm.export.fusion import fuse_layers
from ecgmm.grid import (
    PIXELS_PER_STEP,
    SAMPLES_PER_STEP,
    STRIP_HEIGHT_PX,
    STRIP_SAMPLES,
    STRIP_STEPS,
    STRIP_WIDTH_PX,
)
from ecgmm.leads import LEADS
from ecgmm.model.conditions_head import thresholds_of
from ecgmm.model.leads import SeenSteps
from ecgmm.model.multimodal import conditions_head_of

ASPECT_TOLERANCE = 0.02
"""Sides of a small strip are rounded to whole pixels."""
SHORTEST_LEADS_SAMPLES = 310
"""2.48 s, the crops that conditions were learned from."""

FLAT_GREY_LEVELS = 8
"""Paper that a reader of pages fills in for what it did not see is of one grey, but for JPEG."""

NOTHING_SEEN = "No lead holds anything."
NOT_FINITE = "Expected finite millivolts. Received NaN or Inf."


class ServedModel(tf.Module):
    """The trained model as functions that share its head.

    Args:
        model: the functional model.
    """

    def __init__(self, model: keras.Model) -> None:
        super().__init__(name="ecgmm")
        self._signal_branch = _served(model.get_layer("signal_branch"))
        self._image_branch = _served(model.get_layer("image_branch"))
        self._head = _served(model.get_layer("head"))
        conditions_head = conditions_head_of(model)
        self.judges_conditions = conditions_head is not None
        if conditions_head is not None:
            self._conditions_head = _served(conditions_head)
            self._thresholds = thresholds_of(conditions_head)

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.float32, name="signal")])
    def signal(self, signal: tf.Tensor) -> dict[str, tf.Tensor]:
        """Read leads.

        Args:
            signal: `[batch, samples]`, millivolts at 125 Hz; at least 1250 samples (10 s),
                a multiple of 5.

        Returns:
            `beats` `[batch, samples / 5, 6]` and `rhythm` `[batch, 4]`; `problem` `[batch]`, a
            sentence where a row is not finite, else `""`. A row with a problem has NaN for
            probabilities.
        """
        samples = tf.shape(signal)[1]
        check = tf.debugging.Assert(
            (samples >= STRIP_SAMPLES) & (samples % SAMPLES_PER_STEP == 0),
            [
                f"Expected signal of shape [batch, samples] at 125 Hz, at least "
                f"{STRIP_SAMPLES} samples and a multiple of {SAMPLES_PER_STEP}. "
                "Received samples:",
                samples,
            ],
        )
        with tf.control_dependencies([check]):
            finite = tf.reduce_all(tf.math.is_finite(signal), axis=1)
        known = tf.where(finite[:, None], signal, 0.0)
        answer = self._answer(self._signal_branch(known))
        return {
            "beats": tf.where(finite[:, None, None], answer["beats"], float("nan")),
            "rhythm": tf.where(finite[:, None], answer["rhythm"], float("nan")),
            "problem": tf.where(finite, "", NOT_FINITE),
        }

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
        return self._answer(self._image_branch(pictures)["features"])

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
        read = self._image_branch(decode_strips(image_bytes))
        return {
            **self._answer(read["features"]),
            "trace_mv": read["height_mv"],
            "ecg": tf.squeeze(read["ecg"], axis=1),
        }

    @tf.function(
        input_signature=[tf.TensorSpec((None, len(LEADS), None), tf.float32, name="leads")]
    )
    def leads(self, leads: tf.Tensor) -> dict[str, tf.Tensor]:
        """Judge what the heart has from the signals of a set of leads.

        Args:
            leads: `[batch, 12, samples]`, millivolts at 125 Hz, in the order of
                `leads.LEADS`; at least 310 samples (2.48 s), a multiple of 5. A lead is
                absent where it is exactly 0 for more than a second.

        Returns:
            As `_judged` does.
        """
        samples = tf.shape(leads)[2]
        check = tf.debugging.Assert(
            (samples >= SHORTEST_LEADS_SAMPLES) & (samples % SAMPLES_PER_STEP == 0),
            [
                f"Expected leads of shape [batch, {len(LEADS)}, samples] at 125 Hz, at least "
                f"{SHORTEST_LEADS_SAMPLES} samples and a multiple of {SAMPLES_PER_STEP}. "
                "Received samples:",
                samples,
            ],
        )
        with tf.control_dependencies([check]):
            finite = tf.reduce_all(tf.math.is_finite(leads), axis=(1, 2))
        leads = tf.where(tf.math.is_finite(leads), leads, 0.0)
        return self._judged(leads, SeenSteps()(leads), finite)

    @tf.function(input_signature=[tf.TensorSpec((None, len(LEADS)), tf.string, name="lead_images")])
    def page(self, lead_images: tf.Tensor) -> dict[str, tf.Tensor]:
        """Judge what the heart has from pictures of a set of leads.

        Args:
            lead_images: `[batch, 12]`, a picture a lead as `image` takes them, all of the same
                ten seconds, in the order of `leads.LEADS`; `""` for a lead that is absent.
                Where a lead was not seen its picture is of one grey from top to bottom.

        Returns:
            As `_judged` does.
        """
        shape = (-1, len(LEADS), STRIP_SAMPLES)
        encoded = tf.reshape(lead_images, (-1,))
        rows = tf.where(tf.strings.length(encoded) > 0)
        pictures = decode_strips(tf.gather_nd(encoded, rows))
        nobody = tf.cast(tf.equal(tf.shape(rows)[0], 0), tf.int32)
        padded = tf.pad(pictures, ((0, nobody), (0, 0), (0, 0), (0, 0)))
        trace_mv = self._image_branch(padded)["height_mv"][: tf.shape(rows)[0]]
        every = tf.cast(tf.shape(encoded)[:1], tf.int64)
        leads_mv = tf.scatter_nd(rows, trace_mv, tf.concat([every, [STRIP_SAMPLES]], 0))
        seen = tf.scatter_nd(rows, inked_steps(pictures), tf.concat([every, [STRIP_STEPS]], 0))
        return self._judged(
            tf.reshape(leads_mv, shape),
            tf.reshape(seen, (-1, len(LEADS), STRIP_STEPS)),
            tf.ones(tf.shape(lead_images)[:1], tf.bool),
        )

    def _judged(
        self, leads_mv: tf.Tensor, seen: tf.Tensor, finite: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Probabilities of conditions, and why there are none.

        Returns:
            `conditions` `[batch, conditions]`, in the order of `conditions.CONDITION_CODES`;
            `thresholds`, of the same shape, from which on each is present; `problem` `[batch]`, a
            sentence or `""`. A row with a problem has NaN for probabilities.
        """
        conditions = self._conditions_head(leads_mv, seen)
        nothing = tf.equal(tf.reduce_max(seen, axis=(1, 2)), 0.0)
        problem = tf.where(nothing, NOTHING_SEEN, "")
        problem = tf.where(finite, problem, NOT_FINITE)
        is_good = tf.equal(problem, "")[:, None]
        return {
            "conditions": tf.where(is_good, conditions, float("nan")),
            "thresholds": tf.broadcast_to(
                tf.constant(self._thresholds, tf.float32), tf.shape(conditions)
            ),
            "problem": problem,
        }

    def _answer(self, features: tf.Tensor) -> dict[str, tf.Tensor]:
        outputs = self._head(features)
        return {"beats": outputs["beats"], "rhythm": outputs["rhythm"]}


def _served(part: keras.Model) -> Any:
    """A part of the model as a function of its inputs, fused and without variables.

    The signatures call the same few of these, so that a weight is stored once.
    """
    fused = fuse_layers(part)
    inputs = tf.nest.flatten(part.input)
    specs = [tf.TensorSpec(tensor.shape, tensor.dtype, name=tensor.name) for tensor in inputs]

    @tf.function(input_signature=specs)
    def run(*values: tf.Tensor) -> Any:
        return fused(tf.nest.pack_sequence_as(part.input, values), training=False)

    return frozen(run)


def inked_steps(pictures: tf.Tensor) -> tf.Tensor:
    """`[pictures, 250]`, 1 at steps where a strip shows anything, grid or trace, else 0."""
    shape = (-1, STRIP_HEIGHT_PX, STRIP_STEPS, PIXELS_PER_STEP)
    by_step = tf.cast(tf.reshape(pictures, shape), tf.int32)
    contrast = tf.reduce_max(by_step, axis=(1, 3)) - tf.reduce_min(by_step, axis=(1, 3))
    return tf.cast(contrast > FLAT_GREY_LEVELS, tf.float32)


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
