"""One row of a batch: what the model is given, what it should say, and how much each counts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_STEP, SAMPLES_PER_STEP, STRIP_HEIGHT_PX
from ecgmm.labels import NO_BEAT, RHYTHM_CLASSES, STEP_CLASSES, UNNAMED_BEATS
from ecgmm.pipeline.pictures import PrintedStrip
from ecgmm.pipeline.records import UNKNOWN_RHYTHM
from ecgmm.pipeline.strips import Strip, only_visible

SIGNAL, IMAGE = np.int32(0), np.int32(1)


class Row(NamedTuple):
    """A strip as the model learns from it; every weight is 0 where the truth is not known.

    Attributes:
        signal: `[samples]` float32, millivolts at 125 Hz; of a picture, what was printed.
        image: `[160, 4 * steps, 1]` uint8; black for a signal.
        modality: 0 is read as a signal, 1 as a picture.
        beats: `[steps]` int32, index into `labels.STEP_CLASSES`, or of `labels.UNNAMED_BEATS`.
        rhythm: int32, index into `labels.RHYTHM_CLASSES`.
        height_mv: `[samples]` float32, height of the trace above the picture's middle.
        ecg: `[1]` float32, 0 for a picture of something else.
        beats_weight: `[steps]` float32.
        rhythm_weight: float32.
        height_weight: `[samples]` float32.
        teacher_weight: `[steps]` float32: how much the reading of the signal is to be followed.
    """

    signal: NDArray[np.float32]
    image: NDArray[np.uint8]
    modality: np.int32
    beats: NDArray[np.int32]
    rhythm: np.int32
    height_mv: NDArray[np.float32]
    ecg: NDArray[np.float32]
    beats_weight: NDArray[np.float32]
    rhythm_weight: np.float32
    height_weight: NDArray[np.float32]
    teacher_weight: NDArray[np.float32]


def signal_row(
    strip: Strip, class_weights: NDArray[np.float32], unnamed_weight: float = 0.0
) -> Row:
    """A strip to be read as a signal.

    Args:
        strip: what is shown.
        class_weights: weight of each of `labels.STEP_CLASSES`.
        unnamed_weight: weight of a step of `labels.UNNAMED_BEATS`.
    """
    samples = len(strip.signal_mv)
    steps = samples // SAMPLES_PER_STEP
    beats = beat_targets(strip, steps)
    return Row(
        signal=strip.signal_mv,
        image=np.zeros((STRIP_HEIGHT_PX, steps * PIXELS_PER_STEP, 1), np.uint8),
        modality=SIGNAL,
        beats=beats,
        rhythm=np.int32(max(strip.rhythm, 0)),
        height_mv=np.zeros(samples, np.float32),
        ecg=np.ones(1, np.float32),
        beats_weight=_beat_weights(beats, strip, class_weights, unnamed_weight),
        rhythm_weight=np.float32(strip.rhythm != UNKNOWN_RHYTHM),
        height_weight=np.zeros(samples, np.float32),
        teacher_weight=np.zeros(steps, np.float32),
    )


def image_row(
    strip: Strip,
    printed: PrintedStrip,
    class_weights: NDArray[np.float32],
    unnamed_weight: float = 0.0,
) -> Row:
    """A strip to be read from a picture; a beat that cannot be seen in it is not asked for.

    Args:
        strip: what is shown.
        printed: its picture.
        class_weights: weight of each of `labels.STEP_CLASSES`.
        unnamed_weight: weight of a step of `labels.UNNAMED_BEATS`.
    """
    visible = printed.visible
    visible_steps = visible.reshape(-1, SAMPLES_PER_STEP).mean(axis=1) > 0.5
    beats = beat_targets(only_visible(strip, visible), len(visible_steps))
    return signal_row(strip, class_weights)._replace(
        image=printed.picture[..., None],
        modality=IMAGE,
        beats=beats,
        height_mv=np.nan_to_num(printed.trace_mv),
        beats_weight=_beat_weights(beats, strip, class_weights, unnamed_weight),
        height_weight=visible.astype(np.float32),
        teacher_weight=visible_steps.astype(np.float32),
    )


def row_without_ecg(picture: NDArray[np.uint8], class_weights: NDArray[np.float32]) -> Row:
    """A picture of something else: no beat anywhere, no rhythm, no trace."""
    steps = picture.shape[1] // PIXELS_PER_STEP
    nothing = Strip(
        signal_mv=np.zeros(steps * SAMPLES_PER_STEP, np.float32),
        beat_position=np.zeros(0),
        beat_class=np.zeros(0, np.int64),
        has_beats=True,
        rhythm=UNKNOWN_RHYTHM,
    )
    return signal_row(nothing, class_weights)._replace(
        image=picture[..., None], modality=IMAGE, ecg=np.zeros(1, np.float32)
    )


def beat_targets(strip: Strip, steps: int) -> NDArray[np.int32]:
    """Class of each step: that of the beat in it, `none` elsewhere.

    Where no beat is annotated, what the rhythm says about all of them.
    """
    if not strip.has_beats:
        rhythm = RHYTHM_CLASSES[strip.rhythm] if strip.rhythm != UNKNOWN_RHYTHM else ""
        return np.full(steps, UNNAMED_BEATS.get(rhythm, 0), np.int32)
    targets = np.full(steps, STEP_CLASSES.index(NO_BEAT), np.int32)
    position = (strip.beat_position / SAMPLES_PER_STEP).astype(int)
    targets[np.clip(position, 0, steps - 1)] = strip.beat_class
    return targets


def _beat_weights(
    beats: NDArray[np.int32],
    strip: Strip,
    class_weights: NDArray[np.float32],
    unnamed_weight: float,
) -> NDArray[np.float32]:
    if strip.has_beats:
        return class_weights[beats]
    return np.float32(unnamed_weight) * (beats < 0)
