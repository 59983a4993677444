"""Statements by criterion against the statements of PTB-XL, beside the network's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ecgmm.analysis.analyze import analyze_recording
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.rules.agreement import CONDITIONS_OF_FINDING
from ecgmm.conditions import CONDITION_CODES
from ecgmm.evaluation.markdown import NOT_A_MEDICAL_DEVICE, markdown_table
from ecgmm.evaluation.report import ModelIdentity, Protocol, plain, write_json
from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.leads import LEADS
from ecgmm.pipeline.lead_records import LeadRecords
from ecgmm.recording import Recording
from ecgmm.serving.runtime import Runtime

SCHEMA_VERSION = 1
"""Goes up when a key changes its meaning."""
JSON_NAME, MARKDOWN_NAME = "criteria.json", "criteria.md"
NORMAL = "NORM"

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Agreement:
    """How one way of telling agrees with a reference.

    Attributes:
        sensitivity: told, of the cases.
        specificity: not told, of the others.
        told_of_normal: told, of the records that the reference calls normal.
    """

    sensitivity: float
    specificity: float
    told_of_normal: float

    @classmethod
    def of(
        cls, told: NDArray[np.bool_], cases: NDArray[np.bool_], normal: NDArray[np.bool_]
    ) -> Agreement:
        """The agreement of `[records]` told with `[records]` cases."""
        return cls(_share(told[cases]), _share(~told[~cases]), _share(told[normal]))


def _share(of: NDArray[np.bool_]) -> float:
    return float(of.mean()) if len(of) else float("nan")


def evaluate_criteria(
    runtime: Runtime,
    records: LeadRecords,
    model: ModelIdentity,
    protocol: Protocol,
    out_dir: Path,
) -> dict[str, Any]:
    """Read records as `ecgmm analyze` does, score each criterion, and write JSON and Markdown.

    Args:
        runtime: the model.
        records: records that it did not learn from.
        model: what is evaluated.
        protocol: how.
        out_dir: folder to write to; made if it is not there.

    Returns:
        The JSON.
    """
    readings = [_read(runtime, records, n) for n in tqdm(range(len(records)), unit=" records")]
    rows = score_criteria(readings, records.conditions.astype(np.bool_))
    report = plain(
        {
            "schema_version": SCHEMA_VERSION,
            "model": model,
            "protocol": protocol,
            "records": len(records),
            "rows": rows,
        }
    )
    write_json(report, out_dir / JSON_NAME)
    (out_dir / MARKDOWN_NAME).write_text(render_criteria(report), encoding="utf-8")
    return report


def _read(runtime: Runtime, records: LeadRecords, number: int) -> Reading:
    signal_mv = np.ascontiguousarray(records.leads_mv(slice(number, number + 1))[0].T)
    return analyze_recording(Recording(signal_mv, SAMPLING_RATE_HZ, LEADS, str(number)), runtime)


def score_criteria(
    readings: Sequence[Reading], reference: NDArray[np.bool_]
) -> list[dict[str, Any]]:
    """A row for each finding that says what a condition of PTB-XL says.

    Args:
        readings: of the records.
        reference: `[records, conditions]`, in the order of `conditions.CONDITION_CODES`.
    """
    normal = _any_of(reference, [NORMAL])
    rows = []
    for code, conditions in CONDITIONS_OF_FINDING.items():
        cases = _any_of(reference, conditions)
        by_rule = np.array([_is_found(reading, code) for reading in readings], np.bool_)
        by_network = np.array([_is_judged(reading, conditions) for reading in readings], np.bool_)
        rows.append(
            {
                "finding": code,
                "conditions": list(conditions),
                "cases": int(cases.sum()),
                "rule": Agreement.of(by_rule, cases, normal),
                "network": Agreement.of(by_network, cases, normal),
                "both_say_the_same": float((by_rule == by_network).mean()),
            }
        )
    return rows


def _any_of(reference: NDArray[np.bool_], codes: Iterable[str]) -> NDArray[np.bool_]:
    places = [CONDITION_CODES.index(code) for code in codes]
    return np.asarray(reference[:, places].any(axis=1), np.bool_)


def _is_found(reading: Reading, code: str) -> bool:
    return any(finding.code == code for finding in reading.findings)


def _is_judged(reading: Reading, codes: Sequence[str]) -> bool:
    return any(c.present and c.code in codes for c in reading.conditions)


def render_criteria(report: Values) -> str:
    """The whole report as Markdown.

    Args:
        report: the JSON of `evaluate_criteria`.
    """
    model, protocol = report["model"], report["protocol"]
    return "\n\n".join(
        [
            f"# Statements by criterion, {model['name']} {model['version']}",
            f"{protocol['description']}\n\n- read: {protocol['tested_on']}, {report['records']:,} "
            f"records\n- made by `{protocol['command']}` on {protocol['date']}\n"
            f"- SHA-256 of the model: `{model['sha256']}`",
            criteria_table(report),
            "Sensitivity and specificity in per cent; in brackets the share of the records that "
            "PTB-XL calls normal in which it is told. A statement of PTB-XL is what one or two "
            "cardiologists wrote, with the figures of another program before them: it is no "
            "measurement, and where a criterion and a statement part, either may be right.",
            NOT_A_MEDICAL_DEVICE,
        ]
    )


def criteria_table(report: Values) -> str:
    """One row a criterion."""
    return markdown_table(
        ["finding", "statements", "cases", "by criterion", "by the network", "same answer"],
        [
            [
                row["finding"].replace("_", " "),
                ", ".join(row["conditions"]),
                str(row["cases"]),
                _agreement(row["rule"]),
                _agreement(row["network"]),
                f"{100 * row['both_say_the_same']:.1f} %",
            ]
            for row in report["rows"]
        ],
    )


def _agreement(row: Values) -> str:
    figures = (row["sensitivity"], row["specificity"], row["told_of_normal"])
    told = ["-" if value is None else f"{100 * value:.1f}" for value in figures]
    return f"{told[0]} / {told[1]} ({told[2]})"
