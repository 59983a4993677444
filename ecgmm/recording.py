"""A recording in memory: leads in millivolts on one clock, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ecgmm.person import NOBODY, Person


@dataclass(frozen=True)
class Annotations:
    """Reference annotations of a recording.

    Attributes:
        beat_samples: `[beats]` int64, sample index of each beat, in time order.
        beat_symbols: PhysioNet symbol of each beat (`"N"`, `"V"`, ...).
        rhythm_samples: `[changes]` int64, where a rhythm begins.
        rhythm_names: what begins there, as stored (`"(AFIB"`).
        rhythm_class: the whole recording's rhythm class, where the data set has one.
        marker_samples: `[markers]` int64, sample index of marks that are no beats.
        marker_symbols: what each marks, such as `"["` and `"]"` around ventricular flutter.
        quality_samples: `[changes]` int64, where the signal quality changes.
        quality_subtypes: `[changes]` int64, the new quality as WFDB codes it.
    """

    beat_samples: NDArray[np.int64]
    beat_symbols: tuple[str, ...]
    rhythm_samples: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    rhythm_names: tuple[str, ...] = ()
    rhythm_class: str | None = None
    marker_samples: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    marker_symbols: tuple[str, ...] = ()
    quality_samples: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    quality_subtypes: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def __post_init__(self) -> None:
        if len(self.beat_samples) != len(self.beat_symbols):
            raise ValueError(
                f"Expected one symbol a beat. Received {len(self.beat_samples)} beats and "
                f"{len(self.beat_symbols)} symbols."
            )
        if len(self.rhythm_samples) != len(self.rhythm_names):
            raise ValueError(
                f"Expected one name a rhythm change. Received {len(self.rhythm_samples)} "
                f"changes and {len(self.rhythm_names)} names."
            )


@dataclass(frozen=True)
class Recording:
    """One recording of one person.

    Attributes:
        signal_mv: `[samples, leads]` float32, millivolts; NaN where nothing was recorded.
        sampling_rate_hz: samples a second, the same for every lead.
        lead_names: one name a lead.
        name: what a report calls it.
        patient: identity of the person, where known (MIT-BIH 201 and 202 share one).
        annotations: reference annotations, where they exist.
        person: whose heart it is, as far as the file says.
        uncertainty_mv: `[samples, leads]` standard deviation of each sample, where the signal was
            read from a picture; None where it was recorded.
    """

    signal_mv: NDArray[np.float32]
    sampling_rate_hz: float
    lead_names: tuple[str, ...]
    name: str = ""
    patient: str = ""
    annotations: Annotations | None = None
    person: Person = NOBODY
    uncertainty_mv: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        if self.signal_mv.ndim != 2:
            raise ValueError(
                f"Expected a signal of shape [samples, leads]. "
                f"Received shape {self.signal_mv.shape}."
            )
        if self.signal_mv.shape[1] != len(self.lead_names):
            raise ValueError(
                f"Expected one name a lead. Received {self.signal_mv.shape[1]} leads and "
                f"{len(self.lead_names)} names."
            )
        if not self.sampling_rate_hz > 0:
            raise ValueError(
                f"Expected a positive sampling rate. Received {self.sampling_rate_hz} Hz."
            )

    @property
    def duration_s(self) -> float:
        """Length of the recording in seconds."""
        return len(self.signal_mv) / self.sampling_rate_hz
