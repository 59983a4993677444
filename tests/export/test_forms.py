"""A trained model is written for other runtimes, which answer as it does, or not at all."""

from __future__ import annotations

from pathlib import Path

import keras
import pytest
from tiny_model import TINY

from ecgmm.cli import main
from ecgmm.export.light import FORMATS
from ecgmm.model.conditions_head import build_conditions_head
from ecgmm.model.multimodal import assemble, build_model, parts_of

SUFFIX = {"onnx": ".onnx", "openvino": ".xml", "litert": ".tflite"}


@pytest.fixture(scope="module")
def keras_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    keras.utils.set_random_seed(3)
    path = tmp_path_factory.mktemp("trained") / "best.keras"
    assemble(parts_of(build_model(TINY)), build_conditions_head(TINY)).save(path)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_every_part_is_written_and_answers_as_the_model(
    keras_file: Path, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`export` compares before it writes; a difference would make it refuse."""
    folder = tmp_path / form
    assert main(["export", str(keras_file), "--format", form, "--out", str(folder)]) == 0
    assert capsys.readouterr().out.strip() == str(folder)
    names = {path.name for path in folder.iterdir()}
    assert {f"{part}{SUFFIX[form]}" for part in ("signal", "image", "conditions")} <= names


def test_a_folder_that_is_there_is_left_alone(
    keras_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["export", str(keras_file), "--format", "onnx", "--out", str(tmp_path)]
    assert main(command) == 2
    assert "exists. Choose another" in capsys.readouterr().err


def test_a_form_that_answers_otherwise_is_not_written(
    keras_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecgmm.export.agreement.TOLERANCE", -1.0)
    folder = tmp_path / "onnx"
    assert main(["export", str(keras_file), "--format", "onnx", "--out", str(folder)]) == 2
    assert not folder.exists()
