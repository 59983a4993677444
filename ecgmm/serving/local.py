"""Probabilities from a SavedModel in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.serving.complaints import refusal, refuse_problems
from ecgmm.serving.runtime import Conditions, Digitized, Probabilities, conditions_of
from ecgmm.serving.threads import threads_asked_for

LEAST_ROWS = 8
"""Fewer rows than this are not worth a thread."""


class LocalRuntime:
    """Runs the signatures of an exported model.

    Large batches of signals are read in parts, one on each core: TensorFlow shares a single step
    of the network between cores badly, and an LSTM takes hundreds of them one after another.

    An input that the graph refuses is an `InputError` with code `"refused_by_model"`.

    Args:
        model_dir: one version of the model, such as `saved_models/ecgmm/5`.
    """

    def __init__(self, model_dir: Path) -> None:
        import tensorflow as tf

        self.model_name = model_dir.resolve().parent.name
        self.model_version = model_dir.resolve().name
        self._model = tf.saved_model.load(str(model_dir))
        self._signal = self._model.signatures["signal"]
        self._image = self._model.signatures["image"]
        self._cores = threads_asked_for("TF_NUM_INTRAOP_THREADS")
        self._pool = ThreadPoolExecutor(self._cores)

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        """Read leads: `[batch, samples]` float32, millivolts at 125 Hz, 10 s or longer."""
        parts = min(self._cores, len(signal) // LEAST_ROWS)
        if parts <= 1:
            return self._read(signal)
        read = list(self._pool.map(self._read, np.array_split(signal, parts)))
        return Probabilities(*map(np.concatenate, zip(*read, strict=True)))

    def _read(self, signal: NDArray[np.float32]) -> Probabilities:
        import tensorflow as tf

        outputs = _run(self._signal, signal=tf.constant(signal, tf.float32))
        refuse_problems(outputs.get("problem", ()))
        return Probabilities(outputs["beats"], outputs["rhythm"])

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        """Read encoded PNG or JPEG pictures of strips, 160 x 1000 px each."""
        import tensorflow as tf

        outputs = _run(self._image, image_bytes=tf.constant(list(image_bytes), tf.string))
        refuse_problems(outputs.get("problem", ()))
        return Probabilities(outputs["beats"], outputs["rhythm"])

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        """Read the same pictures and give their signal back.

        Raises:
            InputError: if the model is of a version that cannot.
        """
        import tensorflow as tf

        digitize = self._signature("digitize", "digitize")
        outputs = _run(digitize, image_bytes=tf.constant(list(image_bytes), tf.string))
        refuse_problems(outputs.get("problem", ()))
        return Digitized(**{name: outputs[name] for name in Digitized._fields})

    def conditions(self, leads_mv: NDArray[np.float32]) -> Conditions:
        """Judge sets of leads: `[batch, 12, samples]` float32, millivolts at 125 Hz.

        Raises:
            InputError: if the model is of a version that cannot.
        """
        import tensorflow as tf

        judge = self._signature("leads", "judge conditions")
        return conditions_of(_run(judge, leads=tf.constant(leads_mv, tf.float32)))

    def page_conditions(self, lead_images: Sequence[Sequence[bytes]]) -> Conditions:
        """Judge sets of leads from `[batch][12]` pictures, `b""` where a lead is absent.

        Raises:
            InputError: if the model is of a version that cannot.
        """
        import tensorflow as tf

        judge = self._signature("page", "judge conditions")
        images = [list(images) for images in lead_images]
        return conditions_of(_run(judge, lead_images=tf.constant(images, tf.string)))

    def _signature(self, name: str, deed: str) -> Callable[..., Any]:
        if name not in self._model.signatures:
            raise InputError(
                "model_too_old",
                f"{self.model_name} {self.model_version} does not {deed}. Use a later version.",
            )
        return self._model.signatures[name]


def _run(signature: Callable[..., Any], **inputs: Any) -> dict[str, NDArray]:
    import tensorflow as tf

    try:
        outputs = signature(**inputs)
    except tf.errors.InvalidArgumentError as error:
        raise refusal(error.message) from error
    return {name: value.numpy() for name, value in outputs.items()}
