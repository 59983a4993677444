"""A recording that stays on disk: any part of it is read when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.person import NOBODY, Person
from ecgmm.readers.limits import check_length, check_signal
from ecgmm.recording import Annotations, Recording

PIECE_S = 1200.0
"""20 minutes of one lead at 250 Hz are 1.2 MB."""
MARGIN_S = 30.0
"""As long as a window of the reading (`analysis.strips.WINDOW_STEPS`)."""


@dataclass(frozen=True)
class Piece:
    """One stretch of a recording with what lies around it.

    Attributes:
        recording: the stretch and its margins.
        start_s: where `recording` begins in the whole recording.
        first_sample: where the stretch itself begins in `recording`; before it is margin.
        last_sample: one after the stretch's last sample in `recording`.
    """

    recording: Recording
    start_s: float
    first_sample: int
    last_sample: int


@dataclass(frozen=True)
class SignalFile:
    """What is known of a recording before its signal is read.

    Attributes:
        name: what a report calls it.
        sampling_rate_hz: samples a second.
        lead_names: one name a lead.
        samples: samples a lead.
        read_mv: gives `[stop - start, leads]` float32 in millivolts for samples `start` to
            `stop`, NaN where nothing was recorded.
        annotations: reference annotations, where they exist.
        person: whose heart it is, as far as that is known.
        assumed: sentences on what the file leaves unsaid and what was assumed in its place.

    Raises:
        InputError: when it is too short or too long, as `limits.check_length` has it.
    """

    name: str
    sampling_rate_hz: float
    lead_names: tuple[str, ...]
    samples: int
    read_mv: Callable[[int, int], NDArray[np.float32]]
    annotations: Annotations | None = None
    person: Person = NOBODY
    assumed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        leads = len(self.lead_names)
        check_length(self.samples, leads, self.sampling_rate_hz, self.name)

    @classmethod
    def in_memory(cls, recording: Recording) -> SignalFile:
        """A recording that has been read already, in the same form."""
        return cls(
            name=recording.name,
            sampling_rate_hz=recording.sampling_rate_hz,
            lead_names=recording.lead_names,
            samples=len(recording.signal_mv),
            read_mv=lambda start, stop: recording.signal_mv[start:stop],
            annotations=recording.annotations,
            person=recording.person,
        )

    @property
    def duration_s(self) -> float:
        """Length of the recording in seconds."""
        return self.samples / self.sampling_rate_hz

    def whole(self) -> Recording:
        """The whole recording in memory.

        Raises:
            InputError: when it holds no signal, or the file has changed since it was opened.
        """
        return check_signal(self._part(0, self.samples, self.annotations))

    def pieces(self, piece_s: float = PIECE_S, margin_s: float = MARGIN_S) -> Iterator[Piece]:
        """The recording piece by piece, each with a margin at either side.

        One piece with its margins is in memory at a time: 20 minutes of one lead at 250 Hz are
        1.2 MB. A reader whose windows are no longer than `margin_s` reads each stretch as if it
        had the whole recording.

        Args:
            piece_s: length of a stretch.
            margin_s: how much more is read before and after it, where there is more.

        Raises:
            InputError: `unreadable` when the file has changed since it was opened.
        """
        length = max(1, round(piece_s * self.sampling_rate_hz))
        margin = round(margin_s * self.sampling_rate_hz)
        for first in range(0, self.samples, length):
            last = min(first + length, self.samples)
            start, stop = max(0, first - margin), min(last + margin, self.samples)
            part = self._part(start, stop, None)
            yield Piece(part, start / self.sampling_rate_hz, first - start, last - start)

    def _part(self, start: int, stop: int, annotations: Annotations | None) -> Recording:
        try:
            signal_mv = self.read_mv(start, stop)
        except OSError as error:
            raise InputError("unreadable", f"{self.name}: {error.strerror or error}.") from error
        if signal_mv.shape != (stop - start, len(self.lead_names)):
            raise InputError("unreadable", f"{self.name}: the file changed while it was read.")
        return Recording(
            signal_mv, self.sampling_rate_hz, self.lead_names, self.name, annotations=annotations
        )
