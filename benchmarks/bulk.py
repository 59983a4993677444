"""A bulk job that is killed again and again: what is lost, what is done twice, how fast it is.

    python -m benchmarks.bulk [--records 1000] [--kills 3] [--jobs N] [--model DIR]

writes simulated recordings (CSV, every tenth a WFDB record) and a few broken files into an archive,
starts `ecgmm analyze` on it, kills it with -9 when a third of the records are done, then two
thirds and so on, starts it once more, and checks that every record has one result in the
order of the archive, that no result was made anew after it had been noted, and that lines, files
and Parquet tables agree. It fails where that is not so. Four minutes for the default on 2 idle
cores.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from ecgmm.bulk.journal import NAME as JOURNAL_NAME
from ecgmm.simulator import simulate
from ecgmm.writers.recording_csv import csv_file
from ecgmm.writers.recording_wfdb import wfdb_files

PATTERNS = ("N", "NNNV", "NNNNA", "NV", "NNNNNF")
RECORD_S = 30.0
BROKEN = 5
LOOK_EVERY_S = 0.05


def write_archive(folder: Path, records: int) -> None:
    """A folder of folders with so many recordings, five of them broken."""
    for number in range(records):
        ward = folder / f"ward{number % 7}"
        ward.mkdir(parents=True, exist_ok=True)
        name = f"record{number:05}"
        if number < BROKEN:
            (ward / f"{name}.edf").write_bytes(b"0       " + bytes(100))
            continue
        pattern = PATTERNS[number % len(PATTERNS)]
        recording = simulate(pattern, duration_s=RECORD_S, sampling_rate_hz=250.0, seed=number)
        files = {f"{name}.csv": csv_file(recording)}
        if number % 10 == 0:
            files = wfdb_files(recording, name)
        for file, content in files.items():
            (ward / file).write_bytes(content)


class Job:
    """`ecgmm analyze` over an archive.

    Args:
        archive: what is read.
        out: folder of the results and the tables.
        options: further words of the command.
    """

    def __init__(self, archive: Path, out: Path, options: list[str]) -> None:
        words = ["analyze", str(archive), "--json", "--out", str(out), "--parquet", str(out)]
        self._command = [sys.executable, "-m", "ecgmm", *words, *options]
        self._out = out

    def noted(self) -> dict[str, str]:
        """Stem by input of what the journal holds.

        Raises:
            SystemExit: if it holds an input twice.
        """
        path = self._out / JOURNAL_NAME
        lines = path.read_bytes().split(b"\n")[1:-1] if path.exists() else []
        entries = [json.loads(line) for line in lines]
        (often,) = Counter(entry["input"] for entry in entries).most_common(1) or [("", 0)]
        _check(often[1] <= 1, f"{often[0]} was noted {often[1]} times")
        return {entry["input"]: entry["stem"] for entry in entries}

    def written(self) -> dict[str, int]:
        """When each noted result was written, by input."""
        files = {name: self._out / f"{stem}.json" for name, stem in self.noted().items()}
        return {name: path.stat().st_mtime_ns for name, path in files.items()}

    def run_until(self, records: int) -> None:
        """Start the job and kill it with -9 when so many records are done."""
        process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while process.poll() is None and len(self.noted()) < records:
            time.sleep(LOOK_EVERY_S)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def run(self) -> list[dict]:
        """Run the job to its end; gives its lines."""
        done = subprocess.run(self._command, capture_output=True, text=True)
        _check(done.returncode == 2, f"status {done.returncode}: {done.stderr[-500:]}")
        return [json.loads(line) for line in done.stdout.splitlines()]


def check_results(lines: list[dict], out: Path, records: int) -> None:
    """Every record once, in order, and the same in lines and tables."""
    names = [line["input"] for line in lines]
    _check(len(set(names)) == len(names) == records, f"{len(set(names))} of {records} records")
    _check(sum("error" in line for line in lines) == BROKEN, "an error too many or too few")
    table = pq.read_table(out / "recordings.parquet", columns=["input"]).column("input")
    _check(table.to_pylist() == names, "the table of recordings is another")
    beats = pq.read_metadata(out / "beats.parquet").num_rows
    expected = sum(len(line.get("beats", ())) for line in lines)
    _check(beats == expected, f"{beats} beats in the table, {expected} in the lines")


def _check(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise SystemExit(f"Failed: {otherwise}.")


def main() -> None:
    """Write, kill, resume, check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--jobs")
    parser.add_argument("--model")
    args = parser.parse_args()
    chosen = {"--jobs": args.jobs, "--model": args.model}
    options = [word for name, value in chosen.items() if value for word in (name, value)]
    with tempfile.TemporaryDirectory() as scratch:
        archive, out = Path(scratch) / "archive", Path(scratch) / "out"
        write_archive(archive, args.records)
        job = Job(archive, out, options)
        written: dict[str, int] = {}
        started_s = time.perf_counter()
        for kill in range(1, args.kills + 1):
            job.run_until(args.records * kill // (args.kills + 1))
            before, written = written, job.written()
            _check(written.items() >= before.items(), "a result was made anew")
            print(f"killed with {len(written)} of {args.records} done", flush=True)
        lines = job.run()
        took_s = time.perf_counter() - started_s
        _check(job.written().items() >= written.items(), "a result was made anew")
        check_results(lines, out, args.records)
    print(f"{args.records} records, each once, in {took_s:.0f} s with {args.kills} kills")


if __name__ == "__main__":
    main()
