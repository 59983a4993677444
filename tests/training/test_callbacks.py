import json

import keras
import pytest

from ecgmm.training.callbacks import (
    Backup,
    MeanWeights,
    ResumedEarlyStopping,
    averaging_callbacks,
    discard_unfinished_backup,
    epochs_done,
    logged_scores,
    stage_callbacks,
)
from ecgmm.training.config import StageConfig
from ecgmm.training.workers import ALONE

STAGE = StageConfig(patience=3)


def log(stage_dir, *rows):
    lines = ["epoch,loss,val_score", *(f"{epoch},0.5,{score}" for epoch, score in rows)]
    (stage_dir / "epochs.csv").write_text("\n".join(lines) + "\n")


def back_up(stage_dir, epoch):
    (stage_dir / "backup").mkdir()
    (stage_dir / "backup" / "latest.weights.h5").write_bytes(b"weights")
    if epoch is not None:
        metadata = {"epoch": epoch, "batch": 0}
        (stage_dir / "backup" / "training_metadata.json").write_text(json.dumps(metadata))


def back_up_of_the_mean(model):
    """Leave the model as a backup restores it: the mean as its weights, they in its place."""
    before = MeanWeights(done=0)
    before.set_model(model)
    before.set_params({"epochs": 9})
    before.on_epoch_end(0)


def begun(callback, model=None):
    callback.set_model(model or keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]))
    callback.on_train_begin()
    return callback


def checkpoint_of(stage_dir):
    callbacks = stage_callbacks(STAGE, stage_dir)
    return next(c for c in callbacks if isinstance(c, keras.callbacks.ModelCheckpoint))


def epochs_until_stop(scores, done):
    """After how many epochs in all a fit stops that was interrupted after `done` of them."""
    callback = begun(ResumedEarlyStopping(scores[:done], patience=3))
    callback.model.stop_training = False
    for epoch, score in enumerate(scores[done:], start=done):
        callback.on_epoch_end(epoch, {"val_score": score})
        if callback.model.stop_training:
            return epoch + 1
    return None


def test_a_resumed_stage_keeps_its_best_model_until_one_is_better(tmp_path):
    log(tmp_path, (0, 0.5), (1, 0.9), (2, 0.7))
    back_up(tmp_path, 3)
    checkpoint = begun(checkpoint_of(tmp_path))
    checkpoint.on_epoch_end(3, {"val_score": 0.89})
    assert not (tmp_path / "best.keras").exists()
    checkpoint.on_epoch_end(4, {"val_score": 0.91})
    assert (tmp_path / "best.keras").exists()


def test_a_new_stage_keeps_its_first_model(tmp_path):
    begun(checkpoint_of(tmp_path)).on_epoch_end(0, {"val_score": 0.01})
    assert (tmp_path / "best.keras").exists()


@pytest.mark.parametrize("done", [0, 1])
def test_an_epoch_is_scored_with_the_mean_of_its_weights_and_the_next_goes_on_without(
    tmp_path, done
):
    if done:
        back_up(tmp_path, done)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    adamw = ALONE.adamw(0.1, clipnorm=1.0, weight_decay=0.0, use_ema=True, ema_momentum=0.5)
    model.compile(adamw, "mse")
    (swap,) = averaging_callbacks(StageConfig(averaging=0.5), tmp_path)
    swap.set_model(model)
    swap.set_params({"epochs": 9})
    seen = []
    for value in (1.0, 3.0):
        model.layers[0].kernel.assign([[value]])
        model.optimizer.apply([keras.ops.zeros((1, 1))], model.trainable_variables)
    if done:
        back_up_of_the_mean(model)
    for _ in range(2):
        swap.on_epoch_begin(done)
        seen.append(float(model.layers[0].kernel[0, 0]))
        swap.on_epoch_end(done)
        seen.append(float(model.layers[0].kernel[0, 0]))
    assert seen == pytest.approx([3.0, 2.0, 3.0, 2.0], abs=1e-4)


def test_a_stage_without_averaging_keeps_its_weights_as_they_are(tmp_path):
    assert averaging_callbacks(STAGE, tmp_path) == []


def test_what_a_killed_fit_was_writing_never_becomes_its_best_model(tmp_path):
    log(tmp_path, (0, 0.9))
    (tmp_path / "best.keras").write_bytes(b"whole")
    (tmp_path / "best.partial.keras").write_bytes(b"half")
    begun(checkpoint_of(tmp_path)).on_epoch_end(1, {"val_score": 0.1})
    assert (tmp_path / "best.keras").read_bytes() == b"whole"


@pytest.mark.parametrize("done", range(7))
def test_wherever_it_was_interrupted_a_stage_stops_after_the_same_epoch(done):
    assert epochs_until_stop([0.1, 0.4, 0.5, 0.3, 0.5, 0.45, 0.44, 0.2, 0.1], done) == 6 or done > 5
    assert epochs_until_stop([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8], done) is None


def test_an_epoch_that_was_logged_but_not_backed_up_is_done_again_and_counts_once(tmp_path):
    log(tmp_path, (0, 0.5), (1, 0.4), (2, 0.3))
    back_up(tmp_path, 2)
    stopping = next(
        c for c in stage_callbacks(STAGE, tmp_path) if isinstance(c, ResumedEarlyStopping)
    )
    assert begun(stopping).wait == 1
    log(tmp_path, (0, 0.5), (1, 0.4), (2, 0.3), (2, 0.31))
    assert logged_scores(tmp_path / "epochs.csv") == [0.5, 0.4, 0.31]


def test_a_stage_that_never_began_has_no_scores_and_no_epochs(tmp_path):
    assert logged_scores(tmp_path / "epochs.csv") == []
    assert epochs_done(tmp_path) == 0


def test_a_first_backup_that_was_cut_off_is_discarded(tmp_path):
    back_up(tmp_path, None)
    discard_unfinished_backup(tmp_path)
    assert not (tmp_path / "backup").exists()


def test_a_kill_between_two_backups_leaves_the_former(tmp_path):
    back_up(tmp_path, 4)
    (tmp_path / "backup").rename(tmp_path / "backup.previous")
    (tmp_path / "backup.partial").mkdir()
    discard_unfinished_backup(tmp_path)
    assert epochs_done(tmp_path) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


def test_what_is_backed_up_is_restored(tmp_path):
    saved, restored = (keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]) for _ in "ab")
    for model in (saved, restored):
        model.compile("adam", "mse")
    for epoch in (0, 1):
        begun(Backup(tmp_path / "backup"), saved).on_epoch_end(epoch)
    begun(Backup(tmp_path / "backup"), restored)
    for one, other in zip(saved.get_weights(), restored.get_weights(), strict=True):
        assert (one == other).all()
    assert epochs_done(tmp_path) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


def test_a_backup_that_was_finished_is_kept(tmp_path):
    back_up(tmp_path, 4)
    discard_unfinished_backup(tmp_path)
    assert epochs_done(tmp_path) == 4
    assert (tmp_path / "backup" / "latest.weights.h5").exists()
