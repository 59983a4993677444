"""Encoded pictures of strips, decoded in the graph; none that is bad fails another."""

from __future__ import annotations

from functools import partial

import tensorflow as tf

from ecgmm.grid import PIXELS_PER_STEP, STRIP_HEIGHT_PX, STRIP_STEPS, STRIP_WIDTH_PX
from ecgmm.paper.strips import FLAT_GREY_LEVELS
from ecgmm.serving.strip_pictures import (
    ASPECT_TOLERANCE,
    MOST_PIXELS,
    NO_PICTURE,
    NO_STRIP,
)

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_HEIGHT, _PNG_WIDTH = 20, 16
"""Where the header has them, four bytes each, the highest first."""
_Shape = tuple[int, int, int]


def decoded_strips(
    image_bytes: tf.Tensor, width_px: int = STRIP_WIDTH_PX
) -> tuple[tf.Tensor, tf.Tensor]:
    """Decode encoded pictures, each by itself.

    Args:
        image_bytes: `[batch]` encoded PNG or JPEG pictures.
        width_px: how many columns they are given.

    Returns:
        Grey levels `[batch, 160, width_px, 1]` uint8, black where there is a problem; and the
        problems, `[batch]` sentences, `""` where there is none.
    """
    shape = (STRIP_HEIGHT_PX, width_px, 1)
    return tf.map_fn(
        partial(_decoded_or_told, shape=shape),
        image_bytes,
        fn_output_signature=(tf.TensorSpec(shape, tf.uint8), tf.TensorSpec((), tf.string)),
    )


def inked_steps(pictures: tf.Tensor) -> tf.Tensor:
    """`[pictures, 250]`, 1 at steps where a strip shows anything, grid or trace, else 0."""
    shape = (-1, STRIP_HEIGHT_PX, STRIP_STEPS, PIXELS_PER_STEP)
    by_step = tf.cast(tf.reshape(pictures, shape), tf.int32)
    contrast = tf.reduce_max(by_step, axis=(1, 3)) - tf.reduce_min(by_step, axis=(1, 3))
    return tf.cast(contrast > FLAT_GREY_LEVELS, tf.float32)


def _decoded_or_told(image_bytes: tf.Tensor, shape: _Shape) -> tuple[tf.Tensor, tf.Tensor]:
    """A graph has no `try`, but a pipeline inside it may go on after an element that failed."""
    attempt = (
        tf.data.Dataset.from_tensors(image_bytes)
        .map(partial(_decoded, shape=shape))
        .ignore_errors()
    )
    otherwise = tf.data.Dataset.from_tensors((_black(shape), tf.constant(NO_PICTURE)))
    picture, problem = _as_they_are(attempt.concatenate(otherwise).take(1)).get_single_element()
    return tf.ensure_shape(picture, shape), problem


def _as_they_are(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """Nothing is rewritten or tuned for one picture, which would take longer than the picture."""
    options = tf.data.Options()
    options.experimental_optimization.apply_default_optimizations = False
    options.autotune.enabled = False
    return dataset.with_options(options)


def _decoded(image_bytes: tf.Tensor, shape: _Shape) -> tuple[tf.Tensor, tf.Tensor]:
    """Grey levels of a picture and the problem with its size; raises what the decoders raise."""
    is_jpeg = tf.io.is_jpeg(image_bytes)
    size = tf.cond(
        is_jpeg,
        lambda: tf.io.extract_jpeg_shape(image_bytes)[:2],
        lambda: _png_size(image_bytes),
    )
    is_strip = _is_strip(size)
    picture = tf.cond(
        is_strip, lambda: _grey_strip(image_bytes, is_jpeg, shape), lambda: _black(shape)
    )
    sides = tf.strings.reduce_join(tf.strings.as_string(size), separator=" ")
    problem = tf.strings.join([NO_STRIP, sides], separator=" ")
    return picture, tf.where(is_strip, "", problem)


def _png_size(image_bytes: tf.Tensor) -> tf.Tensor:
    """Height and width; anything that is no PNG has no such bytes and raises."""
    check = tf.debugging.Assert(
        tf.equal(tf.strings.substr(image_bytes, 0, len(_PNG)), _PNG), [NO_PICTURE]
    )
    with tf.control_dependencies([check]):
        sides = [tf.strings.substr(image_bytes, at, 4) for at in (_PNG_HEIGHT, _PNG_WIDTH)]
    return tf.squeeze(tf.io.decode_raw(sides, tf.int32, little_endian=False), axis=1)


def _is_strip(size: tf.Tensor) -> tf.Tensor:
    height, width = tf.unstack(tf.cast(size, tf.float32), num=2)
    aspect = width / height * (STRIP_HEIGHT_PX / STRIP_WIDTH_PX)
    return (tf.abs(aspect - 1) <= ASPECT_TOLERANCE) & (height * width <= MOST_PIXELS)


def _grey_strip(image_bytes: tf.Tensor, is_jpeg: tf.Tensor, shape: _Shape) -> tf.Tensor:
    picture = tf.cond(
        is_jpeg, lambda: tf.io.decode_jpeg(image_bytes), lambda: tf.io.decode_png(image_bytes)
    )
    picture.set_shape((None, None, None))
    grey = tf.cond(
        tf.shape(picture)[2] < 3,
        lambda: picture[..., :1],
        lambda: tf.image.rgb_to_grayscale(tf.ensure_shape(picture[..., :3], (None, None, 3))),
    )
    exact = tf.reduce_all(tf.equal(tf.shape(grey), shape))
    return tf.ensure_shape(tf.cond(exact, lambda: grey, lambda: _resized(grey, shape)), shape)


def _resized(grey: tf.Tensor, shape: _Shape) -> tf.Tensor:
    resized = tf.image.resize(grey[None], shape[:2], method="area")[0]
    return tf.cast(tf.round(resized), tf.uint8)


def _black(shape: _Shape) -> tf.Tensor:
    return tf.zeros(shape, tf.uint8)
