"""A trained model as the files of another runtime, for whoever wants to run it there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ecgmm.export.agreement import ExportError, check_agreement
from ecgmm.export.examples import example_leads, example_pictures, example_signals
from ecgmm.export.light.files import conditions_graph, image_graph, signal_graph
from ecgmm.grid import SAMPLES_PER_STEP
from ecgmm.model.multimodal import conditions_head_of, load_model, parts_of
from ecgmm.serving.strip_pictures import decoded_strips

Arrays = Mapping[str, NDArray[Any]]
Run = Callable[[Arrays], Arrays]


def export_form(keras_file: Path, folder: Path, form: str) -> Path:
    """Write the parts of a model as ONNX, OpenVINO or LiteRT files, checked against the model.

    The parts are `signal`, `image` (pictures decoded, uint8 `[rows, 160, 1000]`) and, where the
    model judges conditions, `conditions`. ONNX and OpenVINO take any number of rows and of samples;
    LiteRT takes one row of ten seconds.

    Args:
        keras_file: the trained functional model.
        folder: where to; must not exist.
        form: one of `light.FORMATS`.

    Returns:
        The folder.

    Raises:
        ExportError: if the folder exists, or an answer differs from the model's by more than 1e-4.
        InputError: if the `.keras` file is damaged.
    """
    if folder.exists():
        raise ExportError(f"{folder} exists. Choose another folder.")
    model = load_model(keras_file)
    write, open_part = {
        "onnx": (_write_onnx, _open_onnx),
        "openvino": (_write_openvino, _open_openvino),
        "litert": (_write_litert, _open_litert),
    }[form]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".export-") as scratch:
        draft = Path(scratch) / folder.name
        draft.mkdir()
        for part, path in write(model, draft).items():
            inputs, expected = _example(model, part)
            check_agreement(path.name, expected, open_part(path)(inputs))
        shutil.move(draft, folder)
    return folder


def _example(model: keras.Model, part: str) -> tuple[Arrays, Arrays]:
    """One row of inputs of a part, and what the model says of it."""
    parts = parts_of(model)
    if part == "signal":
        signal = example_signals()[:1]
        features = parts.signal_branch(signal, training=False)
        return {"signal": signal}, _arrays(parts.head(features, training=False))
    if part == "image":
        picture = decoded_strips(example_pictures()[:1])[0]
        read = parts.image_branch(picture[..., np.newaxis], training=False)
        answers = _arrays(parts.head(read["features"], training=False))
        seen = {"trace_mv": read["height_mv"], "ecg": read["ecg"][:, 0]}
        return {"image": picture}, answers | _arrays(seen)
    head = conditions_head_of(model)
    if head is None:
        raise ValueError(f"Expected a part of the model. Received {part}.")
    leads_mv = example_leads()[:1]
    seen_steps = np.ones((*leads_mv.shape[:2], leads_mv.shape[2] // SAMPLES_PER_STEP), np.float32)
    inputs = {"leads_mv": leads_mv, "seen": seen_steps}
    return inputs, _arrays({"conditions": head(inputs, training=False)})


def _arrays(outputs: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    return {name: np.asarray(value) for name, value in outputs.items()}


def _write_onnx(model: keras.Model, folder: Path) -> dict[str, Path]:
    graphs = {"signal": signal_graph(model, {}), "image": image_graph(model, {})}
    head = conditions_head_of(model)
    if head is not None:
        graphs["conditions"] = conditions_graph(head, {})
    paths = {part: folder / f"{part}.onnx" for part in graphs}
    for part, content in graphs.items():
        paths[part].write_bytes(content)
    return paths


def _open_onnx(path: Path) -> Run:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda inputs: dict(zip(names, session.run(names, dict(inputs)), strict=True))


def _write_openvino(model: keras.Model, folder: Path) -> dict[str, Path]:
    import openvino

    paths = {}
    with tempfile.TemporaryDirectory() as scratch:
        for part, graph in _write_onnx(model, Path(scratch)).items():
            paths[part] = folder / f"{part}.xml"
            openvino.save_model(openvino.convert_model(graph), paths[part], compress_to_fp16=False)
    return paths


def _open_openvino(path: Path) -> Run:
    import openvino

    settings = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = openvino.Core().compile_model(path, "CPU", settings)

    def run(inputs: Arrays) -> Arrays:
        answers = compiled(dict(inputs))
        return {output.get_any_name(): answers[output] for output in compiled.outputs}

    return run


def _write_litert(model: keras.Model, folder: Path) -> dict[str, Path]:
    from ecgmm.export.light.litert import litert_parts

    paths = {}
    for part, content in litert_parts(model).items():
        paths[part] = folder / f"{part}.tflite"
        paths[part].write_bytes(content)
    return paths


def _open_litert(path: Path) -> Run:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path), num_threads=1)
    runner = interpreter.get_signature_runner()
    return lambda inputs: dict(runner(**inputs))
