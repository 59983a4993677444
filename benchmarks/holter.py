"""A day of ECG, read end to end, beside well-known detectors.

    python -m benchmarks.holter [--hours 24] [--peer-hours 24] [--neurokit PYTHON]

A simulated two-lead record of 250 Hz with premature beats and noise is written as WFDB. `ecgmm
analyze --json` reads both leads: beats with classes, rhythm, findings, measurements. `wfdb`'s xqrs,
sleepecg's detector in C (`pip install -e '.[peers]'`) and PhysioNet's gqrs, where that program is
installed, find beats in one lead; NeuroKit2's `ecg_process` finds and delineates them in one lead.
Each is a process of its own, timed from start to exit with the most memory that it ever held.

NeuroKit2 needs another pandas than ecgmm: `python3 -m venv /tmp/neurokit && /tmp/neurokit/bin/pip
install neurokit2 wfdb`, then `--neurokit /tmp/neurokit/bin/python`. What is not installed is left
out. `--peer-hours 1` gives the peers one hour and multiplies, which flatters them if at all.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import numpy as np

SAMPLING_RATE_HZ = 250
LEADS = ("MLII", "V1")
PATTERNS = ("N", "NNNNNNNNV", "N", "NNNNNNA")
HOUR_S = 3600.0
MOST_MEMORY_GB = 0.6
OUR_ANSWERS = "beats, classes, rhythm, measurements"
BEATS_ALONE = "beats"

XQRS = """
import sys, wfdb
from wfdb import processing
record = wfdb.rdrecord(sys.argv[1], channels=[0])
processing.xqrs_detect(record.p_signal[:, 0], fs=record.fs, verbose=False)
"""
SLEEPECG = """
import sys, wfdb, sleepecg
record = wfdb.rdrecord(sys.argv[1], channels=[0])
sleepecg.detect_heartbeats(record.p_signal[:, 0], record.fs, backend="c")
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


@dataclass(frozen=True)
class Peer:
    """A detector that reads one lead.

    Attributes:
        name: whose it is.
        answers: what it tells.
        command: what runs it; the record's name without ending comes last.
    """

    name: str
    answers: str
    command: tuple[str, ...]


def peers(neurokit: str | None) -> list[Peer]:
    """Those that are installed; a line for each that is not."""
    found = [Peer("wfdb xqrs", BEATS_ALONE, (sys.executable, "-c", XQRS))]
    if find_spec("sleepecg"):
        found.append(Peer("sleepecg, C", BEATS_ALONE, (sys.executable, "-c", SLEEPECG)))
    else:
        print("sleepecg is left out: pip install -e '.[peers]'")
    if gqrs := shutil.which("gqrs"):
        found.append(Peer("gqrs, C", BEATS_ALONE, (gqrs, "-r")))
    else:
        print("gqrs is left out: the WFDB applications of physionet.org have it.")
    if neurokit:
        command = (neurokit, "-c", NEUROKIT)
        found.append(Peer("NeuroKit2 ecg_process", "beats, waves", command))
    else:
        print("NeuroKit2 is left out: --neurokit PYTHON names an interpreter that has it.")
    return found


def run(command: Sequence[str], record: Path) -> Run:
    """Run a process on a record to its end, in the record's folder.

    Its memory counts from the fork, so that nothing large may be done in this process.

    Raises:
        subprocess.CalledProcessError: if it fails.
    """
    words = [*command, record.name]
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path.cwd()), *paths])}
    start_s = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, cwd=record.parent, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - start_s
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, words)
    return Run(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6)


def report(name: str, hours: float, took: Run, times: float, answers: str) -> float:
    """Print a row of the table; the processor time that `times` as many hours take."""
    cpu_s = took.cpu_s * times
    print(
        f"| {name} | {hours:g} h | {took.wall_s:.1f} | {took.cpu_s:.1f} | {cpu_s:.1f} | "
        f"{took.memory_gb:.2f} | {answers} |",
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
    beside = peers(arguments.neurokit)
    with tempfile.TemporaryDirectory() as scratch:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as writer:
            record = writer.submit(write_record, Path(scratch), "day", arguments.hours).result()
            part = record
            if peer_hours != arguments.hours:
                part = writer.submit(write_record, Path(scratch), "part", peer_hours).result()
        print("| | record | wall s | CPU s | CPU s, whole | GB | answers |")
        print("|---|---:|---:|---:|---:|---:|---|")
        ours = run([sys.executable, "-m", "ecgmm", "analyze", "--json"], record)
        ours_s = report("ecgmm analyze, 2 leads", arguments.hours, ours, 1, OUR_ANSWERS)
        times = arguments.hours / peer_hours
        theirs_s = {
            peer.name: report(
                f"{peer.name}, 1 lead", peer_hours, run(peer.command, part), times, peer.answers
            )
            for peer in beside
        }
    for name, cpu_s in theirs_s.items():
        print(f"{name}: {2 * cpu_s / ours_s:.1f} x the processor time a lead")
    print(f"most memory {ours.memory_gb:.2f} GB (goal: under {MOST_MEMORY_GB})")


if __name__ == "__main__":
    main()
