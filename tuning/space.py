"""What the search may change, and to what: one table, in the words of `TrainingConfig`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ecgmm.labels import STEP_CLASSES
from ecgmm.training.config import Modality, TrainingConfig

if TYPE_CHECKING:
    import keras_tuner

Value = int | float | tuple[int, ...]
Label = int | float | str

_ANYONE: tuple[Modality, ...] = ("signal", "image", "both")
_SIGNALS: tuple[Modality, ...] = ("signal", "both")
_IMAGES: tuple[Modality, ...] = ("image", "both")


@dataclass(frozen=True)
class Dimension:
    """One thing that the search may change.

    Attributes:
        path: where it is in a `TrainingConfig`, by attribute: `"model.lstm_units"`. `stage` is
            the first stage; `class_weights` are named by class.
        values: what is tried, beside what the search starts from.
        modalities: what has to be trained for it to matter.
    """

    path: str
    values: tuple[Value, ...]
    modalities: tuple[Modality, ...] = _ANYONE


PARTS: Mapping[str, tuple[Dimension, ...]] = {
    "branches": (
        Dimension("model.stem_filters", (16, 24, 32, 48), _SIGNALS),
        Dimension("model.signal_filters", (48, 64, 96), _SIGNALS),
        Dimension(
            "model.signal_dilations",
            ((1, 1), (1, 2, 4, 8), (1, 2, 4, 8, 16, 32), (1, 2, 4, 8, 16, 32, 64)),
            _SIGNALS,
        ),
        Dimension("model.lstm_units", (32, 48, 64, 80), _SIGNALS),
        Dimension("model.lstm_layers", (1, 2), _SIGNALS),
        Dimension("model.lstm_stride", (1, 2, 4), _SIGNALS),
        Dimension("model.features", (64, 96, 128), _SIGNALS),
        Dimension("model.head_units", (32, 64, 128), _SIGNALS),
        Dimension("model.image_stem_filters", ((24, 32, 48), (32, 48, 64), (48, 64, 96)), _IMAGES),
        Dimension("model.image_filters", (64, 96, 128), _IMAGES),
        Dimension(
            "model.image_dilations",
            ((1, 2, 4, 8, 16), (1, 2, 4, 8, 16, 32), (1, 2, 4, 8, 16, 32, 64)),
            _IMAGES,
        ),
        Dimension("model.dropout", (0.0, 0.1, 0.2, 0.3)),
    ),
    "fit": (
        Dimension("stage.strip_steps", (250, 500, 750, 1500), ("signal",)),
        Dimension("stage.learning_rate", (0.0005, 0.001, 0.002, 0.004)),
        Dimension("weight_decay", (0.001, 0.01, 0.05)),
    ),
    "loss": (
        Dimension("class_weights.none", (0.25, 0.5, 1.0)),
        Dimension("class_weights.S", (1.0, 1.5, 2.0, 3.0)),
        Dimension("class_weights.V", (1.0, 1.5, 2.0)),
        Dimension("class_weights.F", (1.0, 1.5, 2.5)),
        Dimension("focus", (0.0, 1.0, 2.0)),
    ),
    "sampler": (
        Dimension("sampling.s_beat", (0.06, 0.12, 0.2, 0.3)),
        Dimension("sampling.v_beat", (0.05, 0.1, 0.2)),
        Dimension("sampling.f_beat", (0.03, 0.07, 0.1)),
    ),
    "augmentation": (
        Dimension("augmentation.mixed_leads", (0.0, 0.25, 0.5)),
        Dimension("augmentation.gain_sigma", (0.1, 0.3, 0.5)),
        Dimension("augmentation.inverted", (0.0, 0.1, 0.3)),
        Dimension("augmentation.rate_change", (0.0, 0.3, 0.6)),
        Dimension("augmentation.wander", (0.1, 0.3, 0.6)),
        Dimension("augmentation.noise", (0.1, 0.3, 0.5)),
        Dimension("augmentation.dropout", (0.0, 0.05, 0.15)),
        Dimension("augmentation.band_limit", (0.0, 0.2, 0.4)),
        Dimension("augmentation.colour", (0.0, 0.25, 0.5)),
        Dimension("picture.severity", (0.4, 0.7, 1.0), _IMAGES),
        Dimension("picture.gain_sigma", (0.03, 0.06, 0.12), _IMAGES),
        Dimension("picture.gridless", (0.05, 0.12, 0.25), _IMAGES),
    ),
}


class SearchSpace:
    """The dimensions of one search, around the configuration that it starts from.

    Args:
        base: where the search starts; it has one stage, and its values are among those tried.
        parts: names of `PARTS` that are searched; the rest stays as it is.
    """

    def __init__(self, base: TrainingConfig, parts: Sequence[str]) -> None:
        self.base = base
        modality = base.stages[0].modality
        self._dimensions = [
            dimension
            for part in PARTS
            if part in parts
            for dimension in PARTS[part]
            if modality in dimension.modalities
        ]

    def choices(self) -> dict[str, dict[Label, Value]]:
        """What is tried of each dimension, in order, by the label that KerasTuner knows."""
        return {
            dimension.path: {
                label_of(value): value
                for value in sorted({*dimension.values, value_at(self.base, dimension.path)})
            }
            for dimension in self._dimensions
        }

    def declare(self, hp: keras_tuner.HyperParameters) -> None:
        """Tell KerasTuner; the default is where the search starts."""
        for path, values in self.choices().items():
            hp.Choice(path, list(values), default=label_of(value_at(self.base, path)))

    def config(self, labels: Mapping[str, Label]) -> TrainingConfig:
        """The training that a set of labels stands for.

        A batch keeps its number of time steps whatever the length of its rows, so that an
        epoch costs the same. What rare beats take of the sampler's shares, or give back, is
        that of places anywhere.
        """
        config = self.base
        for path, values in self.choices().items():
            config = with_value(config, path, values[labels[path]])
        return _shares_of_same_sum(_batch_of_same_steps(config, self.base), self.base)


def label_of(value: Value) -> Label:
    """A value as KerasTuner and a reader of tables see it: tuples become text."""
    return "-".join(map(str, value)) if isinstance(value, tuple) else value


def value_at(config: TrainingConfig, path: str) -> Any:
    """What a configuration has at a dimension's path."""
    owner, _, name = path.rpartition(".")
    if owner == "class_weights":
        return config.class_weights[STEP_CLASSES.index(name)]
    if owner == "stage":
        return getattr(config.stages[0], name)
    return getattr(getattr(config, owner) if owner else config, name)


def with_value(config: TrainingConfig, path: str, value: Any) -> TrainingConfig:
    """The same configuration with another value at a dimension's path."""
    owner, _, name = path.rpartition(".")
    if owner == "class_weights":
        weights = zip(STEP_CLASSES, config.class_weights, strict=True)
        changed = tuple(value if known == name else weight for known, weight in weights)
        return replace(config, class_weights=changed)
    if owner == "stage":
        first, *others = config.stages
        return replace(config, stages=(replace(first, **{name: value}), *others))
    if owner:
        return replace(config, **{owner: replace(getattr(config, owner), **{name: value})})
    return replace(config, **{name: value})


def _batch_of_same_steps(config: TrainingConfig, base: TrainingConfig) -> TrainingConfig:
    rows = base.stages[0].batch_size * base.stages[0].strip_steps / config.stages[0].strip_steps
    return with_value(config, "stage.batch_size", max(1, round(rows)))


def _shares_of_same_sum(config: TrainingConfig, base: TrainingConfig) -> TrainingConfig:
    shares = vars(config.sampling)
    rest = sum(vars(base.sampling).values()) - sum(shares.values()) + shares["anywhere"]
    return with_value(config, "sampling.anywhere", max(0.0, round(rest, 6)))
