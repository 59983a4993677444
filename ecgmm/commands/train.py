"""`ecgmm train`: train a model on prepared data sets and keep the best."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ecgmm.commands.arguments import add_data_dir
from ecgmm.commands.exit_status import EXIT_OK
from ecgmm.commands.own_folder import add_folder, train_folder
from ecgmm.quiet import silence_libraries, silent_tensorflow_start

_DESCRIPTION = """\
Train the model on prepared data sets (python -m datasets.build) and keep the weights that read
held-out patients best. Without --config it trains the model that ships. With --data it fine-tunes
the model that ships on recordings of your own. A run that was stopped,
even by kill -9, goes on when it is started again with the same --run-dir."""


def add_parser(subparsers: Any) -> None:
    """Add `train` to the subcommands of `ecgmm`."""
    parser = subparsers.add_parser("train", help="train a model", description=_DESCRIPTION)
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration, a TOML file")
    add_data_dir(parser)
    add_folder(parser)
    parser.add_argument(
        "--run-dir",
        type=Path,
        metavar="DIR",
        help="checkpoints, logs and the best model (default: runs/released; with --data runs/own)",
    )
    parser.add_argument(
        "--init",
        type=Path,
        metavar="MODEL",
        help="a .keras model to begin with instead of chance, or a folder of versions such as "
        "saved_models/ecgmm (with --data: the model that ships)",
    )
    parser.add_argument(
        "--modality",
        choices=("signal", "image", "both", "leads"),
        help="train only what reads this (default: what the configuration says)",
    )
    parser.add_argument("--epochs", type=int, metavar="N", help="epochs of every stage, at most")
    parser.add_argument("--batch-size", type=int, metavar="N", help="rows of a batch")
    parser.add_argument("--learning-rate", type=float, metavar="RATE", help="its peak")
    parser.add_argument(
        "--strategy",
        choices=("none", "mirrored", "multi_worker"),
        default="none",
        help="mirrored: on every GPU of this machine; multi_worker: with the machines that the "
        "environment variable TF_CONFIG lists, all of which see --run-dir (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="of weights, strips and noise")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train, and say where the best model is."""
    silence_libraries()
    if args.run_dir is None:
        args.run_dir = Path("runs/released" if args.data is None else "runs/own")
    if args.data is not None:
        return train_folder(args)
    with silent_tensorflow_start():
        from ecgmm.training.config import load_config
        from ecgmm.training.init_model import keras_file_of
        from ecgmm.training.train import train
        from ecgmm.training.workers import open_workers

        workers = open_workers(args.strategy)
    config = load_config(args.config).overridden(
        modality=args.modality,
        epochs=args.epochs,
        batch_size=args.batch_size,
        learning_rate=args.learning_rate,
        seed=args.seed,
        batch_parts=workers.replicas,
    )
    init = None if args.init is None else keras_file_of(args.init)
    best = train(config, args.data_dir, args.run_dir, init, workers)
    print(f"The best model is {best}. To release it: ecgmm export {best}")
    return EXIT_OK
