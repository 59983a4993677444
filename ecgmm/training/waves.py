"""Train the network that marks waves: `python -m ecgmm.training.waves --out FILE.onnx`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ecgmm.measure.waves import SAMPLE_CLASSES, SAMPLES_PER_STEP
from ecgmm.pipeline.waves.batches import UNASKED, batches
from ecgmm.pipeline.waves.folds import FOLDS, fold_of
from ecgmm.pipeline.waves.records import MarkedRecord, load_marked_records
from ecgmm.training.opencv_onnx import to_onnx
from ecgmm.training.small_networks import convolution, learning_rate_at, training_step

if TYPE_CHECKING:
    import keras

_FILTERS = (16, 48)
_DILATIONS = (1, 2, 4, 8, 1, 2, 4, 8)
_LEARNING_RATE = 3e-3
_WARM_UP_STEPS = 40
_LOG_EVERY = 50


def build_network() -> keras.Model:
    """A fully convolutional network over one lead, four samples a step.

    `[batch, 1, samples, 1]` in, `[batch, 1, samples / 4, 16]` out: for each of four samples a
    logit for each of `SAMPLE_CLASSES`. Its layers see a second to either side: the beats before
    and after.
    """
    import keras
    from keras import layers

    lead = keras.Input((1, None, 1))
    x = layers.ReLU()(convolution(lead, _FILTERS[0], (1, 8), strides=(1, 2)))
    x = layers.ReLU()(convolution(x, _FILTERS[1], (1, 8), strides=(1, 2)))
    for dilation in _DILATIONS:
        y = convolution(x, _FILTERS[1], (1, 5), dilation_rate=(1, dilation))
        x = layers.ReLU()(layers.Add()([x, y]))
    answer = layers.Conv2D(SAMPLES_PER_STEP * len(SAMPLE_CLASSES), 1)
    return keras.Model(lead, answer(x))


def loss(answers: Any, classes: Any) -> Any:
    """Mean cross-entropy of the samples that were asked.

    Args:
        answers: `[batch, 1, samples / 4, 16]`.
        classes: `[batch, samples]`.
    """
    from keras import ops

    logits = ops.reshape(answers, (*classes.shape, len(SAMPLE_CLASSES)))
    asked = ops.cast(classes != UNASKED, "float32")
    log_p = ops.sum(
        ops.log_softmax(logits) * ops.one_hot(ops.maximum(classes, 0), len(SAMPLE_CLASSES)),
        axis=-1,
    )
    return -ops.sum(log_p * asked) / (ops.sum(asked) + 1)


def train(network: keras.Model, records: Sequence[MarkedRecord], steps: int, seed: int = 0) -> None:
    """Train for so many batches, the learning rate falling as a cosine does."""
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.AdamW(_LEARNING_RATE, weight_decay=1e-3, clipnorm=5.0)
    step = training_step(network, loss, optimizer)
    losses = []
    for number, (signal, classes) in zip(range(steps), batches(records, seed), strict=False):
        optimizer.learning_rate = learning_rate_at(
            number / steps, number, highest=_LEARNING_RATE, warm_up_steps=_WARM_UP_STEPS
        )
        losses.append(
            float(step(tf.constant(signal[:, np.newaxis, :, np.newaxis]), tf.constant(classes)))
        )
        if number % _LOG_EVERY == 0:
            print(f"{number:6d}  loss {np.mean(losses[-_LOG_EVERY:]):.4f}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a network and write it."""
    parser = argparse.ArgumentParser(prog="python -m ecgmm.training.waves", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.onnx")
    parser.add_argument("--archive-dir", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--without-fold", type=int, choices=range(FOLDS), help="hold a fifth of the records out"
    )
    parser.add_argument("--steps", type=int, default=5000, help="(default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="(default: %(default)s)")
    options = parser.parse_args(arguments)
    import keras

    keras.utils.set_random_seed(options.seed)
    records = load_marked_records(options.archive_dir)
    learned = [r for place, r in enumerate(records) if fold_of(place) != options.without_fold]
    network = build_network()
    train(network, learned, options.steps, options.seed)
    options.out.write_bytes(to_onnx(network, "lead"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
