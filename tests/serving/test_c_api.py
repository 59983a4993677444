"""The released graph under the loader of the stock server, without Python's TensorFlow."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from patience import PATIENCE_S
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2

from ecgmm.export.examples import example_pictures, example_signals
from ecgmm.export.saved_model import FORBIDDEN_OPS, ops_of
from ecgmm.serving.complaints import graph_complaint
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model

INVALID_ARGUMENT = 3
PROGRAM = Path(__file__).with_name("c_api_session.py")


def _spoilt(value: float) -> np.ndarray:
    """Three signals, of which the second holds one such value."""
    signals = example_signals().copy()
    signals[1, 77] = value
    return signals


SIGNALS = {
    "right": example_signals(),
    "too short": np.zeros((1, 1245), np.float32),
    "off the grid": np.zeros((1, 1251), np.float32),
    "NaN": _spoilt(np.nan),
    "infinite": _spoilt(np.inf),
}
PICTURES = {
    "right": example_pictures(),
    "broken": [example_pictures()[0][:-400]],
    "none": [b"no picture"],
}

Result = tuple[int, str, list[np.ndarray]]


@pytest.fixture(scope="module")
def signatures() -> dict[str, meta_graph_pb2.SignatureDef]:
    saved = saved_model_pb2.SavedModel.FromString(
        (released_model() / "saved_model.pb").read_bytes()
    )
    return dict(saved.meta_graphs[0].signature_def)


@pytest.fixture(scope="module")
def results(signatures: dict[str, meta_graph_pb2.SignatureDef]) -> dict[str, Result]:
    """What the graph made of each input."""
    inputs = {f"signal {name}": value for name, value in SIGNALS.items()}
    inputs |= {f"image {name}": value for name, value in PICTURES.items()}
    requests = []
    for name, value in inputs.items():
        signature = signatures[name.split()[0]]
        (given,) = signature.inputs.values()
        wanted = [signature.outputs[output].name for output in ("beats", "rhythm")]
        requests.append((given.name, value, wanted))
    done = subprocess.run(
        [sys.executable, str(PROGRAM)],
        input=pickle.dumps((str(released_model()), requests)),
        stdout=subprocess.PIPE,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        check=True,
        timeout=PATIENCE_S,
    )
    answers, has_python_tensorflow = pickle.loads(done.stdout)
    assert not has_python_tensorflow
    return dict(zip(inputs, answers, strict=True))


@pytest.mark.parametrize("signature", ["signal", "image"])
def test_the_graph_answers_as_in_python(
    results: dict[str, Result], local_runtime: LocalRuntime, signature: str
) -> None:
    code, message, (beats, rhythm) = results[f"{signature} right"]
    expected = (
        local_runtime.signal(SIGNALS["right"])
        if signature == "signal"
        else local_runtime.image(PICTURES["right"])
    )
    assert (code, message) == (0, "")
    np.testing.assert_allclose(beats, expected.beats, atol=1e-5)
    np.testing.assert_allclose(rhythm, expected.rhythm, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("signal too short", "at least 1250 samples and a multiple of 5. Received samples: 1245"),
        ("signal off the grid", "a multiple of 5. Received samples: 1251"),
        ("image broken", "PNG"),
        ("image none", "Unknown image file format"),
    ],
)
def test_the_graph_itself_refuses_what_it_cannot_read(
    results: dict[str, Result], name: str, complaint: str
) -> None:
    code, message, _ = results[name]
    assert code == INVALID_ARGUMENT
    assert complaint in graph_complaint(message)


@pytest.mark.parametrize("name", ["NaN", "infinite"])
def test_a_row_that_is_not_finite_stays_in_its_row(results: dict[str, Result], name: str) -> None:
    """A server merges the rows of many callers: an error would be an error for all of them."""
    code, message, (beats, rhythm) = results[f"signal {name}"]
    assert (code, message) == (0, "")
    assert np.isnan(beats[1]).all()
    assert np.isnan(rhythm[1]).all()
    _, _, (right_beats, right_rhythm) = results["signal right"]
    np.testing.assert_allclose(beats[::2], right_beats[::2], atol=1e-6)
    np.testing.assert_allclose(rhythm[::2], right_rhythm[::2], atol=1e-6)


def test_the_released_graph_holds_only_ops_of_stock_servers() -> None:
    ops = ops_of(released_model())
    assert "BlockLSTMV2" in ops
    assert [op for op in ops if any(part in op for part in FORBIDDEN_OPS)] == []


def test_each_signature_takes_one_tensor_with_rows_first(
    signatures: dict[str, meta_graph_pb2.SignatureDef],
) -> None:
    assert {"serving_default", "signal", "image"} <= set(signatures)
    for name in ("serving_default", "signal", "image"):
        (given,) = signatures[name].inputs.values()
        sides = [given, *signatures[name].outputs.values()]
        assert [side.tensor_shape.dim[0].size for side in sides] == [-1] * len(sides)
