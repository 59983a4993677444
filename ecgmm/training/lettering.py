"""Train the reader of print: `python -m ecgmm.training.lettering --out FILE.onnx`."""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.words.answers import CELLS_ACROSS, CHANNELS, CLASSES, NOTHING
from ecgmm.pipeline.lettering.crops import random_crop
from ecgmm.pipeline.lettering.targets import UNASKED, targets
from ecgmm.training.opencv_onnx import to_onnx
from ecgmm.training.small_networks import convolution, learning_rate_at, training_step

if TYPE_CHECKING:
    import keras

BATCH = 16
_FILTERS = (16, 40)
_DILATIONS = (1, 2, 1, 2, 1)
_LEARNING_RATE = 3e-3
_WARM_UP_STEPS = 40
_FOCUS = 1.0
_SIZE_WEIGHT = 0.3
_LOG_EVERY = 50
_POOL = 64
_AHEAD = 4
_FIRST_LOGITS = np.array([0.0] * NOTHING + [7.0, np.log(12.0)])
"""An untrained network answers that nothing is written anywhere, in letters of 12 pixels."""

Batch = tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.float32]]


def build_network() -> keras.Model:
    """A fully convolutional network, four pixels a step.

    Darkness `[batch, height, width, 1]` in, `[batch, height / 4, width / 4, 2 * CHANNELS]` out. Its
    layers see 70 pixels around each cell: a character and its neighbours.
    """
    import keras
    from keras import layers

    dark = keras.Input((None, None, 1))
    x = layers.ReLU()(convolution(dark, _FILTERS[0], 4, strides=2))
    x = layers.ReLU()(convolution(x, _FILTERS[1], 4, strides=2))
    for dilation in _DILATIONS:
        x = layers.ReLU()(layers.Add()([x, convolution(x, _FILTERS[1], 3, dilation_rate=dilation)]))
    answer = layers.Conv2D(CELLS_ACROSS * CHANNELS, 1)
    network = keras.Model(dark, answer(x))
    answer.bias.assign(np.tile(_FIRST_LOGITS, CELLS_ACROSS))
    return network


def loss(answers: Any, classes: Any, sizes: Any) -> Any:
    """Focal cross-entropy (Lin et al. 2017) of the asked cells, and the error of the sizes.

    Args:
        answers: `[batch, rows, columns / 2, 2 * CHANNELS]`.
        classes: `[batch, rows, columns]`, as `targets` gives them.
        sizes: `[batch, rows, columns]`, NaN where there is none.
    """
    from keras import ops

    cells = ops.reshape(answers, (*classes.shape, CHANNELS))
    known = ops.log_softmax(cells[..., :CLASSES])
    asked = ops.cast(classes != UNASKED, "float32")
    log_p = ops.sum(known * ops.one_hot(ops.maximum(classes, 0), CLASSES), axis=-1)
    focal = -((1 - ops.exp(log_p)) ** _FOCUS) * log_p * asked
    has_size = ops.cast(sizes == sizes, "float32")
    error = ops.abs(cells[..., CLASSES] - ops.where(has_size > 0, sizes, 0.0)) * has_size
    return (ops.sum(focal) + _SIZE_WEIGHT * ops.sum(error)) / (ops.sum(has_size) + 1)


def random_batch(seed: int) -> Batch:
    """Crops and what is asked of them, the same ones for the same seed."""
    import cv2

    cv2.setNumThreads(1)
    rng = np.random.default_rng(seed)
    crops = [random_crop(rng) for _ in range(BATCH)]
    asked = [targets(crop) for crop in crops]
    dark = np.stack([crop.dark for crop in crops])[..., np.newaxis]
    return (
        dark,
        np.stack([classes for classes, _ in asked]),
        np.stack([sizes for _, sizes in asked]),
    )


def train(network: keras.Model, minutes: float, seed: int = 0) -> None:
    """Train for a time, the learning rate falling as a cosine does."""
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.AdamW(_LEARNING_RATE, weight_decay=1e-4, clipnorm=5.0)
    step = training_step(network, loss, optimizer)
    begun, losses = time.monotonic(), []
    for number, batch in enumerate(_batches(seed)):
        done = (time.monotonic() - begun) / (60 * minutes)
        if done >= 1:
            return
        optimizer.learning_rate = learning_rate_at(
            done, number, highest=_LEARNING_RATE, warm_up_steps=_WARM_UP_STEPS
        )
        losses.append(float(step(*map(tf.constant, batch))))
        if number % _LOG_EVERY == 0:
            print(f"{number:6d}  {done:5.1%}  loss {np.mean(losses[-_LOG_EVERY:]):.4f}", flush=True)


def _batches(seed: int) -> Iterator[Batch]:
    """Batches without end, each of them twice: drawing one takes as long as learning from it."""
    context = multiprocessing.get_context("spawn")
    rng, pool = np.random.default_rng(seed), []
    with ProcessPoolExecutor(1, mp_context=context) as drawer:
        ahead = [drawer.submit(random_batch, seed + number) for number in range(_AHEAD)]
        for number in itertools.count(seed + _AHEAD):
            batch = ahead.pop(0).result()
            ahead.append(drawer.submit(random_batch, number))
            yield batch
            pool.append(batch)
            if len(pool) > _POOL:
                yield pool.pop(int(rng.integers(_POOL)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a network and write it."""
    parser = argparse.ArgumentParser(prog="python -m ecgmm.training.lettering", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.onnx")
    parser.add_argument("--minutes", type=float, default=120.0, help="(default: %(default)s)")
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FILE.keras",
        help="keep the network there; go on with it if it is",
    )
    parser.add_argument("--seed", type=int, default=0, help="(default: %(default)s)")
    options = parser.parse_args(arguments)
    import keras

    keras.utils.set_random_seed(options.seed)
    goes_on = options.keep is not None and options.keep.exists()
    network = keras.models.load_model(options.keep) if goes_on else build_network()
    train(network, options.minutes, options.seed)
    if options.keep is not None:
        network.save(options.keep)
    options.out.write_bytes(to_onnx(network, "dark"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
