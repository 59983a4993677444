"""The seam between the reading and whatever computes probabilities."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ecgmm.conditions import CONDITION_CODES
from ecgmm.errors import InputError
from ecgmm.grid import STRIP_SAMPLES, STRIP_STEPS
from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES


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


class Conditions(NamedTuple):
    """What the model says of sets of leads.

    Attributes:
        probabilities: `[batch, conditions]` float32, in the order of
            `conditions.CONDITION_CODES`; NaN in a row that could not be judged.
        thresholds: `[batch, conditions]` float32, the least probability at which each condition
            is called present; the same in every row.
        problems: `[batch]` why a row could not be judged, `""` where it was.
    """

    probabilities: NDArray[np.float32]
    thresholds: NDArray[np.float32]
    problems: tuple[str, ...]


def conditions_of(outputs: Mapping[str, NDArray]) -> Conditions:
    """The outputs of the signatures `leads` and `page`, wherever they were computed."""
    return Conditions(
        outputs["conditions"],
        outputs["thresholds"],
        tuple(_text(problem) for problem in outputs["problem"]),
    )


def of_no_rows(steps: int = STRIP_STEPS) -> dict[str, NDArray]:
    """The outputs of every signature for a batch in which there is nothing."""
    shapes = {
        "beats": (steps, len(STEP_CLASSES)),
        "rhythm": (len(RHYTHM_CLASSES),),
        "trace_mv": (STRIP_SAMPLES,),
        "ecg": (),
        "conditions": (len(CONDITION_CODES),),
        "thresholds": (len(CONDITION_CODES),),
    }
    outputs = {name: np.zeros((0, *shape), np.float32) for name, shape in shapes.items()}
    return outputs | {"problem": np.zeros(0, object)}


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


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


@runtime_checkable
class ConditionsRuntime(Protocol):
    """A runtime that also tells what the heart has."""

    def conditions(self, leads_mv: NDArray[np.float32]) -> Conditions:
        """Judge sets of leads: `[batch, 12, samples]` float32, millivolts at 125 Hz.

        In the order of `leads.LEADS`; exactly 0 where a lead is absent or was not seen. At
        best ten seconds; at least 310 samples, a multiple of 5.
        """
        ...

    def page_conditions(self, lead_images: Sequence[Sequence[bytes]]) -> Conditions:
        """Judge sets of leads from a picture a lead, as `image` takes them.

        `[batch][12]` in the order of `leads.LEADS`, `b""` where a lead is absent; one grey
        from top to bottom where it was not seen.
        """
        ...


def judging(runtime: Runtime) -> ConditionsRuntime:
    """The same runtime, to ask for conditions.

    Raises:
        InputError: `model_too_old` if it is of a kind that knows none.
    """
    if isinstance(runtime, ConditionsRuntime):
        return runtime
    raise InputError(
        "model_too_old",
        f"{runtime.model_name} {runtime.model_version} does not judge conditions. "
        "Use a later version.",
    )


OpenRuntime = Callable[[], Runtime]
"""Opens a runtime where it is called, such as in another process, if it can be pickled."""
