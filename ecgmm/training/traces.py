"""Train the network that follows a trace: `python -m ecgmm.training.traces --out FILE.onnx`.

A batch is of rows of whole pages as the page reader cuts them, which other processes draw into a
folder all the while, and of single strips, which are drawn as they are needed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ecgmm.grid import SHARP_WIDTH_PX, STRIP_HEIGHT_PX
from ecgmm.paper.trace.follow import PLACES, PLACES_PER_PIXEL
from ecgmm.pipeline.lead_records import TRAINING_FOLDS, load_lead_records
from ecgmm.pipeline.pictures import PictureConfig
from ecgmm.pipeline.traces.batches import batches
from ecgmm.pipeline.traces.pages import Batch
from ecgmm.pipeline.traces.pool import PagePool, draw_pages
from ecgmm.training.opencv_onnx import to_onnx
from ecgmm.training.small_networks import convolution, learning_rate_at

if TYPE_CHECKING:
    import keras

_SHARP_FILTERS = 8
_FILTERS = (12, 24, 40, 64)
_DILATIONS = ((1,), (1, 2, 1), (1, 2, 4, 8))
LEARNING_RATE = 3e-3
LEARNING_RATE_GOING_ON = 1e-3
"""What was learnt before is to be kept."""
_WARM_UP_STEPS = 50
_SPREAD_PX = 1.0
"""Standard deviation of the target around the trace's row: half a pen line."""
_STEEPEST_ROWS = 4.0
"""From one place to the next: a flank counts up to five times as much as a level stretch, for four
fifths of the noise of a digitized page is in the steepest tenth of its samples."""
_UV_MV = 1e-3
_FEWEST_PAGE_ROWS = 256
_LOOK_S = 5.0
_STEPS_PER_EPOCH = 100


def build_network() -> keras.Model:
    """A fully convolutional network in the shape of a U (Ronneberger et al. 2015).

    Darkness `[batch, 160, 2000, 1]` in, `[batch, 160, 2000, 2]` out: a logit for each row at each
    of two places in every column of pixels. Going down it sees a second to either side, going up
    it finds the row again.
    """
    import keras
    from keras import layers

    dark = keras.Input((STRIP_HEIGHT_PX, SHARP_WIDTH_PX, 1))
    sharp = layers.ReLU()(convolution(dark, _SHARP_FILTERS, 3))
    x = layers.ReLU()(convolution(dark, _FILTERS[0], (3, 6), strides=(1, 2)))
    seen = []
    for filters, dilations in zip(_FILTERS[1:], _DILATIONS, strict=True):
        seen.append(x)
        x = layers.ReLU()(convolution(x, filters, 4, strides=2))
        for dilation in dilations:
            y = convolution(x, filters, 3, dilation_rate=dilation)
            x = layers.ReLU()(layers.Add()([x, y]))
    for filters, beside in zip(_FILTERS[-2::-1], reversed(seen), strict=True):
        x = layers.UpSampling2D()(convolution(x, filters, 1))
        x = layers.ReLU()(layers.Add()([x, beside]))
        y = convolution(x, filters, 3)
        x = layers.ReLU()(layers.Add()([x, y]))
    x = layers.UpSampling2D((1, 2))(convolution(x, _SHARP_FILTERS, 1))
    x = layers.ReLU()(layers.Add()([x, sharp]))
    y = convolution(x, _SHARP_FILTERS, 3)
    x = layers.ReLU()(layers.Add()([x, y]))
    return keras.Model(dark, layers.Conv2D(PLACES_PER_PIXEL, 1, dtype="float32")(x))


def loss(rows: Any, answers: Any) -> Any:
    """Cross-entropy of each place's rows with a Gaussian around where the trace is.

    Flanks count more than what is level.

    Args:
        rows: `[batch, 4000]`, below 0 where none is right.
        answers: `[batch, 160, 2000, 2]`.
    """
    from keras import ops

    log_p = ops.log_softmax(ops.reshape(answers, (-1, STRIP_HEIGHT_PX, PLACES)), axis=1)
    row = ops.reshape(ops.arange(STRIP_HEIGHT_PX, dtype="float32"), (1, -1, 1))
    away = (row - ops.expand_dims(rows, 1)) / _SPREAD_PX
    wanted = ops.softmax(-0.5 * away**2, axis=1)
    asked = ops.cast(rows >= 0, "float32")
    of_place = -ops.sum(wanted * log_p, axis=1)
    steepness = ops.abs(ops.pad(rows[:, 1:] - rows[:, :-1], ((0, 0), (0, 1))))
    weight = asked * (1 + ops.minimum(steepness, _STEEPEST_ROWS))
    return ops.sum(of_place * weight) / (ops.sum(weight) + 1)


