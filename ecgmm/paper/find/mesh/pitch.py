"""Pitch and direction of the grid, place by place, from the spectra of small tiles."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

TILE_PX = 128
HOP_PX = 64
SHORTEST_PITCH_PX = 7.0
LONGEST_PITCH_PX = 40.0
HARMONICS = (1, 2, 3)
FAMILY_ANGLE_SPAN_DEG = 12.0
PITCH_RATIO = 1.25
LARGEST_SKEW_DEG = range(-14, 15)
HIGHEST_FREQUENCY = 0.4
BACKGROUND_SAMPLES = 31
LEAST_REPETITION = 0.1
SAME_AS_BEST = 0.8
LEAST_CONTRAST = 1.5
STACK = 200


@dataclass(frozen=True)
class LocalGrid:
    """The two families of grid lines near each tile's centre.

    Attributes:
        centre_x_px: `[columns]` of the tiles' centres.
        centre_y_px: `[rows]` of the tiles' centres.
        step_px: `[rows, columns, 2, 2]`; `step_px[..., 0, :]` leads (x, y) from one line of the
            first family to the next, more nearly to the right than down; `step_px[..., 1, :]`
            does so for the second family, downward.
        strength: `[rows, columns]`, contrast of the weaker family; about 1 where no grid is.
        pitch_px: the page's typical pitch.
    """

    centre_x_px: NDArray[np.float32]
    centre_y_px: NDArray[np.float32]
    step_px: NDArray[np.float32]
    strength: NDArray[np.float32]
    pitch_px: float


def measure_local_grid(darkness: NDArray[np.float32]) -> LocalGrid | None:
    """Find the grid's pitch and direction everywhere.

    Args:
        darkness: `[height, width]`, see `ink.line_darkness`.

    Returns:
        The grid, or None where no two crossing families of regular lines are found.
    """
    tiles, x_px, y_px = _tiles(darkness)
    spectra = _whitened_spectra(tiles.reshape(-1, TILE_PX, TILE_PX))
    coarse = _dominant_pair(_typical(spectra))
    if coarse is None:
        return None
    frequency = np.empty((2, len(spectra), 2), np.float32)
    contrast = np.empty((2, len(spectra)), np.float32)
    for family in range(2):
        frequency[family], contrast[family] = _refine(spectra, coarse[family])
    shape = tiles.shape[:2]
    strength = contrast.min(axis=0).reshape(shape)
    if np.sum(strength > LEAST_CONTRAST) < 4:
        return None
    smooth = _smooth(frequency.transpose(1, 0, 2).reshape(*shape, 2, 2), strength)
    step_px = _steps(smooth)
    pitch_px = float(np.sqrt(abs(np.linalg.det(np.median(step_px, axis=(0, 1))))))
    return LocalGrid(x_px, y_px, step_px, strength, pitch_px)


def _tiles(
    darkness: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Overlapping tiles `[rows, columns, 128, 128]` and their centres."""
    short = [max(0, TILE_PX - size) for size in darkness.shape]
    padded = np.pad(np.minimum(darkness, 0.5), ((0, short[0]), (0, short[1])))
    tops, lefts = (_starts(size) for size in padded.shape)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (TILE_PX, TILE_PX))
    half = (TILE_PX - 1) / 2
    return (
        windows[np.ix_(tops, lefts)],
        (lefts + half).astype(np.float32),
        (tops + half).astype(np.float32),
    )


