"""One search shared by a chief and two workers on this machine."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from local_ports import free_port
from patience import PATIENCE_S
from simulated_training import CONFIG

PROGRAM = """
import sys
sys.path[:0] = {paths!r}
from simulated_training import Training
from tuning import hypermodel, run
from tuning.search import main

training = Training()
hypermodel.stage_model, hypermodel.fit_stage = training.stage_model, training.fit_stage
run.load_training_data = lambda config, data_dir: "the data"
status = main(sys.argv[1:])
print("fitted", len(training.fits))
sys.exit(status)
"""


def start(name, port, arguments):
    here = Path(__file__).parent
    program = PROGRAM.format(paths=[str(here), str(here.parents[1])])
    distribution = {
        "KERASTUNER_TUNER_ID": name,
        "KERASTUNER_ORACLE_IP": "127.0.0.1",
        "KERASTUNER_ORACLE_PORT": str(port),
    }
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=os.environ | distribution,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_a_chief_and_two_workers_share_one_search(tmp_path):
    pytest.importorskip("keras_tuner")
    config = tmp_path / "start.toml"
    config.write_text(CONFIG)
    search_dir = tmp_path / "search"
    arguments = ["--search-dir", str(search_dir), "--config", str(config), "--tune", "loss"]
    arguments += ["--tuner", "bayesian", "--trials", "6"]
    port = free_port()
    processes = [start(name, port, arguments) for name in ("chief", "worker0", "worker1")]
    try:
        outputs = [process.communicate(timeout=PATIENCE_S) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0, 0, 0], outputs
    fitted = [int(out.rsplit("fitted ", 1)[1]) for out, _ in outputs]
    assert fitted[0] == 0
    assert sum(fitted) == 6
    with (search_dir / "trials.csv").open(newline="") as file:
        trials = list(csv.DictReader(file))
    assert sorted(trial["trial"] for trial in trials) == [str(n) for n in range(6)]
    assert [path.parent for path in search_dir.rglob("*.keras")] == [search_dir]
