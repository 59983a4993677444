"""Training with several copies of one model, on one machine or on many, by `tf.distribute`.

Keras's `fit` runs on tf.distribute's strategies, but of several workers it asks two things that it
does not get (https://github.com/keras-team/keras/issues/20585), and it clips gradients before
it sums them. `replicated` and `AdamWOfSums` make up for that with the hooks that Keras
documents, so that a batch teaches the same however many workers share it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import keras

from ecgmm.errors import InputError
from ecgmm.pipeline.batches import Share

if TYPE_CHECKING:
    import tensorflow as tf

StrategyName = Literal["none", "mirrored", "multi_worker"]
CLUSTER_VARIABLE = "TF_CONFIG"


class Workers:
    """The processes that train one model together, seen from one of them.

    Args:
        strategy: which of TensorFlow's strategies they follow; None is a process that trains alone.

    Attributes:
        replicas: copies of the model in all workers together.
        is_chief: whether this is the one that writes files. The others read them: the run
            directory has to be on a disk that all of them see.
    """

    def __init__(self, strategy: tf.distribute.Strategy | None = None) -> None:
        self._strategy = strategy
        self.replicas: int = 1 if strategy is None else strategy.num_replicas_in_sync
        self._is_alone = self.replicas == 1
        self.is_chief = strategy is None or _is_chief(strategy.cluster_resolver)

    def scope(self) -> contextlib.AbstractContextManager[Any]:
        """Where the variables are made that all copies share: every worker has to make them."""
        return contextlib.nullcontext() if self._strategy is None else self._strategy.scope()

    def replicated(self, model: keras.Model) -> keras.Model:
        """The same layers as a model that `fit` can train in this strategy.

        Call it outside of `scope`, before the model is compiled: a model made in the scope makes
        `fit` average the first batch over workers, which it cannot where they are processes.
        """
        if self._strategy is None or len(self._strategy.extended.worker_devices) == self.replicas:
            return model
        replicated = _Replicated(model.input, model.output, name=model.name)
        replicated.strategy = self._strategy
        return replicated

    def adamw(self, schedule: Any, *, clipnorm: float, **settings: Any) -> keras.Optimizer:
        """AdamW, with the clipped gradient of the whole batch in every copy."""
        if self._is_alone:
            return keras.optimizers.AdamW(schedule, clipnorm=clipnorm, **settings)
        return AdamWOfSums(schedule, clipnorm=clipnorm / self.replicas, **settings)

    def distributed(self, make: Callable[[Share], tf.data.Dataset], parts: int) -> Any:
        """Batches for `fit`: each worker makes its own share of every batch.

        Args:
            make: gives the batches of a share, one for each copy of the model in turn.
            parts: in how many parts a batch is drawn.

        Raises:
            InputError: if the copies cannot share so many parts evenly.
        """
        if parts % self.replicas:
            raise InputError(
                "batch_parts",
                f"Expected batch_parts to be a multiple of the {self.replicas} copies of the "
                f"model. Received {parts}.",
            )
        if self._strategy is None:
            return make(Share(parts, 1, 0, 1))
        return self._strategy.distribute_datasets_from_function(
            lambda context: make(
                Share(parts, self.replicas, context.input_pipeline_id, context.num_input_pipelines)
            )
        )

    def mean(self, values: Mapping[str, float]) -> dict[str, float]:
        """The mean over all copies of each value, the same in every worker."""
        if self._strategy is None:
            return dict(values)
        import tensorflow as tf

        local = tf.constant(list(values.values()), tf.float64)
        copies = self._strategy.experimental_distribute_values_from_function(lambda _: local)
        mean = self._strategy.reduce("MEAN", copies, axis=None)
        return dict(zip(values, mean.numpy().tolist(), strict=True))

    def wait(self) -> None:
        """Wait until all workers are here."""
        self.mean({"here": 1.0})


def open_workers(name: StrategyName = "none") -> Workers:
    """Join the workers of a strategy; with `multi_worker` before anything else of TensorFlow runs.

    Args:
        name: `none` trains in this process as it is, `mirrored` on every GPU of this machine,
            `multi_worker` on the machines that the environment variable `TF_CONFIG` lists.

    Raises:
        InputError: if `TF_CONFIG` does not say which worker of which cluster this is.
    """
    if name == "none":
        return ALONE
    import tensorflow as tf

    match name:
        case "mirrored":
            workers = Workers(tf.distribute.MirroredStrategy())
        case "multi_worker":
            _check_cluster(os.environ.get(CLUSTER_VARIABLE, ""))
            workers = Workers(tf.distribute.MultiWorkerMirroredStrategy())
    return workers if workers.replicas > 1 else ALONE


class SharedLogs(keras.callbacks.Callback):
    """Gives every worker the same logs, so that all of them stop after the same epoch.

    It has to come after what adds to the logs and before what decides by them.
    """

    def __init__(self, workers: Workers) -> None:
        super().__init__()
        self._workers = workers

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Put the mean over the workers in the place of each value."""
        if logs:
            logs.update(self._workers.mean({name: float(value) for name, value in logs.items()}))


@keras.saving.register_keras_serializable(package="ecgmm")
class _Replicated(keras.Model):
    """A functional model whose `fit` works on several machines.

    Attributes:
        strategy: which it follows; None in a model that was read from a file.
    """

    strategy: tf.distribute.Strategy | None = None

    @property
    def distribute_strategy(self) -> tf.distribute.Strategy:
        """What Keras asks for the strategy, within the scope and without."""
        import tensorflow as tf

        return self.strategy or tf.distribute.get_strategy()

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """As Keras does it, and make the optimizer's variables here, not in the first step."""
        super().compile(*args, **kwargs)
        self.optimizer.build(self.trainable_variables)

    def train_step(self, data: Any) -> dict[str, Any]:
        """As Keras does it; `fit` averages what several workers return over a first axis."""
        logs = super().train_step(data)
        return {name: value[None] for name, value in logs.items()}


@keras.saving.register_keras_serializable(package="ecgmm")
class AdamWOfSums(keras.optimizers.AdamW):
    """AdamW that clips what the gradients of all copies sum up to, not each on its own.

    `clipnorm` is the bound of a gradient divided by the number of copies: Keras scales the loss by
    that number and sums the gradients once more after it has clipped them.
    """

    def apply(self, grads: list[Any], trainable_variables: Any = None) -> None:
        """Take one step along the gradient of the whole batch."""
        import tensorflow as tf

        replica = tf.distribute.get_replica_context()
        replicas = replica.num_replicas_in_sync
        summed = replica.all_reduce("SUM", grads)
        super().apply([gradient / replicas for gradient in summed], trainable_variables)


def _is_chief(resolver: tf.distribute.cluster_resolver.ClusterResolver | None) -> bool:
    """TensorFlow's rule: the task of type chief, or else the first worker."""
    if resolver is None or not resolver.cluster_spec().as_dict():
        return True
    if "chief" in resolver.cluster_spec().as_dict():
        return resolver.task_type == "chief"
    return resolver.task_type == "worker" and resolver.task_id == 0


ALONE = Workers()
"""A process that trains by itself."""


def _check_cluster(text: str) -> None:
    try:
        stated = json.loads(text)
        stated["cluster"]["worker"], stated["task"]["type"], stated["task"]["index"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            "no_cluster",
            f"Expected {CLUSTER_VARIABLE} to say which worker this is, such as "
            '{"cluster": {"worker": ["host1:2222", "host2:2222"]}, '
            f'"task": {{"type": "worker", "index": 0}}}}. Received {text!r}.',
        ) from error
