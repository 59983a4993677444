"""Training configurations: TOML files, one table for each part of the training."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from ecgmm.errors import InputError
from ecgmm.grid import STRIP_STEPS
from ecgmm.labels import STEP_CLASSES
from ecgmm.model.config import ModelConfig
from ecgmm.pipeline.augmentation import AugmentationConfig
from ecgmm.pipeline.lead_batches import LeadConfig
from ecgmm.pipeline.pictures import PictureConfig
from ecgmm.pipeline.strips import SamplingConfig
from ecgmm.pipeline.training_set import FOLDS, TRAINING_DATASETS

Modality = Literal["signal", "image", "both", "leads"]
Split = Literal["patient", "strip"]
DEFAULT_CONFIG = Path(__file__).parent / "configs" / "released.toml"
CONTROL_CONFIG = DEFAULT_CONFIG.with_name("control.toml")


def _require(fits: bool, expected: str, received: Any) -> None:
    if not fits:
        raise InputError("config_invalid", f"Expected {expected}. Received {received!r}.")


@dataclass(frozen=True)
class StageConfig:
    """One fit; stages follow each other, each from the best weights of the one before.

    Attributes:
        name: folder of the stage in the run directory.
        modality: which branches learn; in a stage of `"leads"` neither: it teaches the head what
            sets of leads say of conditions (PTB-XL) and leaves the reading of beats as it is.
        epochs: at most this many.
        batches_per_epoch: batches between two validations.
        batch_size: rows of a batch; a stage of both modalities splits them evenly.
        strip_steps: length of a row on the time grid. Pictures are 250 steps long.
        learning_rate: its peak.
        patience: epochs without a better score before the stage stops.
        head: whether the head learns too. A stage of one branch that leaves the head as it is
            keeps the reading of the other modality.
        averaging: share that the mean of the weights over the batches so far keeps at each batch
            (0.998: about the last 500 batches; Polyak and Juditsky 1992). The mean is what is
            scored and kept. 0 keeps the weights as they are.
        compute_dtype: what a stage of leads computes in; bfloat16 is twice as fast where the
            processor knows it (AVX512-BF16) and far slower where not.
        teachers: how many heads a stage of leads trains before the one that it keeps, which learns
            as much from their mean as from the labels (Hinton et al. 2015). They see all leads as
            recorded, whatever it sees.
    """

    name: str = "both"
    modality: Modality = "both"
    epochs: int = 40
    batches_per_epoch: int = 100
    batch_size: int = 48
    strip_steps: int = STRIP_STEPS
    learning_rate: float = 0.002
    patience: int = 12
    head: bool = True
    averaging: float = 0.0
    compute_dtype: Literal["float32", "bfloat16"] = "float32"
    teachers: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be trained.

        Raises:
            InputError: if a number is not above zero, or `averaging` not from 0 to below 1.
        """
        for item in fields(self):
            value = getattr(self, item.name)
            may_be_zero = isinstance(value, (str, bool)) or item.name in ("averaging", "teachers")
            _require(may_be_zero or value > 0, f"{item.name} of stage {self.name} above 0", value)
        share = f"averaging of stage {self.name} from 0 to below 1"
        _require(0 <= self.averaging < 1, share, self.averaging)


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides what comes out of a training.

    Attributes:
        datasets: data sets to train on.
        fold: which fifth of the patients is held out for validation.
        test_folds: fifths of the patients that are neither learned from nor validated on.
        split: `"patient"` keeps to that; `"strip"` learns from every other minute of the
            patients of `test_folds` after all, which is the leak that `ecgmm evaluate
            --controls` measures.
        seed: of weights, strips and augmentation.
        weight_decay: of AdamW.
        focus: exponent of the focal loss.
        batch_parts: in how many parts a batch is drawn, so that as many copies of the model can
            share it; what comes out does not depend on how many do.
        class_weights: weight of each of `labels.STEP_CLASSES` in the loss.
        unnamed_weight: weight in the loss of a step whose beats nobody named, where the rhythm
            rules some classes out (`labels.UNNAMED_BEATS`).
        stages: what is fitted, in order. Stages of leads come last: a stage of beats begins with
            branches and head alone.
        model: size of the network.
        sampling: which strips are drawn.
        augmentation: what happens to their signal.
        picture: how they are printed.
        leads: how sets of leads are shown.
    """

    datasets: tuple[str, ...] = ("mitdb", "svdb", "cinc2017")
    fold: int = 1
    test_folds: tuple[int, ...] = ()
    split: Split = "patient"
    seed: int = 1
    weight_decay: float = 0.01
    focus: float = 0.0
    batch_parts: int = 1
    class_weights: tuple[float, ...] = (0.5, 1.0, 1.5, 1.0, 1.5, 1.0)
    unnamed_weight: float = 0.0
    stages: tuple[StageConfig, ...] = (StageConfig(),)
    model: ModelConfig = field(default_factory=ModelConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    picture: PictureConfig = field(default_factory=PictureConfig)
    leads: LeadConfig = field(default_factory=LeadConfig)

    def __post_init__(self) -> None:
        """Refuse what does not fit together.

        Raises:
            InputError: for data sets or folds that there are not, class weights too few or too
                many, or two stages of one name.
        """
        trainable = set(self.datasets) <= set(TRAINING_DATASETS)
        _require(trainable, f"datasets among {TRAINING_DATASETS}", self.datasets)
        _require(self.fold in range(FOLDS), f"a fold from 0 to {FOLDS - 1}", self.fold)
        others = set(range(FOLDS)) - {self.fold}
        _require(set(self.test_folds) < others, f"some of {others} in test_folds", self.test_folds)
        weighted = len(self.class_weights) == len(STEP_CLASSES)
        _require(weighted, f"class_weights of {STEP_CLASSES}", self.class_weights)
        _require(self.batch_parts > 0, "batch_parts above 0", self.batch_parts)
        for stage in self.stages:
            rows = self.batch_parts * (2 if stage.modality == "both" else 1)
            even = f"a batch_size of stage {stage.name} that is a multiple of {rows}"
            _require(self.batch_parts == 1 or stage.batch_size % rows == 0, even, stage.batch_size)
        names = [stage.name for stage in self.stages]
        _require(len(set(names)) == len(names), "stages of different names", names)

    def overridden(
        self,
        *,
        modality: Modality | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        seed: int | None = None,
        batch_parts: int = 1,
    ) -> TrainingConfig:
        """The same configuration with what the command line says in its place.

        `modality` keeps the stages that train it; a stage of both becomes one of it alone.
        `batch_parts` holds where the configuration does not say; the others for every stage.
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
        return replace(
            self,
            stages=stages,
            seed=self.seed if seed is None else seed,
            batch_parts=batch_parts if self.batch_parts == 1 else self.batch_parts,
        )


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
        return config_of(values)
    except InputError as error:
        raise InputError(error.code, f"{path}: {error.message}") from error


