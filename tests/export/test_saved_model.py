"""A release is the trained model, loadable anywhere, or there is no release."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest
import tensorflow as tf
from patience import PATIENCE_S
from tiny_model import TINY

from ecgmm.analysis.strips import encode_png
from ecgmm.errors import InputError
from ecgmm.export.agreement import ExportError
from ecgmm.export.examples import example_pictures, example_signals
from ecgmm.export.saved_model import export_model, next_version, ops_of
from ecgmm.export.signatures import ServedModel
from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES
from ecgmm.model.multimodal import build_model
from ecgmm.paper.trace.follow import FollowedTrace, follow_ink
from ecgmm.serving.local import LocalRuntime

TWO_LSTMS = replace(TINY, lstm_layers=2)


@pytest.fixture(scope="module")
def keras_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    keras.utils.set_random_seed(3)
    path = tmp_path_factory.mktemp("trained") / "best.keras"
    build_model(TWO_LSTMS).save(path)
    return path


@pytest.fixture(scope="module")
def released(keras_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    models_dir = tmp_path_factory.mktemp("saved_models") / "ecgmm"
    return export_model(keras_file, models_dir)


@pytest.fixture(scope="module")
def runtime(released: Path) -> LocalRuntime:
    return LocalRuntime(released)


def test_both_signatures_answer_as_the_keras_model_does(
    runtime: LocalRuntime, keras_file: Path
) -> None:
    model = keras.models.load_model(keras_file, compile=False)
    signals, pictures = example_signals(), example_pictures()
    decoded = np.stack([tf.io.decode_image(picture).numpy() for picture in pictures])
    rows = {
        "signal": np.concatenate([signals, np.zeros_like(signals)]),
        "image": np.concatenate([np.zeros_like(decoded), decoded]),
        "modality": np.repeat(np.array([0, 1], np.int32), 3),
    }
    expected = model.predict_on_batch(rows)
    answers = runtime.signal(signals), runtime.image(pictures)
    beats = np.concatenate([answer.beats for answer in answers])
    rhythm = np.concatenate([answer.rhythm for answer in answers])
    np.testing.assert_allclose(beats, expected["beats"], atol=1e-4)
    np.testing.assert_allclose(rhythm, expected["rhythm"], atol=1e-4)


def test_a_digitized_picture_is_read_as_the_picture_is_and_gives_its_signal_back(
    runtime: LocalRuntime,
) -> None:
    pictures = example_pictures()
    digitized, read = runtime.digitize(pictures), runtime.image(pictures)
    np.testing.assert_allclose(digitized.beats, read.beats, atol=1e-5)
    np.testing.assert_allclose(digitized.rhythm, read.rhythm, atol=1e-5)
    assert digitized.trace_mv.shape == (3, 1250)
    assert digitized.ecg.shape == (3,)


def test_the_trace_that_is_served_is_the_one_that_the_program_follows(released: Path) -> None:
    whole = cv2.imdecode(np.frombuffer(example_pictures()[1], np.uint8), cv2.IMREAD_GRAYSCALE)
    torn, blotted, blank = whole.copy(), whole.copy(), np.full_like(whole, 200)
    torn[:, :90] = torn[:, 600:] = 230
    blotted[:, 300:306] = 20
    pictures = [whole, torn, blotted, blank]
    trace = tf.saved_model.load(str(released)).signatures["trace"]
    answer = trace(image_bytes=tf.constant([encode_png(picture) for picture in pictures]))
    for row, picture in enumerate(pictures):
        followed = follow_ink(picture)
        for name in FollowedTrace._fields:
            np.testing.assert_allclose(answer[name][row], getattr(followed, name), atol=1e-4)
    assert np.isnan(answer["trace_mv"][3]).all()
    assert np.isnan(answer["trace_mv"][1]).mean() > 0.4


def test_the_trace_of_a_strip_of_twice_as_many_pixels_is_followed_in_all_its_columns(
    released: Path,
) -> None:
    whole = cv2.imdecode(np.frombuffer(example_pictures()[1], np.uint8), cv2.IMREAD_GRAYSCALE)
    sharp = cv2.resize(whole, (2000, 160), interpolation=cv2.INTER_CUBIC)
    trace = tf.saved_model.load(str(released)).signatures["trace"]
    answer = trace(image_bytes=tf.constant([encode_png(np.repeat(sharp, 2, axis=0))]))
    followed = follow_ink(sharp).trace_mv
    assert not np.array_equal(followed, follow_ink(whole).trace_mv)
    np.testing.assert_allclose(answer["trace_mv"][0], followed, atol=1e-4)


def test_longer_signals_are_read_on_the_same_grid(runtime: LocalRuntime) -> None:
    answer = runtime.signal(np.zeros((2, 3755), np.float32))
    assert answer.beats.shape == (2, 751, len(STEP_CLASSES))
    assert answer.rhythm.shape == (2, len(RHYTHM_CLASSES))


def test_a_large_batch_is_read_as_its_rows_are(runtime: LocalRuntime) -> None:
    signals = np.resize(example_signals(), (37, 1250))
    together, first = runtime.signal(signals), runtime.signal(signals[:3])
    np.testing.assert_allclose(together.beats, np.resize(first.beats, (37, 250, 6)), atol=1e-5)
    np.testing.assert_allclose(together.rhythm, np.resize(first.rhythm, (37, 4)), atol=1e-5)


def test_one_row_of_a_large_batch_that_cannot_be_read_is_refused(runtime: LocalRuntime) -> None:
    signals = np.resize(example_signals(), (37, 1250))
    signals[30, 7] = np.nan
    with pytest.raises(InputError, match="finite"):
        runtime.signal(signals)


@pytest.mark.parametrize(
    ("signal", "complaint"),
    [
        (np.zeros((1, 1245), np.float32), "at least 1250"),
        (np.zeros((1, 1251), np.float32), "multiple of 5"),
        (np.full((1, 1250), np.nan, np.float32), "finite"),
        (np.full((1, 1250), np.inf, np.float32), "finite"),
    ],
)
def test_the_graph_refuses_a_signal_it_cannot_read(
    runtime: LocalRuntime, signal: np.ndarray, complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint):
        runtime.signal(signal)


def test_the_graph_refuses_a_picture_it_cannot_read(runtime: LocalRuntime) -> None:
    square = cv2.imencode(".png", np.zeros((100, 100), np.uint8))[1].tobytes()
    with pytest.raises(InputError, match="160 x 1000"):
        runtime.image([square])
    with pytest.raises(InputError, match="image"):
        runtime.image([b"not a picture"])


def test_a_strip_at_twice_the_resolution_reads_alike(runtime: LocalRuntime) -> None:
    small = cv2.imdecode(np.frombuffer(example_pictures()[1], np.uint8), cv2.IMREAD_GRAYSCALE)
    large = cv2.resize(small, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    pictures = [cv2.imencode(".png", picture)[1].tobytes() for picture in (small, large)]
    answer = runtime.image(pictures)
    np.testing.assert_allclose(answer.beats[0], answer.beats[1], atol=1e-3)


def test_colour_pictures_and_jpeg_are_read(runtime: LocalRuntime) -> None:
    grey = cv2.imdecode(np.frombuffer(example_pictures()[0], np.uint8), cv2.IMREAD_GRAYSCALE)
    colour = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    pictures = [
        cv2.imencode(".png", grey)[1].tobytes(),
        cv2.imencode(".png", colour)[1].tobytes(),
        cv2.imencode(".jpg", colour, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes(),
    ]
    answer = runtime.image(pictures)
    np.testing.assert_allclose(answer.beats[1], answer.beats[0], atol=1e-3)
    assert np.abs(answer.beats[2] - answer.beats[0]).mean() < 0.05


def test_each_signature_takes_one_tensor(released: Path) -> None:
    signatures = tf.saved_model.load(str(released)).signatures
    inputs = {
        name: list(function.structured_input_signature[1]) for name, function in signatures.items()
    }
    assert inputs == {
        "serving_default": ["signal"],
        "signal": ["signal"],
        "signal_bytes": ["signal_bytes"],
        "image": ["image_bytes"],
        "digitize": ["image_bytes"],
        "trace": ["image_bytes"],
    }


def test_the_graph_holds_only_ops_of_stock_servers(released: Path) -> None:
    ops = ops_of(released)
    assert "BlockLSTMV2" in ops
    assert not [op for op in ops if "Cudnn" in op or "PyFunc" in op or "Xla" in op]


def test_a_server_finds_labels_and_a_warm_up_of_each_signature(released: Path) -> None:
    from tensorflow_serving.apis import prediction_log_pb2

    extra = released / "assets.extra"
    labels = json.loads((extra / "labels.json").read_text())
    assert labels == {"beats": list(STEP_CLASSES), "rhythm": list(RHYTHM_CLASSES)}
    requests = tf.data.TFRecordDataset(str(extra / "tf_serving_warmup_requests"))
    logs = [prediction_log_pb2.PredictionLog.FromString(r) for r in requests.as_numpy_iterator()]
    signatures = tf.saved_model.load(str(released)).signatures
    for log in logs:
        request = log.predict_log.request
        tensors = {name: tf.make_ndarray(value) for name, value in request.inputs.items()}
        arguments = {name: tf.constant(value) for name, value in tensors.items()}
        signatures[request.model_spec.signature_name](**arguments)
    names = [log.predict_log.request.model_spec.signature_name for log in logs]
    assert names == ["signal", "signal_bytes", "image", "digitize", "trace"]


def test_the_release_needs_nothing_of_this_package(released: Path) -> None:
    program = f"""
