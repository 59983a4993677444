"""Measures reading a 14-day patch recording piece by piece.

    python -m benchmarks.long_recording [--hours 336] [--analyze] [--format ishne]

One lead at 250 Hz is simulated and written as ISHNE, EDF and WFDB (605 MB each at 14 days, in a
temporary folder); each file is opened, read and resampled to 125 Hz in a process of its own. With
`--analyze` the whole `ecgmm analyze --beats atr` reads each instead, with the model that ships.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import resource
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from ecgmm.cli import main as main_of_ecgmm
from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.readers.route import open_signal
from ecgmm.resampling import resample
from ecgmm.simulator import simulate

RATE_HZ = 250
COUNTS_PER_MV = 200
HOUR_S = 3600
READING_COLUMNS = ("file", "open", "read", "read and resample", "peak memory")
ANALYSIS_COLUMNS = ("file", "time", "processor time", "peak memory")


def main() -> None:
    """Write the files, read each in a fresh process, print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=int, default=336)
    parser.add_argument("--analyze", action="store_true")
    parser.add_argument("--format", choices=tuple(WRITERS), action="append")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read is not None:
        _measure_analysis(options.read) if options.analyze else _measure_reading(options.read)
        return
    columns = ANALYSIS_COLUMNS if options.analyze else READING_COLUMNS
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|", flush=True)
    hour = simulate("N" * 20 + "V", duration_s=HOUR_S, sampling_rate_hz=RATE_HZ, seed=1)
    hour_bytes = np.rint(hour.signal_mv[:, 0] * COUNTS_PER_MV).astype("<i2").tobytes()
    for name in options.format or WRITERS:
        with tempfile.TemporaryDirectory() as folder:
            path = WRITERS[name](Path(folder), hour_bytes, options.hours)
            command = [sys.executable, "-m", "benchmarks.long_recording", "--read", str(path)]
            subprocess.run(command + ["--analyze"] * options.analyze, check=True)


def _measure_analysis(path: Path) -> None:
    begin_s, cpu_s = perf_counter(), process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        status = main_of_ecgmm(
            ["analyze", str(path), "--beats", "atr", "--out", str(path.parent / "out")]
        )
    if status != 0:
        raise RuntimeError(f"Expected {path} to be read.")
    wall_s, cpu_s = perf_counter() - begin_s, process_time() - cpu_s
    print(f"| {path.name} | {wall_s:.0f} s | {cpu_s:.0f} s | {_peak_mb():.0f} MB |", flush=True)


def _measure_reading(path: Path) -> None:
    begin_s = perf_counter()
    file = open_signal(path)
    open_s = perf_counter() - begin_s
    read_s = _timed(lambda: sum(piece.last_sample - piece.first_sample for piece in file.pieces()))
    whole_s = _timed(
        lambda: sum(
            len(resample(piece.recording.signal_mv, file.sampling_rate_hz, SAMPLING_RATE_HZ))
            for piece in file.pieces()
        )
    )
    figures = f"{open_s:.1f} s | {read_s:.1f} s | {whole_s:.0f} s | {_peak_mb():.0f} MB"
    print(f"| {path.name} | {figures} |", flush=True)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed(work: Callable[[], int]) -> float:
    begin_s = perf_counter()
    work()
    return perf_counter() - begin_s


def _write_ishne(folder: Path, hour: bytes, hours: int) -> Path:
    samples = hours * HOUR_S * RATE_HZ
    header = bytearray(522)
    header[:8] = b"ISHNE1.0"
    struct.pack_into("<iiii", header, 10, 0, samples, len(header), len(header))
    struct.pack_into("<hh", header, 156, 1, 6)
    struct.pack_into("<h", header, 206, 1_000_000 // COUNTS_PER_MV)
    struct.pack_into("<H", header, 272, RATE_HZ)
    return _write(folder / "patch.ecg", bytes(header), hour, hours)


def _write_edf(folder: Path, hour: bytes, hours: int) -> Path:
    widest_mv = 32_768 / COUNTS_PER_MV
    fields = (
        *((0, 8), ("", 80), ("", 80), ("01.01.01", 8), ("00.00.00", 8), (512, 8), ("", 44)),
        *((hours * HOUR_S, 8), (1, 8), (1, 4), ("ECG II", 16), ("", 80), ("mV", 8)),
        *((-widest_mv, 8), (widest_mv - 1 / COUNTS_PER_MV, 8), (-32768, 8), (32767, 8)),
        *(("", 80), (RATE_HZ, 8), ("", 32)),
    )
    header = "".join(str(text).ljust(width) for text, width in fields).encode()
    return _write(folder / "patch.edf", header, hour, hours)


def _write_wfdb(folder: Path, hour: bytes, hours: int) -> Path:
    _write(folder / "patch.dat", b"", hour, hours)
    header = folder / "patch.hea"
    header.write_text(
        f"patch 1 {RATE_HZ} {hours * HOUR_S * RATE_HZ}\n"
        f"patch.dat 16 {COUNTS_PER_MV}(0)/mV 16 0 0 0 0 II\n"
    )
    return header


def _write(path: Path, header: bytes, hour: bytes, hours: int) -> Path:
    with path.open("wb") as file:
        file.write(header)
        for _ in range(hours):
            file.write(hour)
    return path


WRITERS = {"ishne": _write_ishne, "edf": _write_edf, "wfdb": _write_wfdb}


if __name__ == "__main__":
    main()
