"""Change of sampling rate, gaps kept."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

LARGEST_RATIO_TERM = 2000
"""The filter has 40,000 taps then; the rates of recorders have far smaller terms."""


def resample(signal_mv: NDArray[np.float32], from_hz: float, to_hz: float) -> NDArray[np.float32]:
    """Resample leads with a polyphase anti-aliasing filter.

    Args:
        signal_mv: `[samples, leads]`, millivolts; NaN where nothing was recorded.
        from_hz: sampling rate of `signal_mv`.
        to_hz: sampling rate wanted.

    Returns:
        `[ceil(samples * to_hz / from_hz), leads]` float32. Gaps stay NaN; the filter
        sees them bridged by straight lines, so their edges do not ring.
    """
    from scipy.signal import resample_poly

    ratio = Fraction(to_hz / from_hz).limit_denominator(LARGEST_RATIO_TERM)
    if ratio == 1 or len(signal_mv) == 0:
        return signal_mv.astype(np.float32)
    missing = ~np.isfinite(signal_mv)
    bridged = bridge_gaps(signal_mv) if missing.any() else signal_mv
    resampled = resample_poly(
        bridged, ratio.numerator, ratio.denominator, axis=0, padtype="line"
    ).astype(np.float32)
    if missing.any():
        nearest = np.arange(len(resampled)) * ratio.denominator // ratio.numerator
        resampled[missing[np.minimum(nearest, len(missing) - 1)]] = np.nan
    return resampled


def bridge_gaps(signal_mv: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill NaN by straight lines between the samples on either side; all-NaN leads by 0.

    Args:
        signal_mv: `[samples, leads]`, millivolts.

    Returns:
        A copy without NaN, of the same shape.
    """
    bridged = np.array(signal_mv, np.float32)
    positions = np.arange(len(bridged))
    for lead in bridged.T:
        known = np.isfinite(lead)
        if not known.any():
            lead[:] = 0.0
        elif not known.all():
            lead[~known] = np.interp(positions[~known], positions[known], lead[known])
    return bridged
