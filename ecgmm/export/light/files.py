"""Writes the light form beside a SavedModel, from the same weights."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from ecgmm.export.light.graph import Graph
from ecgmm.export.light.layers import write_layers
from ecgmm.grid import STRIP_HEIGHT_PX, STRIP_WIDTH_PX
from ecgmm.leads import LEADS
from ecgmm.model.multimodal import conditions_head_of, parts_of
from ecgmm.serving.checksums import sha256
from ecgmm.serving.light_files import (
    CONDITIONS_FILE,
    IMAGE_FILE,
    LIGHT_FOLDER,
    SAVED_MODEL_SHA256,
    SIGNAL_FILE,
)


def write_light(model: keras.Model, model_dir: Path) -> Path:
    """Write the ONNX graphs of a model into the folder of its SavedModel.

    `signal.onnx` takes `signal` `[rows, samples]` and gives `beats` and `rhythm`; `image.onnx`
    takes `image` uint8 `[rows, 160, 1000]` and gives `trace_mv` and `ecg` too; `conditions.onnx`
    takes `leads_mv` `[rows, 12, samples]` and `seen` `[rows, 12, samples / 5]`. Each names the
    checksum of the SavedModel that it goes with.

    Args:
        model: the functional model.
        model_dir: a version, whose `saved_model.pb` is written.

    Returns:
        The folder of the graphs.

    Raises:
        NotImplementedError: for a layer that has no light form.
    """
    folder = model_dir / LIGHT_FOLDER
    folder.mkdir(parents=True)
    metadata = {SAVED_MODEL_SHA256: sha256(model_dir / "saved_model.pb")}
    graphs = {SIGNAL_FILE: signal_graph(model, metadata), IMAGE_FILE: image_graph(model, metadata)}
    conditions_head = conditions_head_of(model)
    if conditions_head is not None:
        graphs[CONDITIONS_FILE] = conditions_graph(conditions_head, metadata)
    for name, content in graphs.items():
        (folder / name).write_bytes(content)
    return folder


def signal_graph(model: keras.Model, metadata: dict[str, str]) -> bytes:
    """The signal branch and the head."""
    graph, parts = Graph(), parts_of(model)
    features = write_layers(graph, parts.signal_branch, "signal")
    answers = write_layers(graph, parts.head, features)
    return graph.serialized({"signal": (np.float32, ("rows", "samples"))}, answers, metadata)


def image_graph(model: keras.Model, metadata: dict[str, str]) -> bytes:
    """The image branch and the head."""
    graph, parts = Graph(), parts_of(model)
    picture = graph.add("Unsqueeze", ["image", graph.ints(3)])
    read = write_layers(graph, parts.image_branch, picture)
    answers = write_layers(graph, parts.head, read["features"])
    answers |= {
        "trace_mv": read["height_mv"],
        "ecg": graph.add("Squeeze", [read["ecg"], graph.ints(1)]),
    }
    shape = ("rows", STRIP_HEIGHT_PX, STRIP_WIDTH_PX)
    return graph.serialized({"image": (np.uint8, shape)}, answers, metadata)


def conditions_graph(conditions_head: keras.Model, metadata: dict[str, str]) -> bytes:
    """The part of the head that looks at a set of leads."""
    graph = Graph()
    answer = write_layers(graph, conditions_head, {"leads_mv": "leads_mv", "seen": "seen"})
    inputs: dict[str, tuple[type, tuple[str | int, ...]]] = {
        "leads_mv": (np.float32, ("rows", len(LEADS), "samples")),
        "seen": (np.float32, ("rows", len(LEADS), "steps")),
    }
    return graph.serialized(inputs, {"conditions": answer}, metadata)
