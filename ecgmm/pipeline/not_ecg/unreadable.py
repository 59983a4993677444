"""Pictures of an ECG from which nobody could read it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.pipeline.not_ecg.paper import blank_style, draw_channels, samples_of
from ecgmm.pipeline.printing.noise_tiles import cut_from, noise_tile

Picture = NDArray[np.uint8]

_WAVES = ((-0.16, 0.025, 0.12), (-0.02, 0.008, -0.1), (0.0, 0.011, 1.1), (0.025, 0.01, -0.2),
          (0.26, 0.05, 0.28))  # fmt: skip
"""Time after the R wave, width (s) and height (mV) of P, Q, R, S and T."""


def too_dark(width_px: int, rng: np.random.Generator) -> Picture:
    """A photo taken in the dark: what light there was is less than the sensor's noise."""
    lit = _ecg(width_px, rng) * rng.uniform(0.0, 0.035)
    return _exposed(lit, rng.uniform(1.5, 5), rng)


def overexposed(width_px: int, rng: np.random.Generator) -> Picture:
    """A photo taken against a lamp: paper and ink are both white."""
    lit = 255 - (255.0 - _ecg(width_px, rng)) * rng.uniform(0.0, 0.02)
    return _exposed(lit + rng.uniform(-8, 12), rng.uniform(0.5, 4), rng)


def blurred(width_px: int, rng: np.random.Generator) -> Picture:
    """A photo so far out of focus, or so shaken, that the beats have run together."""
    picture = _ecg(width_px, rng).astype(np.float32)
    sigma = rng.uniform(9, 25)
    smeared = cv2.GaussianBlur(picture, (0, 0), sigma, sigmaY=sigma * rng.uniform(0.5, 1))
    return _exposed(np.asarray(smeared, np.float32), rng.uniform(0, 3), rng)


def drowned(width_px: int, rng: np.random.Generator) -> Picture:
    """A photo whose noise is stronger than its ink."""
    picture = _ecg(width_px, rng).astype(np.float32)
    faint = 150 + (picture - picture.mean()) * rng.uniform(0.0, 0.12)
    return _exposed(faint, rng.uniform(25, 45), rng)


def _exposed(light: NDArray[np.floating], noise_levels: float, rng: np.random.Generator) -> Picture:
    noise = cut_from(noise_tile(), light.shape, rng) * np.float32(noise_levels)
    return np.clip(light + noise, 0, 255).astype(np.uint8)


def _ecg(width_px: int, rng: np.random.Generator) -> Picture:
    """A strip of regular beats, drawn plainly."""
    time_s = np.arange(samples_of(width_px)) / SAMPLING_RATE_HZ
    rr_s = rng.uniform(0.5, 1.2)
    after_r_s = (time_s + rng.uniform(0, rr_s) + rr_s / 2) % rr_s - rr_s / 2
    waves = (h * np.exp(-(((after_r_s - at) / w) ** 2) / 2) for at, w, h in _WAVES)
    signal_mv = rng.uniform(0.4, 1.5) * np.sum(list(waves), axis=0)
    return draw_channels([signal_mv.astype(np.float32)], blank_style(rng, gridless=0.2), width_px)
