"""At what distance lines repeat: profiles of a picture and their autocorrelation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

SMALLEST_PITCH_PX = 2.0

_SMALLEST_BAND_PX = 12
_ROWS_FOR_MEDIAN = 31
_GOLDEN_RATIO = (5**0.5 - 1) / 2
_WIDEST_LINE_PX = 15
_STRONG_SHARE = 0.25
_USUAL_QUANTILE = 0.9
_FEWEST_PERIODS = 4
_SMALLEST_CORRELATION = 0.2
_NEARLY_AS_WELL = 0.6
_LONGEST_SHARE = 0.7
_LARGEST_SLIP = 0.3


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
    """The height of all but the highest tenth of the peaks, which are those of a trace."""
    inner = lines[:, 1:-1]
    peaks = inner[(inner > lines[:, :-2]) & (inner >= lines[:, 2:])]
    if not len(peaks):
        return 0.0
    strong = peaks[peaks > _STRONG_SHARE * peaks.max()]
    return float(np.quantile(strong, _USUAL_QUANTILE, method="lower"))


def _median_of_rows(band: NDArray[np.uint8]) -> NDArray[np.float64]:
    """`[width]` median over some rows, spread unevenly so that they do not all meet level lines."""
    if len(band) > _ROWS_FOR_MEDIAN:
        places = np.arange(_ROWS_FOR_MEDIAN) * _GOLDEN_RATIO % 1.0
        band = band[(places * len(band)).astype(np.intp)]
    middle = len(band) // 2
    return np.partition(band, middle, axis=0)[middle].astype(np.float64)


def find_period(profiles: NDArray[np.float64]) -> Period | None:
    """The shortest distance at which the profiles repeat nearly as well as at any.

    Args:
        profiles: `[profiles, width]`, from 0 up; blank ones do not count.

    Returns:
        The distance, which may be a multiple of the true period; None where nothing repeats.
    """
    correlation = _autocorrelation(profiles)
    lag = _repeating_lag(correlation)
    if lag is None:
        return None
    return Period(_refine(correlation, lag), float(correlation[lag]))


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


def _repeating_lag(correlation: NDArray[np.float64]) -> int | None:
    longest = len(correlation) // _FEWEST_PERIODS
    if longest < 4:
        return None
    inner = correlation[1 : longest - 1]
    is_peak = (inner >= correlation[: longest - 2]) & (inner > correlation[2:longest])
    lags = np.flatnonzero(is_peak) + 1
    lags = lags[(lags >= SMALLEST_PITCH_PX) & (correlation[lags] >= _SMALLEST_CORRELATION)]
    if not len(lags):
        return None
    return int(lags[correlation[lags] >= _NEARLY_AS_WELL * correlation[lags].max()][0])


def _refine(correlation: NDArray[np.float64], lag: int) -> float:
    """The period to a fraction of a pixel: from ever longer lags that it divides."""
    period_px, multiple = _peak_near(correlation, lag), 1
    while period_px * multiple * 2 < _LONGEST_SHARE * len(correlation):
        multiple *= 2
        expected = period_px * multiple
        found = _peak_near(correlation, expected)
        if abs(found - expected) > _LARGEST_SLIP * period_px:
            break
        period_px = found / multiple
    return period_px


def _peak_near(correlation: NDArray[np.float64], lag: float) -> float:
    """The maximum within a pixel of `lag`, interpolated by a parabola."""
    low = max(1, round(lag) - 1)
    peak = low + int(np.argmax(correlation[low : round(lag) + 2]))
    if not 1 <= peak < len(correlation) - 1:
        return float(peak)
    before, at, after = correlation[peak - 1 : peak + 2]
    curvature = before - 2 * at + after
    return peak + (0.5 * (before - after) / curvature if curvature < 0 else 0.0)
