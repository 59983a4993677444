"""The light engine answers as the SavedModel does, refuses as it does, and needs no TensorFlow."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from PIL import Image

from ecgmm.errors import InputError
from ecgmm.export.examples import example_leads, example_pages, example_pictures, example_signals
from ecgmm.serving.checksums import CHECKSUM_FILE
from ecgmm.serving.engines import open_model
from ecgmm.serving.light import LightRuntime
from ecgmm.serving.light_files import LIGHT_FOLDER, SAVED_MODEL_SHA256, SIGNAL_FILE
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model

TOLERANCE = 1e-4
WITHOUT_TENSORFLOW = """
import sys
class NotInstalled:
    def find_spec(self, name, *_):
        if name.split(".")[0] in ("tensorflow", "keras"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, NotInstalled())
"""
SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="module")
def saved(exported: Path) -> LocalRuntime:
    return LocalRuntime(exported)


@pytest.fixture(scope="module")
def light(exported: Path) -> LightRuntime:
    return LightRuntime(exported)


def agree(expected: tuple, received: tuple) -> None:
    for ours, theirs in zip(expected, received, strict=True):
        np.testing.assert_allclose(theirs, ours, atol=TOLERANCE)


@pytest.mark.parametrize("rows", [0, 1, 3, 20])
@pytest.mark.parametrize("seconds", [10, 30])
def test_leads_are_read_alike(
    light: LightRuntime, saved: LocalRuntime, rows: int, seconds: int
) -> None:
    signal = np.resize(example_signals(), (rows, 125 * seconds))
    agree(saved.signal(signal), light.signal(signal))


def test_pictures_are_read_alike(light: LightRuntime, saved: LocalRuntime) -> None:
    pictures = example_pictures()
    agree(saved.image(pictures), light.image(pictures))
    agree(saved.digitize(pictures), light.digitize(pictures))


def test_the_released_forms_say_the_same(local_runtime: LocalRuntime) -> None:
    light = LightRuntime(released_model())
    signals, pictures = example_signals(), example_pictures()
    agree(local_runtime.signal(signals), light.signal(signals))
    agree(local_runtime.digitize(pictures), light.digitize(pictures))
    agree(local_runtime.conditions(example_leads())[:2], light.conditions(example_leads())[:2])
    pages = example_pages().tolist()
    agree(local_runtime.page_conditions(pages)[:2], light.page_conditions(pages)[:2])


def encoded(picture: Image.Image, kind: str) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, quality=100)
    return content.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "1", "I;16"])
def test_pictures_of_any_colour_are_read_alike(
    light: LightRuntime, saved: LocalRuntime, mode: str
) -> None:
    grey = Image.open(io.BytesIO(example_pictures()[1]))
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(grey).astype(np.uint16) << 8)
    else:
        picture = grey.convert("RGB").convert(mode)
    agree(
        saved.digitize([encoded(picture, "PNG")]),
        light.digitize([encoded(picture, "PNG")]),
    )


@pytest.mark.parametrize("scale", [0.5, 1, 2])
def test_photographs_of_any_size_find_the_same_beats(
    local_runtime: LocalRuntime, scale: float
) -> None:
    """Decoders of JPEG and ways of scaling round differently."""
    grey = cv2.imdecode(np.frombuffer(example_pictures()[1], np.uint8), cv2.IMREAD_GRAYSCALE)
    scaled = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    strip = [encoded(Image.fromarray(scaled), "JPEG")]
    light = LightRuntime(released_model())
    expected, received = local_runtime.digitize(strip), light.digitize(strip)
    np.testing.assert_array_equal(received.beats.argmax(-1), expected.beats.argmax(-1))
    assert np.abs(received.trace_mv - expected.trace_mv).mean() < 0.01


@pytest.mark.parametrize("samples", [310, 625, 1250])
def test_sets_of_leads_are_judged_alike(
    light: LightRuntime, saved: LocalRuntime, samples: int
) -> None:
    leads_mv = example_leads()[..., :samples].copy()
    leads_mv[0, 6:, samples // 2 :] = 0.0
    leads_mv[1] = 0.0
    expected, received = saved.conditions(leads_mv), light.conditions(leads_mv)
    agree(expected[:2], received[:2])
    assert received.problems == expected.problems
    assert expected.problems[1]


def test_pages_are_judged_alike(light: LightRuntime, saved: LocalRuntime) -> None:
    pages = example_pages().tolist()
    pages[1][3] = b"no picture"
    pages.append([b""] * 12)
    expected, received = saved.page_conditions(pages), light.page_conditions(pages)
    agree(expected[:2], received[:2])
    assert received.problems == expected.problems
    assert "Lead aVR" in expected.problems[1]


def spoiled(values: NDArray[np.float32], value: float) -> NDArray[np.float32]:
    values = values.copy()
    values[0, ..., 5] = value
    return values


REFUSED: list[Callable] = [
    lambda runtime: runtime.signal(np.zeros((1, 1245), np.float32)),
    lambda runtime: runtime.signal(np.zeros((1, 1252), np.float32)),
    lambda runtime: runtime.signal(spoiled(example_signals(), np.nan)),
    lambda runtime: runtime.conditions(np.ones((1, 12, 305), np.float32)),
    lambda runtime: runtime.image([b"no picture"]),
    lambda runtime: runtime.image([example_pictures()[0][:400]]),
    lambda runtime: runtime.digitize([cv2.imencode(".png", np.zeros((9, 9)))[1].tobytes()]),
]


@pytest.mark.parametrize("ask", REFUSED)
def test_what_cannot_be_read_is_refused_in_the_same_words(
    light: LightRuntime, saved: LocalRuntime, ask: Callable
) -> None:
    with pytest.raises(InputError) as expected:
        ask(saved)
    with pytest.raises(InputError) as received:
        ask(light)
    assert (received.value.code, received.value.message) == (
        expected.value.code,
        expected.value.message,
    )


def test_not_a_number_in_a_set_of_leads_is_told_in_its_row(
    light: LightRuntime, saved: LocalRuntime
) -> None:
    leads_mv = spoiled(example_leads(), np.inf)
    expected, received = saved.conditions(leads_mv), light.conditions(leads_mv)
    assert received.problems == expected.problems
    agree(expected[:2], received[:2])


def test_graphs_of_another_model_are_refused(tmp_path: Path) -> None:
    model_dir = tmp_path / "ecgmm" / "1"
    shutil.copytree(released_model(), model_dir)
    (model_dir / CHECKSUM_FILE).unlink()
    path = model_dir / LIGHT_FOLDER / SIGNAL_FILE
    graph = onnx.load(path)
    onnx.helper.set_model_props(graph, {SAVED_MODEL_SHA256: "0" * 64})
    onnx.save(graph, path)
    with pytest.raises(InputError, match="goes with another SavedModel"):
        open_model(model_dir).signal(example_signals())


def test_a_model_without_graphs_is_read_with_tensorflow(tmp_path: Path) -> None:
    model_dir = tmp_path / "ecgmm" / "1"
    shutil.copytree(released_model(), model_dir)
    shutil.rmtree(model_dir / LIGHT_FOLDER)
    (model_dir / CHECKSUM_FILE).unlink()
    assert isinstance(open_model(model_dir), LocalRuntime)
    with pytest.raises(InputError, match="read it with TensorFlow"):
        open_model(model_dir, "light")


def test_tensorflow_that_is_not_installed_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(InputError, match=r"pip install 'ecgmm\[tensorflow\]'"):
        open_model(released_model(), "tensorflow")


@pytest.mark.parametrize("sample", ["sinus_with_pvcs.csv", "sinus_with_pvcs.jpg"])
def test_an_ecg_is_read_without_tensorflow(sample: str) -> None:
    reading = f"ecgmm.analyze({str(SAMPLES / sample)!r})"
    program = f"{WITHOUT_TENSORFLOW}\nimport ecgmm; print({reading}.summary.beat_counts['V'])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.stdout.strip() == "2", ran.stderr
