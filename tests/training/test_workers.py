"""Workers that share every batch train what one process trains alone."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny_run
from local_ports import free_port
from patience import PATIENCE_S

from ecgmm.errors import InputError
from ecgmm.model.multimodal import load_model
from ecgmm.training.callbacks import epochs_done
from ecgmm.training.train import train
from ecgmm.training.workers import ALONE, open_workers

WORKERS = 2
CONFIG = replace(tiny_run.CONFIG, batch_parts=WORKERS)
SIGNAL_STAGE, IMAGE_STAGE = CONFIG.stages
NEVER = 10**9


def test_alone_nothing_is_shared() -> None:
    workers = open_workers("none")
    assert workers is ALONE
    assert (workers.replicas, workers.is_chief) == (1, True)
    assert workers.mean({"loss": 0.3}) == {"loss": 0.3}


@pytest.mark.parametrize("stated", ["", "{}", "no json", '{"cluster": {"worker": ["a:1"]}}'])
def test_a_worker_without_a_cluster_is_told_what_to_state(
    monkeypatch: pytest.MonkeyPatch, stated: str
) -> None:
    monkeypatch.setenv("TF_CONFIG", stated)
    with pytest.raises(InputError, match="TF_CONFIG") as caught:
        open_workers("multi_worker")
    assert caught.value.code == "no_cluster"


@contextmanager
def two_workers(run_dir: Path, hang_at_batch: int = NEVER) -> Iterator[list[subprocess.Popen]]:
    """Two processes that train on loopback; they are killed in the end."""
    addresses = [f"127.0.0.1:{free_port()}" for _ in range(WORKERS)]
    processes, logs = [], []
    for index in range(WORKERS):
        task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        part = hang_at_batch * WORKERS + index
        words = [str(run_dir), str(part), "multi_worker", str(WORKERS)]
        environment = {"TF_CONFIG": json.dumps(task), "PYTHONPATH": os.pathsep.join(sys.path)}
        logs.append(run_dir.with_suffix(f".{index}.log").open("w"))
        processes.append(
            subprocess.Popen(
                [sys.executable, tiny_run.__file__, *words],
                env=os.environ | environment,
                stdout=logs[-1],
                stderr=subprocess.STDOUT,
            )
        )
    try:
        yield processes
    finally:
        for process, log in zip(processes, logs, strict=True):
            process.send_signal(signal.SIGKILL)
            process.wait()
            log.close()
            print(Path(log.name).read_text())


def kill_in_mid_epoch(run_dir: Path, done: int) -> None:
    """Kill -9 both workers after `done` epochs of pictures and a batch."""
    with two_workers(run_dir, done * IMAGE_STAGE.batches_per_epoch + 1) as processes:
        give_up_s = time.monotonic() + PATIENCE_S
        while epochs_done(run_dir / IMAGE_STAGE.name) < done:
            assert time.monotonic() < give_up_s, "no epoch of pictures"
            assert all(process.poll() is None for process in processes)
            time.sleep(0.1)
        time.sleep(1.0)


def losses(run_dir: Path, stage: str) -> dict[str, list[float]]:
    with (run_dir / stage / "epochs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


@pytest.mark.slow
def test_two_workers_killed_and_started_again_train_what_one_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, alone = tmp_path / "together", tmp_path / "alone"
    kill_in_mid_epoch(together, done=2)
    with two_workers(together) as processes:
        assert [process.wait(PATIENCE_S) for process in processes] == [0, 0]

    tiny_run.use_simulated_data(monkeypatch.setattr)
    train(CONFIG, tmp_path, alone)
    for stage in (SIGNAL_STAGE.name, IMAGE_STAGE.name):
        curves, expected = losses(together, stage), losses(alone, stage)
        assert curves.keys() == expected.keys()
        for name in (name for name in expected if name.endswith("loss")):
            np.testing.assert_allclose(curves[name], expected[name], rtol=1e-3, err_msg=name)
    trained, reference = (load_model(run / "best.keras").get_weights() for run in (together, alone))
    for one, other in zip(trained, reference, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3)
