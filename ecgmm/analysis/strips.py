"""Recordings and pictures of any length through a model that reads strips."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.lead_noise import blend, heard_leads
from ecgmm.grid import (
    SAMPLES_PER_STEP,
    SAMPLING_RATE_HZ,
    STEP_S,
    STRIP_STEPS,
)
from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES
from ecgmm.recording import Recording
from ecgmm.resampling import bridge_gaps, resample
from ecgmm.serving.runtime import Runtime

WINDOW_STEPS = 3 * STRIP_STEPS
"""30 s, over which ESC 2020 wants atrial fibrillation seen; an hour is 180 windows."""
OVERLAP_STEPS = STRIP_STEPS
WINDOWS_PER_CALL = 32
"""480 kB of signal a call."""
READABLE_SHARE = 0.5
"""Of what the best lead of a window holds, or of a step: less than half of it says too little."""
LEAST_ECG = 0.5
"""A picture is read where it is more probably an ECG than anything else."""


@dataclass(frozen=True)
class StepProbabilities:
    """Probabilities on the time grid of a whole recording.

    Attributes:
        beats: `[steps, 6]`, in the order of `labels.STEP_CLASSES`; step `k` covers
            the 40 ms that begin at `0.04 * k` s.
        rhythm: `[windows, 4]`, in the order of `labels.RHYTHM_CLASSES`.
        window_start_s: `[windows]`, where each window begins.
        readable: `[steps]` bool, False where no lead that was read holds a signal, or where noise
            hides it in all of them.
        noisy: `[steps, leads]` bool, where noise hides what a lead of a signal holds.
        not_ecg: numbers, from 0, of pictures that do not look like an ECG and were not read.
        ecg_probability: how surely the pictures that were read show an ECG, on average.
        picture_beats: `[pictures, 250, 6]`, what each picture that was read says by itself.
    """

    beats: NDArray[np.float32]
    rhythm: NDArray[np.float32]
    window_start_s: NDArray[np.float64]
    readable: NDArray[np.bool_]
    noisy: NDArray[np.bool_] = field(default_factory=lambda: np.empty((0, 0), np.bool_))
    not_ecg: tuple[int, ...] = ()
    ecg_probability: float = 1.0
    picture_beats: NDArray[np.float32] = field(
        default_factory=lambda: np.empty((0, STRIP_STEPS, len(STEP_CLASSES)), np.float32)
    )


def read_signal(
    recording: Recording, runtime: Runtime, wanted: slice | None = None
) -> StepProbabilities:
    """Read every lead of a recording in overlapping windows and average on one clock.

    Windows are 30 s long (shorter recordings are one window of their own length, never
    under 10 s) and overlap by 10 s, over which one fades into the next. A lead
    that holds no signal in a window has no say there, and one that is noisy little.

    Args:
        recording: NaN where nothing is known.
        runtime: where probabilities come from.
        wanted: the steps that are asked for, all by default; no other window is read.
    """
    resampled = resample(recording.signal_mv, recording.sampling_rate_hz, SAMPLING_RATE_HZ)
    steps = math.ceil(len(resampled) / SAMPLES_PER_STEP)
    starts, length = window_starts(steps)
    padded = _pad(resampled, int(starts[-1] + length) * SAMPLES_PER_STEP)
    known = np.isfinite(padded)
    signal = bridge_gaps(padded)

    leads = padded.shape[1]
    beats = np.zeros((leads, starts[-1] + length, len(STEP_CLASSES)), np.float64)
    weight = np.zeros((leads, starts[-1] + length), np.float64)
    rhythm = np.zeros((len(starts), len(RHYTHM_CLASSES)), np.float64)
    rhythm_weight = np.zeros(len(starts), np.float64)
    fade = window_fade(length)
    jobs = [
        (window, lead)
        for window, lead in _jobs(known, starts, length)
        if wanted is None
        or (starts[window] < wanted.stop and starts[window] + length > wanted.start)
    ]
    for chunk in (jobs[i : i + WINDOWS_PER_CALL] for i in range(0, len(jobs), WINDOWS_PER_CALL)):
        batch = [signal[_samples(starts[window], length), lead] for window, lead in chunk]
        probabilities = runtime.signal(np.stack(batch))
        for row, (window, lead) in enumerate(chunk):
            inside = slice(starts[window], starts[window] + length)
            share = fade * known_steps(known[_samples(starts[window], length), lead])
            beats[lead, inside] += share[:, None] * probabilities.beats[row]
            weight[lead, inside] += share
            rhythm[window] += probabilities.rhythm[row]
            rhythm_weight[window] += 1

    read = rhythm_weight > 0
    by_lead = [blend(*sums) for sums in zip(beats[:, :steps], weight[:, :steps], strict=True)]
    heard = heard_leads(by_lead, weight[:, :steps])
    return StepProbabilities(
        beats=heard.beats,
        rhythm=(rhythm[read] / rhythm_weight[read, None]).astype(np.float32),
        window_start_s=(starts[read] * STEP_S).astype(np.float64),
        readable=heard.readable,
        noisy=heard.noisy,
    )


def read_pictures(
    image_bytes: Sequence[bytes],
    start_s: Sequence[float],
    runtime: Runtime,
    *,
    step_weight: Sequence[NDArray[np.float32]] | None = None,
) -> StepProbabilities:
    """Read pictures of strips and average them on one clock.

    What does not look like an ECG is not read: the model was taught what else there is on paper.

    Args:
        image_bytes: encoded pictures of 160 x 1000 px, one a strip.
        start_s: where each strip begins on the common clock.
        runtime: where probabilities come from.
        step_weight: `[250]` for each strip, how much its steps count beside those of others; a
            step that counts in no strip is unreadable. All count alike by default.
    """
    starts = np.round(np.asarray(start_s) / STEP_S).astype(int)
    read = runtime.digitize(image_bytes)
    is_ecg = read.ecg >= LEAST_ECG
    steps = int(starts.max()) + STRIP_STEPS
    beats = np.zeros((steps, len(STEP_CLASSES)), np.float64)
    weight = np.zeros(steps, np.float64)
    shares = window_fade(STRIP_STEPS) * is_ecg[:, None]
    if step_weight is not None:
        shares = shares * np.asarray(step_weight)
    for start, strip, share in zip(starts, read.beats, shares, strict=True):
        beats[start : start + STRIP_STEPS] += share[:, None] * strip
        weight[start : start + STRIP_STEPS] += share
    return StepProbabilities(
        beats=blend(beats, weight),
        rhythm=read.rhythm[is_ecg],
        window_start_s=(starts[is_ecg] * STEP_S).astype(np.float64),
        readable=weight > 0,
        not_ecg=tuple(np.flatnonzero(~is_ecg).tolist()),
        ecg_probability=float(read.ecg[is_ecg].mean()) if is_ecg.any() else 0.0,
        picture_beats=read.beats[is_ecg],
    )


def encode_png(grey: NDArray[np.uint8]) -> bytes:
    """A grey picture as the model's `image` signature takes it."""
    return cv2.imencode(".png", grey)[1].tobytes()


