"""The figures of an evaluation as PNG files, drawn from the report's JSON alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ecgmm.conditions import SUPERCLASSES
from ecgmm.scoring.matching import CONFUSION_CLASSES

Values = Mapping[str, Any]

CLASS_COLOURS = {"N": "#0072B2", "S": "#E69F00", "V": "#D55E00", "F": "#CC79A7"}

_DPI = 130
"""A figure as wide as a page of text on a screen."""
_DARK = 0.55
"""Cells darker than that have white letters."""
_GREY = "#767676"
_READING_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")


def draw_figures(report: Values, out_dir: Path) -> dict[str, str]:
    """Draws every figure for which the report has data.

    Args:
        report: the JSON of a report (`ecgmm.evaluation.report`).
        out_dir: existing folder to write to.

    Returns:
        File name of each figure by its caption.
    """
    calibrated = [reading for reading in report["readings"] if reading["calibration"]]
    drawn = {
        "Confusion matrices": ("confusion.png", draw_confusion(report["readings"])),
        "F1 record by record": ("per_record.png", draw_per_record(report["readings"][0])),
    }
    if calibrated:
        drawn["Reliability"] = ("reliability.png", draw_reliability(calibrated))
        drawn["Risk and coverage"] = ("risk_coverage.png", draw_risk_coverage(calibrated))
    if report["noise"]:
        drawn["Noise stress test"] = ("noise.png", draw_noise(report["noise"]))
    for name, figure in drawn.values():
        figure.savefig(out_dir / name, dpi=_DPI)
    return {caption: name for caption, (name, _) in drawn.items()}


def draw_bland_altman(rows: Sequence[Values]) -> Figure:
    """Measured less marked over their mean, a row a way of reading, a column an interval.

    Args:
        rows: those of the report on waves.
    """
    names = {"pr_ms": "PR", "qrs_ms": "QRS", "qt_ms": "QT"}
    figure = Figure(figsize=(11.0, 2.4 * len(rows)), layout="constrained")
    for number, row in enumerate(rows):
        for place, (key, name) in enumerate(names.items()):
            axes = figure.add_subplot(len(rows), len(names), number * len(names) + place + 1)
            known = np.array([pair for pair in row["pairs"][key] if None not in pair])
            known = known.reshape(-1, 2)
            difference = known[:, 1] - known[:, 0]
            axes.scatter(known.mean(axis=1), difference, s=9, color=_READING_COLOURS[0], alpha=0.6)
            if len(difference) > 1:
                bias, limit = difference.mean(), 1.96 * difference.std(ddof=1)
                axes.axhline(bias, color=_GREY, linewidth=0.9)
                axes.axhline(bias - limit, color=_GREY, linewidth=0.9, linestyle="--")
                axes.axhline(bias + limit, color=_GREY, linewidth=0.9, linestyle="--")
            axes.set_title(f"{row['database']}, {row['name']}: {name}", fontsize=8)
            axes.tick_params(labelsize=7)
            axes.set_ylabel("difference, ms", fontsize=7)
    return figure


def draw_confusion(readings: Sequence[Values]) -> Figure:
    """Confusion matrices of all readings, shaded by share of the reference class."""
    figure = Figure(figsize=(4.6 * len(readings), 4.6), layout="constrained")
    for axes, reading in zip(_row_of_axes(figure, len(readings)), readings, strict=True):
        counts = np.array(reading["tables"][0]["confusion"])
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        shares[-1] = 0  # extra beats are no share of anything
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for row, column in np.argwhere(counts).tolist():
            share = shares[row, column]
            text = f"{counts[row, column]:,}" + (f"\n{100 * share:.1f} %" if share else "")
            colour = "white" if share > _DARK else "black"
            axes.text(column, row, text, ha="center", va="center", fontsize=7, color=colour)
        ticks = range(len(CONFUSION_CLASSES))
        axes.set_xticks(ticks, CONFUSION_CLASSES)
        axes.set_yticks(ticks, CONFUSION_CLASSES)
        axes.set(xlabel="test", ylabel="reference", title=reading["name"])
    return figure


def draw_per_record(reading: Values) -> Figure:
    """F1 of S and V in each record, the dot as large as the record's share of the class."""
    rows = reading["tables"][0]["per_record"]
    figure = Figure(figsize=(7.5, 1.2 + 0.27 * len(rows)), layout="constrained")
    panels = _row_of_axes(figure, 2)
    places = range(len(rows))
    for axes, name in zip(panels, ("S", "V"), strict=True):
        present = [place for place in places if rows[place]["beats"][name]]
        shares = np.array([rows[place]["share_of_class"][name] for place in present])
        f1 = [rows[place]["f1"][name] for place in present]
        axes.hlines(present, 0, f1, color="#DDDDDD", zorder=1)
        axes.scatter(f1, present, s=15 + 500 * shares, color=CLASS_COLOURS[name], zorder=2)
        axes.set(xlim=(-0.05, 1.22), ylim=(len(rows) - 0.4, -0.6), xlabel=f"{name} F1")
        axes.set_xticks(np.linspace(0, 1, 6))
        axes.set_yticks(places, [row["record"] for row in rows], fontsize=8)
        for place in present:
            beats = f"{rows[place]['beats'][name]:,}"
            axes.text(1.2, place, beats, fontsize=7, color=_GREY, ha="right", va="center")
        axes.set_title(f"{name} beats", fontsize=9, color=_GREY, loc="right")
        _tidy(axes)
    return figure


