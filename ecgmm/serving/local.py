"""Probabilities from a SavedModel in this process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.serving.runtime import Digitized, Probabilities


class LocalRuntime:
    """Runs the signatures of an exported model.

    Args:
        model_dir: one version of the model, such as `saved_models/ecgmm/1`.
    """

    def __init__(self, model_dir: Path) -> None:
        import tensorflow as tf

        self.model_name = model_dir.resolve().parent.name
        self.model_version = model_dir.resolve().name
        self._model = tf.saved_model.load(str(model_dir))
        self._signal = self._model.signatures["signal"]
        self._image = self._model.signatures["image"]

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        """Read leads: `[batch, samples]` float32, millivolts at 125 Hz, 10 s or longer."""
        import tensorflow as tf

        return _to_numpy(self._signal(signal=tf.constant(signal, tf.float32)))

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        """Read encoded PNG or JPEG pictures of strips, 160 x 1000 px each."""
        import tensorflow as tf

        return _to_numpy(self._image(image_bytes=tf.constant(list(image_bytes), tf.string)))

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        """Read the same pictures and give their signal back.

        Raises:
            InputError: if the model is of a version that cannot.
        """
        import tensorflow as tf

        if "digitize" not in self._model.signatures:
            raise InputError(
                "model_too_old",
                f"{self.model_name} {self.model_version} does not digitize. Use a later version.",
            )
        digitize = self._model.signatures["digitize"]
        outputs = digitize(image_bytes=tf.constant(list(image_bytes), tf.string))
        return Digitized(**{name: outputs[name].numpy() for name in Digitized._fields})


def _to_numpy(outputs: dict) -> Probabilities:
    return Probabilities(outputs["beats"].numpy(), outputs["rhythm"].numpy())
