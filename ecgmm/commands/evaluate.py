"""`ecgmm evaluate`: score a model by the standard, on patients it never trained on."""

from __future__ import annotations

import argparse
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ecgmm.commands.arguments import add_data_dir, add_models_dir
from ecgmm.commands.exit_status import EXIT_OK
from ecgmm.commands.own_folder import add_folder, evaluate_folder
from ecgmm.errors import InputError
from ecgmm.quiet import silence_libraries, silent_tensorflow_start

_DESCRIPTION = """\
Score a model beat by beat as ANSI/AAMI EC57 asks and write a report (JSON, Markdown, figures)
to reports/ beside the models. Without --open-ds2 the patients held out of training are read;
with it, the locked test set DS2, and the opening is written down in EVALUATIONS.md. With --data a
folder of your own is read, and one table printed."""


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
        "--noise", action="store_true", help="also read the same records at 24 to -6 dB of noise"
    )
    parser.add_argument(
        "--fold-networks",
        type=Path,
        metavar="DIR",
        help="with --waves: 0.onnx to 4.onnx of python -m ecgmm.training.waves --without-fold, so "
        "that no record is read by a network that learned from it",
    )
    add_folder(parser)
    parser.add_argument(
        "--own-classes",
        type=Path,
        metavar="FILE",
        help="with --data: also the classes.keras that ecgmm train made for new classes",
    )
    _add_which_report(parser.add_mutually_exclusive_group())
    parser.set_defaults(run=run)


def _add_which_report(what: Any) -> None:
    """Options that each ask for another report than that of the patients held out."""
    what.add_argument(
        "--open-ds2", metavar="WHY", help="open the locked test set; WHY goes into EVALUATIONS.md"
    )
    what.add_argument(
        "--conditions",
        action="store_true",
        help="read the held-out fold of PTB-XL: what the heart has, from twelve leads, fewer, and "
        "pages",
    )
    what.add_argument(
        "--waves",
        type=Path,
        metavar="ARCHIVE_DIR",
        help="measure PR, QRS and QT and find P, QRS and T in the records of LUDB and the QT "
        "Database whose archives (ludb*.zip, qtdb*.zip) lie there, beside NeuroKit2 where that "
        "is installed",
    )
    what.add_argument(
        "--criteria",
        action="store_true",
        help="read the held-out fold of PTB-XL: statements by criterion beside the network's",
    )
    what.add_argument(
        "--controls",
        type=Path,
        metavar="RUN_DIR",
        help="train what shows the protocol's worth: with a leak, and without a whole database "
        "(4 short trainings, resumable); the rows go into every report of the version",
    )
    what.add_argument(
        "--cross-validate",
        type=Path,
        metavar="RUN_DIR",
        help="likewise, five trainings that each leave a fifth of the patients out",
    )
    what.add_argument(
        "--seeds",
        type=Path,
        metavar="RUN_DIR",
        help="likewise, three trainings that differ in their seed",
    )


def run(args: argparse.Namespace) -> int:
    """Evaluate, print the results table, and say where the report is."""
    silence_libraries()
    if args.data is not None:
        return evaluate_folder(args)
    if args.open_ds2 is not None and not args.open_ds2.strip():
        raise InputError("no_reason", "Say why DS2 is opened: --open-ds2 'release of version 2'.")
    if args.conditions:
        return _evaluate_conditions(args)
    if args.criteria:
        return _evaluate_criteria(args)
    if args.waves is not None:
        return _evaluate_waves(args)
    if args.controls or args.cross_validate or args.seeds:
        return _evaluate_recipe(args)
    return _evaluate_model(args)


def _evaluate_model(args: argparse.Namespace) -> int:
    with silent_tensorflow_start():
        from ecgmm.evaluation import evaluate as evaluation
        from ecgmm.evaluation import reading_ways
        from ecgmm.evaluation.markdown import results_table
        from ecgmm.serving.engines import open_model
        from ecgmm.serving.released import released_model
        from ecgmm.training.config import load_config

        model_dir = released_model(args.models_dir)
        runtime = open_model(model_dir)

    config = load_config(args.config)
    ways = {
        "signal": (reading_ways.SIGNAL,),
        "image": (
            reading_ways.CLEAN_PICTURES,
            reading_ways.SCANNED_PICTURES,
            reading_ways.PHONE_PHOTOS,
        ),
        "both": tuple(reading_ways.WAYS),
    }[args.modality]
    plan = evaluation.EvaluationPlan(
        data_dir=args.data_dir,
        models_dir=args.models_dir,
        ways=ways,
        datasets=config.datasets,
        fold=config.fold,
        with_peers=args.peers,
        with_noise=args.noise,
        command=shlex.join(["ecgmm", *sys.argv[1:]]),
    )
    if args.open_ds2:
        report = evaluation.evaluate_ds2(model_dir, runtime, plan, args.open_ds2)
        name = evaluation.DS2_REPORT
    else:
        report = evaluation.evaluate_held_out(model_dir, runtime, plan)
        name = evaluation.HELD_OUT
    print(results_table(report))
    where = evaluation.report_dir(plan, runtime, name)
    print(f"\nThe report is in {where}. Not a medical device.")
    return EXIT_OK


