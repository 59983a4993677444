"""Probabilities from the light form of a model, without TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.grid import SAMPLES_PER_STEP, STRIP_SAMPLES, STRIP_STEPS
from ecgmm.leads import LEADS
from ecgmm.serving.complaints import (
    NO_LEADS,
    NO_SIGNAL,
    NOT_FINITE,
    NOTHING_SEEN,
    SHORTEST_LEADS_SAMPLES,
    refusal,
    refuse_problems,
)
from ecgmm.serving.light_files import LightForm
from ecgmm.serving.runtime import Conditions, Digitized, Probabilities, of_no_rows
from ecgmm.serving.seen_steps import seen_steps
from ecgmm.serving.strip_pictures import decoded_strips, inked_steps
from ecgmm.serving.threads import threads_asked_for

if TYPE_CHECKING:
    import onnxruntime

MOST_ROWS = 4
"""In one run: what they take at once stays in a processor's cache."""


class LightRuntime:
    """Runs the ONNX graphs of an exported model with ONNX Runtime.

    It answers as `LocalRuntime` does, to rounding, and refuses in the same words. A graph is read
    when it is first needed. Large batches go to the cores in parts.

    Args:
        model_dir: one version of the model, such as `saved_models/ecgmm/5`.

    Raises:
        InputError: `model_damaged` if the graphs go with another SavedModel.
    """

    def __init__(self, model_dir: Path) -> None:
        self.model_name = model_dir.resolve().parent.name
        self.model_version = model_dir.resolve().name
        self._form = LightForm(model_dir)
        self._threads = threads_asked_for("OMP_NUM_THREADS")
        self._pool = ThreadPoolExecutor(self._threads)

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        """Read leads: `[batch, samples]` float32, millivolts at 125 Hz, 10 s or longer."""
        samples = signal.shape[1]
        if samples < STRIP_SAMPLES or samples % SAMPLES_PER_STEP:
            raise refusal(f"{NO_SIGNAL} {samples}")
        refuse_problems(_problems(signal))
        none = of_no_rows(samples // SAMPLES_PER_STEP)
        return Probabilities(*self._run(self._form.signal, none, Probabilities._fields, signal))

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        """Read encoded PNG or JPEG pictures of strips, 160 x 1000 px each."""
        read = self.digitize(image_bytes)
        return Probabilities(read.beats, read.rhythm)

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        """Read the same pictures and give their signal back."""
        pictures, problems = decoded_strips(image_bytes)
        refuse_problems(problems)
        return self._read_pictures(pictures)

    def conditions(self, leads_mv: NDArray[np.float32]) -> Conditions:
        """Judge sets of leads: `[batch, 12, samples]` float32, millivolts at 125 Hz.

        Raises:
            InputError: if the model is of a version that cannot.
        """
        samples = leads_mv.shape[2]
        if samples < SHORTEST_LEADS_SAMPLES or samples % SAMPLES_PER_STEP:
            raise refusal(f"{NO_LEADS} {samples}")
        known = np.where(np.isfinite(leads_mv), leads_mv, np.float32(0))
        return self._judged(known, seen_steps(known), _problems(leads_mv))

    def page_conditions(self, lead_images: Sequence[Sequence[bytes]]) -> Conditions:
        """Judge sets of leads from `[batch][12]` pictures, `b""` where a lead is absent.

        Raises:
            InputError: if the model is of a version that cannot.
        """
        shown = np.array([[bool(picture) for picture in row] for row in lead_images], bool)
        shown = shown.reshape(-1, len(LEADS))
        pictures, found = decoded_strips([p for row in lead_images for p in row if p])
        leads_mv = np.zeros((*shown.shape, STRIP_SAMPLES), np.float32)
        leads_mv[shown] = self._read_pictures(pictures).trace_mv
        seen = np.zeros((*shown.shape, STRIP_STEPS), np.float32)
        seen[shown] = inked_steps(pictures)
        problems = [""] * len(shown)
        for (row, lead), problem in zip(np.argwhere(shown), found, strict=True):
            if problem and not problems[row]:
                problems[row] = f"Lead {LEADS[lead]}: {problem}"
        return self._judged(leads_mv, seen, problems)

    def _read_pictures(self, pictures: NDArray[np.uint8]) -> Digitized:
        none = of_no_rows()
        return Digitized(*self._run(self._form.image, none, Digitized._fields, pictures))

    def _judged(
        self, leads_mv: NDArray[np.float32], seen: NDArray[np.float32], problems: list[str]
    ) -> Conditions:
        told = [
            problem or ("" if row.any() else NOTHING_SEEN)
            for problem, row in zip(problems, seen, strict=True)
        ]
        session = self._form.conditions
        if session is None:
            raise InputError(
                "model_too_old",
                f"{self.model_name} {self.model_version} does not judge conditions. "
                "Use a later version.",
            )
        answer = self._run(session, of_no_rows(), ("conditions",), leads_mv, seen)[0]
        answer[[row for row, problem in enumerate(told) if problem]] = np.nan
        thresholds = np.tile(self._form.thresholds, (len(told), 1))
        return Conditions(answer, thresholds, tuple(told))

    def _run(
        self,
        session: onnxruntime.InferenceSession,
        none: dict[str, NDArray[np.float32]],
        outputs: Sequence[str],
        *inputs: NDArray[np.generic],
    ) -> list[NDArray[np.float32]]:
        """Answer all rows of the inputs, in parts."""
        names = [given.name for given in session.get_inputs()]
        rows = len(inputs[0])
        if rows == 0:
            return [none[name] for name in outputs]

        step = min(MOST_ROWS, -(-rows // self._threads))

        def part(first: int) -> list[NDArray[np.float32]]:
            taken = slice(first, first + step)
            fed = {name: values[taken] for name, values in zip(names, inputs, strict=True)}
            answers: list[NDArray[np.float32]] = session.run(list(outputs), fed)
            return answers

        parts = list(self._pool.map(part, range(0, rows, step)))
        return [np.concatenate(of_output) for of_output in zip(*parts, strict=True)]


def _problems(rows: NDArray[np.float32]) -> list[str]:
    return ["" if np.isfinite(row).all() else NOT_FINITE for row in rows]
