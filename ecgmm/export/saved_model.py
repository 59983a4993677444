"""Writes the SavedModel: whole, checked against the Keras model, or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ecgmm.conditions import CONDITION_CODES
from ecgmm.export.agreement import ExportError, check_agreement
from ecgmm.export.examples import (
    example_leads,
    example_pages,
    example_pictures,
    example_signals,
)
from ecgmm.export.light.check import check_light
from ecgmm.export.light.files import write_light
from ecgmm.export.signatures import ServedModel
from ecgmm.grid import STRIP_SAMPLES, STRIP_STEPS
from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES
from ecgmm.model.conditions_head import thresholds_of
from ecgmm.model.multimodal import Parts, conditions_head_of, load_model, parts_of
from ecgmm.paper.trace.follow import FollowedTrace, follow_ink
from ecgmm.serving.checksums import write_checksums
from ecgmm.serving.rows import encoded_leads, encoded_signal

FORBIDDEN_OPS = ("Cudnn", "PyFunc", "Xla")
WARM_UP_FILE = "tf_serving_warmup_requests"
_SCRATCH_PREFIX = ".export-"


def export_model(keras_file: Path, models_dir: Path, version: int | None = None) -> Path:
    """Export a trained model as the next version of a served model.

    The version is written beside the folder that a server watches and renamed into place,
    since servers load half-written versions. The `.keras` file is there before it. Exports into
    one folder wait for each other.

    Args:
        keras_file: the trained functional model.
        models_dir: folder of the versions, such as `saved_models/ecgmm`.
        version: number of the version; by default one more than the highest.

    Returns:
        The folder of the new version. The `.keras` file is copied beside `models_dir`.

    Raises:
        ExportError: if the exported model differs from the Keras model by more than
            1e-4, holds an op that stock servers lack, or the version exists.
        InputError: if the `.keras` file is damaged.
    """
    models_dir.mkdir(parents=True, exist_ok=True)
    with tf.device("/CPU:0"), _alone_in(models_dir.parent) as scratch:
        version = next_version(models_dir) if version is None else version
        target = models_dir / str(version)
        if target.exists():
            raise ExportError(f"Version {version} exists in {models_dir}. Choose another.")
        draft = scratch / str(version)
        model = load_model(keras_file)
        write_draft(model, draft)
        check_draft(model, draft)
        write_checksums(draft)
        shutil.copy2(keras_file, scratch / "model.keras")
        trained = models_dir.parent / f"{models_dir.name}-{version}.keras"
        (scratch / "model.keras").replace(trained)
        draft.rename(target)
    return target


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[Path]:
    """A scratch folder while no other export works in `folder`; others wait.

    What an export that was killed left behind is removed.
    """
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for orphan in folder.glob(f"{_SCRATCH_PREFIX}*"):
            shutil.rmtree(orphan, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=_SCRATCH_PREFIX) as scratch:
            yield Path(scratch)
    finally:
        os.close(lock)


def next_version(models_dir: Path) -> int:
    """One more than the highest version in the folder; 1 where there is none."""
    versions = [int(entry.name) for entry in models_dir.glob("*") if entry.name.isdecimal()]
    return max(versions, default=0) + 1


def write_draft(model: keras.Model, draft: Path) -> None:
    """Write signatures, labels and warm-up requests of a model."""
    served = ServedModel(model)
    signatures = {
        "signal": served.signal,
        "signal_bytes": served.signal_bytes,
        "image": served.image,
        "digitize": served.digitize,
        "trace": served.trace,
    }
    if served.judges_conditions:
        signatures |= {
            "leads": served.leads,
            "leads_bytes": served.leads_bytes,
            "page": served.page,
        }
    signatures["serving_default"] = signatures["signal"]
    tf.saved_model.save(tf.Module(), str(draft), signatures=signatures)
    extra = draft / "assets.extra"
    extra.mkdir()
    (extra / "labels.json").write_text(
        json.dumps(labels_of(model), indent=2) + "\n", encoding="utf-8"
    )
    write_warm_up(extra / WARM_UP_FILE, signatures)
    write_light(model, draft)


def labels_of(model: keras.Model) -> dict[str, Any]:
    """The classes of every output, in order; each condition with the threshold that calls it."""
    labels: dict[str, Any] = {"beats": STEP_CLASSES, "rhythm": RHYTHM_CLASSES}
    conditions_head = conditions_head_of(model)
    if conditions_head is not None:
        thresholds = thresholds_of(conditions_head)
        labels["conditions"] = CONDITION_CODES
        labels["thresholds"] = dict(zip(CONDITION_CODES, thresholds, strict=True))
    return labels


def write_warm_up(path: Path, signatures: Collection[str]) -> None:
    """A request of each signature, which a server runs before it says that it is ready."""
    from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

    requests = {
        "signal": ("signal", tf.constant(example_signals()[:1])),
        "signal_bytes": ("signal_bytes", tf.constant([encoded_signal(example_signals()[0])])),
        "image": ("image_bytes", tf.constant(example_pictures()[:1])),
        "digitize": ("image_bytes", tf.constant(example_pictures()[:1])),
        "trace": ("image_bytes", tf.constant(example_pictures()[:1])),
        "leads": ("leads", tf.constant(example_leads()[:1])),
        "leads_bytes": ("leads_bytes", tf.constant([encoded_leads(example_leads()[0])])),
        "page": ("lead_images", tf.constant(example_pages()[:1])),
    }
    with tf.io.TFRecordWriter(str(path)) as writer:
        for signature, (name, value) in requests.items():
            if signature not in signatures:
                continue
            request = predict_pb2.PredictRequest()
            request.model_spec.name = "ecgmm"
            request.model_spec.signature_name = signature
            request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
            log = prediction_log_pb2.PredictionLog(
                predict_log=prediction_log_pb2.PredictLog(request=request)
            )
            writer.write(log.SerializeToString())


def check_draft(model: keras.Model, draft: Path) -> None:
    """Compare a written SavedModel, and its light form, with the Keras model.

    Raises:
        ExportError: if their answers differ, or the graph holds a forbidden op.
    """
    _check_saved_model(model, draft)
    check_light(draft)


def _check_saved_model(model: keras.Model, draft: Path) -> None:
    signatures = tf.saved_model.load(str(draft)).signatures
    forbidden = sorted(op for op in ops_of(draft) if any(part in op for part in FORBIDDEN_OPS))
    if forbidden:
        raise ExportError(f"The graph holds ops that stock servers lack: {', '.join(forbidden)}.")
    parts, signals, pictures = parts_of(model), example_signals(), example_pictures()
    decoded = np.stack([tf.io.decode_image(picture).numpy() for picture in pictures])
    read = parts.image_branch(decoded, training=False)
    from_picture = parts.head(read["features"], training=False)
    digitized = from_picture | {"trace_mv": read["height_mv"], "ecg": read["ecg"][:, 0]}
    encoded = tf.constant(pictures)
    from_signal = parts.head(parts.signal_branch(signals, training=False), training=False)
    _check("signal", from_signal, signatures["signal"](signal=tf.constant(signals)))
    rows = tf.constant([encoded_signal(signal) for signal in signals])
    _check("signal_bytes", from_signal, signatures["signal_bytes"](signal_bytes=rows))
    _check("image", from_picture, signatures["image"](image_bytes=encoded))
    _check("digitize", digitized, signatures["digitize"](image_bytes=encoded))
    _check("trace", _followed(decoded), signatures["trace"](image_bytes=encoded))
    conditions_head = conditions_head_of(model)
    if conditions_head is not None:
        _check_conditions(parts, conditions_head, signatures)


def _followed(pictures: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """What the network that follows traces says of `[rows, 160, 1000, 1]` where OpenCV runs it."""
    followed = [follow_ink(picture[..., 0]) for picture in pictures]
    return {
        name: np.stack([getattr(of_one, name) for of_one in followed])
        for name in FollowedTrace._fields
    }


def _check(signature: str, expected: dict[str, Any], answer: dict[str, tf.Tensor]) -> None:
    check_agreement(f"Signature {signature}", expected, answer)


def _check_conditions(
    parts: Parts, conditions_head: keras.Model, signatures: dict[str, Any]
) -> None:
    leads = example_leads()
    seen = np.any(leads, axis=2, keepdims=True) * np.ones(STRIP_STEPS, np.float32)
    expected = {"conditions": conditions_head({"leads_mv": leads, "seen": seen}, training=False)}
    _check("leads", expected, signatures["leads"](leads=tf.constant(leads)))
    rows = tf.constant([encoded_leads(row) for row in leads])
    _check("leads_bytes", expected, signatures["leads_bytes"](leads_bytes=rows))
    pages = example_pages()
    pictures = np.stack(
        [tf.io.decode_image(picture).numpy() for picture in np.ravel(pages) if picture]
    )
    trace_mv = np.zeros((*pages.shape, STRIP_SAMPLES), np.float32)
    shown = pages != b""
    trace_mv[shown] = parts.image_branch(pictures, training=False)["height_mv"]
    seen = shown[..., None] * np.ones(STRIP_STEPS, np.float32)
    expected = {"conditions": conditions_head({"leads_mv": trace_mv, "seen": seen}, training=False)}
    _check("page", expected, signatures["page"](lead_images=tf.constant(pages)))


def ops_of(model_dir: Path) -> set[str]:
    """Names of all ops in the graph of a SavedModel and its functions."""
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel.FromString((model_dir / "saved_model.pb").read_bytes())
    graph = saved.meta_graphs[0].graph_def
    nodes = [*graph.node, *(node for body in graph.library.function for node in body.node_def)]
    return {node.op for node in nodes}
