"""The plot of what mattered: score against every dimension of the search."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tuning.space import Label, SearchSpace
from tuning.trials import Trial, scores_by_label, share_explained

_COLUMNS = 5
_PANEL_SIZE_INCHES = (2.8, 2.3)


def plot_what_mattered(trials: Sequence[Trial], space: SearchSpace, path: Path) -> None:
    """Draw a panel for every dimension, the one that explains most first.

    Args:
        trials: those that have a score.
        space: what was searched.
        path: the PNG file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    choices = space.choices()
    share = {name: share_explained(scores_by_label(trials, name)) for name in choices}
    ranked = sorted(choices, key=lambda name: -share[name])
    rows = -(-len(ranked) // _COLUMNS)
    width, height = _PANEL_SIZE_INCHES
    figure = Figure(figsize=(width * _COLUMNS, height * rows + 0.6), layout="constrained")
    axes = figure.subplots(rows, _COLUMNS, sharey=True, squeeze=False)
    for axis in axes.flat[len(ranked) :]:
        axis.set_axis_off()
    for name, axis in zip(ranked, axes.flat, strict=False):
        dots = _panel(axis, trials, name, list(choices[name]))
        axis.set_title(f"{name}: {share[name]:.0%}", fontsize=8)
    figure.supylabel("val_score", fontsize=9)
    figure.colorbar(dots, ax=axes, label="epochs trained", fraction=0.02)
    FigureCanvasAgg(figure).print_figure(path, dpi=110)


def _panel(axis: Any, trials: Sequence[Trial], name: str, labels: list[Label]) -> Any:
    """Every trial a dot, coloured by how long it trained; the mean of each value a line."""
    dots = axis.scatter(
        [labels.index(trial.labels[name]) for trial in trials],
        [trial.score for trial in trials],
        c=[trial.summary.get("epochs", 0) for trial in trials],
        vmin=0,
        vmax=max(trial.summary.get("epochs", 1) for trial in trials),
        s=14,
    )
    scores = scores_by_label(trials, name)
    tried = [label for label in labels if label in scores]
    means = [sum(scores[label]) / len(scores[label]) for label in tried]
    axis.plot([labels.index(label) for label in tried], means, color="tab:red", linewidth=1)
    turned = 20 if any(isinstance(label, str) for label in labels) else 0
    axis.set_xticks(range(len(labels)), map(str, labels), fontsize=7, rotation=turned)
    axis.set_xlim(-0.5, len(labels) - 0.5)
    axis.tick_params(axis="y", labelsize=7)
    return dots
