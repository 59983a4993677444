"""Runs a job in processes that are killed at random moments, until one may finish.

    python killed_job.py export KERAS_FILE MODELS_DIR KILLS
    python killed_job.py train RUN_DIR KILLS
    python killed_job.py two_exports KERAS_FILE MODELS_DIR

TensorFlow is loaded once and the processes are forked from there; each is killed after up to as
much processor time as a whole job took elsewhere, whatever else the machine has to do.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import tensorflow as tf  # noqa: F401 loaded before the forks
import tiny_run

from ecgmm.export.saved_model import export_model
from ecgmm.training import train as training

NO_DATA = Path("no data")
SEED = 12


def main(job: str, words: list[str]) -> int:
    """Run a job; gives the exit status of its last process."""
    match job, words:
        case "export", [keras_file, models_dir, kills]:
            return _killed(lambda folder: _export(keras_file, folder), Path(models_dir), int(kills))
        case "train", [run_dir, kills]:
            tiny_run.use_simulated_data()
            return _killed(_train, Path(run_dir), int(kills))
        case "two_exports", [keras_file, models_dir]:
            pids = [_fork(lambda: _export(keras_file, Path(models_dir))) for _ in range(2)]
            return max(_status(pid) for pid in pids)
    raise ValueError(job)


def _killed(job: Callable[[Path], object], folder: Path, kills: int) -> int:
    draw = random.Random(SEED)
    with tempfile.TemporaryDirectory() as elsewhere:
        _, _, used = os.wait4(_fork(lambda: job(Path(elsewhere) / "job")), 0)
        whole_s = used.ru_utime + used.ru_stime
    for _ in range(kills):
        pid = _fork(lambda: job(folder))
        _wait_for_work(pid, draw.uniform(0.0, 0.9) * whole_s)
        os.kill(pid, signal.SIGKILL)
        print("killed" if _status(pid) == -signal.SIGKILL else "finished", flush=True)
    return _status(_fork(lambda: job(folder)))


def _export(keras_file: str, models_dir: Path) -> None:
    export_model(Path(keras_file), models_dir)


def _train(run_dir: Path) -> None:
    training.train(tiny_run.CONFIG, NO_DATA, run_dir)


def _fork(job: Callable[[], object]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        job()
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _wait_for_work(pid: int, work_s: float) -> None:
    """Wait until a process has used that much processor time, or is over."""
    while True:
        state, *figures = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        used_s = sum(map(int, figures[10:12])) / os.sysconf("SC_CLK_TCK")
        if state == "Z" or used_s >= work_s:
            return
        time.sleep(0.01)


def _status(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
