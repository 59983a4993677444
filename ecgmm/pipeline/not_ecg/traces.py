"""Curves over time that no heart's electricity drew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.pipeline.not_ecg.paper import blank_style, draw_channels, samples_of

Picture = NDArray[np.uint8]

_SCREEN_SHARE = 0.2


def eeg(width_px: int, rng: np.random.Generator) -> Picture:
    """Several channels of brain waves on plain paper or a screen."""
    return _eeg(int(rng.integers(2, 9)), 1.0, width_px, rng)


def eeg_on_grid(width_px: int, rng: np.random.Generator) -> Picture:
    """One to three channels of brain waves on millimetre paper, like leads of an ECG."""
    return _eeg(int(rng.integers(1, 4)), 0.0, width_px, rng)


def plethysmogram(width_px: int, rng: np.random.Generator) -> Picture:
    """The pulse at a finger tip."""
    return _single(_pulse_wave(samples_of(width_px), rng, notch=rng.uniform(0, 0.12)), rng)


def blood_pressure(width_px: int, rng: np.random.Generator) -> Picture:
    """Arterial pressure: a steep rise, a dicrotic notch, a slow fall."""
    return _single(_pulse_wave(samples_of(width_px), rng, notch=rng.uniform(0.15, 0.4)), rng)


def respiration(width_px: int, rng: np.random.Generator) -> Picture:
    """Breathing: a slow wave, never twice the same."""
    time_s = _time_s(width_px)
    rate_hz = rng.uniform(0.15, 0.6)
    drift = np.cumsum(rng.normal(0, 0.02, len(time_s)))
    phase = 2 * np.pi * rate_hz * time_s + drift + rng.uniform(0, 6)
    return _single(np.sin(phase) + rng.uniform(0, 0.4) * np.sin(2 * phase), rng)


def sine(width_px: int, rng: np.random.Generator) -> Picture:
    """A pure tone, or two of them."""
    time_s, rate_hz = _time_s(width_px), np.exp(rng.uniform(np.log(0.3), np.log(12)))
    overtone = rng.integers(0, 2) * rng.uniform(0, 0.6)
    wave = np.sin(2 * np.pi * rate_hz * time_s)
    return _single(wave + overtone * np.sin(4.2 * np.pi * rate_hz * time_s + 1), rng)


def square_wave(width_px: int, rng: np.random.Generator) -> Picture:
    """Rectangles or saw teeth, as a signal generator makes them."""
    time_s, rate_hz = _time_s(width_px), rng.uniform(0.4, 6)
    phase = (time_s * rate_hz + rng.random()) % 1
    duty = rng.uniform(0.1, 0.9)
    shape = (phase < duty).astype(float) if rng.random() < 0.6 else phase
    return _single(shape - 0.5, rng)


def seismogram(width_px: int, rng: np.random.Generator) -> Picture:
    """An earthquake: noise that bursts out and dies away."""
    time_s = _time_s(width_px)
    noise = _band_noise(len(time_s), 2, 20, rng)
    envelope = np.full(len(time_s), 0.06)
    for _ in range(int(rng.integers(1, 4))):
        late_s = time_s - rng.uniform(0, time_s[-1])
        decay = np.exp(-np.maximum(late_s, 0) / rng.uniform(0.3, 2.5))
        envelope += (late_s > 0) * decay * rng.uniform(0.3, 1)
    return _single(noise * envelope, rng)


def stock_chart(width_px: int, rng: np.random.Generator) -> Picture:
    """A random walk with jumps, filled or not, as prices are shown."""
    steps = rng.standard_t(3, samples_of(width_px))
    hold = int(rng.integers(1, 12))
    walk = np.cumsum(steps)
    walk = np.repeat(walk[::hold], hold)[: len(steps)] if rng.random() < 0.5 else walk
    return _single(walk - np.linspace(0, walk[-1] * rng.random(), len(walk)), rng)


def flat_line(width_px: int, rng: np.random.Generator) -> Picture:
    """A line that never moves, level or nearly so."""
    samples = samples_of(width_px)
    slope = np.linspace(-0.5, 0.5, samples) * rng.normal(0, 0.3)
    line = slope + rng.normal(0, rng.uniform(0, 0.004), samples)
    return draw_channels([line.astype(np.float32)], blank_style(rng, gridless=0.4), width_px)


def _eeg(channels: int, gridless: float, width_px: int, rng: np.random.Generator) -> Picture:
    size_mv = rng.uniform(0.4, 1.6) / channels
    samples = samples_of(width_px)
    alpha_hz = rng.uniform(8, 12)
    traces = []
    for _ in range(channels):
        slow = _band_noise(samples, 0.5, 7, rng) * rng.uniform(0.2, 1)
        burst = np.clip(_band_noise(samples, 0.1, 0.6, rng), 0, None)
        fast = _band_noise(samples, 14, 35, rng) * rng.uniform(0, 0.4)
        waves = _band_noise(samples, alpha_hz - 1, alpha_hz + 1, rng) * burst
        traces.append((size_mv * 0.5 * (slow + waves + fast)).astype(np.float32))
    return _on_screen(draw_channels(traces, blank_style(rng, gridless), width_px), rng)


def _single(wave: NDArray[np.floating], rng: np.random.Generator) -> Picture:
    """One curve of a random size, with or without a grid, at times on a screen."""
    size_mv = rng.uniform(0.3, 3.0)
    scaled = (wave - wave.mean()) / max(float(np.ptp(wave)), 1e-6) * size_mv
    noise = rng.normal(0, rng.uniform(0, 0.02), len(wave))
    width_px = round(len(wave) * 0.8)
    style = blank_style(rng, gridless=0.3)
    return _on_screen(draw_channels([(scaled + noise).astype(np.float32)], style, width_px), rng)


def _on_screen(picture: Picture, rng: np.random.Generator) -> Picture:
    return np.asarray(255 - picture, np.uint8) if rng.random() < _SCREEN_SHARE else picture


def _time_s(width_px: int) -> NDArray[np.float64]:
    return np.arange(samples_of(width_px)) / SAMPLING_RATE_HZ


def _band_noise(
    samples: int, low_hz: float, high_hz: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Noise between two frequencies, variance 1."""
    frequency_hz = np.fft.rfftfreq(samples, 1 / SAMPLING_RATE_HZ)
    inside = (frequency_hz >= low_hz) & (frequency_hz <= high_hz)
    inside[1] |= not inside.any()
    spectrum = np.zeros(len(frequency_hz), np.complex128)
    spectrum[inside] = rng.normal(size=inside.sum()) + 1j * rng.normal(size=inside.sum())
    noise = np.fft.irfft(spectrum, samples)
    return noise / noise.std()