def window_starts(steps: int) -> tuple[NDArray[np.int64], int]:
    """First step of each window over a recording, and the windows' common length in steps."""
    length = min(max(steps, STRIP_STEPS), WINDOW_STEPS)
    last = max(steps - length, 0)
    starts = np.arange(0, last + 1, length - OVERLAP_STEPS if length > OVERLAP_STEPS else 1)
    if last == 0:
        starts = np.zeros(1, np.int64)
    elif starts[-1] < last:
        starts = np.append(starts, last)
    return starts.astype(np.int64), length


def window_fade(length: int) -> NDArray[np.float64]:
    """Weight of each step of a window: it rises over a fifth of a strip at either end."""
    ramp = STRIP_STEPS // 5
    position = np.arange(length) + 0.5
    return np.clip(np.minimum(position, length - position) / ramp, 0.02, 1.0)


def _jobs(
    known: NDArray[np.bool_], starts: NDArray[np.int64], length: int
) -> Iterator[tuple[int, int]]:
    """The windows and leads that hold enough signal to be read."""
    for window, start in enumerate(starts):
        share = known[_samples(start, length)].mean(axis=0)
        best = share.max()
        for lead in np.flatnonzero((share > 0) & (share >= READABLE_SHARE * best)):
            yield window, int(lead)


def _samples(start: int, length: int) -> slice:
    return slice(start * SAMPLES_PER_STEP, (start + length) * SAMPLES_PER_STEP)


def _pad(signal: NDArray[np.float32], samples: int) -> NDArray[np.float32]:
    missing = samples - len(signal)
    return np.pad(signal, ((0, missing), (0, 0)), constant_values=np.nan)


def known_steps(known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`[steps]`, at least half of whose samples are known; `known` is `[samples]`."""
    return known.reshape(-1, SAMPLES_PER_STEP).mean(axis=1) >= READABLE_SHARE
