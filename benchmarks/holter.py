"""A day of ECG, read end to end, beside two well-known packages.

    python -m benchmarks.holter [--hours 24] [--peer-hours 24] [--neurokit PYTHON]

A simulated two-lead record of 250 Hz with premature beats and noise is written as WFDB. `ecgmm
analyze --json` reads both leads: beats with classes, rhythm, findings. `wfdb`'s xqrs finds beats in
one lead; NeuroKit2's `ecg_process` finds and delineates them in one lead. Each is a process
of its own, timed from start to exit with the most memory that it ever held.

NeuroKit2 needs another pandas than ecgmm: `python3 -m venv /tmp/neurokit && /tmp/neurokit/bin/pip
install neurokit2 wfdb`, then `--neurokit /tmp/neurokit/bin/python`. Without it its line is left
out. `--peer-hours 1` gives the peers one hour and multiplies, which flatters them if at all.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

SAMPLING_RATE_HZ = 250
LEADS = ("MLII", "V1")
PATTERNS = ("N", "NNNNNNNNV", "N", "NNNNNNA")
HOUR_S = 3600.0
MOST_MEMORY_GB = 1.5
GOALS = {"wfdb xqrs": 5.0, "NeuroKit2 ecg_process": 40.0}

XQRS = """
import sys, wfdb
from wfdb import processing
record = wfdb.rdrecord(sys.argv[1], channels=[0])
processing.xqrs_detect(record.p_signal[:, 0], fs=record.fs, verbose=False)
"""
NEUROKIT = """
import sys, warnings, wfdb, neurokit2
warnings.simplefilter("ignore")
record = wfdb.rdrecord(sys.argv[1], channels=[0])
neurokit2.ecg_process(record.p_signal[:, 0], sampling_rate=int(record.fs))
"""


@dataclass(frozen=True)
class Run:
    """What a process took."""

    wall_s: float
    cpu_s: float
    memory_gb: float


def write_record(folder: Path, name: str, hours: float) -> Path:
    """A simulated record of that length; its hours differ. The path is without ending."""
    import wfdb

    from ecgmm.simulator import Noise, simulate

    noise = Noise(baseline_wander_mv=0.15, muscle_snr_db=20.0)
    pieces = []
    for number in range(int(np.ceil(hours))):
        recording = simulate(
            PATTERNS[number % len(PATTERNS)],
            duration_s=min(1.0, hours - number) * HOUR_S,
            heart_rate_bpm=60 + 5 * (number % 6),
            sampling_rate_hz=SAMPLING_RATE_HZ,
            leads=LEADS,
            noise=noise,
            seed=number,
        )
        pieces.append(recording.signal_mv)
    wfdb.wrsamp(
        name,
        fs=SAMPLING_RATE_HZ,
        units=["mV"] * len(LEADS),
        sig_name=list(LEADS),
        p_signal=np.concatenate(pieces).astype(np.float64),
        fmt=["16"] * len(LEADS),
        write_dir=str(folder),
    )
    return folder / name


def run(command: list[str]) -> Run:
    """Run a process to its end.

    Its memory counts from the fork, so that nothing large may be done in this process.

    Raises:
        subprocess.CalledProcessError: if it fails.
    """
    start_s = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - start_s
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6)


def report(name: str, hours: float, took: Run, times: float) -> float:
    """Print a line; the processor time that `times` as many hours take."""
    cpu_s = took.cpu_s * times
    print(
        f"{name:<24} {hours:>5g} h {took.wall_s:9.1f} {took.cpu_s:9.1f} {cpu_s:12.1f} "
        f"{took.memory_gb:8.2f}",
        flush=True,
    )
    return cpu_s


def main() -> None:
    """Print a line for each reader, and what they say of the goals."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=24, help="length of the record")
    parser.add_argument("--peer-hours", type=float, help="of which the peers read (default: all)")
    parser.add_argument("--neurokit", metavar="PYTHON", help="an interpreter with neurokit2, wfdb")
    arguments = parser.parse_args()
    peer_hours = arguments.peer_hours or arguments.hours
    peers = {"wfdb xqrs": [sys.executable, "-c", XQRS]}
    if arguments.neurokit:
        peers["NeuroKit2 ecg_process"] = [arguments.neurokit, "-c", NEUROKIT]
    else:
        print("NeuroKit2 is left out: --neurokit PYTHON names an interpreter that has it.")
    with tempfile.TemporaryDirectory() as scratch:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as writer:
            record = writer.submit(write_record, Path(scratch), "day", arguments.hours).result()
            part = record
            if peer_hours != arguments.hours:
                part = writer.submit(write_record, Path(scratch), "part", peer_hours).result()
        print(f"{'':<24} {'record':>7} {'wall s':>9} {'CPU s':>9} {'CPU s whole':>12} {'GB':>8}")
        ours = run([sys.executable, "-m", "ecgmm", "analyze", "--json", str(record)])
        ours_s = report("ecgmm analyze, 2 leads", arguments.hours, ours, 1)
        times = arguments.hours / peer_hours
        theirs_s = {
            name: report(f"{name}, 1 lead", peer_hours, run([*command, str(part)]), times)
            for name, command in peers.items()
        }
    for name, cpu_s in theirs_s.items():
        print(f"{cpu_s / ours_s:.1f} x as fast as {name} (goal: {GOALS[name]:g})")
    print(f"most memory {ours.memory_gb:.2f} GB (goal: under {MOST_MEMORY_GB})")


if __name__ == "__main__":
    main()
