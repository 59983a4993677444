"""Training configurations: TOML files, one table for each part of the training."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_type_hints

from ecgmm.errors import InputError
from ecgmm.grid import STRIP_STEPS
from ecgmm.model.config import ModelConfig
from ecgmm.pipeline.augmentation import AugmentationConfig
from ecgmm.pipeline.pictures import PictureConfig
from ecgmm.pipeline.strips import SamplingConfig

Modality = Literal["signal", "image", "both"]
DEFAULT_CONFIG = Path(__file__).parent / "configs" / "released.toml"


@dataclass(frozen=True)
class StageConfig:
    """One fit; stages follow each other, each from the best weights of the one before.

    Attributes:
        name: folder of the stage in the run directory.
        modality: which branches learn. The head learns with the signal branch; a stage of
            images alone leaves it as it is, so that the reading of signals stays.
        epochs: at most this many.
        batches_per_epoch: batches between two validations.
        batch_size: rows of a batch; a stage of both modalities splits them evenly.
        strip_steps: length of a row on the time grid. Pictures are 250 steps long.
        learning_rate: its peak.
        patience: epochs without a better score before the stage stops.
    """

    name: str = "both"
    modality: Modality = "both"
    epochs: int = 40
    batches_per_epoch: int = 100
    batch_size: int = 48
    strip_steps: int = STRIP_STEPS
    learning_rate: float = 0.002
    patience: int = 12


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides what comes out of a training.

    Attributes:
        datasets: data sets to train on.
        fold: which fifth of the patients is held out for validation.
        seed: of weights, strips and augmentation.
        weight_decay: of AdamW.
        focus: exponent of the focal loss.
        class_weights: weight of each of `labels.STEP_CLASSES` in the loss.
        stages: what is fitted, in order.
        model: size of the network.
        sampling: which strips are drawn.
        augmentation: what happens to their signal.
        picture: how they are printed.
    """

    datasets: tuple[str, ...] = ("mitdb", "svdb", "cinc2017")
    fold: int = 1
    seed: int = 1
    weight_decay: float = 0.01
    focus: float = 0.0
    class_weights: tuple[float, ...] = (0.5, 1.0, 1.5, 1.0, 1.5, 1.0)
    stages: tuple[StageConfig, ...] = (StageConfig(),)
    model: ModelConfig = field(default_factory=ModelConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    picture: PictureConfig = field(default_factory=PictureConfig)

    def overridden(
        self,
        *,
        modality: Modality | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        seed: int | None = None,
    ) -> TrainingConfig:
        """The same configuration with what the command line says in its place.

        `modality` keeps the stages that train it; a stage of both becomes one of it alone.
        The other values hold for every stage.
        """
        stages = self.stages if modality in (None, "both") else _only(self.stages, modality)
        stages = tuple(
            replace(
                stage,
                epochs=stage.epochs if epochs is None else epochs,
                batch_size=stage.batch_size if batch_size is None else batch_size,
                learning_rate=stage.learning_rate if learning_rate is None else learning_rate,
            )
            for stage in stages
        )
        return replace(self, stages=stages, seed=self.seed if seed is None else seed)


def load_config(path: Path | None = None) -> TrainingConfig:
    """Read a configuration; without a path, the one that trained the released model.

    Raises:
        InputError: if the file is not there, is no TOML, or sets something that does not exist.
    """
    path = path or DEFAULT_CONFIG
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("config_not_found", f"Cannot read {path}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("config_invalid", f"{path} is not valid TOML: {error}.") from error
    try:
        return _from_mapping(TrainingConfig, values, "")
    except (TypeError, ValueError) as error:
        raise InputError("config_invalid", f"{path}: {error}") from error


def _only(stages: tuple[StageConfig, ...], modality: Modality) -> tuple[StageConfig, ...]:
    kept = [stage for stage in stages if stage.modality in (modality, "both")]
    return tuple(replace(stage, modality=modality) for stage in kept)


def _from_mapping(cls: type, values: Mapping[str, Any], where: str) -> Any:
    """Build a configuration dataclass, every name and type of value checked."""
    hints = get_type_hints(cls)
    known = {item.name for item in fields(cls)}
    strange = sorted(set(values) - known)
    if strange:
        raise ValueError(f"{where}{strange[0]} does not exist. There are: {sorted(known)}.")
    arguments = {}
    for name, value in values.items():
        arguments[name] = _converted(hints[name], value, f"{where}{name}")
    return cls(**arguments)


def _converted(hint: Any, value: Any, where: str) -> Any:
    if is_dataclass(hint) and isinstance(hint, type):
        return _from_mapping(hint, value, f"{where}.")
    if hint == tuple[StageConfig, ...]:
        return tuple(_from_mapping(StageConfig, item, f"{where}.") for item in value)
    if isinstance(value, list):
        return tuple(value)
    if hint is float and isinstance(value, int):
        return float(value)
    if hint in (int, float, str) and (not isinstance(value, hint) or isinstance(value, bool)):
        raise TypeError(f"{where} is expected to be {hint.__name__}. Received {value!r}.")
    if hint is Modality and value not in ("signal", "image", "both"):
        raise ValueError(f"{where} is expected to be signal, image or both. Received {value!r}.")
    return value
