"""What a mixed batch costs in the one model, beside two separate models on the same rows.

    python -m benchmarks.mixed_batch [--signals 16] [--images 16] [--repeats 10]

The one model routes each row to its branch; the two models each get the rows of their kind. The
last column is the one model without routing, where both branches read every row. Random weights
and simulated strips: only the time is of interest. Half a minute on 2 cores.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks.simulated_records import training_noise_mv, training_records
from benchmarks.timing import medians_ms
from ecgmm.model.branches import build_image_branch, build_signal_branch
from ecgmm.model.head import build_head
from ecgmm.model.multimodal import IMAGE, SIGNAL, build_model
from ecgmm.pipeline.batches import BatchConfig, BatchMaker, batches
from ecgmm.training.config import StageConfig, TrainingConfig
from ecgmm.training.train import compile_model

Batch = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]
Call = Callable[[], object]

HEAD_OUTPUTS = ("beats", "rhythm")
ONE, TWO, UNROUTED = "one model", "two models", "unrouted"


def mixed_batch(signals: int, images: int) -> Batch:
    """A batch of the training pipeline, its rows shuffled, with the targets of the head alone."""
    config = BatchConfig(signals=signals, images=images)
    maker = BatchMaker(training_records(), training_noise_mv(), config, seed=0)
    order = np.random.default_rng(0).permutation(signals + images)
    inputs, targets, weights = next(iter(batches(maker, config, count=1)))
    targets, weights = ({name: d[name] for name in HEAD_OUTPUTS} for d in (targets, weights))
    return tf.nest.map_structure(
        lambda values: tf.gather(values, order), (inputs, targets, weights)
    )


def separate_models() -> dict[str, keras.Model]:
    """One model for each modality, each with a head of its own."""
    config = TrainingConfig().model
    signal, image = build_signal_branch(config), build_image_branch(config)
    features = {"signal": signal.output, "image": image.output["features"]}
    return {
        name: keras.Model(branch.input, build_head(config)(features[name]), name=name)
        for name, branch in (("signal", signal), ("image", image))
    }


def unrouted_model() -> keras.Model:
    """The one model as it would be if both branches read every row."""
    config = TrainingConfig().model
    routed = build_model(config)
    signal, image, modality = (
        keras.Input(routed.input[name].shape[1:], dtype=routed.input[name].dtype, name=name)
        for name in ("signal", "image", "modality")
    )
    features = keras.ops.where(
        keras.ops.equal(modality[:, None, None], IMAGE),
        build_image_branch(config)(image)["features"],
        build_signal_branch(config)(signal),
    )
    inputs = {"signal": signal, "image": image, "modality": modality}
    return keras.Model(inputs, build_head(config)(features))


def forward_calls(batch: Batch) -> dict[str, Call]:
    """Reading the batch, three ways."""
    inputs = batch[0]
    mixed, unrouted = _graph(build_model()), _graph(unrouted_model())
    parts = [
        (_graph(model), _rows_of(batch, value)[0][name])
        for (name, model), value in zip(separate_models().items(), (SIGNAL, IMAGE), strict=True)
    ]
    return {
        ONE: lambda: mixed(inputs),
        TWO: lambda: [read(rows) for read, rows in parts],
        UNROUTED: lambda: unrouted(inputs),
    }


def training_calls(batch: Batch) -> dict[str, Call]:
    """A training step on the batch, three ways."""
    mixed, unrouted = _compiled(build_model()), _compiled(unrouted_model())
    parts = []
    for (name, model), value in zip(separate_models().items(), (SIGNAL, IMAGE), strict=True):
        inputs, targets, weights = _rows_of(batch, value)
        parts.append((_compiled(model), (inputs[name], targets, weights)))
    return {
        ONE: lambda: mixed.train_on_batch(*batch),
        TWO: lambda: [model.train_on_batch(*part) for model, part in parts],
        UNROUTED: lambda: unrouted.train_on_batch(*batch),
    }


def _rows_of(batch: Batch, modality: int) -> Batch:
    chosen = tf.where(batch[0]["modality"] == modality)[:, 0]
    return tf.nest.map_structure(lambda values: tf.gather(values, chosen), batch)


def _graph(model: keras.Model) -> Callable[[Any], object]:
    return tf.function(lambda inputs: model(inputs, training=False))


def _compiled(model: keras.Model) -> keras.Model:
    compile_model(model, StageConfig(), TrainingConfig())
    return model


def main() -> None:
    """Print a row for reading and a row for training."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--signals", type=int, default=16, help="rows read as signals")
    parser.add_argument("--images", type=int, default=16, help="rows read as pictures")
    parser.add_argument("--repeats", type=int, default=10, help="times each is measured")
    arguments = parser.parse_args()
    batch = mixed_batch(arguments.signals, arguments.images)
    print(f"{arguments.signals} signals and {arguments.images} pictures of 10 s, medians in ms")
    print("           one model  two models  one / two  unrouted  unrouted / two")
    for name, calls in (
        ("forward", forward_calls(batch)),
        ("training", training_calls(batch)),
    ):
        times = medians_ms(calls, arguments.repeats)
        print(
            f"{name:<10} {times[ONE]:9.0f} {times[TWO]:11.0f} {times[ONE] / times[TWO]:10.2f} "
            f"{times[UNROUTED]:9.0f} {times[UNROUTED] / times[TWO]:15.2f}"
        )


if __name__ == "__main__":
    main()
