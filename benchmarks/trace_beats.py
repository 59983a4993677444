"""Beats of a strip of ECG paper by plain signal processing: the floor for the network.

The trace is what remains of the ink without the grid: a path from left to right by dynamic
programming, and the tips of the spikes that the path cuts off.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from ecgmm.grid import PAPER_SPEED_MM_PER_S, PIXELS_PER_MM
from ecgmm.paper.reading.grid_removal import remove_grid
from ecgmm.paper.reading.ink import paper_level
from ecgmm.paper.reading.rectify import MM_PER_BOX

STRIP_RATE_HZ = PIXELS_PER_MM * PAPER_SPEED_MM_PER_S
PULSE_FLANK_PX = 4
STEEPEST_PX = 5
STEEPNESS_COST = 0.12
INKED = 0.3
QRS_BAND_HZ = (8.0, 30.0)
QRS_S = 0.1
REFRACTORY_S = 0.3
LEAST_SHARE_OF_TYPICAL = 0.35


def find_strip_beats(
    grey: NDArray[np.uint8], bars_s: tuple[float, ...] = ()
) -> NDArray[np.float64]:
    """Times of the beats in a strip.

    Args:
        grey: `[160, 1000]`, 4 px/mm.
        bars_s: where bars between leads stand, which look like beats.

    Returns:
        `[beats]` seconds from the strip's left edge.
    """
    trace_px = read_trace(grey)
    trace_px[:PULSE_FLANK_PX] = trace_px[PULSE_FLANK_PX]
    for bar_s in bars_s:
        first, last = (round((bar_s + side * 0.05) * STRIP_RATE_HZ) for side in (-1, 1))
        trace_px[first : last + 1] = np.linspace(trace_px[first], trace_px[last], last + 1 - first)
    return find_beats(trace_px[:, None], STRIP_RATE_HZ)


def read_trace(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Height of the trace in each column of a strip, `[1000]` px, upward positive."""
    brightness = grey.astype(np.float32)
    darkness = np.clip(1 - brightness / np.maximum(paper_level(brightness), 1), 0, 1)
    ink = remove_grid(darkness.astype(np.float32), MM_PER_BOX * PIXELS_PER_MM)
    path = _path(ndimage.gaussian_filter1d(ink, 1.0, axis=0))
    return -_with_tips(ink > INKED, path)


def _path(ink: NDArray[np.float32]) -> NDArray[np.int64]:
    """The inkiest way from left to right that is nowhere too steep."""
    height, width = ink.shape
    came_from = np.zeros((width, height), np.int64)
    total = ink[:, 0].copy()
    shifts = np.arange(-STEEPEST_PX, STEEPEST_PX + 1)
    cost = STEEPNESS_COST * np.abs(shifts)
    for column in range(1, width):
        padded = np.pad(total, STEEPEST_PX, constant_values=-np.inf)
        options = np.lib.stride_tricks.sliding_window_view(padded, len(shifts)) - cost
        best = options.argmax(axis=1)
        came_from[column] = np.arange(height) + shifts[best]
        total = options[np.arange(height), best] + ink[:, column]
    path = np.empty(width, np.int64)
    path[-1] = total.argmax()
    for column in range(width - 1, 0, -1):
        path[column - 1] = came_from[column, path[column]]
    return path


def _with_tips(ink: NDArray[np.bool_], path: NDArray[np.int64]) -> NDArray[np.float64]:
    """The path, moved to the farther end of the ink that it touches in each column."""
    joined = ndimage.binary_closing(ink, np.ones((5, 1), bool))
    typical = ndimage.median_filter(path, 101)
    tips = path.astype(np.float64)
    for column, row in enumerate(path):
        runs, _ = ndimage.label(joined[:, column])
        if runs[row]:
            ends = np.flatnonzero(runs == runs[row])[[0, -1]]
            tips[column] = ends[np.argmax(np.abs(ends - typical[column]))]
    return tips


def find_beats(signals: NDArray[np.float64], sampling_rate_hz: float) -> NDArray[np.float64]:
    """Times of the beats that several simultaneous signals show together.

    Args:
        signals: `[samples, leads]`; NaN where a lead was not printed.
        sampling_rate_hz: samples a second.

    Returns:
        `[beats]` seconds: centres of the steepest 100 ms, after Pan and Tompkins 1985.
    """
    steepness = np.stack([_steepness(lead, sampling_rate_hz) for lead in signals.T])
    energy = np.nanmean(steepness, axis=0)
    peaks, _ = signal.find_peaks(energy, distance=round(REFRACTORY_S * sampling_rate_hz))
    typical = np.median(np.sort(energy[peaks])[-6:])
    return peaks[energy[peaks] > LEAST_SHARE_OF_TYPICAL * typical] / sampling_rate_hz


def _steepness(lead: NDArray[np.float64], sampling_rate_hz: float) -> NDArray[np.float64]:
    """Root mean square slope over 100 ms, 1 at the steepest; NaN where the lead is."""
    known = np.isfinite(lead)
    sections = signal.butter(2, QRS_BAND_HZ, "bandpass", fs=sampling_rate_hz, output="sos")
    slope = np.gradient(signal.sosfiltfilt(sections, lead[known]))
    energy = np.sqrt(ndimage.uniform_filter1d(slope**2, round(QRS_S * sampling_rate_hz)))
    steepness = np.full(len(lead), np.nan)
    steepness[known] = energy / max(energy.max(), 1e-9)
    return steepness
