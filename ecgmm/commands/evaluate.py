"""`ecgmm evaluate`: score a model by the standard, on patients it never trained on."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import Any

from ecgmm.commands.arguments import add_data_dir, add_models_dir
from ecgmm.commands.quiet import silence_libraries, silent_tensorflow_start
from ecgmm.errors import InputError

_DESCRIPTION = """\
Score a model beat by beat as ANSI/AAMI EC57 asks and write a report (JSON, Markdown, figures)
to reports/ beside the models. Without --open-ds2 the patients held out of training are read;
with it, the locked test set DS2, and the opening is written down in EVALUATIONS.md."""


def add_parser(subparsers: Any) -> None:
    """Add `evaluate` to the subcommands of `ecgmm`."""
    parser = subparsers.add_parser("evaluate", help="score a model", description=_DESCRIPTION)
    add_data_dir(parser)
    add_models_dir(parser)
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration of its training")
    parser.add_argument(
        "--modality",
        choices=("signal", "image", "both"),
        default="both",
        help="read records as signals, as pictures of their strips, or both (default)",
    )
    parser.add_argument(
        "--peers", action="store_true", help="also run other QRS detectors on the same records"
    )
    parser.add_argument(
        "--open-ds2", metavar="WHY", help="open the locked test set; WHY goes into EVALUATIONS.md"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Evaluate, print the results table, and say where the report is."""
    silence_libraries()
    with silent_tensorflow_start():
        from ecgmm.evaluation import readers
        from ecgmm.evaluation.markdown import results_table
        from ecgmm.evaluation.run import (
            EvaluationPlan,
            evaluate_ds2,
            evaluate_held_out,
            report_dir,
        )
        from ecgmm.serving.local import LocalRuntime
        from ecgmm.serving.released import released_model
        from ecgmm.training.config import load_config

        model_dir = released_model(args.models_dir)
        runtime = LocalRuntime(model_dir)

    if args.open_ds2 is not None and not args.open_ds2.strip():
        raise InputError("no_reason", "Say why DS2 is opened: --open-ds2 'release of version 2'.")
    config = load_config(args.config)
    ways = {
        "signal": (readers.SIGNAL,),
        "image": (readers.CLEAN_PICTURES, readers.SPOILED_PICTURES),
        "both": tuple(readers.WAYS),
    }[args.modality]
    plan = EvaluationPlan(
        data_dir=args.data_dir,
        models_dir=args.models_dir,
        ways=ways,
        datasets=config.datasets,
        fold=config.fold,
        with_peers=args.peers,
        command=shlex.join(["ecgmm", *sys.argv[1:]]),
    )
    if args.open_ds2:
        report = evaluate_ds2(model_dir, runtime, plan, args.open_ds2)
    else:
        report = evaluate_held_out(model_dir, runtime, plan)
    print(results_table(report))
    name = "ds2" if args.open_ds2 else "held-out"
    print(f"\nThe report is in {report_dir(plan, runtime, name)}. Not a medical device.")
    return 0