import sys
sys.modules.update(dict.fromkeys(["ecgmm", "keras", "cv2"]))
import tensorflow as tf
signatures = tf.saved_model.load({str(released)!r}).signatures
print(signatures["signal"](signal=tf.zeros([1, 1250]))["beats"].shape)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    assert done.stdout.strip() == "(1, 250, 6)"


def test_a_copy_can_be_checked_file_by_file(released: Path) -> None:
    lines = (released / "assets.extra" / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    files = {str(path.relative_to(released)) for path in released.rglob("*") if path.is_file()}
    assert set(sums) == files - {"assets.extra/SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((released / name).read_bytes()).hexdigest() == digest


def test_versions_count_up_and_keep_their_keras_file(released: Path, keras_file: Path) -> None:
    models_dir = released.parent
    assert released.name == "1"
    assert next_version(models_dir) == 2
    assert (models_dir.parent / "ecgmm-1.keras").read_bytes() == keras_file.read_bytes()
    with pytest.raises(ExportError, match="exists"):
        export_model(keras_file, models_dir, version=1)


def test_a_model_that_changed_in_export_is_not_released(
    keras_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def skewed(self: ServedModel, features: tf.Tensor) -> dict[str, tf.Tensor]:
        outputs = self._head(features[:, ::-1])
        return {"beats": outputs["beats"], "rhythm": outputs["rhythm"]}

    monkeypatch.setattr(ServedModel, "_answer", skewed)
    models_dir = tmp_path / "saved_models" / "ecgmm"
    with pytest.raises(ExportError, match="differ"):
        export_model(keras_file, models_dir)
    assert [path for path in models_dir.parent.rglob("*") if path != models_dir] == []
