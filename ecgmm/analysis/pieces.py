"""A signal of any length, read piece by piece: one piece is in memory at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.decode import DecodedBeats, decode_beats, refine_times
from ecgmm.analysis.guard import without_edges
from ecgmm.analysis.losses import (
    ExclusionLog,
    Losses,
    merged_spans,
    signal_faults,
    survey,
    true_spans,
)
from ecgmm.analysis.reading import Exclusion
from ecgmm.analysis.strips import OVERLAP_STEPS, WINDOW_STEPS, read_signal
from ecgmm.grid import STEP_S
from ecgmm.labels import RHYTHM_CLASSES
from ecgmm.readers.doubts import recording_doubts
from ecgmm.readers.signal_file import PIECE_S, Piece, SignalFile
from ecgmm.serving.runtime import Runtime

MARGIN_S = 2 * (WINDOW_STEPS - OVERLAP_STEPS) * STEP_S
"""Longer than a window, and a whole number of strides from one window to the next: every step of a
stretch is read in the very windows in which it would be read in the whole recording."""

Report = Callable[[float], None]
"""Told how many seconds have been read."""


@dataclass(frozen=True)
class SignalRead:
    """What was read in a signal, before anything is concluded from it.

    Attributes:
        beats: in time order, at the peaks of the signal.
        rhythm: `[windows, 4]`, in the order of `labels.RHYTHM_CLASSES`.
        unreadable: `[spans, 2]`, first step, and one after the last, of each span in which no lead
            that was read holds a signal, its edges included.
        usable_share: share of time, from 0 to 1, at which at least one lead holds a signal.
        faults: what speaks against the signal, in sentences.
        excluded: what holds no ECG and was not read, in time order.
    """

    beats: BeatList
    rhythm: NDArray[np.float32]
    unreadable: NDArray[np.int64]
    usable_share: float
    faults: tuple[str, ...]
    excluded: tuple[Exclusion, ...]


def read_in_pieces(
    file: SignalFile,
    runtime: Runtime,
    *,
    piece_s: float = PIECE_S,
    report: Report = lambda read_s: None,
) -> SignalRead:
    """Read a signal as `strips.read_signal` does, with memory for one piece.

    What is missing, flat or saturated is not shown to the model, and no beat is read there.
    What is doubtful about its sampling rate and its leads is told from the first piece.

    Args:
        file: the signal.
        runtime: where probabilities come from.
        piece_s: length of a piece, a multiple of 20 s.
        report: called after each piece.
    """
    beats: list[BeatList] = []
    rhythm = [np.empty((0, len(RHYTHM_CLASSES)), np.float32)]
    unreadable = [np.empty((0, 2), np.int64)]
    losses = Losses.none(len(file.lead_names))
    log = ExclusionLog(file.lead_names, file.sampling_rate_hz)
    doubts: tuple[str, ...] = ()
    for number, piece in enumerate(file.pieces(piece_s, MARGIN_S)):
        if number == 0:
            doubts = recording_doubts(piece.recording)
        stretch = _Stretch.of(piece, file.sampling_rate_hz)
        found = survey(piece.recording, stretch.samples)
        piece = replace(piece, recording=found.usable)
        probabilities = read_signal(piece.recording, runtime)
        sure = without_edges(probabilities.readable, found.saturated_s)
        beats.append(stretch.beats(piece, decode_beats(probabilities.beats), sure))
        rhythm.append(probabilities.rhythm[stretch.holds(probabilities.window_start_s)])
        first_step = _next_step(piece.start_s + stretch.first_s)
        unreadable.append(true_spans(~sure[stretch.steps]) + first_step)
        losses += found.losses
        log.add(found, round(piece.start_s * file.sampling_rate_hz) + piece.first_sample)
        report(piece.start_s + stretch.last_s)
    usable_share, faults = signal_faults(file.lead_names, losses)
    return SignalRead(
        beats=BeatList.joined(beats),
        rhythm=np.concatenate(rhythm),
        unreadable=merged_spans(np.concatenate(unreadable)),
        usable_share=usable_share,
        faults=(*faults, *doubts),
        excluded=log.exclusions(),
    )


@dataclass(frozen=True)
class _Stretch:
    """A piece without its margins, on the piece's own clock."""

    first_s: float
    last_s: float
    samples: slice

    @classmethod
    def of(cls, piece: Piece, sampling_rate_hz: float) -> _Stretch:
        first, last = piece.first_sample, piece.last_sample
        return cls(first / sampling_rate_hz, last / sampling_rate_hz, slice(first, last))

    @property
    def steps(self) -> slice:
        """The steps that begin in the stretch."""
        return slice(_next_step(self.first_s), _next_step(self.last_s))

    def holds(self, times_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """`[times]`, which of them lie in the stretch."""
        return (times_s >= self.first_s) & (times_s < self.last_s)

    def beats(self, piece: Piece, decoded: DecodedBeats, readable: NDArray[np.bool_]) -> BeatList:
        """The beats whose peaks lie in readable steps of the stretch, on the recording's clock."""
        recording = piece.recording
        times_s = refine_times(decoded.time_s, recording.signal_mv, recording.sampling_rate_hz)
        steps = np.minimum((times_s / STEP_S).astype(int), len(readable) - 1)
        kept = np.flatnonzero(self.holds(times_s) & readable[steps])
        letters = decoded.labels
        return BeatList(
            piece.start_s + times_s[kept],
            "".join(letters[index] for index in kept),
            decoded.probability[kept],
        )


def _next_step(time_s: float) -> int:
    """The first step that begins at `time_s` or later."""
    return math.ceil(round(time_s / STEP_S, 6))
