import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import tiny_run
from patience import PATIENCE_S

from ecgmm.errors import InputError
from ecgmm.model.multimodal import load_model, parts_of
from ecgmm.training.callbacks import epochs_done, logged_scores
from ecgmm.training.train import train

CONFIG = tiny_run.CONFIG
SIGNAL_STAGE, IMAGE_STAGE = CONFIG.stages
NO_DATA = Path("no data")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _simulated_data():
    with pytest.MonkeyPatch.context() as patch:
        tiny_run.use_simulated_data(patch.setattr)
        yield


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The run directory of a training that nothing interrupted."""
    run_dir = tmp_path_factory.mktemp("runs") / "finished"
    assert train(CONFIG, NO_DATA, run_dir) == run_dir / "best.keras"
    return run_dir


def epochs(run_dir, stage):
    with (run_dir / stage.name / "epochs.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def assert_same_weights(model, other):
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-3)


def test_the_best_model_of_the_last_stage_is_left(finished):
    left, best = load_model(finished / "best.keras"), load_model(finished / "image" / "best.keras")
    assert set(left.output) == {"beats", "rhythm"}
    for one, other in zip(parts_of(left), parts_of(best), strict=True):
        assert_same_weights(one, other)


def test_what_is_left_is_ready_to_read_and_carries_no_optimizer(finished):
    assert not keras.models.load_model(finished / "best.keras").compiled


def test_every_epoch_is_logged_with_its_score_on_unseen_patients(finished):
    for stage in CONFIG.stages:
        rows = epochs(finished, stage)
        assert [int(row["epoch"]) for row in rows] == list(range(stage.epochs))
        assert all(0 <= float(row["val_score"]) <= 1 for row in rows)
        assert all(np.isfinite(float(row["loss"])) for row in rows)
        assert list((finished / stage.name / "tensorboard").rglob("events*"))


def test_a_stage_of_pictures_leaves_the_reading_of_signals_as_it_was(finished):
    before, after = (load_model(finished / name / "best.keras") for name in ("signal", "image"))
    for part in ("signal_branch", "head"):
        assert_same_weights(before.get_layer(part), after.get_layer(part))
    changed = zip(
        before.get_layer("image_branch").get_weights(),
        after.get_layer("image_branch").get_weights(),
        strict=True,
    )
    assert any((one != two).any() for one, two in changed)


def test_nothing_is_left_of_the_backups(finished):
    assert not list(finished.rglob("backup"))
    assert not list(finished.glob("*partial*"))


def test_a_finished_training_started_again_trains_no_more(finished):
    before = [epochs(finished, stage) for stage in CONFIG.stages]
    train(CONFIG, NO_DATA, finished)
    assert [epochs(finished, stage) for stage in CONFIG.stages] == before


def test_a_run_directory_of_another_configuration_is_refused(finished):
    with pytest.raises(InputError, match="another configuration") as caught:
        train(replace(CONFIG, seed=2), NO_DATA, finished)
    assert caught.value.code == "run_dir_taken"


def kill_in_mid_epoch(run_dir, done):
    """Train in another process and kill -9 it after `done` epochs of pictures and a batch."""
    batch = done * IMAGE_STAGE.batches_per_epoch + 1
    process = subprocess.Popen(
        [sys.executable, tiny_run.__file__, run_dir, str(batch)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        give_up_s = time.monotonic() + PATIENCE_S
        while epochs_done(run_dir / IMAGE_STAGE.name) < done and process.poll() is None:
            assert time.monotonic() < give_up_s, "no epoch of pictures"
            time.sleep(0.1)
        time.sleep(1.0)
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def test_killed_in_mid_epoch_and_started_again_it_ends_as_if_it_had_never_stopped(
    finished, tmp_path
):
    run_dir = tmp_path / "killed"
    shutil.copytree(finished / "signal", run_dir / "signal")
    kill_in_mid_epoch(run_dir, done=2)
    best_before = max(logged_scores(run_dir / "image" / "epochs.csv"))
    assert len(epochs(run_dir, IMAGE_STAGE)) == 2
    assert not (run_dir / "best.keras").exists()

    train(CONFIG, NO_DATA, run_dir)
    for stage in CONFIG.stages:
        resumed, whole = epochs(run_dir, stage), epochs(finished, stage)
        assert [row["epoch"] for row in resumed] == [row["epoch"] for row in whole]
        for figure in ("loss", "beats_loss", "rhythm_loss", "val_score"):
            np.testing.assert_allclose(
                [float(row[figure]) for row in resumed],
                [float(row[figure]) for row in whole],
                rtol=1e-2,
                err_msg=f"{figure} of stage {stage.name}",
            )
    assert max(logged_scores(run_dir / "image" / "epochs.csv")) >= best_before
    assert_same_weights(load_model(run_dir / "best.keras"), load_model(finished / "best.keras"))
