"""The network of the second look and what it learns from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_features import FEATURES
from ecgmm.analysis.second_look import corrected
from ecgmm.labels import AAMI_CLASSES
from ecgmm.training.second_look.splices import UNKNOWN

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

CLASSES = len(AAMI_CLASSES)
_FILTERS = 32
_DILATIONS = (1, 2, 4, 8)


@dataclass(frozen=True)
class SecondLookConfig:
    """How the second look is trained.

    Attributes:
        seed: of weights and of what is drawn.
        steps: batches in all.
        batch_size: rows of a batch.
        beats: neighbouring beats of a row.
        learning_rate: at its highest; it falls as a cosine does.
        weight_decay: of AdamW.
        spliced: share of rows from recordings with spliced ectopic runs.
        wandering: share of rows from recordings whose sinus rate wanders.
        short: share of rows from a part of a recording as if it were all.
        dropout: in front of every block; half of it of whole features.
    """

    seed: int = 0
    steps: int = 600
    batch_size: int = 16
    beats: int = 256
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    spliced: float = 0.1
    wandering: float = 0.1
    short: float = 0.25
    dropout: float = 0.2


@dataclass(frozen=True)
class Example:
    """A recording as the second look sees it.

    Attributes:
        features: `[beats, FEATURES]`.
        labels: `[beats]` index into `labels.AAMI_CLASSES`, or `UNKNOWN`.
    """

    features: NDArray[np.float32]
    labels: NDArray[np.int64]


def build_network(dropout: float) -> keras.Model:
    """A fully convolutional network over the beats of a recording, 16 to either side.

    `[batch, 1, beats, FEATURES]` in, `[batch, 1, beats, 5]` out: what is added to the
    log-probabilities of `labels.AAMI_CLASSES` that the first look gave. It begins at nothing.
    """
    import keras
    from keras import layers

    features = keras.Input((1, None, FEATURES))
    x = layers.SpatialDropout2D(dropout / 2)(features)
    x = layers.ReLU()(layers.Conv2D(_FILTERS, (1, 3), padding="same")(x))
    for dilation in _DILATIONS:
        y = layers.Dropout(dropout)(x)
        y = layers.Conv2D(_FILTERS, (1, 3), padding="same", dilation_rate=(1, dilation))(y)
        x = layers.Add()([x, layers.ReLU()(y)])
    return keras.Model(features, layers.Conv2D(CLASSES, 1, kernel_initializer="zeros")(x))


def rows(kinds: Mapping[str, Sequence[Example]], config: SecondLookConfig) -> tf.data.Dataset:
    """Batches without end: `[rows, 1, beats, FEATURES]` and `[rows, beats]` labels.

    Args:
        kinds: recordings `as_they_are`, `short`, `wandering` and `spliced`.
        config: how often each kind is drawn, and how long a row is.
    """
    import tensorflow as tf

    spec = (
        tf.TensorSpec((1, config.beats, FEATURES), tf.float32),
        tf.TensorSpec((config.beats,), tf.int32),
    )
    made = tf.data.Dataset.from_generator(lambda: _rows(kinds, config), output_signature=spec)
    return made.batch(config.batch_size).prefetch(2)


def _rows(
    kinds: Mapping[str, Sequence[Example]], config: SecondLookConfig
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int32]]]:
    rng = np.random.default_rng(config.seed)
    shares = {"short": config.short, "wandering": config.wandering, "spliced": config.spliced}
    names = [*shares, "as_they_are"]
    odds = [*shares.values(), 1 - sum(shares.values())]
    while True:
        examples = kinds[names[rng.choice(len(names), p=odds)]]
        example = examples[int(rng.integers(len(examples)))]
        first = int(rng.integers(max(len(example.labels) - config.beats, 0) + 1))
        features = np.zeros((1, config.beats, FEATURES), np.float32)
        labels = np.full(config.beats, UNKNOWN, np.int32)
        some = slice(first, first + config.beats)
        features[0, : len(example.labels[some])] = example.features[some]
        labels[: len(example.labels[some])] = example.labels[some]
        yield features, labels


def loss(added: Any, features: Any, labels: Any) -> Any:
    """Mean cross-entropy of the beats that were annotated.

    Args:
        added: `[batch, 1, beats, 5]`, the network's answer.
        features: `[batch, 1, beats, FEATURES]`; the first five are the log-probabilities before.
        labels: `[batch, beats]`.
    """
    from keras import ops

    log_p = ops.log_softmax((features[..., :CLASSES] + added)[:, 0])
    known = ops.cast(labels >= 0, "float32")
    of_label = ops.sum(log_p * ops.one_hot(ops.maximum(labels, 0), CLASSES), axis=-1)
    return -ops.sum(of_label * known) / (ops.sum(known) + 1.0)


def train(kinds: Mapping[str, Sequence[Example]], config: SecondLookConfig) -> keras.Model:
    """A network trained on these recordings."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(config.seed)
    network = build_network(config.dropout)
    schedule = keras.optimizers.schedules.CosineDecay(config.learning_rate, config.steps, 0.01)
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay, clipnorm=1.0)

    @tf.function
    def step(features: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            value = loss(network(features, training=True), features, labels)
        gradients = tape.gradient(value, network.trainable_variables)
        optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
        return value

    for features, labels in rows(kinds, config).take(config.steps):
        step(features, labels)
    return network


def second_opinion(network: keras.Model, features: NDArray[np.float32]) -> NDArray[np.float32]:
    """`[beats, 5]` probabilities of the beats of a recording."""
    added = network(features[np.newaxis, np.newaxis], training=False)
    return corrected(features, np.asarray(added)[0, 0])
