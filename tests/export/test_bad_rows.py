"""Whatever a row holds, the other rows of its batch are read as if it were not there."""

from __future__ import annotations

import struct
from typing import Any

import cv2
import keras
import numpy as np
import pytest
import tensorflow as tf
from tiny_model import TINY

from ecgmm.export.examples import example_leads, example_pages, example_pictures, example_signals
from ecgmm.export.rows import TOO_LONG
from ecgmm.export.saved_model import export_model
from ecgmm.model.conditions_head import build_conditions_head
from ecgmm.model.multimodal import assemble, build_model, parts_of
from ecgmm.serving.complaints import NO_LEADS, NO_SIGNAL, NOT_FINITE, NOTHING_SEEN
from ecgmm.serving.rows import encoded_leads, encoded_signal
from ecgmm.serving.strip_pictures import MOST_PIXELS, NO_PICTURE, NO_STRIP

PNG, JPEG = (
    example_pictures()[1],
    cv2.imencode(".jpg", np.zeros((160, 1000), np.uint8))[1].tobytes(),
)
SIGNAL, LEADS = example_signals()[1], example_leads()[0]


def png_header(height: int, width: int) -> bytes:
    return PNG[:16] + struct.pack(">II", width, height) + PNG[24:]


@pytest.fixture(scope="module")
def signatures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    keras.utils.set_random_seed(3)
    folder = tmp_path_factory.mktemp("trained")
    assemble(parts_of(build_model(TINY)), build_conditions_head(TINY)).save(folder / "best.keras")
    return tf.saved_model.load(str(export_model(folder / "best.keras", folder / "m"))).signatures


def run(signature: Any, rows: list[Any]) -> dict[str, np.ndarray]:
    (name,) = signature.structured_input_signature[1]
    outputs = signature(**{name: tf.constant(rows)})
    problems = [problem.decode() for problem in outputs["problem"].numpy()]
    return {key: value.numpy() for key, value in outputs.items()} | {"problem": problems}


def assert_only_the_second_is_bad(signature: Any, good: list[Any], bad: Any, problem: str) -> None:
    expected, answer = run(signature, good), run(signature, [good[0], bad, *good[1:]])
    assert answer.pop("problem") == ["", problem, *[""] * len(good[1:])]
    del expected["problem"]
    answer.pop("thresholds", None)
    for name, values in answer.items():
        assert np.isnan(values[1]).all()
        np.testing.assert_allclose(np.delete(values, 1, axis=0), expected[name], atol=1e-5)


@pytest.mark.parametrize("signature", ["image", "digitize", "trace"])
@pytest.mark.parametrize(
    ("picture", "problem"),
    [
        (b"", NO_PICTURE),
        (b"no picture", NO_PICTURE),
        (PNG[:-400], NO_PICTURE),
        (PNG[:18], NO_PICTURE),
        (PNG.replace(b"IDAT", b"IDAX", 1), NO_PICTURE),
        (JPEG[: len(JPEG) // 2], NO_PICTURE),
        (cv2.imencode(".bmp", np.zeros((160, 1000), np.uint8))[1].tobytes(), NO_PICTURE),
        (cv2.imencode(".png", np.zeros((100, 100), np.uint8))[1].tobytes(), f"{NO_STRIP} 100 100"),
    ],
    ids=["empty", "text", "cut", "header cut", "damaged", "JPEG cut", "BMP", "square"],
)
def test_a_picture_that_is_none_of_a_strip(
    signatures: dict[str, Any], signature: str, picture: bytes, problem: str
) -> None:
    assert_only_the_second_is_bad(signatures[signature], example_pictures(), picture, problem)


def test_a_picture_that_would_fill_the_memory_is_not_decoded(signatures: dict[str, Any]) -> None:
    height, width = 8_000, 50_000
    assert height * width > MOST_PIXELS
    assert_only_the_second_is_bad(
        signatures["image"],
        example_pictures(),
        png_header(height, width),
        f"{NO_STRIP} {height} {width}",
    )


def test_a_picture_on_a_page(signatures: dict[str, Any]) -> None:
    pages = example_pages().tolist()
    bad = [b"", PNG[:-400], *[b""] * 10]
    problem = f"Lead II: {NO_PICTURE}"
    assert_only_the_second_is_bad(signatures["page"], pages, bad, problem)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (b"", f"{NO_SIGNAL} 0"),
        (encoded_signal(SIGNAL[:1245]), f"{NO_SIGNAL} 1245"),
        (encoded_signal(SIGNAL)[:-1], f"{NO_SIGNAL} 1249.75"),
        (encoded_signal(np.resize(SIGNAL, 7505)), f"{TOO_LONG} 7505"),
        (encoded_signal(SIGNAL + np.inf), NOT_FINITE),
    ],
    ids=["empty", "short", "cut inside a sample", "long", "infinite"],
)
def test_a_signal_in_bytes(signatures: dict[str, Any], row: bytes, problem: str) -> None:
    rows = [encoded_signal(signal) for signal in example_signals()]
    assert_only_the_second_is_bad(signatures["signal_bytes"], rows, row, problem)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ([b""] * 12, NOTHING_SEEN),
        (encoded_leads(LEADS[:, :305]), f"{NO_LEADS} 305"),
        (encoded_leads(LEADS)[:1] + encoded_leads(LEADS[:, :625])[1:], None),
        (encoded_leads(LEADS * np.nan), NOT_FINITE),
    ],
    ids=["nothing", "short", "leads of two lengths", "NaN"],
)
def test_leads_in_bytes(signatures: dict[str, Any], row: list[bytes], problem: str | None) -> None:
    rows = [encoded_leads(leads) for leads in example_leads()]
    mixed = " ".join(["1250", *["625"] * 11])
    assert_only_the_second_is_bad(
        signatures["leads_bytes"], rows, row, problem or f"{NO_LEADS} {mixed}"
    )


def test_rows_of_several_lengths_are_read_as_each_alone(signatures: dict[str, Any]) -> None:
    signals = [SIGNAL, np.tile(SIGNAL, 3), np.resize(SIGNAL, 1255), example_signals()[0]]
    answer = run(signatures["signal_bytes"], [encoded_signal(signal) for signal in signals])
    assert answer["beats"].shape == (4, 750, 6)
    for row, signal in enumerate(signals):
        alone = run(signatures["signal"], [signal])
        steps = len(signal) // 5
        np.testing.assert_allclose(answer["beats"][row, :steps], alone["beats"][0], atol=1e-5)
        np.testing.assert_allclose(answer["rhythm"][row], alone["rhythm"][0], atol=1e-5)
        assert np.isnan(answer["beats"][row, steps:]).all()


@pytest.mark.parametrize(
    ("signature", "shape"),
    [
        ("signal", (0, 1250)),
        ("signal_bytes", (0,)),
        ("image", (0,)),
        ("digitize", (0,)),
        ("trace", (0,)),
        ("leads", (0, 12, 1250)),
        ("leads_bytes", (0, 12)),
        ("page", (0, 12)),
    ],
)
def test_no_rows_give_no_rows(
    signatures: dict[str, Any], signature: str, shape: tuple[int, ...]
) -> None:
    ((name, given),) = signatures[signature].structured_input_signature[1].items()
    outputs = signatures[signature](**{name: tf.zeros(shape, given.dtype)})
    assert {len(value) for value in outputs.values()} == {0}