def _pulse_wave(samples: int, rng: np.random.Generator, notch: float) -> NDArray[np.float64]:
    """A pulse wave with a dicrotic notch of that depth; rate and height follow breathing."""
    time_s = np.arange(samples) / SAMPLING_RATE_HZ
    rate_hz, breath_hz = rng.uniform(0.7, 2.2), rng.uniform(0.15, 0.4)
    breath = np.sin(2 * np.pi * breath_hz * time_s + rng.uniform(0, 6))
    speed = rate_hz * (1 + 0.05 * breath + 0.1 * rng.random() * _band_noise(samples, 0.05, 1, rng))
    phase = np.cumsum(np.maximum(speed, 0.1)) / SAMPLING_RATE_HZ % 1
    rise = rng.uniform(0.08, 0.2)
    upstroke = np.sin(np.pi / 2 * np.clip(phase / rise, 0, 1)) ** 2
    fall = np.exp(-np.maximum(phase - rise, 0) / rng.uniform(0.2, 0.4))
    dicrotic = notch * np.exp(-(((phase - rise - 0.28) / 0.06) ** 2))
    dip = notch * np.exp(-(((phase - rise - 0.18) / 0.04) ** 2))
    return (upstroke * fall + dicrotic - dip) * (1 + 0.1 * breath)