def train(
    network: keras.Model,
    drawn: Iterator[Batch],
    minutes: float,
    checkpoint: Path | None = None,
    learning_rate: float = LEARNING_RATE,
) -> None:
    """Train for a time, the learning rate falling as a cosine does.

    Args:
        network: what is trained.
        drawn: batches without end.
        minutes: how long.
        checkpoint: `.weights.h5` that is written every hundred steps.
        learning_rate: the highest.
    """
    import keras

    network.compile(keras.optimizers.AdamW(learning_rate, weight_decay=1e-4, clipnorm=5.0), loss)
    begun, losses = time.monotonic(), []
    for number, (dark, rows) in enumerate(drawn):
        done = (time.monotonic() - begun) / (60 * minutes)
        if done >= 1:
            break
        network.optimizer.learning_rate = learning_rate_at(
            done, number, highest=learning_rate, warm_up_steps=_WARM_UP_STEPS
        )
        losses.append(float(network.train_on_batch(dark, rows)))
        if number % _STEPS_PER_EPOCH == 0:
            mean = np.mean(losses[-_STEPS_PER_EPOCH:])
            print(f"{number:6d}  {done:5.1%}  loss {mean:.4f}", flush=True)
            if checkpoint is not None:
                network.save_weights(checkpoint)
    if checkpoint is not None:
        network.save_weights(checkpoint)


def mixed(strips: Iterator[Batch], pool: PagePool, size: int, seed: int) -> Iterator[Batch]:
    """Batches of strips, each with rows of pages added to it.

    Args:
        strips: batches without end.
        pool: rows of pages, which is looked through again for each hundred batches.
        size: rows of pages in a batch.
        seed: which rows are chosen.
    """
    pages = pool.batches(size, np.random.default_rng(seed))
    for number, strip in enumerate(strips):
        if number % _STEPS_PER_EPOCH == 0:
            pool.look_again()
        dark, rows = (np.concatenate(parts) for parts in zip(strip, next(pages), strict=True))
        yield dark, rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a network and write it."""
    parser = argparse.ArgumentParser(prog="python -m ecgmm.training.traces", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.onnx")
    parser.add_argument("--data-dir", type=Path, required=True, help="the prepared data sets")
    parser.add_argument(
        "--pages", type=Path, required=True, metavar="FOLDER", help="where rows of pages are kept"
    )
    parser.add_argument("--minutes", type=float, default=60.0, help="(default: %(default)s)")
    parser.add_argument(
        "--batch", type=int, default=8, help="a quarter of it strips (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="(default: %(default)s)")
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count() or 1, help="that draw pages"
    )
    parser.add_argument(
        "--checkpoint", type=Path, metavar="FILE.weights.h5", help="gone on from where it is there"
    )
    options = parser.parse_args(arguments)
    import keras

    keras.utils.set_random_seed(options.seed)
    network, rate = build_network(), LEARNING_RATE
    if options.checkpoint is not None and options.checkpoint.exists():
        rate = LEARNING_RATE_GOING_ON
        network.load_weights(options.checkpoint)
    options.pages.mkdir(parents=True, exist_ok=True)
    strips = max(1, options.batch // 4)
    with tempfile.TemporaryDirectory() as folder:
        signal_file = Path(folder, "leads.npy")
        np.save(signal_file, load_lead_records(options.data_dir, TRAINING_FOLDS).signal_uv)
        drawing = draw_pages(signal_file, _UV_MV, options.pages, options.processes, options.seed)
        drawn = mixed(
            batches(signal_file, _UV_MV, PictureConfig(), strips, 1, options.seed),
            _filled_pool(options.pages),
            options.batch - strips,
            options.seed,
        )
        train(network, drawn, options.minutes, options.checkpoint, rate)
        for process in drawing:
            process.terminate()
    options.out.write_bytes(to_onnx(network, "dark"))
    return 0


def _filled_pool(folder: Path) -> PagePool:
    """The rows of pages, once there are enough to begin with."""
    pool = PagePool(folder)
    while len(pool) < _FEWEST_PAGE_ROWS:
        time.sleep(_LOOK_S)
        pool.look_again()
        print(f"{len(pool)} rows of pages", flush=True)
    return pool


if __name__ == "__main__":
    sys.exit(main())
