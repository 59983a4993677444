"""What a lead goes through between two hearts that look alike."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.pipeline.strips import Strip

COLOUR_SAMPLES = 15


@dataclass(frozen=True)
class AugmentationConfig:
    """How likely and how strong each change is.

    Attributes:
        mixed_leads: share of strips that show a mixture of two leads of their record.
        gain_sigma: spread of the logarithm of a random gain.
        inverted: share of strips turned upside down, as by swapped electrodes.
        rate_change: share of strips played faster or slower.
        rate_sigma: spread of the logarithm of the change of rate.
        wander: share of strips on a wandering baseline.
        wander_mv: largest amplitude of the wander.
        noise: share of strips with recorded noise added.
        noise_snr_db: range of the signal-to-noise ratio.
        dropout: share of strips in which the lead falls off for a while.
        dropout_s: range of how long it is off.
        band_limit: share of strips with the high-pass of a monitor (0.5 Hz).
        colour: share of strips filtered at random, so that every wave takes another shape.
        colour_sigma: root mean square of the filter's response beside its centre.
    """

    mixed_leads: float = 0.5
    gain_sigma: float = 0.3
    inverted: float = 0.1
    rate_change: float = 0.3
    rate_sigma: float = 0.08
    wander: float = 0.3
    wander_mv: float = 0.5
    noise: float = 0.3
    noise_snr_db: tuple[float, float] = (3.0, 24.0)
    dropout: float = 0.05
    dropout_s: tuple[float, float] = (0.3, 2.0)
    band_limit: float = 0.2
    colour: float = 0.5
    colour_sigma: float = 0.3


def augment(
    strip: Strip,
    noise_mv: NDArray[np.float32],
    config: AugmentationConfig,
    rng: np.random.Generator,
) -> Strip:
    """Change a strip at random; its beats move with it.

    Args:
        strip: what was recorded.
        noise_mv: `[samples, sources]` recorded noise at 125 Hz (NSTDB), longer than the strip;
            no sources, no noise.
        config: how likely and how strong each change is.
        rng: source of chance.

    Returns:
        A strip of the same length. Beats under a dropout are no longer claimed.
    """
    if rng.random() < config.rate_change:
        strip = change_rate(strip, float(np.exp(rng.normal(0, config.rate_sigma))))
    signal = strip.signal_mv.copy()
    if rng.random() < config.band_limit:
        signal = high_pass(signal)
    if rng.random() < config.colour:
        signal = coloured(signal, config.colour_sigma, rng)
    if rng.random() < config.inverted:
        signal = -signal
    signal *= float(np.exp(rng.normal(0, config.gain_sigma)))
    if rng.random() < config.noise and noise_mv.shape[1]:
        signal += scaled_noise(signal, noise_mv, rng.uniform(*config.noise_snr_db), rng)
    if rng.random() < config.wander:
        signal += baseline_wander(len(signal), rng.uniform(0, config.wander_mv), rng)
    strip = replace(strip, signal_mv=signal)
    if rng.random() < config.dropout:
        strip = drop_lead(strip, rng.uniform(*config.dropout_s), rng)
    return strip


def change_rate(strip: Strip, factor: float) -> Strip:
    """Play a strip `factor` times as fast; where it runs out, its last value stays."""
    samples = len(strip.signal_mv)
    position = np.arange(samples) * factor
    moved = strip.beat_position / factor
    inside = moved < samples
    return replace(
        strip,
        signal_mv=np.interp(position, np.arange(samples), strip.signal_mv).astype(np.float32),
        beat_position=moved[inside],
        beat_class=strip.beat_class[inside],
    )


def high_pass(signal_mv: NDArray[np.float32]) -> NDArray[np.float32]:
    """First-order high-pass at 0.5 Hz, the edge of a monitor's band (IEC 60601-2-27)."""
    from scipy.signal import lfilter

    pole = float(np.exp(-2 * np.pi * 0.5 / SAMPLING_RATE_HZ))
    filtered = lfilter([1.0, -1.0], [1.0, -pole], signal_mv - signal_mv[0])
    return filtered.astype(np.float32)


def coloured(
    signal_mv: NDArray[np.float32], sigma: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Pass a lead through a random filter of 120 ms, strongest at its centre."""
    window = np.hanning(COLOUR_SAMPLES + 2)[1:-1]
    response = rng.standard_normal(COLOUR_SAMPLES) * window
    response *= sigma / np.linalg.norm(response)
    response[COLOUR_SAMPLES // 2] += 1.0
    return np.convolve(signal_mv, response, mode="same").astype(np.float32)


def scaled_noise(
    signal_mv: NDArray[np.float32],
    noise_mv: NDArray[np.float32],
    snr_db: float,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """A random stretch of recorded noise at a signal-to-noise ratio of powers."""
    samples = len(signal_mv)
    start = int(rng.integers(len(noise_mv) - samples + 1))
    noise = noise_mv[start : start + samples, rng.integers(noise_mv.shape[1])]
    noise = noise - noise.mean()
    power = float(np.var(noise)) or 1.0
    return noise * np.float32(np.sqrt(np.var(signal_mv) / power / 10 ** (snr_db / 10)))


def baseline_wander(
    samples: int, amplitude_mv: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Three slow sines, as breathing and movement make them (0.05 to 0.5 Hz)."""
    time_s = np.arange(samples) / SAMPLING_RATE_HZ
    wander = sum(
        np.sin(2 * np.pi * (rng.uniform(0.05, 0.5) * time_s + rng.random())) for _ in range(3)
    )
    return (amplitude_mv / 3 * np.asarray(wander)).astype(np.float32)


def drop_lead(strip: Strip, duration_s: float, rng: np.random.Generator) -> Strip:
    """Flatten a random stretch of the strip and forget the beats in it."""
    samples = len(strip.signal_mv)
    length = min(int(duration_s * SAMPLING_RATE_HZ), samples)
    start = int(rng.integers(samples - length + 1))
    signal = strip.signal_mv.copy()
    signal[start : start + length] = signal[start]
    kept = (strip.beat_position < start) | (strip.beat_position >= start + length)
    return replace(
        strip,
        signal_mv=signal,
        beat_position=strip.beat_position[kept],
        beat_class=strip.beat_class[kept],
    )
