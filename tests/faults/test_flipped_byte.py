"""A model of which one byte is not as it was written is refused with a clear line, never used."""

import contextlib
import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from ecgmm.cli import main
from ecgmm.errors import InputError
from ecgmm.model.multimodal import load_model
from ecgmm.serving.engines import open_model
from ecgmm.serving.released import released_model

FLIPS = 60


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << random.Random(at).randrange(8)
    path.write_bytes(content)


def files_of(model: Path) -> list[Path]:
    return sorted(path for path in model.rglob("*") if path.is_file())


def test_the_released_model_is_as_it_was_exported() -> None:
    assert open_model(released_model()).model_name == "ecgmm"


def test_any_file_of_a_saved_model(exported: Path, tmp_path: Path) -> None:
    for number, sound in enumerate(files_of(exported)):
        model = tmp_path / str(number)
        shutil.copytree(exported, model)
        damaged = model / sound.relative_to(exported)
        flip(damaged, random.Random(number).randrange(damaged.stat().st_size))
        with pytest.raises(InputError, match="is not what was exported") as caught:
            open_model(model)
        assert caught.value.code == "model_damaged"


def test_a_file_that_is_missing(exported: Path, tmp_path: Path) -> None:
    shutil.copytree(exported, tmp_path / "1")
    next((tmp_path / "1" / "variables").glob("variables.data*")).unlink()
    with pytest.raises(InputError, match=r"variables\.data"):
        open_model(tmp_path / "1")


def test_the_command_says_so_in_one_line(
    exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(exported, tmp_path / "1")
    flip(tmp_path / "1" / "saved_model.pb", 100)
    (tmp_path / "ecg.csv").write_text(
        "time_s,II_mV\n" + "".join(f"{i / 250},0\n" for i in range(3000))
    )
    assert main(["analyze", str(tmp_path / "ecg.csv"), "--model", str(tmp_path / "1")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "Copy the model once more" in line


def test_anywhere_in_a_keras_file(keras_file: Path, tmp_path: Path) -> None:
    """Bytes of a zip archive that mean nothing, such as times, may change; weights may not."""
    sound = load_model(keras_file).get_weights()
    draw = random.Random(7)
    refused = 0
    for number in range(FLIPS):
        path = tmp_path / f"{number}.keras"
        shutil.copyfile(keras_file, path)
        flip(path, draw.randrange(path.stat().st_size))
        loaded = weights_or_none(path)
        refused += loaded is None
        for one, other in zip(loaded or sound, sound, strict=True):
            np.testing.assert_array_equal(one, other)
    assert refused > FLIPS / 2


def weights_or_none(path: Path) -> list[np.ndarray] | None:
    """The weights of a file; None where it is refused as it should be."""
    with contextlib.suppress(InputError):
        return load_model(path).get_weights()
    with pytest.raises(InputError, match="is damaged"):
        load_model(path)
    return None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no model" * 100])
def test_what_is_no_keras_file(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "best.keras").write_bytes(content)
    with pytest.raises(InputError, match="is damaged"):
        load_model(tmp_path / "best.keras")