def _starts(size_px: int) -> NDArray[np.int64]:
    count = 1 + -(-(size_px - TILE_PX) // HOP_PX)
    return np.linspace(0, size_px - TILE_PX, count).round().astype(np.int64)


def _whitened_spectra(tiles: NDArray[np.float32]) -> NDArray[np.float32]:
    """Amplitude over its local background, `[tiles, 128, 65]`; row 64 is frequency 0."""
    taper = np.hanning(TILE_PX).astype(np.float32)
    centred = tiles - tiles.mean(axis=(1, 2), keepdims=True)
    amplitude = np.abs(fft.rfft2(centred * np.outer(taper, taper), axes=(1, 2)))
    amplitude = np.fft.fftshift(amplitude, axes=1).astype(np.float32)
    radius = _radius_bins()
    counts = np.bincount(radius.ravel())
    for index, plane in enumerate(amplitude):
        ring_mean = np.bincount(radius.ravel(), plane.ravel()) / counts
        amplitude[index] = plane / (ring_mean[radius] + 1e-3)
    return np.minimum(amplitude, 12)


def _radius_bins() -> NDArray[np.int64]:
    down = np.arange(TILE_PX)[:, None] - TILE_PX // 2
    right = np.arange(TILE_PX // 2 + 1)[None]
    return np.hypot(down, right).round().astype(np.int64)


def _typical(spectra: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean spectrum of the tiles that have the most pronounced lines, over its background."""
    peaky = np.sort(spectra.reshape(len(spectra), -1), axis=1)[:, -40:].mean(axis=1)
    best = np.argsort(peaky)[-max(4, len(spectra) // 3) :]
    mean = spectra[best].mean(axis=0)
    radius = _radius_bins()
    background = [np.median(mean[radius == ring]) for ring in range(radius.max() + 1)]
    return np.maximum(mean / np.maximum(background, 1e-6)[radius] - 1, 0).astype(np.float32)


def _dominant_pair(spectrum: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Frequencies `[2, 2]` (x, y in cycles/px) of the two families of lines."""
    angles = np.deg2rad(np.arange(-90.0, 90.0))
    direction = np.stack([np.cos(angles), np.sin(angles)], axis=-1).astype(np.float32)
    radial = np.linspace(0.5 / LONGEST_PITCH_PX, HIGHEST_FREQUENCY, 200, dtype=np.float32)
    profile = _lookup(spectrum, direction[:, None] * radial[:, None])
    energy = profile.sum(axis=1)
    pairs = np.stack([energy * np.roll(energy, -90 - skew) for skew in LARGEST_SKEW_DEG])
    skew_index, first = np.unravel_index(np.argmax(pairs), pairs.shape)
    second = (first + 90 + LARGEST_SKEW_DEG[skew_index]) % 180
    pitches = [_pitch(profile[index], radial) for index in (first, second)]
    if None in pitches:
        return None
    return np.stack([direction[first] / pitches[0], direction[second] / pitches[1]])


def _pitch(profile: NDArray[np.float32], frequency: NDArray[np.float32]) -> float | None:
    """The shortest distance at which lines repeat: a peak of their autocorrelation."""
    lag_px = np.geomspace(SHORTEST_PITCH_PX, LONGEST_PITCH_PX, 240)
    peaked = np.maximum(profile - ndimage.median_filter(profile, BACKGROUND_SAMPLES), 0)
    waves = np.cos(2 * np.pi * lag_px[:, None] * frequency)
    correlation = waves @ peaked / max(peaked.sum(), 1e-9)
    inner = correlation[1:-1]
    is_peak = (inner > correlation[:-2]) & (inner >= correlation[2:])
    peaks = np.flatnonzero(is_peak & (inner > LEAST_REPETITION)) + 1
    if not len(peaks):
        return None
    strong = correlation[peaks] > SAME_AS_BEST * correlation[peaks].max()
    return float(lag_px[peaks[np.argmax(strong)]])


def _lookup(spectrum: NDArray[np.float32], frequency: NDArray[np.float32]) -> NDArray[np.float32]:
    """Spectrum at frequencies `[rows, columns, 2]`; 0 beyond the Nyquist frequency."""
    right, down = _spectrum_position(frequency)
    found = cv2.remap(spectrum, right, down, cv2.INTER_LINEAR, borderValue=0)
    return np.asarray(found, np.float32)


def _spectrum_position(
    frequency: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Column and row of frequencies `[..., 2]`, cycles/px, in the half of a spectrum kept."""
    flip = np.where(frequency[..., 0] < 0, np.float32(-TILE_PX), np.float32(TILE_PX))
    return frequency[..., 0] * flip, frequency[..., 1] * flip + np.float32(TILE_PX // 2)


def _is_inside(right: NDArray[np.float32], down: NDArray[np.float32]) -> NDArray[np.bool_]:
    return (right <= TILE_PX // 2) & (down >= 0) & (down <= TILE_PX - 1)


def _refine(
    spectra: NDArray[np.float32], coarse: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Each tile's own frequency `[tiles, 2]` near the coarse one, and its contrast `[tiles]`."""
    turn = np.deg2rad(np.linspace(-FAMILY_ANGLE_SPAN_DEG, FAMILY_ANGLE_SPAN_DEG, 17))
    scale = np.geomspace(1 / PITCH_RATIO, PITCH_RATIO, 19)
    spin = (np.exp(1j * turn)[:, None] * scale).ravel() * complex(coarse[0], coarse[1])
    candidates = np.stack([spin.real, spin.imag], axis=-1).astype(np.float32)
    stack = [spectra[first : first + STACK] for first in range(0, len(spectra), STACK)]
    score = np.concatenate([_score_each(part, candidates) for part in stack])
    best = score.argmax(axis=1)
    weight = sum(1 / k for k in HARMONICS)
    return candidates[best], score[np.arange(len(spectra)), best] / weight


def _score_each(
    spectra: NDArray[np.float32], candidates: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Strength `[tiles, candidates]` of the harmonics of each candidate in each spectrum."""
    tall = spectra.reshape(-1, spectra.shape[-1])
    tops = np.arange(len(spectra), dtype=np.float32)[:, None] * TILE_PX
    score = np.zeros((len(spectra), len(candidates)), np.float32)
    for harmonic in HARMONICS:
        right, down = _spectrum_position(candidates * harmonic)
        across, along = np.broadcast_arrays(right[None], down + tops)
        found = cv2.remap(tall, across.copy(), along, cv2.INTER_LINEAR, borderValue=0)
        score += found * _is_inside(right, down) / harmonic
    return score


def _smooth(frequency: NDArray[np.float32], strength: NDArray[np.float32]) -> NDArray[np.float32]:
    """Blend of neighbouring tiles, the stronger counting more, outliers left out."""
    weight = np.clip(strength - 1, 0, 4) ** 2 + 1e-6
    for _ in range(3):
        blend = _blend(frequency, weight)
        error = np.linalg.norm(frequency - blend, axis=-1) / np.linalg.norm(blend, axis=-1)
        weight = np.clip(strength - 1, 0, 4) ** 2 / (1 + (error.max(axis=-1) / 0.05) ** 4) + 1e-6
    return _blend(frequency, weight)


def _blend(frequency: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    planes = (frequency * weight[..., None, None]).reshape(*weight.shape, 4)
    spread = [cv2.GaussianBlur(planes[..., k].copy(), (0, 0), 1.2) for k in range(4)]
    mass = np.asarray(cv2.GaussianBlur(weight, (0, 0), 1.2), np.float32)
    wide = [(planes[..., k].sum() / weight.sum()) * 1e-3 for k in range(4)]
    blended = [(s + w) / (mass + 1e-3) for s, w in zip(spread, wide, strict=True)]
    return np.stack(blended, axis=-1).reshape(frequency.shape).astype(np.float32)


def _steps(frequency: NDArray[np.float32]) -> NDArray[np.float32]:
    """Steps between lines: inverse of the frequencies, ordered right then down."""
    steps = np.linalg.inv(frequency).swapaxes(-1, -2)
    mean = steps.mean(axis=(0, 1))
    if abs(mean[0, 0]) < abs(mean[1, 0]):
        steps, mean = steps[..., ::-1, :], mean[::-1]
    sign = np.sign([mean[0, 0], mean[1, 1]]).reshape(2, 1)
    return (steps * sign).astype(np.float32)