def config_of(values: Mapping[str, Any]) -> TrainingConfig:
    """A configuration from what TOML or JSON says; what it leaves out keeps its default.

    Raises:
        InputError: if it sets something that does not exist, or to what cannot be.
    """
    _require(isinstance(values, Mapping), "a table of settings", values)
    return _from_mapping(TrainingConfig, values, "")


def _only(stages: tuple[StageConfig, ...], modality: Modality) -> tuple[StageConfig, ...]:
    kept = [stage for stage in stages if stage.modality in (modality, "both")]
    return tuple(replace(stage, modality=modality) for stage in kept)


def _from_mapping(cls: type, values: Mapping[str, Any], where: str) -> Any:
    """Build a configuration dataclass, every name and type of value checked."""
    hints = get_type_hints(cls)
    for name in values:
        _require(name in hints, f"one of {', '.join(hints)}", where + name)
    return cls(
        **{name: _converted(hints[name], value, where + name) for name, value in values.items()}
    )


def _converted(hint: Any, value: Any, where: str) -> Any:
    """A TOML value as what its field holds."""
    if isinstance(hint, type) and is_dataclass(hint):
        _require(isinstance(value, Mapping), f"{where} to be a table", value)
        return _from_mapping(hint, value, f"{where}.")
    if get_origin(hint) is tuple:
        item, *others = get_args(hint)
        _require(isinstance(value, list), f"{where} to be a list", value)
        count = len(value) if others == [...] else 1 + len(others)
        _require(len(value) == count, f"{where} to have {count} values", value)
        return tuple(_converted(item, part, f"{where}[{i}]") for i, part in enumerate(value))
    if get_origin(hint) is Literal:
        _require(value in get_args(hint), f"{where} to be one of {get_args(hint)}", value)
        return value
    if hint is float and type(value) is int:
        return float(value)
    _require(type(value) is hint, f"{where} to be {hint.__name__}", value)
    return value
