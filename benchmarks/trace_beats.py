"""Beats of a row by plain signal processing, from the height of its trace: the network's floor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from ecgmm.grid import PAPER_SPEED_MM_PER_S, PIXELS_PER_MM

STRIP_RATE_HZ = PIXELS_PER_MM * PAPER_SPEED_MM_PER_S
QRS_BAND_HZ = (8.0, 30.0)
QRS_S = 0.1
REFRACTORY_S = 0.3
LEAST_SHARE_OF_TYPICAL = 0.35
BORDER_HALF_S = 0.05


def find_trace_beats(
    trace_px: NDArray[np.int64], borders_s: tuple[float, ...] = ()
) -> NDArray[np.float64]:
    """Times of the beats in a row.

    Args:
        trace_px: `[1000]` height of its trace, px from the strip's top.
        borders_s: where the row changes its lead, which looks like a beat.

    Returns:
        `[beats]` seconds from the strip's left edge.
    """
    return find_page_beats([(trace_px, borders_s)])


def find_page_beats(
    rows: Sequence[tuple[NDArray[np.int64], tuple[float, ...]]],
) -> NDArray[np.float64]:
    """Times of the beats that the rows of a page show together.

    Args:
        rows: `[1000]` height of each row's trace, and where it changes its lead.
    """
    leads = [lead for trace_px, borders_s in rows for lead in _leads(trace_px, borders_s)]
    return find_beats(np.stack(leads, axis=1), STRIP_RATE_HZ)


def _leads(
    trace_px: NDArray[np.int64], borders_s: tuple[float, ...]
) -> Iterator[NDArray[np.float64]]:
    """Each lead of a row, `[1000]` upward, NaN where the row shows another or changes its lead."""
    time_s = np.arange(len(trace_px)) / STRIP_RATE_HZ
    for start_s, end_s in pairwise((-BORDER_HALF_S, *borders_s, time_s[-1] + 2 * BORDER_HALF_S)):
        within = (time_s >= start_s + BORDER_HALF_S) & (time_s <= end_s - BORDER_HALF_S)
        yield np.where(within, -trace_px.astype(np.float64), np.nan)


def find_beats(signals: NDArray[np.float64], sampling_rate_hz: float) -> NDArray[np.float64]:
    """Times of the beats that several simultaneous signals show together.

    Args:
        signals: `[samples, leads]`; NaN where a lead was not printed.
        sampling_rate_hz: samples a second.

    Returns:
        `[beats]` seconds: centres of the steepest 100 ms, after Pan and Tompkins 1985.
    """
    steepness = np.stack([_steepness(lead, sampling_rate_hz) for lead in signals.T])
    known = np.isfinite(steepness)
    energy = np.where(known, steepness, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
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
