"""The light form of a model, in the folder of its SavedModel."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecgmm.conditions import CONDITION_CODES
from ecgmm.errors import InputError
from ecgmm.serving.checksums import sha256

if TYPE_CHECKING:
    import onnxruntime

LIGHT_FOLDER = Path("assets.extra") / "light"
LABELS_FILE = Path("assets.extra") / "labels.json"
SIGNAL_FILE = "signal.onnx"
IMAGE_FILE = "image.onnx"
CONDITIONS_FILE = "conditions.onnx"
SAVED_MODEL_SHA256 = "saved_model_sha256"
"""The entry of a graph's metadata that says which SavedModel it goes with."""


def has_light_form(model_dir: Path) -> bool:
    """Whether a version can be read without TensorFlow."""
    return (model_dir / LIGHT_FOLDER / SIGNAL_FILE).is_file()


class LightForm:
    """The graphs of one version, each read when it is first needed.

    Args:
        model_dir: the version's folder.
    """

    def __init__(self, model_dir: Path) -> None:
        self._model_dir = model_dir

    @cached_property
    def signal(self) -> onnxruntime.InferenceSession:
        """Takes `signal` `[rows, samples]`, gives `beats` and `rhythm`."""
        return self._session(SIGNAL_FILE)

    @cached_property
    def image(self) -> onnxruntime.InferenceSession:
        """Takes `image` uint8 `[rows, 160, 1000]`, gives what `signal` gives, trace and ECG too."""
        return self._session(IMAGE_FILE)

    @cached_property
    def conditions(self) -> onnxruntime.InferenceSession | None:
        """Takes `leads_mv` and `seen`, gives `conditions`; None where the model judges none."""
        is_there = (self._model_dir / LIGHT_FOLDER / CONDITIONS_FILE).is_file()
        return self._session(CONDITIONS_FILE) if is_there else None

    @cached_property
    def thresholds(self) -> NDArray[np.float32]:
        """From which probability on each condition is present, by `CONDITION_CODES`."""
        labels = json.loads((self._model_dir / LABELS_FILE).read_text(encoding="utf-8"))
        return np.array([labels["thresholds"][code] for code in CONDITION_CODES], np.float32)

    @cached_property
    def _saved_model_sha256(self) -> str:
        return sha256(self._model_dir / "saved_model.pb")

    def _session(self, name: str) -> onnxruntime.InferenceSession:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(
            str(self._model_dir / LIGHT_FOLDER / name), options, providers=["CPUExecutionProvider"]
        )
        goes_with = session.get_modelmeta().custom_metadata_map.get(SAVED_MODEL_SHA256)
        if goes_with != self._saved_model_sha256:
            raise InputError(
                "model_damaged",
                f"{self._model_dir}: {name} goes with another SavedModel. Export the model again.",
            )
        return session
