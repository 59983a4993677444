"""Simulated patients on the time grid, for the tests of pipeline and training."""

from dataclasses import replace

import numpy as np

from ecgmm.pipeline.records import GridRecord, to_grid
from ecgmm.recording import Annotations, Recording
from ecgmm.simulator import simulate


def simulated_recording(
    name: str = "101", pattern: str = "N", *, patient: str | None = None, **options
) -> Recording:
    """A recording named as a data set names it, by default of a patient of the same name."""
    recording = simulate(pattern, name=name, **options)
    return replace(recording, patient=patient or name)


def simulated_record(
    name: str = "101",
    pattern: str = "N",
    *,
    dataset: str = "mitdb",
    rhythm_class: str | None = None,
    **options,
) -> GridRecord:
    """The same on the time grid; with `rhythm_class` as CinC 2017 has it, without beats."""
    recording = simulated_recording(name, pattern, **options)
    if rhythm_class is not None:
        truth = Annotations(np.empty(0, np.int64), (), rhythm_class=rhythm_class)
        recording = replace(recording, annotations=truth)
    return to_grid(recording, dataset)
