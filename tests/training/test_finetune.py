"""A folder of one's own makes the model better or leaves it as it was."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from tiny_model import TINY

from ecgmm.errors import InputError
from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.model.conditions_head import CONDITIONS_HEAD, build_conditions_head
from ecgmm.model.multimodal import assemble, build_model, load_model, parts_of
from ecgmm.model.own_head import class_names_of
from ecgmm.own_data.folder import OwnFile, read_folder
from ecgmm.own_data.labels import Vocabulary
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.simulator import simulate
from ecgmm.training.config import StageConfig
from ecgmm.training.finetune import finetune
from ecgmm.training.new_classes import class_reader, train_new_classes
from ecgmm.training.own_config import load_own_config
from ecgmm.training.own_set import own_set, split_files
from ecgmm.writers.recording_csv import csv_file

STAGES = (
    StageConfig("signal", "signal", 1, 2, 2, 250, 0.01, 1),
    StageConfig("image", "image", 1, 2, 2, 250, 0.01, 1),
)
CONFIG = replace(load_own_config().training, stages=STAGES)
NOWHERE = Path("no-prepared-data")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five patients with half a minute and a strip each, every beat labelled."""
    own = tmp_path_factory.mktemp("own")
    rows = ["file,patient,time_s,label"]
    for patient in range(5):
        heart = simulate("NNV", duration_s=30.0, sampling_rate_hz=SAMPLING_RATE_HZ, seed=patient)
        assert heart.annotations is not None
        (own / f"{patient}.csv").write_bytes(csv_file(replace(heart, annotations=None)))
        cv2.imwrite(
            str(own / f"{patient}.png"), draw_strip(heart.signal_mv[:1250, 0], StripStyle())
        )
        for sample, symbol in zip(
            heart.annotations.beat_samples, heart.annotations.beat_symbols, strict=True
        ):
            time_s = sample / SAMPLING_RATE_HZ
            rows.append(f"{patient}.csv,p{patient},{time_s},{symbol}")
            if time_s < 9.9:
                rows.append(f"{patient}.png,p{patient},{time_s},{symbol}")
    (own / "labels.csv").write_text("\n".join(rows))
    return own


@pytest.fixture(scope="module")
def files(folder: Path) -> list[OwnFile]:
    read, faults = read_folder(folder)
    assert len(read) == 10, [str(fault) for fault in faults]
    return read


@pytest.fixture(scope="module")
def init(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("init") / "tiny.keras"
    assemble(parts_of(build_model(TINY)), build_conditions_head(TINY)).save(path)
    return path


def test_no_patient_is_on_both_sides_with_signal_or_picture(files: list[OwnFile]) -> None:
    for fold in range(5):
        training, validation = split_files(files, fold)
        patients = [{file.label.patient for file in part} for part in (training, validation)]
        assert not patients[0] & patients[1]
        assert len(patients[1]) == 1
        assert len(training) + len(validation) == len(files)


def test_beats_of_a_picture_are_counted_from_its_left_end(files: list[OwnFile]) -> None:
    held = own_set(files)
    assert (len(held.records), len(held.pictures)) == (5, 5)
    strip, record = held.pictures[0], held.records[0]
    within = record.beat_position < 9.9 * SAMPLING_RATE_HZ
    np.testing.assert_allclose(strip.truth.beat_position, record.beat_position[within], atol=1e-3)
    assert strip.truth.has_beats


@pytest.mark.slow
def test_both_branches_are_tuned_the_head_stays_and_nothing_gets_worse(
    files: list[OwnFile], init: Path, tmp_path: Path
) -> None:
    tuned = finetune(files, CONFIG, init, tmp_path / "run", NOWHERE)
    assert list(tuned.before) == ["signal", "image"]
    for stage, before in tuned.before.items():
        assert tuned.after[stage]["val_score"] >= before["val_score"]
    assert "val_picture_score" in tuned.after["image"]
    models = [load_model(path) for path in (init, tuned.keras_file)]
    for name in ("head", CONDITIONS_HEAD):
        heads = [model.get_layer(name).get_weights() for model in models]
        for first, second in zip(*heads, strict=True):
            np.testing.assert_array_equal(first, second)
    again = finetune(files, CONFIG, init, tmp_path / "run", NOWHERE)
    assert again == tuned
    assert json.loads((tmp_path / "run/signal/before.json").read_text()) == tuned.before["signal"]


def test_one_patient_is_too_few(files: list[OwnFile], init: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two at least, five or more"):
        finetune(files[:2], CONFIG, init, tmp_path, NOWHERE)


@pytest.mark.slow
def test_a_head_for_new_classes_leaves_the_released_answers_as_they_are(
    files: list[OwnFile], init: Path, tmp_path: Path
) -> None:
    labelled = [
        replace(file, label=replace(file.label, new_class="early" if number % 2 else "late"))
        for number, file in enumerate(files)
    ]
    path = train_new_classes(labelled, ("early", "late"), CONFIG, init, tmp_path)
    before, after = load_model(init), load_model(path)
    assert class_names_of(before) == ()
    assert class_names_of(after) == ("early", "late")
    rng = np.random.default_rng(0)
    inputs = {
        "signal": rng.normal(size=(2, 1250)).astype(np.float32),
        "image": rng.integers(0, 255, (2, 160, 1000, 1)).astype(np.uint8),
        "modality": np.array([0, 1], np.int32),
    }
    first, second = before(inputs, training=False), after(inputs, training=False)
    for name in ("beats", "rhythm"):
        np.testing.assert_array_equal(first[name], second[name])
    np.testing.assert_allclose(np.sum(second["classes"], axis=-1), 1.0, rtol=1e-5)
    assert class_reader(after)(files[0]).shape == (2,)
    with pytest.raises(InputError, match="no head for classes of your own"):
        class_reader(before)


def test_a_class_without_a_held_out_patient_is_named(
    files: list[OwnFile], init: Path, tmp_path: Path
) -> None:
    labelled = [replace(file, label=replace(file.label, new_class="a")) for file in files]
    with pytest.raises(InputError, match="class 'b' to learn from"):
        train_new_classes(labelled, ("a", "b"), CONFIG, init, tmp_path)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[classes]\nPVC = "X"', "give 'PVC' one of normal"),
        ('classes = "V"', r"Expected a table \[classes\]"),
        ('new_classes = ["one"]', "2 or more different labels"),
        ("epoch = 3", "Expected one of"),
    ],
)
def test_a_configuration_that_is_wrong_is_explained(
    tmp_path: Path, text: str, complaint: str
) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(InputError, match=complaint):
        load_own_config(tmp_path / "own.toml")


def test_a_small_table_is_a_whole_configuration(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('[classes]\nPVC = "V"\n')
    own = load_own_config(tmp_path / "own.toml")
    assert own.vocabulary == Vocabulary({"PVC": "V"}, ())
    assert own.training == load_own_config().training
