"""tf.data batches of signals and pictures on the common time grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_STEP, SAMPLES_PER_STEP, STRIP_HEIGHT_PX, STRIP_STEPS
from ecgmm.labels import STEP_CLASSES
from ecgmm.pipeline.augmentation import AugmentationConfig, augment
from ecgmm.pipeline.pictures import PictureConfig, picture_of
from ecgmm.pipeline.records import UNKNOWN_RHYTHM, GridRecord
from ecgmm.pipeline.strips import SamplingConfig, Strip, StripSampler

if TYPE_CHECKING:
    import tensorflow as tf

Arrays = tuple[NDArray, ...]


@dataclass(frozen=True)
class BatchConfig:
    """What a batch is made of.

    Attributes:
        signals: rows read as signals.
        images: rows read as pictures.
        steps: length of every row on the time grid; 250 is a strip.
        class_weights: weight of each of `labels.STEP_CLASSES` in the loss.
        sampling: which strips are drawn.
        augmentation: what happens to their signal.
        picture: how they are printed.
    """

    signals: int = 24
    images: int = 24
    steps: int = STRIP_STEPS
    class_weights: tuple[float, ...] = (0.5, 1.0, 1.5, 1.0, 1.5, 1.0)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    picture: PictureConfig = field(default_factory=PictureConfig)


class BatchMaker:
    """Makes the n-th batch of a seed, always the same one.

    Args:
        records: where strips are drawn from.
        noise_mv: `[samples, sources]` recorded noise at 125 Hz.
        config: what a batch is made of.
        seed: which endless row of batches this is.
    """

    def __init__(
        self,
        records: Sequence[GridRecord],
        noise_mv: NDArray[np.float32],
        config: BatchConfig,
        seed: int,
    ) -> None:
        self._sampler = StripSampler(records, config.sampling)
        self._noise_mv = noise_mv
        self._config = config
        self._seed = seed

    def make(self, number: int) -> Arrays:
        """Batch `number`: signal, image, modality, beats, rhythm and their two weights."""
        config = self._config
        rng = np.random.default_rng((self._seed, int(number)))
        rows = config.signals + config.images
        signal = np.zeros((rows, config.steps * SAMPLES_PER_STEP), np.float32)
        image = np.zeros((rows, STRIP_HEIGHT_PX, config.steps * PIXELS_PER_STEP, 1), np.uint8)
        modality = np.repeat(np.array([0, 1], np.int32), [config.signals, config.images])
        strips = [self._strip(rng) for _ in range(rows)]
        for row, strip in enumerate(strips):
            if modality[row] == 0:
                signal[row] = strip.signal_mv
            else:
                image[row, :, :, 0] = picture_of(strip.signal_mv, config.picture, rng)
        beats = np.stack([beat_targets(strip, config.steps) for strip in strips])
        annotated = np.array([[strip.has_beats] for strip in strips])
        rhythm = np.array([strip.rhythm for strip in strips], np.int32)
        return (
            signal,
            image,
            modality,
            beats,
            np.maximum(rhythm, 0),
            np.asarray(config.class_weights, np.float32)[beats] * annotated,
            (rhythm != UNKNOWN_RHYTHM).astype(np.float32),
        )

    def _strip(self, rng: np.random.Generator) -> Strip:
        strip = self._sampler.draw(rng, self._config.steps)
        return augment(strip, self._noise_mv, self._config.augmentation, rng)


def beat_targets(strip: Strip, steps: int) -> NDArray[np.int32]:
    """Class of each step: that of the beat in it, `none` elsewhere."""
    targets = np.full(steps, STEP_CLASSES.index("none"), np.int32)
    position = (strip.beat_position / SAMPLES_PER_STEP).astype(int)
    targets[np.clip(position, 0, steps - 1)] = strip.beat_class
    return targets


def batches(maker: BatchMaker, config: BatchConfig, count: int, first: int = 0) -> tf.data.Dataset:
    """A data set of `count` batches, made in parallel, in order, the same for the same seed.

    Each element is `(inputs, targets, weights)` for the functional model:
    inputs `signal` `[rows, samples]` float32 mV, `image` `[rows, 160, 4 * steps, 1]` uint8
    and `modality` `[rows]`; targets `beats` `[rows, steps]` and `rhythm` `[rows]`, class
    indices; weights of the same shapes, 0 where the truth is not known.
    """
    import tensorflow as tf

    rows, steps = config.signals + config.images, config.steps
    shapes: list[tuple[tuple[int, ...], tf.DType]] = [
        ((rows, steps * SAMPLES_PER_STEP), tf.float32),
        ((rows, STRIP_HEIGHT_PX, steps * PIXELS_PER_STEP, 1), tf.uint8),
        ((rows,), tf.int32),
        ((rows, steps), tf.int32),
        ((rows,), tf.int32),
        ((rows, steps), tf.float32),
        ((rows,), tf.float32),
    ]

    def make(number: tf.Tensor) -> tuple[dict, dict, dict]:
        arrays = tf.numpy_function(maker.make, [number], [dtype for _, dtype in shapes])
        for array, (shape, _) in zip(arrays, shapes, strict=True):
            array.set_shape(shape)
        signal, image, modality, beats, rhythm, beats_weight, rhythm_weight = arrays
        return (
            {"signal": signal, "image": image, "modality": modality},
            {"beats": beats, "rhythm": rhythm},
            {"beats": beats_weight, "rhythm": rhythm_weight},
        )

    numbers = tf.data.Dataset.range(first, first + count)
    return numbers.map(make, num_parallel_calls=2, deterministic=True).prefetch(4)
