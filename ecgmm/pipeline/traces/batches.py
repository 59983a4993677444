"""Batches of strips with the row of the trace in each column, drawn by many processes."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MV, SAMPLING_RATE_HZ, STRIP_HEIGHT_PX, STRIP_SAMPLES
from ecgmm.paper.trace.follow import PLACE_PX, SAMPLE_PX, TRACE_RATE_HZ, darkness, sharpened
from ecgmm.pipeline.lead_records import twelve_leads
from ecgmm.pipeline.pictures import PictureConfig, print_strip
from ecgmm.pipeline.traces.pages import UNASKED_ROW, Batch

_LEADS_OF_A_ROW = (1, 2, 4)
_LEADS_SHARES = (0.4, 0.15, 0.45)
_LARGEST_GAIN = 1.5
_STRIPS_PER_TASK = 8
_AHEAD = 4
"""Tasks that wait for each process."""


class StripDrawer:
    """Draws strips of the leads of real recordings.

    Args:
        signal_mv: `[records, 8, 1250]` int16 or float, the independent leads.
        unit_mv: millivolts of one in it.
        config: how strips are printed and spoiled.
    """

    def __init__(self, signal: NDArray[np.generic], unit_mv: float, config: PictureConfig) -> None:
        self._signal = signal
        self._unit_mv = unit_mv
        self._config = config

    def row_mv(self, rng: np.random.Generator) -> NDArray[np.float32]:
        """`[1250]` leads of one record in turn, as a row of a page shows them."""
        record = self._signal[int(rng.integers(len(self._signal)))].astype(np.float32)
        leads_mv = twelve_leads(record * np.float32(self._unit_mv))
        leads_mv -= np.median(leads_mv, axis=1, keepdims=True)
        count = int(rng.choice(_LEADS_OF_A_ROW, p=_LEADS_SHARES))
        turn = np.arange(STRIP_SAMPLES) * count // STRIP_SAMPLES
        row = leads_mv[rng.permutation(len(leads_mv))[turn], np.arange(STRIP_SAMPLES)]
        return row * np.float32(_LARGEST_GAIN ** rng.uniform(-1, 1))

    def strip(self, rng: np.random.Generator) -> Batch:
        """`[160, 2000]` darkness and `[4000]` rows of the trace; see `UNASKED_ROW`."""
        printed = print_strip(self.row_mv(rng), self._config, rng)
        return darkness(sharpened(printed.picture)), rows_of(printed.trace_mv)


def rows_of(trace_mv: NDArray[np.float32]) -> NDArray[np.float32]:
    """`[4000]` rows of the strip from the height of the trace at 125 Hz, `UNASKED_ROW` for none."""
    sample_px = SAMPLE_PX[:: TRACE_RATE_HZ // SAMPLING_RATE_HZ]
    row = STRIP_HEIGHT_PX / 2 - np.interp(PLACE_PX, sample_px, trace_mv) * PIXELS_PER_MV
    is_asked = (row >= 0) & (row <= STRIP_HEIGHT_PX - 1)
    return np.where(is_asked, row, UNASKED_ROW).astype(np.float32)


def batches(
    signal_file: Path,
    unit_mv: float,
    config: PictureConfig,
    size: int,
    processes: int,
    seed: int,
) -> Iterator[Batch]:
    """Batches without end: darkness `[batch, 160, 2000, 1]` and rows `[batch, 4000]`.

    Args:
        signal_file: `.npy` with what `StripDrawer` takes, which all processes map.
        unit_mv: see `StripDrawer`.
        config: how strips are printed and spoiled.
        size: strips in a batch.
        processes: how many draw.
        seed: the same seed draws the same strips.
    """
    context = multiprocessing.get_context("spawn")
    given = (signal_file, unit_mv, config)
    seeds = iter(range(seed, seed + 2**40))
    with ProcessPoolExecutor(processes, context, _open_drawer, given) as drawers:
        waiting: deque[Future[list[Batch]]] = deque()
        drawn: list[Batch] = []
        while True:
            while len(drawn) < size:
                while len(waiting) < _AHEAD * processes:
                    waiting.append(drawers.submit(_draw, next(seeds)))
                drawn += waiting.popleft().result()
            dark, rows = (np.stack(parts) for parts in zip(*drawn[:size], strict=True))
            del drawn[:size]
            yield dark.astype(np.float32)[..., np.newaxis], rows


_drawer: StripDrawer


def _open_drawer(signal_file: Path, unit_mv: float, config: PictureConfig) -> None:
    global _drawer
    cv2.setNumThreads(1)
    _drawer = StripDrawer(np.load(signal_file, mmap_mode="r"), unit_mv, config)


def _draw(seed: int) -> list[Batch]:
    """Half as many bits: what goes from process to process is what takes time."""
    rng = np.random.default_rng(seed)
    strips = (_drawer.strip(rng) for _ in range(_STRIPS_PER_TASK))
    return [(dark.astype(np.float16), rows) for dark, rows in strips]
