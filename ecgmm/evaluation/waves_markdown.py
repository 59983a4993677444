"""The report on waves as Markdown, made from its JSON alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecgmm.evaluation.markdown import NOT_A_MEDICAL_DEVICE, markdown_table

JSON_NAME = "waves.json"
ALL_LEADS = "ecgmm, all leads"

Values = Mapping[str, Any]

_INTERVALS = {"pr_ms": "PR", "qrs_ms": "QRS", "qt_ms": "QT"}
_DATABASES = {"ludb": "LUDB", "qtdb": "QT Database"}


def render_waves(report: Values, figure_name: str) -> str:
    """The whole report.

    Args:
        report: the JSON of `evaluation.waves`.
        figure_name: the Bland-Altman plots, relative to the report.
    """
    model, protocol = report["model"], report["protocol"]
    return "\n\n".join(
        [
            f"# Waves and intervals, {model['name']} {model['version']}",
            f"{protocol['description']}\n\n"
            f"- learned from: {protocol['trained_on']}\n- read: {protocol['tested_on']}\n"
            f"- made by `{protocol['command']}` on {protocol['date']}\n"
            f"- SHA-256 of the model that finds the beats: `{model['sha256']}`",
            "## Intervals",
            intervals_table(report),
            "Bias and standard deviation over records, in milliseconds, of what is measured less "
            "the reference; the share of records that got a value. The reference of a record is "
            "the median over all beats and leads that were marked. In the QT Database one mark "
            "stands for both leads.",
            "## Waves, beat by beat",
            waves_table(report),
            "Sensitivity and positive predictivity, in per cent, within 150 ms. A wave counts as "
            "marked where half of the leads shown have it.",
            f"![Measured less marked, over their mean]({figure_name})",
            NOT_A_MEDICAL_DEVICE,
        ]
    )


def intervals_sentence(report: Values | None) -> str:
    """Bias and spread of this project's reading of all leads; that there is none without a report.

    Args:
        report: the JSON of `evaluation.waves`.
    """
    if report is None:
        return "Intervals and axes were not evaluated."
    rows = [row for row in report["rows"] if row["name"] == ALL_LEADS]
    told = [f"{_DATABASES.get(row['database'], row['database'])} {_told(row)}" for row in rows]
    return (
        "Intervals, measured less marked by cardiologists, in ms (learned from "
        f"{report['protocol']['trained_on']}): {'; '.join(told)}. Axes were not evaluated."
    )


def _told(row: Values) -> str:
    return ", ".join(
        f"{name} {_interval(row['intervals'][key]).split(' (')[0]}"
        for key, name in _INTERVALS.items()
    )


def intervals_table(report: Values) -> str:
    """One row a database and a way of reading."""
    return markdown_table(
        ["read", "by", "records", *(f"{name}, ms" for name in _INTERVALS.values())],
        [
            [
                _DATABASES.get(row["database"], row["database"]),
                row["name"],
                str(row["records"]),
                *(_interval(row["intervals"][name]) for name in _INTERVALS),
            ]
            for row in report["rows"]
        ],
    )


def waves_table(report: Values) -> str:
    """One row a database and a way of reading."""
    return markdown_table(
        ["read", "by", "P: Se / +P", "QRS: Se / +P", "T: Se / +P"],
        [
            [
                _DATABASES.get(row["database"], row["database"]),
                row["name"],
                *(
                    f"{100 * found['sensitivity']:.1f} / {100 * found['predictivity']:.1f}"
                    for found in row["waves"].values()
                ),
            ]
            for row in report["rows"]
        ],
    )


def _interval(of_name: Values) -> str:
    if of_name["bias_ms"] is None or of_name["sd_ms"] is None:
        return "-"
    share = of_name["measured"] / of_name["records"]
    return f"{of_name['bias_ms']:+.1f} ± {of_name['sd_ms']:.1f} ({100 * share:.0f} %)"
