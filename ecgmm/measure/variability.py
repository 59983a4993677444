"""Heart-rate variability, as the Task Force of ESC and NASPE has it (Circulation 93:1043, 1996).

Only intervals between two neighbouring normal beats count (NN intervals): those into and out of an
ectopic beat are left out, and so is what touches a stretch that could not be read.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

SHORTEST_S = 300.0
"""Task Force 1996: short-term measures are of five minutes."""
LEAST_NORMAL_SHARE = 0.8
"""This project's own: with more ectopy, what is left says little of the sinus node."""
SHORTEST_RR_S, LONGEST_RR_S = 0.3, 2.0
"""200 and 30 a minute: an interval beyond is a beat that was missed or invented."""
LONG_DIFFERENCE_S = 0.05
"""Of pNN50, by its name."""
VLF_HZ, LF_HZ, HF_HZ = (0.0033, 0.04), (0.04, 0.15), (0.15, 0.4)
"""Task Force 1996, table 2."""
SEGMENT_S = 300.0
"""Spectra are of five minutes each, and averaged over a longer recording."""

_MS = 1000.0
_ROUNDING_MS = 1e-6
"""Differences of times are off by the rounding of floats; 50 ms are not above 50 ms."""
_EVEN_HZ = 4.0
"""The rate at which intervals are interpolated, an order above the highest frequency."""
_LEAST_SEGMENT_SHARE = 0.9
"""Of a segment in which NN intervals follow each other; the rest is bridged."""


@dataclass(frozen=True)
class Variability:
    """How much the intervals between normal beats vary.

    Attributes:
        nn_intervals: how many there are.
        mean_nn_ms: their mean.
        sdnn_ms: their standard deviation.
        rmssd_ms: root mean square of the differences between neighbours.
        pnn50: share of these differences above 50 ms, from 0 to 1.
        sd1_ms: Poincare plot, across the diagonal.
        sd2_ms: Poincare plot, along the diagonal.
        vlf_ms2: power below 0.04 Hz; None where no five minutes are whole enough for a spectrum.
        lf_ms2: power from 0.04 to 0.15 Hz.
        hf_ms2: power from 0.15 to 0.4 Hz.
    """

    nn_intervals: int
    mean_nn_ms: float
    sdnn_ms: float
    rmssd_ms: float
    pnn50: float
    sd1_ms: float
    sd2_ms: float
    vlf_ms2: float | None
    lf_ms2: float | None
    hf_ms2: float | None

    @property
    def lf_hf(self) -> float | None:
        """The ratio of the low and the high frequencies."""
        return self.lf_ms2 / self.hf_ms2 if self.lf_ms2 is not None and self.hf_ms2 else None

    def to_dict(self) -> dict[str, float | int | None]:
        """The figures in the report."""
        figures = {**asdict(self), "lf_hf": self.lf_hf}
        digits = {"pnn50": 4, "lf_hf": 2}
        return {
            name: value
            if value is None or isinstance(value, int)
            else round(value, digits.get(name, 1))
            for name, value in figures.items()
        }


def normal_intervals_s(rr_s: NDArray[np.float64], labels: str) -> NDArray[np.float64]:
    """`[beats - 1]`, each NN interval in seconds; NaN where an interval is none.

    Args:
        rr_s: `[beats - 1]`, NaN where an interval touches what could not be read.
        labels: AAMI class of each beat, one letter a beat.
    """
    normal = np.frombuffer(labels.encode("ascii"), np.uint8) == ord("N")
    possible = (rr_s >= SHORTEST_RR_S) & (rr_s <= LONGEST_RR_S)
    return np.where(normal[:-1] & normal[1:] & possible, rr_s, np.nan)


def why_not(nn_s: NDArray[np.float64]) -> str:
    """Why intervals say nothing of the sinus node; empty where they do."""
    known = np.isfinite(nn_s)
    if not known.any() or float(np.nansum(nn_s)) < SHORTEST_S:
        return "it takes five minutes of normal beats"
    if known.mean() < LEAST_NORMAL_SHARE:
        return "too many beats are not normal"
    return ""


def variability(nn_s: NDArray[np.float64], time_s: NDArray[np.float64]) -> Variability:
    """Measure NN intervals.

    Args:
        nn_s: `[beats - 1]`, as `normal_intervals_s` gives them, at least two.
        time_s: `[beats]`, when the beats are.
    """
    known_ms = nn_s[np.isfinite(nn_s)] * _MS
    steps_ms = np.diff(nn_s) * _MS
    steps_ms = steps_ms[np.isfinite(steps_ms)]
    sdnn_ms = float(np.std(known_ms, ddof=1))
    sd1_ms = float(np.std(steps_ms, ddof=1)) / math.sqrt(2)
    powers = _mean_powers_ms2(nn_s, time_s)
    return Variability(
        nn_intervals=len(known_ms),
        mean_nn_ms=float(np.mean(known_ms)),
        sdnn_ms=sdnn_ms,
        rmssd_ms=float(np.sqrt(np.mean(np.square(steps_ms)))),
        pnn50=float(np.mean(np.abs(steps_ms) > LONG_DIFFERENCE_S * _MS + _ROUNDING_MS)),
        sd1_ms=sd1_ms,
        sd2_ms=math.sqrt(max(2 * sdnn_ms**2 - sd1_ms**2, 0.0)),
        vlf_ms2=powers[0] if powers else None,
        lf_ms2=powers[1] if powers else None,
        hf_ms2=powers[2] if powers else None,
    )


def _mean_powers_ms2(
    nn_s: NDArray[np.float64], time_s: NDArray[np.float64]
) -> tuple[float, float, float] | None:
    """Power of the three bands, the mean over segments of five minutes that are whole enough."""
    ends_s = time_s[1:]
    segments = max(1, int((ends_s[-1] - ends_s[0]) // SEGMENT_S))
    found = [
        _powers_ms2(nn_s[inside], ends_s[inside])
        for number in range(segments)
        if _is_whole(nn_s[inside := _segment(ends_s, number)])
    ]
    if not found:
        return None
    vlf, lf, hf = np.mean(found, axis=0).tolist()
    return vlf, lf, hf


def _segment(ends_s: NDArray[np.float64], number: int) -> slice:
    start_s = ends_s[0] + number * SEGMENT_S
    first, last = np.searchsorted(ends_s, (start_s, start_s + SEGMENT_S))
    return slice(int(first), int(last))


def _is_whole(nn_s: NDArray[np.float64]) -> bool:
    return len(nn_s) > 1 and float(np.nansum(nn_s)) >= _LEAST_SEGMENT_SHARE * SEGMENT_S


def _powers_ms2(nn_s: NDArray[np.float64], ends_s: NDArray[np.float64]) -> list[float]:
    """Power of the three bands, from intervals interpolated to an even rate."""
    from scipy.interpolate import CubicSpline
    from scipy.signal import periodogram

    known = np.isfinite(nn_s)
    even_s = np.arange(ends_s[known][0], ends_s[known][-1], 1 / _EVEN_HZ)
    even_ms = CubicSpline(ends_s[known], nn_s[known] * _MS)(even_s)
    frequency_hz, density = periodogram(
        even_ms, fs=_EVEN_HZ, window="hann", detrend="linear", scaling="density"
    )
    step_hz = frequency_hz[1]
    return [
        float(density[(frequency_hz >= low) & (frequency_hz < high)].sum() * step_hz)
        for low, high in (VLF_HZ, LF_HZ, HF_HZ)
    ]
