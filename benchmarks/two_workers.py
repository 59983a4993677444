"""Two workers on loopback beside one process: the loss of every epoch.

    python -m benchmarks.two_workers [--epochs 8] [--out docs/two_workers.png]

trains a small model on simulated patients, once in one process and once in two that share every
batch by tf.distribute's MultiWorkerMirroredStrategy, prints both curves and their largest
difference, and draws them. A minute or two on 2 cores.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.simulated_records import training_noise_mv, training_records
from ecgmm.model.config import ModelConfig
from ecgmm.training.config import StageConfig, TrainingConfig

WORKERS = 2
MODEL = ModelConfig(
    features=8,
    head_units=8,
    stem_filters=4,
    signal_filters=8,
    signal_dilations=(1,),
    lstm_units=4,
    lstm_layers=1,
    dropout=0.0,
)


def fit(folder: Path, strategy: str, epochs: int) -> None:
    """Train in this process, alone or as one of the workers of `TF_CONFIG`."""
    from ecgmm.training.train import TrainingData, fit_stage, stage_model
    from ecgmm.training.workers import open_workers

    workers = open_workers(strategy)
    stage = StageConfig("signal", "signal", epochs, 10, batch_size=16, learning_rate=0.02)
    config = TrainingConfig(stages=(stage,), model=MODEL, batch_parts=WORKERS)
    records = training_records()
    data = TrainingData(records, records, training_noise_mv())
    model = stage_model(stage, config, None, workers)
    fit_stage(model, stage, config, data, folder, workers=workers)


def run(folder: Path, strategy: str, epochs: int) -> list[float]:
    """Train in processes of their own; gives the loss of each epoch."""
    workers = WORKERS if strategy == "multi_worker" else 1
    addresses = [f"127.0.0.1:{port}" for port in _free_ports(workers)]
    command = [sys.executable, "-m", "benchmarks.two_workers", "--epochs", str(epochs)]
    processes = [
        subprocess.Popen(
            [*command, "--fit", strategy, str(folder)],
            env=os.environ | {"TF_CONFIG": _cluster(addresses, index)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for index in range(workers)
    ]
    failed = [process.wait() for process in processes]
    if any(failed):
        raise SystemExit(f"Expected every worker to end well. Received {failed}.")
    with (folder / "epochs.csv").open(newline="") as file:
        return [float(row["loss"]) for row in csv.DictReader(file)]


def draw(alone: list[float], together: list[float], out: Path) -> None:
    """Both curves in one picture."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.0, 3.4), layout="constrained")
    axes = figure.add_subplot()
    epochs = range(1, len(alone) + 1)
    axes.plot(epochs, alone, color="#0072B2", linewidth=5, alpha=0.35, label="one process")
    axes.plot(epochs, together, "o--", color="#D55E00", markersize=4, label="two workers")
    axes.set(xlabel="epoch", ylabel="training loss", xticks=list(epochs))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(out, dpi=150)


def _cluster(addresses: list[str], index: int) -> str:
    task = {"type": "worker", "index": index}
    return json.dumps({"cluster": {"worker": addresses}, "task": task})


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def main() -> None:
    """Train both ways, or be one of the processes that do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--out", type=Path, default=Path("docs/two_workers.png"))
    parser.add_argument("--fit", nargs=2, metavar=("STRATEGY", "DIR"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.fit:
        fit(Path(args.fit[1]), args.fit[0], args.epochs)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folders = {name: Path(scratch) / name for name in ("none", "multi_worker")}
        for folder in folders.values():
            folder.mkdir()
        alone, together = (run(folder, name, args.epochs) for name, folder in folders.items())
    print("epoch  one process  two workers")
    for epoch, losses in enumerate(zip(alone, together, strict=True), start=1):
        print("{:5}  {:11.6f}  {:11.6f}".format(epoch, *losses))
    largest = max(abs(a - b) / a for a, b in zip(alone, together, strict=True))
    print(f"largest difference: {largest:.1e} of the loss")
    draw(alone, together, args.out)


if __name__ == "__main__":
    main()