def _evaluate_conditions(args: argparse.Namespace) -> int:
    with silent_tensorflow_start():
        from ecgmm.evaluation import conditions
        from ecgmm.evaluation.conditions_markdown import ways_table
        from ecgmm.evaluation.evaluate import identify
        from ecgmm.evaluation.recipe import version_dir
        from ecgmm.pipeline.lead_records import VALIDATION_FOLDS, load_lead_records
        from ecgmm.serving.engines import open_model
        from ecgmm.serving.released import released_model
        from ecgmm.serving.runtime import judging

        model_dir = released_model(args.models_dir)
        runtime = open_model(model_dir)

    report = conditions.evaluate_conditions(
        judging(runtime),
        load_lead_records(args.data_dir, VALIDATION_FOLDS),
        identify(model_dir, runtime),
        conditions.protocol_of(
            date=datetime.now(tz=UTC).date().isoformat(),
            command=shlex.join(["ecgmm", *sys.argv[1:]]),
        ),
        where := version_dir(args.models_dir, runtime.model_version) / "conditions",
    )
    print(ways_table(report))
    print(f"\nThe report is in {where}. Not a medical device.")
    return EXIT_OK


def _evaluate_criteria(args: argparse.Namespace) -> int:
    with silent_tensorflow_start():
        from ecgmm.evaluation import criteria
        from ecgmm.evaluation.conditions import protocol_of
        from ecgmm.evaluation.evaluate import identify
        from ecgmm.evaluation.recipe import version_dir
        from ecgmm.pipeline.lead_records import VALIDATION_FOLDS, load_lead_records
        from ecgmm.serving.engines import open_model
        from ecgmm.serving.released import released_model

        model_dir = released_model(args.models_dir)
        runtime = open_model(model_dir)

    report = criteria.evaluate_criteria(
        runtime,
        load_lead_records(args.data_dir, VALIDATION_FOLDS),
        identify(model_dir, runtime),
        protocol_of(
            date=datetime.now(tz=UTC).date().isoformat(),
            command=shlex.join(["ecgmm", *sys.argv[1:]]),
        ),
        where := version_dir(args.models_dir, runtime.model_version) / "criteria",
    )
    print(criteria.criteria_table(report))
    print(f"\nThe report is in {where}. Not a medical device.")
    return EXIT_OK


def _evaluate_waves(args: argparse.Namespace) -> int:
    with silent_tensorflow_start():
        from ecgmm.evaluation import waves
        from ecgmm.evaluation.evaluate import identify
        from ecgmm.evaluation.peers import available_delineators
        from ecgmm.evaluation.recipe import version_dir
        from ecgmm.evaluation.waves_markdown import intervals_table, waves_table
        from ecgmm.pipeline.waves.records import load_marked_records
        from ecgmm.serving.engines import open_model
        from ecgmm.serving.released import released_model

        model_dir = released_model(args.models_dir)
        runtime = open_model(model_dir)

    peers = [waves.peer_way(name, read) for name, read in available_delineators().items()]
    report = waves.evaluate_waves(
        load_marked_records(args.waves),
        [*waves.own_ways(runtime, args.fold_networks), *peers],
        identify(model_dir, runtime),
        waves.protocol_of(
            date=datetime.now(tz=UTC).date().isoformat(),
            command=shlex.join(["ecgmm", *sys.argv[1:]]),
            held_out=args.fold_networks is not None,
        ),
        where := version_dir(args.models_dir, runtime.model_version) / "waves",
    )
    print(f"{intervals_table(report)}\n\n{waves_table(report)}")
    print(f"\nThe report is in {where}. Not a medical device.")
    return EXIT_OK


def _evaluate_recipe(args: argparse.Namespace) -> int:
    with silent_tensorflow_start():
        from ecgmm.evaluation import recipe
        from ecgmm.evaluation.markdown import figure_rows, seeds_table
        from ecgmm.evaluation.report import plain
        from ecgmm.experiments import controls
        from ecgmm.serving.released import released_model
        from ecgmm.training.config import CONTROL_CONFIG, load_config

    config = load_config(args.config or CONTROL_CONFIG)
    version_dir = recipe.version_dir(args.models_dir, released_model(args.models_dir).name)
    parts: dict[str, Any]
    if args.controls:
        parts = {
            "controls": controls.leakage_control(config, args.data_dir, args.controls),
            "unseen": controls.unseen_databases(config, args.data_dir, args.controls),
        }
    elif args.cross_validate:
        rows = controls.cross_validate(config, args.data_dir, args.cross_validate)
        parts = {"cross_validation": rows}
    else:
        parts = {"seeds": controls.seed_spread(config, args.data_dir, args.seeds)}
    recipe.add_to_recipe(version_dir, **parts)
    for name, part in parts.items():
        print(seeds_table(plain(part)) if name == "seeds" else figure_rows(plain(part)), end="\n\n")
    print(f"These are in {version_dir / recipe.RECIPE_NAME} and in the reports beside it.")
    return EXIT_OK
