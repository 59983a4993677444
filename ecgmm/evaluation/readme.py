"""The README's results, from the reports: `python -m ecgmm.evaluation.readme`, or `make results`.

What stands between the two markers in `README.md` is never typed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ecgmm.errors import InputError
from ecgmm.evaluation.markdown import summary
from ecgmm.evaluation.report import JSON_NAME, read_report

BEGIN = "<!-- results: made by `make results` from the report's JSON, do not edit -->"
END = "<!-- end of results -->"
README = Path("README.md")
REPORTS_DIR = Path("saved_models/reports")


def newest_report(reports_dir: Path) -> Path | None:
    """The JSON of the highest version's test on DS2, None where there is none."""
    reports = [path for path in reports_dir.glob(f"*/ds2/{JSON_NAME}") if _version(path) >= 0]
    return max(reports, key=_version, default=None)


def with_results(readme: str, report_path: Path) -> str:
    """The README with the results of a report between its markers.

    Args:
        readme: its text.
        report_path: the JSON of a report.

    Raises:
        InputError: if the markers are not there, once each and in order, or the report
            cannot be read.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or END in before or BEGIN in rest or END in after:
        raise InputError("no_markers", f"Expected {BEGIN!r} and then {END!r}, once each.")
    return f"{before}{BEGIN}\n{results(report_path)}\n{END}{after}"


def results(report_path: Path) -> str:
    """What the README says of a report."""
    report = read_report(report_path)
    model, protocol = report["model"], report["protocol"]
    words = (
        f"`{model['name']}` {model['version']} on {protocol['tested_on']} "
        f"({protocol['date']}; {protocol['description']}):"
    )
    return f"\n{words}\n\n{summary(report)}\n"


def main() -> int:
    """Rewrite the README of the checkout in the current folder.

    Returns:
        The process's exit status.
    """
    report_path = newest_report(REPORTS_DIR)
    if report_path is None:
        print(f"No report on DS2 in {REPORTS_DIR}: run `ecgmm evaluate`.", file=sys.stderr)
        return 2
    try:
        text = with_results(README.read_text(encoding="utf-8"), report_path)
    except (InputError, OSError) as error:
        print(f"{README}: {error}", file=sys.stderr)
        return 2
    README.write_text(text, encoding="utf-8")
    return 0


def _version(report_path: Path) -> int:
    name = report_path.parent.parent.name
    return int(name) if name.isascii() and name.isdigit() else -1


if __name__ == "__main__":
    sys.exit(main())
