"""The configuration of a fine-tuning: what to call things, and how to train."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecgmm.errors import InputError
from ecgmm.labels import RHYTHM_CLASSES, aami_class
from ecgmm.own_data.labels import Vocabulary
from ecgmm.training.config import DEFAULT_CONFIG, TrainingConfig, config_of

FINETUNE_CONFIG = DEFAULT_CONFIG.with_name("finetune.toml")
_CLASSES, _NEW_CLASSES = "classes", "new_classes"
FEWEST_NEW_CLASSES = 2
"""A class needs another to be told from."""


@dataclass(frozen=True)
class OwnConfig:
    """How a folder is read and trained on.

    Attributes:
        vocabulary: what the folder's labels mean.
        training: how the model is fine-tuned.
    """

    vocabulary: Vocabulary
    training: TrainingConfig


def load_own_config(path: Path | None = None) -> OwnConfig:
    """Read a configuration; what it leaves out is as in `finetune.toml`.

    Beside the tables of a training it may have `[classes]`, which says what the folder's labels
    mean in ours (`PVC = "V"`), and `new_classes`, labels of whole recordings that a head of
    their own is to learn.

    Raises:
        InputError: if the file is not there, is no TOML, or sets something that does not exist.
    """
    values = _values(FINETUNE_CONFIG) | (_values(path) if path else {})
    try:
        vocabulary = Vocabulary(
            _checked_classes(values.pop(_CLASSES, {})),
            _checked_new_classes(values.pop(_NEW_CLASSES, [])),
        )
        return OwnConfig(vocabulary, config_of(values))
    except InputError as error:
        raise InputError(error.code, f"{path or FINETUNE_CONFIG}: {error.message}") from error


def _values(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("config_not_found", f"Cannot read {path}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("config_invalid", f"{path} is not valid TOML: {error}.") from error


def _checked_classes(table: Any) -> dict[str, str]:
    if not isinstance(table, dict):
        raise InputError("config_invalid", f"Expected a table [classes]. Received {table!r}.")
    for label, meaning in table.items():
        known = isinstance(meaning, str) and (
            meaning in RHYTHM_CLASSES or aami_class(meaning) is not None
        )
        if not known:
            raise InputError(
                "config_invalid",
                f"Expected [classes] to give '{label}' one of {', '.join(RHYTHM_CLASSES)} or a "
                f"beat such as N, S or V. Received {meaning!r}.",
            )
    return dict(table)


def _checked_new_classes(names: Any) -> tuple[str, ...]:
    is_list = isinstance(names, list) and all(isinstance(name, str) and name for name in names)
    if not is_list or len(set(names)) < len(names) or len(names) == FEWEST_NEW_CLASSES - 1:
        raise InputError(
            "config_invalid",
            f"Expected new_classes to be a list of {FEWEST_NEW_CLASSES} or more different labels. "
            f"Received {names!r}.",
        )
    return tuple(names)
