"""A signal of any length, read piece by piece: two pieces are in memory at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.ahead import one_ahead
from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.decode import DecodedBeats, certainty_of, decode_beats, refine_times
from ecgmm.analysis.guard import without_edges
from ecgmm.analysis.hum import without_hum
from ecgmm.analysis.losses import (
    ExclusionLog,
    Losses,
    Survey,
    merged_spans,
    signal_faults,
    survey,
    true_spans,
)
from ecgmm.analysis.reading import Exclusion
from ecgmm.analysis.shapes import beat_shapes, no_shapes
from ecgmm.analysis.strips import (
    OVERLAP_STEPS,
    WINDOW_STEPS,
    StepProbabilities,
    read_signal,
)
from ecgmm.grid import STEP_S
from ecgmm.labels import AAMI_CLASSES, RHYTHM_CLASSES
from ecgmm.readers.doubts import recording_doubts
from ecgmm.readers.signal_file import PIECE_S, Piece, SignalFile
from ecgmm.recording import Recording
from ecgmm.serving.runtime import Runtime

MARGIN_S = 2 * (WINDOW_STEPS - OVERLAP_STEPS) * STEP_S
"""Longer than a window, and a whole number of strides from one window to the next: every step of a
stretch is read in the very windows in which it would be read in the whole recording."""

_BEYOND_STEPS = 225
"""Nine seconds around a stretch are read too: whether noise hides its ends is seen in the eight
seconds around them, in leads of which each is weighed by the eight seconds around it."""

Report = Callable[[float], None]
"""Told how many seconds have been read."""


@dataclass(frozen=True)
class SignalRead:
    """What was read in a signal, before anything is concluded from it.

    Attributes:
        beats: in time order, at the peaks of the signal.
        class_probability: `[beats, 5]` float32 over `labels.AAMI_CLASSES`, given the beat.
        shapes: `[beats, leads, samples]` of each beat, as `shapes.beat_shapes` gives them.
        rhythm: `[windows, 4]`, in the order of `labels.RHYTHM_CLASSES`.
        window_start_s: `[windows]`, where each window begins, ascending.
        unreadable: `[spans, 2]`, first step, and one after the last, of each span in which no lead
            that was read holds a signal, its edges included.
        usable_share: share of time, from 0 to 1, at which at least one lead holds a signal.
        faults: what speaks against the signal, in sentences.
        excluded: what holds no ECG and was not read, in time order.
    """

    beats: BeatList
    class_probability: NDArray[np.float32]
    shapes: NDArray[np.float16]
    rhythm: NDArray[np.float32]
    window_start_s: NDArray[np.float64]
    unreadable: NDArray[np.int64]
    usable_share: float
    faults: tuple[str, ...]
    excluded: tuple[Exclusion, ...]

    @property
    def certainty(self) -> NDArray[np.float64]:
        """`[beats]`, that there is a beat at all, of whatever class."""
        return certainty_of(self.beats.probability, self.class_probability)

    def only(self, kept: NDArray[np.bool_]) -> SignalRead:
        """The same with the beats of which `kept`, `[beats]`, is True."""
        return replace(
            self,
            beats=self.beats.only(kept),
            class_probability=self.class_probability[kept],
            shapes=self.shapes[kept],
        )


def read_in_pieces(
    file: SignalFile,
    runtime: Runtime,
    *,
    piece_s: float = PIECE_S,
    report: Report = lambda read_s: None,
) -> SignalRead:
    """Read a signal as `strips.read_signal` does, with memory for two pieces.

    While the model reads one, the next is taken from the file and made ready.

    What is missing, flat or saturated is not shown to the model, and no beat is read there.
    What is doubtful about its sampling rate and its leads, and mains hum, is told from the first
    piece.

    Args:
        file: the signal.
        runtime: where probabilities come from.
        piece_s: length of a piece, a multiple of 20 s.
        report: called after each piece.
    """
    parts = [_Part.nothing()]
    losses = Losses.none(len(file.lead_names))
    log = ExclusionLog(file.lead_names, file.sampling_rate_hz)
    doubts: tuple[str, ...] = ()
    for number, prepared in enumerate(one_ahead(_prepared(file, piece_s))):
        piece, stretch, found = prepared.piece, prepared.stretch, prepared.found
        if number == 0:
            doubts = (*file.assumed, *prepared.hum, *prepared.doubts)
        probabilities = read_signal(piece.recording, runtime, stretch.read_steps)
        sure = without_edges(probabilities.readable, found.saturated_s)
        parts.append(stretch.part(piece, probabilities, sure))
        losses += found.losses
        noisy = probabilities.noisy[stretch.steps]
        losses += Losses.to_noise(noisy, STEP_S * file.sampling_rate_hz)
        log.add_noise(noisy, piece.start_s + stretch.steps.start * STEP_S)
        log.add(found, round(piece.start_s * file.sampling_rate_hz) + piece.first_sample)
        report(piece.start_s + stretch.last_s)
    usable_share, faults = signal_faults(file.lead_names, losses)
    return SignalRead(
        beats=BeatList.joined([part.beats for part in parts]),
        class_probability=np.concatenate([part.class_probability for part in parts]),
        shapes=np.concatenate([part.shapes for part in parts]),
        rhythm=np.concatenate([part.rhythm for part in parts]),
        window_start_s=np.concatenate([part.window_start_s for part in parts]),
        unreadable=merged_spans(np.concatenate([part.unreadable for part in parts])),
        usable_share=usable_share,
        faults=(*faults, *doubts),
        excluded=log.exclusions(),
    )


@dataclass(frozen=True)
class _Prepared:
    """A piece before the model sees it.

    Attributes:
        piece: without what cannot be read and without hum.
        stretch: what of it is asked for.
        found: what it lacks.
        hum: a sentence for each lead that had some.
        doubts: of the first piece, what is doubtful about its sampling rate and its leads.
    """

    piece: Piece
    stretch: _Stretch
    found: Survey
    hum: tuple[str, ...]
    doubts: tuple[str, ...]


def _prepared(file: SignalFile, piece_s: float) -> Iterator[_Prepared]:
    for number, piece in enumerate(file.pieces(piece_s, MARGIN_S)):
        stretch = _Stretch.of(piece, file.sampling_rate_hz)
        found = survey(piece.recording, stretch.samples)
        usable, hum = without_hum(found.usable)
        doubts = () if number else recording_doubts(usable if hum else piece.recording)
        yield _Prepared(replace(piece, recording=usable), stretch, found, hum, doubts)


@dataclass(frozen=True)
class _Part:
    """What was read in one stretch; the attributes are those of `SignalRead`."""

    beats: BeatList
    class_probability: NDArray[np.float32]
    shapes: NDArray[np.float16]
    rhythm: NDArray[np.float32]
    window_start_s: NDArray[np.float64]
    unreadable: NDArray[np.int64]

    @classmethod
    def nothing(cls) -> _Part:
        """That of a stretch of no length."""
        return cls(
            BeatList.joined([]),
            np.empty((0, len(AAMI_CLASSES)), np.float32),
            no_shapes(0),
            np.empty((0, len(RHYTHM_CLASSES)), np.float32),
            np.empty(0, np.float64),
            np.empty((0, 2), np.int64),
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

    @property
    def read_steps(self) -> slice:
        """Those and what is beside them."""
        return slice(self.steps.start - _BEYOND_STEPS, self.steps.stop + _BEYOND_STEPS)

    def holds(self, times_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """`[times]`, which of them lie in the stretch."""
        return (times_s >= self.first_s) & (times_s < self.last_s)

    def part(
        self, piece: Piece, probabilities: StepProbabilities, readable: NDArray[np.bool_]
    ) -> _Part:
        """What is read in the stretch, on the recording's clock; beats in readable steps alone."""
        decoded = self._beats(piece.recording, decode_beats(probabilities.beats), readable)
        windows = self.holds(probabilities.window_start_s)
        return _Part(
            beats=BeatList(
                piece.start_s + decoded.time_s, "".join(decoded.labels), decoded.probability
            ),
            class_probability=decoded.class_probability.astype(np.float32),
            shapes=beat_shapes(piece.recording, decoded.time_s),
            rhythm=probabilities.rhythm[windows],
            window_start_s=piece.start_s + probabilities.window_start_s[windows],
            unreadable=true_spans(~readable[self.steps]) + _next_step(piece.start_s + self.first_s),
        )

    def _beats(
        self, recording: Recording, decoded: DecodedBeats, readable: NDArray[np.bool_]
    ) -> DecodedBeats:
        """Those whose peaks lie in readable steps of the stretch, on the piece's clock."""
        times_s = refine_times(decoded.time_s, recording.signal_mv, recording.sampling_rate_hz)
        steps = np.minimum((times_s / STEP_S).astype(int), len(readable) - 1)
        return replace(decoded, time_s=times_s).only(self.holds(times_s) & readable[steps])


def _next_step(time_s: float) -> int:
    """The first step that begins at `time_s` or later."""
    return math.ceil(round(time_s / STEP_S, 6))
