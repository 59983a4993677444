"""`--data FOLDER` of `ecgmm train` and `ecgmm evaluate`: recordings and labels of your own."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ecgmm.commands.exit_status import EXIT_OK
from ecgmm.quiet import silent_tensorflow_start

if TYPE_CHECKING:
    from ecgmm.own_data.folder import OwnFile
    from ecgmm.own_data.labels import Vocabulary
    from ecgmm.own_data.table import Fault
    from ecgmm.training.own_config import OwnConfig

SAVED_NAME = "ecgmm"
VERSION = 1
_NO_DEVICE = "Not a medical device."


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Add `--data`."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help="recordings and pictures of your own, with labels.csv (file,patient,label; a row a "
        "beat with time_s), in the place of prepared data sets",
    )


def train_folder(args: argparse.Namespace) -> int:
    """Fine-tune the released model on a folder, or give it a head for new classes."""
    from ecgmm.training.init_model import keras_file_of
    from ecgmm.training.own_config import load_own_config

    config = load_own_config(args.config)
    init = keras_file_of(args.init)
    files, faults = _read(args.data, config.vocabulary)
    if config.vocabulary.new_classes:
        return _train_new_classes(args, config, files, init)
    return _finetune(args, config, files, faults, init)


def evaluate_folder(args: argparse.Namespace) -> int:
    """Read a folder with a model and print how that went."""
    with silent_tensorflow_start():
        from ecgmm.evaluation.own_data import class_table, own_table, score_file
        from ecgmm.model.multimodal import load_model
        from ecgmm.model.own_head import class_names_of
        from ecgmm.serving.engines import open_model
        from ecgmm.serving.released import released_model
        from ecgmm.training.new_classes import class_reader
        from ecgmm.training.own_config import load_own_config
        from ecgmm.training.own_set import split_files

    config = load_own_config(args.config)
    files, _ = _read(args.data, config.vocabulary)
    _, apart = split_files(files, config.training.fold)
    held_out = frozenset(file.label.patient for file in apart)
    ours = [file for file in files if file.label.beats or file.label.rhythm_class]
    if ours:
        runtime = open_model(released_model(args.models_dir))
        print(own_table([score_file(file, runtime) for file in ours], held_out))
        print(f"\nRead by {runtime.model_name} {runtime.model_version}.", end=" ")
    if args.own_classes is not None:
        model = load_model(args.own_classes)
        names = class_names_of(model)
        print(class_table(files, names, class_reader(model), held_out))
    print(
        "A fine-tuning with this configuration learns from all but the held-out patients. "
        + _NO_DEVICE
    )
    return EXIT_OK


def _read(folder: Path, vocabulary: Vocabulary) -> tuple[list[OwnFile], list[Fault]]:
    """Read a folder; everything that is wrong in it goes to stderr, a line each."""
    from ecgmm.own_data.folder import folder_counts, read_folder

    files, faults = read_folder(folder, vocabulary)
    for fault in faults:
        print(f"ecgmm: {fault}", file=sys.stderr)
    print(f"{folder}: {folder_counts(files)}; {len(faults)} remarks.", file=sys.stderr)
    return files, faults


def _finetune(
    args: argparse.Namespace,
    config: OwnConfig,
    files: Sequence[OwnFile],
    faults: Sequence[Fault],
    init: Path,
) -> int:
    with silent_tensorflow_start():
        from ecgmm.export.saved_model import export_model
        from ecgmm.training.finetune import finetune
        from ecgmm.training.own_card import tuned_card
        from ecgmm.training.own_set import split_files
        from ecgmm.training.train import claim

    training = config.training.overridden(
        modality=args.modality,
        epochs=args.epochs,
        batch_size=args.batch_size,
        learning_rate=args.learning_rate,
        seed=args.seed,
    )
    args.run_dir.mkdir(parents=True, exist_ok=True)
    claim(args.run_dir, training)
    tuned = finetune(files, training, init, args.run_dir, args.data_dir)
    learned, held_out = split_files(files, training.fold)
    card = tuned_card(
        name=f"{SAVED_NAME} {VERSION} of {args.run_dir}",
        init=init,
        training=learned,
        validation=held_out,
        faults=faults,
        before=tuned.before,
        after=tuned.after,
        command=shlex.join(["ecgmm", *sys.argv[1:]]),
    )
    (args.run_dir / f"{SAVED_NAME}-{VERSION}.md").write_text(card, encoding="utf-8")
    for stage, scores in tuned.after.items():
        before = tuned.before[stage]["val_score"]
        print(f"{stage}: score of held-out patients {before:.3f} before, {scores['val_score']:.3f}")
    models_dir = args.run_dir / SAVED_NAME
    if not (models_dir / str(VERSION)).exists():
        export_model(tuned.keras_file, models_dir, VERSION)
    print(f"Read with it: ecgmm analyze --model {models_dir} FILE. {_NO_DEVICE}")
    return EXIT_OK


def _train_new_classes(
    args: argparse.Namespace, config: OwnConfig, files: Sequence[OwnFile], init: Path
) -> int:
    with silent_tensorflow_start():
        from ecgmm.training.new_classes import train_new_classes

    names = config.vocabulary.new_classes
    model = train_new_classes(files, names, config.training, init, args.run_dir)
    print(
        f"{model} names {', '.join(names)} beside the beats and rhythm of {init.name}, which are "
        f"as before. Score it: ecgmm evaluate --data {args.data} --config {args.config} "
        f"--own-classes {model}"
    )
    return EXIT_OK
