"""The seam between the reading and whatever computes probabilities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class Probabilities(NamedTuple):
    """What the model says of a batch.

    Attributes:
        beats: `[batch, steps, 6]` float32, in the order of `labels.STEP_CLASSES`.
        rhythm: `[batch, 4]` float32, in the order of `labels.RHYTHM_CLASSES`.
    """

    beats: NDArray[np.float32]
    rhythm: NDArray[np.float32]


class Digitized(NamedTuple):
    """What the model says of pictures, and their signal.

    Attributes:
        beats: `[batch, 250, 6]` float32, in the order of `labels.STEP_CLASSES`.
        rhythm: `[batch, 4]` float32, in the order of `labels.RHYTHM_CLASSES`.
        trace_mv: `[batch, 1250]` float32, height of the trace above the middle of the picture
            at 10 mm/mV and 125 Hz.
        ecg: `[batch]` float32, probability that the picture shows an ECG.
    """

    beats: NDArray[np.float32]
    rhythm: NDArray[np.float32]
    trace_mv: NDArray[np.float32]
    ecg: NDArray[np.float32]


class Runtime(Protocol):
    """Anything that turns signals and pictures into probabilities."""

    model_name: str
    model_version: str

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        """Read leads: `[batch, samples]` float32, millivolts at 125 Hz, 10 s or longer."""
        ...

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        """Read encoded PNG or JPEG pictures of strips, 160 x 1000 px each."""
        ...

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        """Read the same pictures and give their signal back."""
        ...


OpenRuntime = Callable[[], Runtime]
"""Opens a runtime where it is called, such as in another process, if it can be pickled."""
