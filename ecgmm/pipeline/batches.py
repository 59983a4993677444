"""tf.data batches of signals and pictures on the common time grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_STEP, SAMPLES_PER_STEP, STRIP_HEIGHT_PX, STRIP_STEPS
from ecgmm.pipeline.augmentation import AugmentationConfig, augment
from ecgmm.pipeline.not_ecg import not_ecg_picture
from ecgmm.pipeline.pictures import PictureConfig, print_strip
from ecgmm.pipeline.records import GridRecord
from ecgmm.pipeline.rows import Row, image_row, row_without_ecg, signal_row
from ecgmm.pipeline.strips import SamplingConfig, Strip, StripSampler

if TYPE_CHECKING:
    import tensorflow as tf

NOT_ECG_SHARE = 0.12


@dataclass(frozen=True)
class BatchConfig:
    """What a batch is made of.

    Attributes:
        signals: rows read as signals.
        images: rows read as pictures.
        steps: length of every row on the time grid; 250 is a strip.
        class_weights: weight of each of `labels.STEP_CLASSES` in the loss.
        unnamed_weight: weight of a step of `labels.UNNAMED_BEATS`.
        sampling: which strips are drawn.
        augmentation: what happens to their signal.
        picture: how they are printed.
    """

    signals: int = 24
    images: int = 24
    steps: int = STRIP_STEPS
    class_weights: tuple[float, ...] = (0.5, 1.0, 1.5, 1.0, 1.5, 1.0)
    unnamed_weight: float = 0.0
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    picture: PictureConfig = field(default_factory=PictureConfig)


@dataclass(frozen=True)
class Share:
    """What one worker makes of every batch when several train one model.

    Attributes:
        parts: a batch is drawn in so many parts of equal size, each from random numbers of its
            own, so that the batch is the same whoever draws them.
        replicas: copies of the model that all workers have together; each is given its parts as
            one batch.
        worker: which of the workers this is.
        workers: how many there are.
    """

    parts: int = 1
    replicas: int = 1
    worker: int = 0
    workers: int = 1


WHOLE = Share()


class MakesBatches(Protocol):
    """Whatever makes the n-th batch of a seed."""

    def make(self, number: int) -> list[NDArray]:
        """Batch `number`: the fields of `rows.Row`, each with a first axis for the rows."""
        ...


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
        self._sampler = StripSampler(records, config.sampling, config.augmentation.mixed_leads)
        self._noise_mv = noise_mv
        self._config = config
        self._class_weights = np.asarray(config.class_weights, np.float32)
        self._seed = seed

    def make(self, number: int) -> list[NDArray]:
        """Batch `number`: the fields of `rows.Row`, each with a first axis for the rows."""
        config = self._config
        rng = np.random.default_rng((self._seed, int(number)))
        rows = [self._signal_row(rng) for _ in range(config.signals)]
        rows += [self._image_row(rng) for _ in range(config.images)]
        return [np.stack(values) for values in zip(*rows, strict=True)]

    def _strip(self, rng: np.random.Generator) -> Strip:
        strip = self._sampler.draw(rng, self._config.steps)
        return augment(strip, self._noise_mv, self._config.augmentation, rng)

    def _signal_row(self, rng: np.random.Generator) -> Row:
        return signal_row(self._strip(rng), self._class_weights, self._config.unnamed_weight)

    def _image_row(self, rng: np.random.Generator) -> Row:
        config = self._config
        if rng.random() < NOT_ECG_SHARE:
            width_px = config.steps * PIXELS_PER_STEP
            _, picture = not_ecg_picture(rng, config.picture, width_px=width_px)
            return row_without_ecg(picture, self._class_weights)
        strip = self._strip(rng)
        printed = print_strip(strip.signal_mv, config.picture, rng)
        return image_row(strip, printed, self._class_weights, config.unnamed_weight)


def batches(
    maker: MakesBatches, config: BatchConfig, count: int, first: int = 0, share: Share = WHOLE
) -> tf.data.Dataset:
    """A data set of `count` batches, made in parallel, in order, the same for the same seed.

    Args:
        maker: makes each part of a batch.
        config: what a part is made of.
        count: how many batches.
        first: the batch to begin with.
        share: what of each batch; all of it by default.

    Returns:
        `(inputs, targets, weights)` of each. The inputs are those of the functional model:
        `signal` `[rows, samples]` float32 mV, `image` `[rows, 160, 4 * steps, 1]` uint8 and
        `modality` `[rows]`. The targets are `beats` `[rows, steps]` and `rhythm` `[rows]`, class
        indices; where there are pictures also those of `training.supervision.supervised_model`:
        `height_mv`, `ecg` and `disagreement`. The weights are 0 where the truth is not known.
    """
    import tensorflow as tf

    specs = _row_specs(config)

    def make(number: tf.Tensor) -> tuple[dict, dict, dict]:
        made = tf.numpy_function(maker.make, [number], [spec.dtype for spec in specs.values()])
        named = zip(specs.items(), made, strict=True)
        row = Row(**{name: tf.ensure_shape(array, spec.shape) for (name, spec), array in named})
        inputs = {"signal": row.signal, "image": row.image, "modality": row.modality}
        targets = {"beats": row.beats, "rhythm": row.rhythm}
        weights = {"beats": row.beats_weight, "rhythm": row.rhythm_weight}
        if config.images:
            no_disagreement = tf.zeros_like(row.teacher_weight)
            targets |= {"height_mv": row.height_mv, "ecg": row.ecg, "disagreement": no_disagreement}
            weights |= {
                "height_mv": row.height_weight,
                "ecg": tf.ones_like(row.ecg),
                "disagreement": row.teacher_weight,
            }
        return inputs, targets, weights

    def join(*parts: Any) -> Any:
        return tf.nest.map_structure(lambda x: tf.reshape(x, (-1, *x.shape[2:])), parts)

    numbers = tf.data.Dataset.range(first * share.parts, (first + count) * share.parts)
    own = numbers.batch(share.parts // share.workers).shard(share.workers, share.worker).unbatch()
    made = own.map(make, num_parallel_calls=2, deterministic=True)
    if share.parts > share.replicas:
        made = made.batch(share.parts // share.replicas, drop_remainder=True).map(join)
    return made.prefetch(4)


def _row_specs(config: BatchConfig) -> dict[str, Any]:
    """Shapes and types of the fields of `rows.Row` in a batch."""
    import tensorflow as tf

    rows, steps = config.signals + config.images, config.steps
    samples = steps * SAMPLES_PER_STEP
    return {
        "signal": tf.TensorSpec((rows, samples), tf.float32),
        "image": tf.TensorSpec((rows, STRIP_HEIGHT_PX, steps * PIXELS_PER_STEP, 1), tf.uint8),
        "modality": tf.TensorSpec((rows,), tf.int32),
        "beats": tf.TensorSpec((rows, steps), tf.int32),
        "rhythm": tf.TensorSpec((rows,), tf.int32),
        "height_mv": tf.TensorSpec((rows, samples), tf.float32),
        "ecg": tf.TensorSpec((rows, 1), tf.float32),
        "beats_weight": tf.TensorSpec((rows, steps), tf.float32),
        "rhythm_weight": tf.TensorSpec((rows,), tf.float32),
        "height_weight": tf.TensorSpec((rows, samples), tf.float32),
        "teacher_weight": tf.TensorSpec((rows, steps), tf.float32),
    }
