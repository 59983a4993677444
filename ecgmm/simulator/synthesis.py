"""A recording with known truth, from a plan of beats."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ecgmm.recording import Annotations, Recording
from ecgmm.simulator.disturbances import Noise, noise_mv
from ecgmm.simulator.leads import INDEPENDENT_LEADS, lead_matrix
from ecgmm.simulator.morphology import BEAT_END_S, BEAT_START_S, Heart
from ecgmm.simulator.plan import (
    BLOCKED_P_WAVE,
    FLUTTER_CYCLE_S,
    Episode,
    PlannedBeat,
    Underlying,
    plan_beats,
)

_LOWEST_SAMPLING_RATE_HZ = 50.0
"""Below, a QRS complex has no shape."""
_FLUTTER_MV = (0.040, 0.140, 0.080, 0.05, 0.03, 0.02, 0.02, 0.02)
"""Of each independent lead; a sawtooth is deepest in II, III and aVF."""
_FIBRILLATION_MV = (0.020, 0.055, 0.090, 0.05, 0.03, 0.02, 0.02, 0.02)
"""Of each independent lead; the largest in V1, which lies over the atrium."""
_FIBRILLATION_HZ = 6.0
"""360 a minute: atrial fibrillation has 350 to 600."""
_FIBRILLATION_DRIFT_HZ = 0.23
"""How slowly the frequency wanders."""
_FIBRILLATION_PHASE_DRIFT = 1.5
"""How far, in radians."""
_ATRIAL_HARMONICS = 3
"""Make the waves pointed, as they are."""


def simulate(
    pattern: str = "N",
    *,
    duration_s: float = 10.0,
    heart_rate_bpm: float = 70.0,
    rhythm: Underlying = "sinus",
    run_rate_bpm: float = 160.0,
    sampling_rate_hz: float = 360.0,
    leads: Sequence[str] = ("MLII",),
    noise: Noise | None = None,
    seed: int = 0,
    name: str = "simulated",
) -> Recording:
    """An ECG of one rhythm from start to end, with every beat annotated.

    Args:
        pattern: beat symbols, repeated until the end; see `Episode`.
        duration_s: length in seconds.
        heart_rate_bpm: mean rate of the underlying rhythm.
        rhythm: the underlying rhythm, `"sinus"`, `"af"` or `"flutter"`.
        run_rate_bpm: the rate inside runs of `A` or `V`.
        sampling_rate_hz: samples a second, at least 50.
        leads: any of the twelve standard leads and `MLII`; the limb leads obey Einthoven's law.
        noise: what disturbs it; nothing by default.
        seed: the same seed gives the same recording, whatever the leads. Beats and their
            shapes do not depend on the noise.
        name: name of the recording and of its patient.

    Returns:
        The recording; its annotations hold the sample of each R peak in lead II, PhysioNet's
        beat symbols, and the rhythm changes (`"(N"`, `"(AFIB"`, `"(B"`, `"(T"`, `"(VT"`, ...).

    Raises:
        ValueError: when an argument is out of range.

    Example:
        >>> recording = simulate("NNNV", duration_s=5.0)
        >>> recording.annotations.beat_symbols
        ('N', 'N', 'N', 'V', 'N')
    """
    episode = Episode(pattern, duration_s, heart_rate_bpm, rhythm, run_rate_bpm)
    return simulate_episodes(
        [episode],
        sampling_rate_hz=sampling_rate_hz,
        leads=leads,
        noise=noise,
        seed=seed,
        name=name,
    )


def simulate_episodes(
    episodes: Sequence[Episode],
    *,
    sampling_rate_hz: float = 360.0,
    leads: Sequence[str] = ("MLII",),
    noise: Noise | None = None,
    seed: int = 0,
    name: str = "simulated",
) -> Recording:
    """An ECG whose rhythm changes: the episodes one after the other.

    Args and result are those of `simulate`, with the rhythm given by `episodes`.
    """
    if not sampling_rate_hz >= _LOWEST_SAMPLING_RATE_HZ:
        raise ValueError(
            f"Expected a sampling rate of at least {_LOWEST_SAMPLING_RATE_HZ:g} Hz. "
            f"Received {sampling_rate_hz} Hz."
        )
    matrix = lead_matrix(leads)
    plan_rng, heart_rng, atrial_rng, noise_rng = np.random.default_rng(seed).spawn(4)
    samples = round(sum(episode.duration_s for episode in episodes) * sampling_rate_hz)
    beats = plan_beats(episodes, plan_rng)
    beats = [beat for beat in beats if round(beat.time_s * sampling_rate_hz) < samples]
    signal_mv = _draw_beats(beats, samples, sampling_rate_hz, Heart(heart_rng))
    signal_mv += _atrial_waves(episodes, samples, sampling_rate_hz, atrial_rng)
    if noise is not None:
        signal_mv += noise_mv(noise, signal_mv, sampling_rate_hz, noise_rng)
    return Recording(
        signal_mv=(signal_mv @ matrix).astype(np.float32),
        sampling_rate_hz=float(sampling_rate_hz),
        lead_names=tuple(leads),
        name=name,
        patient=name,
        annotations=_annotate(beats, sampling_rate_hz),
    )


def _draw_beats(
    beats: Sequence[PlannedBeat], samples: int, sampling_rate_hz: float, heart: Heart
) -> NDArray[np.float64]:
    """The sum of all beats, `[samples, independent leads]` in millivolts."""
    signal_mv = np.zeros((samples, len(INDEPENDENT_LEADS)))
    for beat in beats:
        first = max(0, int((beat.time_s + BEAT_START_S) * sampling_rate_hz))
        stop = min(samples, int((beat.time_s + BEAT_END_S) * sampling_rate_hz))
        time_s = np.arange(first, stop) / sampling_rate_hz - beat.time_s
        signal_mv[first:stop] += heart.beat_mv(
            beat.symbol,
            time_s,
            beat.rr_s,
            atria_fire=beat.underlying == "sinus",
            delay_s=beat.delay_s,
        )
    return signal_mv


def _atrial_waves(
    episodes: Sequence[Episode],
    samples: int,
    sampling_rate_hz: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """The waves of atria that fibrillate or flutter, `[samples, independent leads]`, millivolts.

    A sawtooth of a few harmonics: in fibrillation its frequency drifts around 6 Hz, and it is
    largest in V1, after Stridh and Sornmo 2001 (IEEE Trans Biomed Eng 48:105-111); in flutter it is
    steady and largest in II.
    """
    time_s = np.arange(samples) / sampling_rate_hz
    starts, drift = rng.uniform(0.0, 2 * np.pi, 2)
    fibrillating = (
        2 * np.pi * _FIBRILLATION_HZ * time_s
        + _FIBRILLATION_PHASE_DRIFT * np.sin(2 * np.pi * _FIBRILLATION_DRIFT_HZ * time_s + drift)
        + starts
    )
    fluttering = 2 * np.pi * time_s / FLUTTER_CYCLE_S + starts
    waves_mv = np.zeros((samples, len(INDEPENDENT_LEADS)))
    start_s = 0.0
    for episode in episodes:
        end_s = start_s + episode.duration_s
        inside = (time_s >= start_s) & (time_s < end_s)
        if episode.rhythm == "af":
            waves_mv[inside] = np.outer(_sawtooth(fibrillating[inside]), _FIBRILLATION_MV)
        elif episode.rhythm == "flutter":
            waves_mv[inside] = np.outer(_sawtooth(fluttering[inside]), _FLUTTER_MV)
        start_s = end_s
    return waves_mv


def _sawtooth(phase: NDArray[np.float64]) -> NDArray[np.float64]:
    return sum(
        (np.sin(harmonic * phase) / harmonic for harmonic in range(1, _ATRIAL_HARMONICS + 1)),
        np.zeros_like(phase),
    )


def _annotate(beats: Sequence[PlannedBeat], sampling_rate_hz: float) -> Annotations:
    """The plan as PhysioNet would annotate it; the first rhythm begins at sample 0.

    A P wave that is not conducted is drawn, and is no beat.
    """
    beats = [beat for beat in beats if beat.symbol != BLOCKED_P_WAVE]
    beat_samples = np.array([round(beat.time_s * sampling_rate_hz) for beat in beats], np.int64)
    names = [beat.rhythm_name for beat in beats]
    changes = [i for i, name in enumerate(names) if i == 0 or name != names[i - 1]]
    return Annotations(
        beat_samples=beat_samples,
        beat_symbols=tuple(beat.symbol for beat in beats),
        rhythm_samples=np.array([beat_samples[i] if i else 0 for i in changes], np.int64),
        rhythm_names=tuple(names[i] for i in changes),
    )
