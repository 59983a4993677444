"""The documents' results, from the reports: `python -m ecgmm.evaluation.readme`, or `make results`.

What stands between the two markers in `README.md` and `docs/results.md` is never typed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ecgmm.errors import InputError
from ecgmm.evaluation.conditions_markdown import JSON_NAME as CONDITIONS_JSON_NAME
from ecgmm.evaluation.conditions_markdown import short_ways_table, ways_table
from ecgmm.evaluation.markdown import headline, summary
from ecgmm.evaluation.report import JSON_NAME, read_report
from ecgmm.evaluation.waves_markdown import JSON_NAME as WAVES_JSON_NAME
from ecgmm.evaluation.waves_markdown import intervals_sentence, intervals_table, waves_table

BEGIN = "<!-- results: made by `make results` from the report's JSON, do not edit -->"
END = "<!-- end of results -->"
REPORTS_DIR = Path("saved_models/reports")

_CONDITIONS = f"conditions/{CONDITIONS_JSON_NAME}"
_WAVES = f"waves/{WAVES_JSON_NAME}"


def newest_report(reports_dir: Path) -> Path | None:
    """The JSON of the highest version's test on DS2, None where there is none."""
    return _newest(reports_dir.glob(f"*/ds2/{JSON_NAME}"))


def with_results(document: str, results: str) -> str:
    """A document with results between its markers.

    Args:
        document: its text.
        results: what goes between the markers, in Markdown.

    Raises:
        InputError: if the markers are not there, once each and in order.
    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or END in before or BEGIN in rest or END in after:
        raise InputError("no_markers", f"Expected {BEGIN!r} and then {END!r}, once each.")
    return f"{before}{BEGIN}\n\n{results}\n\n{END}{after}"


def short_results(report_path: Path) -> str:
    """What the README says of a report: the strong figures and the weak ones, in two tables.

    Args:
        report_path: the JSON of a report on DS2. That on the patients held out is beside it; that
            on conditions is the newest among the reports of all versions.

    Raises:
        InputError: if a report cannot be read.
    """
    held_out_path = report_path.parents[1] / "held-out" / JSON_NAME
    held_out = read_report(held_out_path) if held_out_path.exists() else {"rhythm": []}
    beats = headline(read_report(report_path), held_out["rhythm"])
    conditions = _newest_of(report_path, _CONDITIONS)
    parts = [
        beats,
        *([short_ways_table(conditions)] if conditions else []),
        intervals_sentence(_newest_of(report_path, _WAVES)),
    ]
    return "\n\n".join(parts)


def whole_results(report_path: Path) -> str:
    """What the page of results says of a report.

    Args:
        report_path: the JSON of a report on DS2; that on conditions as in `short_results`.

    Raises:
        InputError: if the report cannot be read.
    """
    report = read_report(report_path)
    beats = f"{_what_was_tested(report)}\n\n{summary(report)}"
    conditions, waves = _newest_of(report_path, _CONDITIONS), _newest_of(report_path, _WAVES)
    parts = [beats]
    if conditions is not None:
        parts += [_what_was_judged(conditions), ways_table(conditions)]
    parts.append(intervals_sentence(waves))
    if waves is not None:
        parts += [intervals_table(waves), waves_table(waves)]
    return "\n\n".join(parts)


DOCUMENTS: Mapping[Path, Callable[[Path], str]] = {
    Path("README.md"): short_results,
    Path("docs/results.md"): whole_results,
}


def main() -> int:
    """Rewrite the documents of the checkout in the current folder.

    Returns:
        The process's exit status.
    """
    report_path = newest_report(REPORTS_DIR)
    if report_path is None:
        print(f"No report on DS2 in {REPORTS_DIR}: run `ecgmm evaluate`.", file=sys.stderr)
        return 2
    for path, results in DOCUMENTS.items():
        try:
            text = with_results(path.read_text(encoding="utf-8"), results(report_path))
        except (InputError, OSError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            return 2
        path.write_text(text, encoding="utf-8")
    return 0


def _what_was_tested(report: Mapping[str, Any]) -> str:
    model, protocol = report["model"], report["protocol"]
    return (
        f"`{model['name']}` {model['version']} on {protocol['tested_on']} "
        f"({protocol['date']}; {protocol['description']}):"
    )


def _what_was_judged(report: Mapping[str, Any]) -> str:
    model, protocol = report["model"], report["protocol"]
    return (
        f"Conditions, macro AUROC of `{model['name']}` {model['version']} on "
        f"{protocol['tested_on']} ({protocol['date']}). {protocol['description']}"
    )


def _newest_of(report_path: Path, others: str) -> dict[str, Any] | None:
    """The report of another kind of the highest version, which need not be that of a DS2 report.

    Args:
        report_path: the report on DS2.
        others: folder and file name of the other kind below a version's own; None is given where
            there is none.
    """
    path = _newest(report_path.parents[2].glob(f"*/{others}"))
    return None if path is None else json.loads(path.read_text(encoding="utf-8"))


def _newest(report_paths: Iterable[Path]) -> Path | None:
    versions = (path for path in report_paths if _version(path) >= 0)
    return max(versions, key=_version, default=None)


def _version(report_path: Path) -> int:
    name = report_path.parent.parent.name
    return int(name) if name.isascii() and name.isdigit() else -1


if __name__ == "__main__":
    sys.exit(main())
