"""The report on conditions as Markdown, made from its JSON alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecgmm.conditions import CONDITIONS
from ecgmm.evaluation.markdown import NOT_A_MEDICAL_DEVICE, decimals, percent

JSON_NAME = "conditions.json"

Values = Mapping[str, Any]

SHORT_WAYS = {
    "12 leads": "12 leads",
    "leads I and II": "leads I and II",
    "lead I": "lead I",
    "3x4+1 page, clean pictures, every 4th record": "clean pages, 3x4+1",
    "3x4+1 page, phone photos, every 12th record": "phone photos of their strips",
}
"""Of the ways of reading what the README shows, strong and weak, and what it calls them."""

_TEXTS = {condition.code: condition.text for condition in CONDITIONS}


def render_conditions(report: Values, figure_name: str) -> str:
    """The whole report.

    Args:
        report: the JSON of `evaluation.conditions`.
        figure_name: the reliability diagram, relative to the report.
    """
    model, protocol = report["model"], report["protocol"]
    first = report["ways"][0]
    return "\n\n".join(
        [
            f"# Conditions, {model['name']} {model['version']}",
            f"{protocol['description']}\n\n"
            f"- learned from: {protocol['trained_on']}\n- read: {protocol['tested_on']}\n"
            f"- made by `{protocol['command']}` on {protocol['date']}\n"
            f"- SHA-256 of the model: `{model['sha256']}`",
            "## By leads and by picture",
            ways_table(report),
            "Macro AUROC; in brackets its 95 % interval, bootstrap over records. A condition of "
            "fewer than 5 cases is left out of a mean.",
            f"## Condition by condition, {first['name']}",
            _conditions_table(first),
            f"![Reliability of the superclasses]({figure_name})",
            NOT_A_MEDICAL_DEVICE,
        ]
    )


def ways_table(report: Values) -> str:
    """One row a way of reading."""
    lines = [
        "| read from | records | 5 superclasses | subclasses | all conditions "
        "| normal called normal | infarction called normal |",
        "|---|---|---|---|---|---|---|",
    ]
    for way in report["ways"]:
        areas = " | ".join(
            _interval(way[name]) for name in ("superclass_auroc", "subclass_auroc", "auroc")
        )
        shares = f"{percent(way['normals_called_normal'])} | "
        shares += percent(way["infarctions_called_normal"])
        lines.append(f"| {way['name']} | {way['records']:,} | {areas} | {shares} |")
    return "\n".join(lines)


def short_ways_table(report: Values) -> str:
    """What the README shows of conditions: a row each of `SHORT_WAYS` that was read."""
    model, protocol = report["model"], report["protocol"]
    lines = [
        f"| conditions, model {model['version']} | records | AUROC, 5 superclasses "
        "| normal called normal | infarction called normal |",
        "| --- | ---: | --- | ---: | ---: |",
    ]
    for way in report["ways"]:
        if way["name"] in SHORT_WAYS:
            cells = [
                SHORT_WAYS[way["name"]],
                f"{way['records']:,}",
                _interval(way["superclass_auroc"]),
                percent(way["normals_called_normal"]),
                percent(way["infarctions_called_normal"]),
            ]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + f"\n\n{protocol['tested_on']}; the same fold chose the thresholds."


def _conditions_table(way: Values) -> str:
    lines = [
        "| code | condition | cases | AUROC | sensitivity at 95 % specificity | threshold "
        "| sensitivity | specificity | F1 | ECE |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for score in way["conditions"]:
        cells = [
            f"`{score['code']}`",
            _TEXTS[score["code"]],
            str(score["cases"]),
            decimals(score["auroc"], 3),
            percent(score["sensitivity_at_95"]),
            f"{score['threshold']:.2f}",
            percent(score["sensitivity"]),
            percent(score["specificity"]),
            decimals(score["f1"], 3),
            decimals(score["calibration_error"], 3),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _interval(interval: Values) -> str:
    if interval["value"] is None:
        return "-"
    return f"{interval['value']:.3f} ({interval['low']:.3f} to {interval['high']:.3f})"
