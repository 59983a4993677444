"""At what distance lines repeat: profiles of a picture and their autocorrelation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

SMALLEST_PITCH_PX = 2.0

_SMALLEST_BAND_PX = 12
_ROWS_FOR_MEDIAN = 31
_GOLDEN_RATIO = (5**0.5 - 1) / 2
_WIDEST_LINE_PX = 15
_FAINT_SHARE = 0.3
_USUAL_QUANTILE = 0.9
_FEWEST_PERIODS = 4
_SMALLEST_CORRELATION = 0.2
_WORTH_TRYING = 0.3
_MOST_LINES = 0.8
_SLACK_PX = 0.7
_FINENESS = 4


@dataclass(frozen=True)
class Period:
    """A distance at which a profile repeats itself.

    Attributes:
        length_px: the distance.
        correlation: how well it repeats, up to 1.
    """

    length_px: float
    correlation: float


def band_profiles(darkness: NDArray[np.uint8], most_bands: int = 12) -> NDArray[np.float64]:
    """How dark the upright lines are, band by band.

    A line runs through its band, so it survives the median across it; the trace and letters
    seldom do.

    Args:
        darkness: `[height, width]`, 0 where the paper is blank.
        most_bands: how many there are in a picture that is high enough.

    Returns:
        `[bands, width]`, bands of equal height from top to bottom, at least two.
    """
    count = max(2, min(most_bands, darkness.shape[0] // _SMALLEST_BAND_PX))
    medians = [_median_of_rows(band) for band in np.array_split(darkness, count)]
    lines = np.sqrt(ndimage.white_tophat(np.stack(medians), size=(1, _WIDEST_LINE_PX)))
    return np.minimum(lines, _usual_height(lines))


def _usual_height(lines: NDArray[np.float64]) -> float:
    """The height of all but the highest tenth of the peaks: a flat trace or a frame is higher."""
    inner = lines[:, 1:-1]
    peaks = inner[(inner > lines[:, :-2]) & (inner >= lines[:, 2:])]
    strong = peaks[peaks > _FAINT_SHARE * lines.max()]
    return float(np.quantile(strong, _USUAL_QUANTILE, method="lower")) if len(strong) else 0.0


def _median_of_rows(band: NDArray[np.uint8]) -> NDArray[np.float64]:
    """`[width]` median over some rows, spread unevenly so that they do not all meet level lines."""
    if len(band) > _ROWS_FOR_MEDIAN:
        places = np.arange(_ROWS_FOR_MEDIAN) * _GOLDEN_RATIO % 1.0
        band = band[(places * len(band)).astype(np.intp)]
    middle = len(band) // 2
    return np.partition(band, middle, axis=0)[middle].astype(np.float64)


def find_period(profiles: NDArray[np.float64]) -> Period | None:
    """The shortest distance at which the profiles repeat and lines stand without a gap.

    Args:
        profiles: `[profiles, width]`, from 0 up; blank ones do not count.

    Returns:
        The distance, which may be a multiple of the true period; None where nothing repeats.
    """
    correlation = _autocorrelation(profiles)
    power = _power(profiles)
    lines = ndimage.maximum_filter1d(profiles.mean(axis=0), 3)
    for lag in _repeating_lags(correlation):
        length_px = _refine(power, int(lag))
        if _present_share(lines, length_px) > _MOST_LINES:
            return Period(length_px, float(correlation[lag]))
    return None


def _autocorrelation(profiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """`[lags]`, 1 at lag 0, of all profiles together.

    Lines are blurred a little, because a printer that rounds their places to whole pixels
    leaves them at uneven distances.
    """
    width = profiles.shape[1]
    blurred = ndimage.convolve1d(profiles, (0.25, 0.5, 0.25), axis=1)
    centred = blurred - blurred.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(centred, 2 * width, axis=1)) ** 2
    correlation = np.fft.irfft(power.sum(axis=0))[:width]
    return correlation / max(correlation[0], 1e-9)


def _repeating_lags(correlation: NDArray[np.float64]) -> NDArray[np.intp]:
    """Lags at which the correlation peaks, shortest first."""
    longest = max(3, len(correlation) // _FEWEST_PERIODS)
    inner = correlation[1 : longest - 1]
    is_peak = (inner >= correlation[: longest - 2]) & (inner > correlation[2:longest])
    lags = np.flatnonzero(is_peak) + 1
    lags = lags[(lags >= SMALLEST_PITCH_PX) & (correlation[lags] >= _SMALLEST_CORRELATION)]
    if not len(lags):
        return lags
    return lags[correlation[lags] >= _WORTH_TRYING * correlation[lags].max()]


def _present_share(lines: NDArray[np.float64], period_px: float) -> float:
    """Share of the places of regular lines, between the first and the last, that hold one."""
    strong = np.flatnonzero(lines > _FAINT_SHARE * lines.max())
    phases = np.arange(strong[0], strong[0] + period_px)
    steps = np.arange(max(0, int((strong[-1] - phases[-1]) / period_px)) + 1) * period_px
    places = np.round(phases[:, np.newaxis] + steps).astype(np.intp)
    heights = lines[np.minimum(places, len(lines) - 1)]
    best = heights[np.argmax(heights.mean(axis=1))]
    return float(np.mean(best > _FAINT_SHARE * np.quantile(best, 0.75)))


def _power(profiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """`[frequencies]` power of all profiles together, from 0 to half a cycle a pixel, finely."""
    width = profiles.shape[1]
    centred = (profiles - profiles.mean(axis=1, keepdims=True)) * np.hanning(width)
    length = 2 * fft.next_fast_len(_FINENESS * width, real=True)
    return (np.abs(fft.rfft(centred, length, axis=1)) ** 2).sum(axis=0)


def _refine(power: NDArray[np.float64], lag: int) -> float:
    """The period near `lag`, to a small fraction of a pixel: where its harmonics are strongest.

    Args:
        power: `[frequencies]` from 0 to half a cycle a pixel.
        lag: the period to about half a pixel.
    """
    orders = np.arange(1, max(2, int(lag / SMALLEST_PITCH_PX)))
    nyquist = len(power) - 1
    lowest, highest = (2 * nyquist / (lag + slack) for slack in (_SLACK_PX, -_SLACK_PX))
    fundamentals = np.linspace(lowest, highest, 1 + math.ceil((highest - lowest) * orders[-1]))
    places = np.round(fundamentals[:, np.newaxis] * orders).astype(np.intp)
    strength = np.where(places <= nyquist, power[np.minimum(places, nyquist)], 0.0).sum(axis=1)
    return float(2 * nyquist / fundamentals[np.argmax(strength)])
