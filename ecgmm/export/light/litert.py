"""The parts of a model as LiteRT (TensorFlow Lite) files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from ecgmm.export.frozen import frozen
from ecgmm.grid import SAMPLES_PER_STEP, STRIP_HEIGHT_PX, STRIP_SAMPLES, STRIP_WIDTH_PX
from ecgmm.leads import LEADS
from ecgmm.model.multimodal import conditions_head_of, parts_of


def litert_parts(model: keras.Model) -> dict[str, bytes]:
    """One row of ten seconds in, the answers of each part out; inputs and outputs by name."""
    parts = parts_of(model)

    @tf.function(input_signature=[tf.TensorSpec((1, STRIP_SAMPLES), tf.float32, name="signal")])
    def signal(signal: tf.Tensor) -> dict[str, tf.Tensor]:
        return parts.head(parts.signal_branch(signal, training=False), training=False)

    shape = (1, STRIP_HEIGHT_PX, STRIP_WIDTH_PX)

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.uint8, name="image")])
    def image(image: tf.Tensor) -> dict[str, tf.Tensor]:
        read = parts.image_branch(image[..., None], training=False)
        answers = parts.head(read["features"], training=False)
        return dict(answers) | {"trace_mv": read["height_mv"], "ecg": read["ecg"][:, 0]}

    converted = {"signal": _converted(signal), "image": _converted(image)}
    head = conditions_head_of(model)
    if head is None:
        return converted
    steps = STRIP_SAMPLES // SAMPLES_PER_STEP
    leads = tf.TensorSpec((1, len(LEADS), STRIP_SAMPLES), tf.float32, name="leads_mv")
    seen = tf.TensorSpec((1, len(LEADS), steps), tf.float32, name="seen")

    @tf.function(input_signature=[leads, seen])
    def conditions(leads_mv: tf.Tensor, seen: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"conditions": head({"leads_mv": leads_mv, "seen": seen}, training=False)}

    return converted | {"conditions": _converted(conditions)}


def _converted(function: Callable[..., Any]) -> bytes:
    """A function with the present values of its variables, by way of a SavedModel of its own.

    Only from there does the converter keep the names of inputs and outputs.
    """
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(tf.Module(), folder, signatures={"serving_default": frozen(function)})
        return bytes(tf.lite.TFLiteConverter.from_saved_model(folder).convert())
