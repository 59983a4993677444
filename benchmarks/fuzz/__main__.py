"""Fuzz every parser for minutes and print what came of it, as a Markdown table.

    pip install -e '.[fuzz]'
    python -m benchmarks.fuzz [--seconds 180] [--keep FOLDER] [PARSER...]

Begins from the files in tests/corpus. An input that breaks a parser is left in the folder that
`--keep` names; once the parser is mended it belongs into tests/corpus/PARSER/regression-*, where
the tests try it for ever. Exit status 1 when anything broke.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.fuzz.tally import CRASH_FOLDER, TALLY_FILE, Tally
from benchmarks.fuzz.targets import TARGETS

_SHORTEST_RUN_S = 5
_HEADER = """\
| parser | library beside ours | inputs | read | refused | crashes | worst time | worst memory |
|---|---|---:|---:|---:|---:|---:|---:|"""


def main() -> int:
    """Fuzz what the command line names, one parser after the other."""
    arguments = _parse_arguments()
    keep = arguments.keep or Path(tempfile.mkdtemp(prefix="ecgmm-fuzz-"))
    print(_HEADER, flush=True)
    total = Tally()
    for name in arguments.parsers or TARGETS:
        folder = keep / name
        folder.mkdir(parents=True, exist_ok=True)
        tally = fuzz(name, folder, arguments.seconds)
        print(_row(name, TARGETS[name].library, tally), flush=True)
        for crash, count in tally.crashes.most_common():
            print(f"{name}: {crash} ({count} times): {folder / CRASH_FOLDER}", file=sys.stderr)
        total.add(tally)
    print(_row("all", "", total))
    return 1 if total.crashes else 0


def fuzz(name: str, folder: Path, seconds: int) -> Tally:
    """Fuzz one parser; where native code ends the process, another takes over.

    Args:
        name: of the parser.
        folder: gets the inputs that break it.
        seconds: how long.
    """
    total, end_s, seed = Tally(), time.monotonic() + seconds, 1
    while (left_s := round(end_s - time.monotonic())) >= _SHORTEST_RUN_S:
        (folder / TALLY_FILE).unlink(missing_ok=True)
        command = [sys.executable, "-m", "benchmarks.fuzz.worker", name, folder, left_s, seed]
        with (folder / f"log-{seed}.txt").open("w") as log:
            process = subprocess.run([*map(str, command)], stdout=log, stderr=log, check=False)
        total.add(Tally.of_file(folder / TALLY_FILE))
        if process.returncode == 0:
            break
        total.crashes[f"native code, exit status {process.returncode}, {log.name}"] += 1
        seed += 1
    return total


def _row(name: str, library: str, tally: Tally) -> str:
    cells = (
        name,
        library or "none",
        f"{tally.tried:,}",
        f"{tally.read:,}",
        f"{tally.refused:,}",
        f"{tally.crashes.total():,}",
        f"{1000 * tally.worst_s:,.0f} ms",
        f"{tally.worst_memory_mb:,.0f} MB",
    )
    return f"| {' | '.join(cells)} |"


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fuzz every parser.")
    parser.add_argument("parsers", nargs="*", metavar="PARSER", help="default: every one")
    parser.add_argument("--seconds", type=int, default=180, help="for each parser (180)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="for inputs that break one")
    arguments = parser.parse_args()
    unknown = set(arguments.parsers) - set(TARGETS)
    if unknown:
        parser.error(f"Expected parsers among {', '.join(TARGETS)}. Received {', '.join(unknown)}.")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
