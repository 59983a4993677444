"""Latency and throughput of the exported model, beside its light form on the same weights.

    pip install -e '.[tensorflow]'
    python -m benchmarks.serving [--keras FILE] [--threads 1] [--seconds 10] [--cpu-clock]

Three runtimes take turns on the same strips, from NumPy arrays or encoded pictures to NumPy arrays:
the export as it is served, an export of Keras's own layers and variables, and the light engine.
Their answers are compared first. The share of peak is that of what a large matrix product reaches
in TensorFlow on as many threads. Two minutes.

On a machine with other work, `--cpu-clock` counts processor time in the place of wall time.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from benchmarks.flops import flops
from benchmarks.timing import durations_ms
from ecgmm.export.examples import example_pictures, example_signals
from ecgmm.export.saved_model import write_draft
from ecgmm.export.signatures import ServedModel
from ecgmm.grid import STRIP_HEIGHT_PX, STRIP_SAMPLES, STRIP_STEPS, STRIP_WIDTH_PX
from ecgmm.model.multimodal import load_model
from ecgmm.serving.light import LightRuntime
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model
from ecgmm.serving.runtime import Probabilities, Runtime

BATCHES = (1, 8, 64)
SIGNATURES = ("signal", "image")
SERVED, PLAIN, LIGHT = "ecgmm export", "Keras LSTM export", "light engine"
TOLERANCE = 1e-3
MOST_LATENCY_RATIO = 2.0
LEAST_THROUGHPUT_RATIO = 1.0
PEAK_SIDE = 2048

Read = Callable[[Any], Probabilities]
Clock = Callable[[], float]


def feature_branches(model: keras.Model) -> dict[str, keras.Model]:
    """Each branch as far as it gives features to the head."""
    branches = {}
    for name in SIGNATURES:
        branch = model.get_layer(f"{name}_branch")
        output = branch.output
        features = output["features"] if isinstance(output, dict) else output
        branches[name] = keras.Model(branch.input, features)
    return branches


@contextmanager
def exported(model: keras.Model) -> Iterator[dict[str, Runtime]]:
    """The model as it is served, as Keras has it, and as the light engine reads it."""
    with tempfile.TemporaryDirectory() as scratch:
        served, plain = Path(scratch) / "served" / "1", Path(scratch) / "plain" / "1"
        write_draft(model, served)
        with patch("ecgmm.export.signatures.fuse_layers", lambda part: part):
            trained = ServedModel(model)
        signatures = {"signal": trained.signal, "image": trained.image}
        tf.saved_model.save(trained, str(plain), signatures=signatures)
        yield {
            SERVED: LocalRuntime(served),
            PLAIN: LocalRuntime(plain),
            LIGHT: LightRuntime(served),
        }


def batch_of(signature: str, rows: int) -> Any:
    """Simulated strips as a signature takes them."""
    if signature == "signal":
        return np.resize(example_signals(), (rows, STRIP_SAMPLES))
    pictures = example_pictures()
    return [pictures[row % len(pictures)] for row in range(rows)]


def check_agreement(readers: Mapping[str, Read], batch: Any) -> None:
    """Make sure that all compute the same.

    Raises:
        ValueError: if they do not.
    """
    answers = {name: read(batch) for name, read in readers.items()}
    for name, answer in answers.items():
        for ours, theirs in zip(answers[SERVED], answer, strict=True):
            difference = float(np.abs(ours - theirs).max())
            if difference > TOLERANCE:
                raise ValueError(f"{name} differs from {SERVED} by {difference:.2g}.")


def times_ms(
    readers: Mapping[str, Read], batch: Any, seconds: float, clock: Clock
) -> dict[str, np.ndarray]:
    """Durations of each reader on one batch, in about that many seconds together."""
    calls = {name: (lambda read=read: read(batch)) for name, read in readers.items()}
    once_ms = sum(values[0] for values in durations_ms(calls, 1, clock).values())
    repeats = int(np.clip(1000 * seconds / once_ms, 5, 1000))
    measured = durations_ms(calls, repeats, clock)
    return {name: np.array(values) for name, values in measured.items()}


def row_flops(model: keras.Model) -> dict[str, int]:
    """Floating-point operations that a strip takes, by signature."""
    branches, head_model = feature_branches(model), model.get_layer("head")
    head = flops(head_model, keras.Input((STRIP_STEPS, head_model.input.shape[-1])))
    picture = keras.Input((STRIP_HEIGHT_PX, STRIP_WIDTH_PX, 1), dtype="uint8")
    return {
        "signal": head + flops(branches["signal"], keras.Input((STRIP_SAMPLES,))),
        "image": head + flops(branches["image"], picture),
    }


def peak_gflops(clock: Clock) -> float:
    """What a product of two 2048 x 2048 matrices reaches, the best of five."""
    matrix = tf.random.normal((PEAK_SIDE, PEAK_SIDE))
    calls = {"matmul": lambda: tf.linalg.matmul(matrix, matrix).numpy()}
    return 2 * PEAK_SIDE**3 / min(durations_ms(calls, 5, clock)["matmul"]) / 1e6


def report(
    signature: str, rows: int, times: Mapping[str, np.ndarray], strip_flops: int, peak: float
) -> None:
    """Print a line for each reader."""
    for name, values in times.items():
        p50, p99 = np.percentile(values, [50, 99])
        gflops = rows * strip_flops / p50 / 1e6
        print(
            f"{signature:<7} {rows:>5}  {name:<18} {p50:8.2f} {p99:8.2f} {1000 * rows / p50:9.0f} "
            f"{gflops:9.1f} {gflops / peak:7.0%}",
            flush=True,
        )


def main() -> None:
    """Print the table, and what it says of the goals."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    version = released_model()
    keras_file = version.parent.parent / f"{version.parent.name}-{version.name}.keras"
    parser.add_argument("--keras", type=Path, default=keras_file, help="default: %(default)s")
    parser.add_argument("--threads", type=int, default=1, help="of each runtime")
    parser.add_argument("--seconds", type=float, default=10, help="for each row of the table")
    parser.add_argument("--cpu-clock", action="store_true", help="processor time, not wall time")
    arguments = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(arguments.threads)
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    tf.config.threading.set_inter_op_parallelism_threads(arguments.threads)
    model = load_model(arguments.keras)
    clock = time.process_time if arguments.cpu_clock else time.perf_counter
    strip_flops, peak = row_flops(model), peak_gflops(clock)
    print(f"{arguments.keras.name}, {arguments.threads} thread(s), peak {peak:.0f} GFLOP/s")
    for signature, count in strip_flops.items():
        print(f"{signature}: {count / 1e6:.0f} MFLOP a strip of 10 s")
    print("input   batch  runtime              p50 ms   p99 ms  strips/s   GFLOP/s of peak")
    medians: dict[tuple[str, int, str], float] = {}
    with exported(model) as runtimes:
        for signature in SIGNATURES:
            readers = {name: getattr(runtime, signature) for name, runtime in runtimes.items()}
            check_agreement(readers, batch_of(signature, 3))
            for rows in BATCHES:
                times = times_ms(readers, batch_of(signature, rows), arguments.seconds, clock)
                report(signature, rows, times, strip_flops[signature], peak)
                for name, values in times.items():
                    medians[signature, rows, name] = float(np.median(values))
    for signature in SIGNATURES:
        latency = medians[signature, 1, SERVED] / medians[signature, 1, LIGHT]
        throughput = medians[signature, 64, LIGHT] / medians[signature, 64, SERVED]
        print(
            f"{signature}: batch 1 takes {latency:.2f} of the light engine's time (goal for "
            f"signals: at most {MOST_LATENCY_RATIO:g}); throughput at batch 64 is {throughput:.2f} "
            f"of its (goal: at least {LEAST_THROUGHPUT_RATIO:g})"
        )


if __name__ == "__main__":
    main()
