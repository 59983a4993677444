"""The network that follows a trace, as a part of the served graph.

`paper.trace.follow` runs the same network in OpenCV, from the same file; the steps are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from ecgmm.grid import PIXELS_PER_MV, SHARP_WIDTH_PX, STRIP_HEIGHT_PX
from ecgmm.paper.strips import FLAT_GREY_LEVELS
from ecgmm.paper.trace.follow import (
    DARKEST_SHARE,
    FAINTEST_LEVELS,
    LEAST_SURE,
    LONGEST_BRIDGE,
    PLACES,
    PLACES_PER_PIXEL,
    REACH_PX,
    SAMPLE_PX,
    TRACE_SAMPLES,
    WEIGHTS,
)

_PIXELS = STRIP_HEIGHT_PX * SHARP_WIDTH_PX
_ROWS = np.arange(STRIP_HEIGHT_PX, dtype=np.float32)[:, np.newaxis]


def followed_traces(pictures: tf.Tensor) -> dict[str, tf.Tensor]:
    """Where the traces of strips run; see `paper.trace.follow.FollowedTrace`.

    Args:
        pictures: `[batch, 160, 2000, 1]` uint8.

    Returns:
        `trace_mv` and `uncertainty_mv`, `[batch, 5000]` each.
    """
    grey = tf.cast(pictures[..., 0], tf.float32)
    logits = network_of(WEIGHTS)(_darkness(grey)[..., tf.newaxis])
    logits = tf.reshape(logits, (-1, STRIP_HEIGHT_PX, PLACES))
    height_mv, sure, spread_mv = _expected_height(logits)
    contrast = tf.reduce_max(grey, axis=1) - tf.reduce_min(grey, axis=1)
    is_seen = sure >= LEAST_SURE
    is_seen &= tf.repeat(contrast > FLAT_GREY_LEVELS, PLACES_PER_PIXEL, axis=1)
    height_mv, is_unbridged = _bridged(height_mv, is_seen)
    nearest = np.arange(TRACE_SAMPLES) * PLACES // TRACE_SAMPLES
    unknown = tf.gather(is_unbridged, nearest, axis=1)
    return {
        name: tf.where(unknown, float("nan"), _at_samples(values))
        for name, values in (("trace_mv", height_mv), ("uncertainty_mv", spread_mv))
    }


def network_of(onnx_file: Path) -> Callable[[tf.Tensor], tf.Tensor]:
    """A network as `training.opencv_onnx` writes it, as TensorFlow computes it.

    Returns:
        A function from `[batch, height, width, channels]` to the network's answer in this order.
    """
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(onnx_file).graph
    weights = {weight.name: numpy_helper.to_array(weight) for weight in graph.initializer}

    def run(picture: tf.Tensor) -> tf.Tensor:
        values = {graph.input[0].name: picture}
        for node in graph.node:
            given = [values[name] for name in node.input if name in values]
            options = {of.name: onnx.helper.get_attribute_value(of) for of in node.attribute}
            fixed = [weights[name] for name in node.input if name in weights]
            values[node.output[0]] = _LAYERS[node.op_type](given, fixed, options)
        return values[graph.output[0].name]

    return run


def _convolved(given: list[tf.Tensor], fixed: list[np.ndarray], options: dict[str, Any]) -> Any:
    kernel, bias = fixed
    top, left, bottom, right = options["pads"]
    return bias + tf.nn.conv2d(
        given[0],
        np.transpose(kernel, (2, 3, 1, 0)),
        strides=options["strides"],
        padding=[[0, 0], [top, bottom], [left, right], [0, 0]],
        dilations=options["dilations"],
    )


def _enlarged(given: list[tf.Tensor], fixed: list[np.ndarray], _: dict[str, Any]) -> Any:
    across, along = (int(scale) for scale in fixed[0][2:])
    return tf.repeat(tf.repeat(given[0], across, axis=1), along, axis=2)


_LAYERS: dict[str, Callable[..., Any]] = {
    "Conv": _convolved,
    "Relu": lambda given, *_: tf.nn.relu(given[0]),
    "Add": lambda given, *_: given[0] + given[1],
    "Resize": _enlarged,
}


def _darkness(grey: tf.Tensor) -> tf.Tensor:
    """As `follow.darkness`, of `[batch, 160, 2000]`."""
    sorted_grey = tf.sort(tf.reshape(grey, (-1, _PIXELS)), axis=1)
    median = tf.reduce_mean(sorted_grey[:, _PIXELS // 2 - 1 : _PIXELS // 2 + 1], axis=1)
    at = (1 - DARKEST_SHARE) * (_PIXELS - 1)
    first = int(at)
    dark = sorted_grey[:, first] + (at - first) * (
        sorted_grey[:, first + 1] - sorted_grey[:, first]
    )
    darkest = tf.maximum(median - dark, FAINTEST_LEVELS)
    below = median[:, tf.newaxis, tf.newaxis] - grey
    return tf.clip_by_value(below / darkest[:, tf.newaxis, tf.newaxis], -1, 2)


def _expected_height(logits: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """As `follow.expected_height`, of `[batch, 160, 4000]`."""
    share = tf.nn.softmax(logits, axis=1)
    likeliest = tf.cast(tf.argmax(logits, axis=1), tf.float32)[:, tf.newaxis]
    near = tf.where(tf.abs(_ROWS - likeliest) <= REACH_PX, share, 0.0)
    sure = tf.reduce_sum(near, axis=1)
    row = tf.reduce_sum(near * _ROWS, axis=1) / sure
    spread = tf.sqrt(tf.reduce_sum(share * (_ROWS - row[:, tf.newaxis]) ** 2, axis=1))
    return (STRIP_HEIGHT_PX / 2 - row) / PIXELS_PER_MV, sure, spread / PIXELS_PER_MV


def _bridged(height_mv: tf.Tensor, is_seen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Heights with straight lines over places that are not seen, and where a gap is too long.

    Beyond the first and the last place seen their heights go on.
    """
    place = tf.broadcast_to(tf.range(PLACES), tf.shape(is_seen))
    seen_until = tf.cumsum(tf.cast(is_seen, tf.int32), axis=1)
    count = seen_until[:, -1:]
    beyond = tf.fill(tf.shape(count), PLACES)
    in_order = tf.concat(
        [-tf.ones_like(count), tf.sort(tf.where(is_seen, place, PLACES)), beyond], 1
    )
    last = tf.gather(in_order, seen_until, batch_dims=1)
    following = tf.gather(in_order, seen_until + 1, batch_dims=1)
    is_unbridged = ~is_seen & (following - last - 1 > LONGEST_BRIDGE)
    left = tf.where(last >= 0, last, following)
    right = tf.where(following < PLACES, following, last)
    share = tf.math.divide_no_nan(
        tf.cast(place - left, tf.float32), tf.cast(right - left, tf.float32)
    )
    left_mv, right_mv = (
        tf.gather(height_mv, tf.clip_by_value(at, 0, PLACES - 1), batch_dims=1)
        for at in (left, right)
    )
    return left_mv + share * (right_mv - left_mv), is_unbridged


def _at_samples(values: tf.Tensor) -> tf.Tensor:
    """`[batch, 4000]` places at the 5000 samples, straight lines between."""
    at = np.clip((SAMPLE_PX + 0.5) * PLACES_PER_PIXEL - 0.5, 0, PLACES - 1)
    first = np.minimum(at.astype(np.int32), PLACES - 2)
    share = (at - first).astype(np.float32)
    left, right = (tf.gather(values, places, axis=1) for places in (first, first + 1))
    return left + share * (right - left)