def draw_reliability(readings: Sequence[Values]) -> Figure:
    """Confidence against accuracy of the class named, and how many beats are where."""
    figure = Figure(figsize=(4.2 * len(readings), 4.6), layout="constrained")
    grid = figure.subplots(
        2, len(readings), squeeze=False, sharex=True, gridspec_kw={"height_ratios": [3, 1]}
    )
    for column, reading in enumerate(readings):
        upper, lower = grid[0, column], grid[1, column]
        upper.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1)
        for scores, colour in zip(reading["calibration"], _READING_COLOURS, strict=False):
            bins = scores["reliability"]
            label = f"T = {scores['temperature']:.2f}, ECE {100 * scores['ece']:.2f} %"
            upper.plot(
                _numbers(bins["confidences"]),
                _numbers(bins["accuracies"]),
                "o-",
                color=colour,
                markersize=4,
                label=label,
                clip_on=False,
            )
            lower.stairs(bins["counts"], bins["edges"], color=colour)
        upper.set(xlim=(0, 1), ylim=(0, 1), title=reading["name"], ylabel="accuracy")
        upper.legend(loc="upper left", fontsize=8, frameon=False)
        lower.set(yscale="log", xlabel="confidence", ylabel="beats")
        _tidy(upper)
        _tidy(lower)
    return figure


def draw_condition_reliability(report: Values) -> Figure:
    """Probability against frequency of each superclass, of the first way of reading."""
    way = report["ways"][0]
    figure = Figure(figsize=(4.8, 4.8), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1)
    scores = {score["code"]: score for score in way["conditions"]}
    for code, colour in zip(SUPERCLASSES, _READING_COLOURS, strict=False):
        bins = scores[code]["reliability"]
        axes.plot(
            _numbers(bins["confidences"]),
            _numbers(bins["accuracies"]),
            "o-",
            color=colour,
            markersize=4,
            label=f"{code}, ECE {100 * scores[code]['calibration_error']:.1f} %",
            clip_on=False,
        )
    axes.set(
        xlim=(0, 1), ylim=(0, 1), title=way["name"], xlabel="probability", ylabel="share of records"
    )
    axes.legend(loc="upper left", fontsize=8, frameon=False)
    _tidy(axes)
    return figure


def draw_risk_coverage(readings: Sequence[Values]) -> Figure:
    """Error rate among the beats kept when the least certain ones go to a person."""
    figure = Figure(figsize=(5.5, 3.8), layout="constrained")
    axes = figure.subplots()
    for reading, colour in zip(readings, _READING_COLOURS, strict=False):
        scores = reading["calibration"][-1]
        curve = scores["risk_coverage"]
        axes.plot(
            100 * np.array(curve["coverages"]),
            100 * np.array(curve["risks"]),
            color=colour,
            label=f"{reading['name']}, AURC {scores['aurc']:.4f}",
        )
    axes.set(xlim=(0, 100), xlabel="beats kept, %", ylabel="of them wrong, %")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, loc="upper left")
    _tidy(axes)
    return figure


def draw_noise(points: Sequence[Values]) -> Figure:
    """F1 of each class, and QRS sensitivity, against the signal-to-noise ratio."""
    noisy = sorted((p for p in points if p["snr_db"] is not None), key=lambda p: -p["snr_db"])
    clean = [point for point in points if point["snr_db"] is None]
    ordered = [*clean, *noisy]
    names = ["clean"] * len(clean) + [f"{point['snr_db']:g}" for point in noisy]
    figure = Figure(figsize=(5.5, 3.8), layout="constrained")
    axes = figure.subplots()
    curves = {f"{name} F1": CLASS_COLOURS[name] for name in ("N", "S", "V")}
    for name, colour in (curves | {"QRS Se": "black", "QRS +P": _GREY}).items():
        values = _numbers([point["figures"].get(name) for point in ordered])
        style = "o-" if name in curves else "s--"
        axes.plot(range(len(ordered)), values, style, color=colour, markersize=4, label=name)
    axes.set_xticks(range(len(ordered)), names)
    axes.set(ylim=(0, 1.03), xlabel="signal-to-noise ratio, dB", ylabel="share")
    axes.legend(frameon=False, loc="lower left")
    _tidy(axes)
    return figure


def _row_of_axes(figure: Figure, columns: int) -> list[Axes]:
    return list(figure.subplots(1, columns, squeeze=False)[0])


def _numbers(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
