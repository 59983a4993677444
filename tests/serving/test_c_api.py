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
from ecgmm.serving.runtime import Probabilities

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
    "broken": [example_pictures()[0], example_pictures()[1][:-400], example_pictures()[2]],
    "none": [example_pictures()[0], b"no picture", example_pictures()[2]],
}
ENCODED = {
    "right": [signal.tobytes() for signal in example_signals()],
    "short": [example_signals()[0].tobytes(), b"", example_signals()[2].tobytes()],
}
INPUTS = {"signal": SIGNALS, "signal_bytes": ENCODED, "image": PICTURES}

Result = tuple[int, str, list[np.ndarray]]


@pytest.fixture(scope="module")
def model_dir(exported: Path) -> Path:
    return exported


@pytest.fixture(scope="module")
def local(model_dir: Path) -> LocalRuntime:
    return LocalRuntime(model_dir)


@pytest.fixture(scope="module")
def results(model_dir: Path) -> dict[str, Result]:
    """What the graph made of each input."""
    return run_by_c_api(
        model_dir,
        [(signature, name) for signature, inputs in INPUTS.items() for name in inputs],
    )


def signatures_of(model_dir: Path) -> dict[str, meta_graph_pb2.SignatureDef]:
    saved = saved_model_pb2.SavedModel.FromString((model_dir / "saved_model.pb").read_bytes())
    return dict(saved.meta_graphs[0].signature_def)


def run_by_c_api(model_dir: Path, asked: list[tuple[str, str]]) -> dict[str, Result]:
    """What the graph makes of inputs, named by signature and kind."""
    signatures = signatures_of(model_dir)
    requests = []
    for signature, name in asked:
        (given,) = signatures[signature].inputs.values()
        wanted = [signatures[signature].outputs[output].name for output in ("beats", "rhythm")]
        requests.append((given.name, INPUTS[signature][name], wanted))
    done = subprocess.run(
        [sys.executable, str(PROGRAM)],
        input=pickle.dumps((str(model_dir), requests)),
        stdout=subprocess.PIPE,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        check=True,
        timeout=PATIENCE_S,
    )
    answers, has_python_tensorflow = pickle.loads(done.stdout)
    assert not has_python_tensorflow
    return {" ".join(key): answer for key, answer in zip(asked, answers, strict=True)}


def assert_answers_as(result: Result, expected: Probabilities) -> None:
    code, message, (beats, rhythm) = result
    assert (code, message) == (0, "")
    np.testing.assert_allclose(beats, expected.beats, atol=1e-5)
    np.testing.assert_allclose(rhythm, expected.rhythm, atol=1e-5)


def test_the_graph_answers_as_in_python(results: dict[str, Result], local: LocalRuntime) -> None:
    from_signal = local.signal(SIGNALS["right"])
    assert_answers_as(results["signal right"], from_signal)
    assert_answers_as(results["signal_bytes right"], from_signal)
    assert_answers_as(results["image right"], local.image(PICTURES["right"]))


def test_the_released_graph_answers_as_in_python(local_runtime: LocalRuntime) -> None:
    results = run_by_c_api(released_model(), [("signal", "right"), ("image", "right")])
    assert_answers_as(results["signal right"], local_runtime.signal(SIGNALS["right"]))
    assert_answers_as(results["image right"], local_runtime.image(PICTURES["right"]))


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("signal too short", "at least 1250 samples and a multiple of 5. Received samples: 1245"),
        ("signal off the grid", "a multiple of 5. Received samples: 1251"),
    ],
)
def test_the_graph_itself_refuses_a_shape_that_it_does_not_take(
    results: dict[str, Result], name: str, complaint: str
) -> None:
    code, message, _ = results[name]
    assert code == INVALID_ARGUMENT
    assert complaint in graph_complaint(message)


@pytest.mark.parametrize(
    "name", ["signal NaN", "signal infinite", "signal_bytes short", "image broken", "image none"]
)
def test_a_bad_row_stays_in_its_row(results: dict[str, Result], name: str) -> None:
    """A server merges the rows of many callers: an error would be an error for all of them."""
    code, message, (beats, rhythm) = results[name]
    assert (code, message) == (0, "")
    assert np.isnan(beats[1]).all()
    assert np.isnan(rhythm[1]).all()
    _, _, (right_beats, right_rhythm) = results[f"{name.split()[0]} right"]
    np.testing.assert_allclose(beats[::2], right_beats[::2], atol=1e-6)
    np.testing.assert_allclose(rhythm[::2], right_rhythm[::2], atol=1e-6)


def test_the_released_graph_holds_only_ops_of_stock_servers() -> None:
    ops = ops_of(released_model())
    assert "BlockLSTMV2" in ops
    assert [op for op in ops if any(part in op for part in FORBIDDEN_OPS)] == []


def test_each_signature_takes_one_tensor_with_rows_first(model_dir: Path) -> None:
    for folder in (model_dir, released_model()):
        signatures = signatures_of(folder)
        assert {"serving_default", "signal", "image"} <= set(signatures)
        for signature in signatures.values():
            if signature.method_name != "tensorflow/serving/predict":
                continue
            (given,) = signature.inputs.values()
            sides = [given, *signature.outputs.values()]
            assert [side.tensor_shape.dim[0].size for side in sides] == [-1] * len(sides)
