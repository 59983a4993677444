"""Rows of printed pages on disk: a page takes seconds to draw, and is learned from often."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SHARP_WIDTH_PX, STRIP_HEIGHT_PX, STRIP_WIDTH_PX
from ecgmm.paper.trace.follow import sharpened
from ecgmm.pipeline.traces.hearts import Hearts
from ecgmm.pipeline.traces.pages import UNASKED_ROW, Batch, page_rows

_LEVELS = 80
"""Grey levels of a darkness of 1, which runs from -1 to 2: a byte takes a quarter of a float."""
_FLIPPED_SHARE = 0.3
_BLURRED_SHARE = 0.1
_FAINTER_SHARE = 0.5
_MOST_FAINTER = 0.2
_MOST_NOISE = 0.04
_FARTHEST_SEED = 2**31


def draw_pages(
    signal_file: Path, unit_mv: float, folder: Path, processes: int, seed: int
) -> list[BaseProcess]:
    """Start processes that draw pages and write their rows until they are stopped.

    Args:
        signal_file: `.npy` with what `Hearts` takes.
        unit_mv: see `Hearts`.
        folder: where `page-SEED.npz` is written for each page, each at once.
        processes: how many.
        seed: of the first page; pages that are in the folder already are not drawn again.
    """
    context = multiprocessing.get_context("spawn")
    started: list[BaseProcess] = [
        context.Process(
            target=_draw,
            args=(signal_file, unit_mv, folder, range(seed + number, _FARTHEST_SEED, processes)),
            daemon=True,
        )
        for number in range(processes)
    ]
    for process in started:
        process.start()
    return started


def _draw(signal_file: Path, unit_mv: float, folder: Path, seeds: range) -> None:
    cv2.setNumThreads(1)
    hearts = Hearts(np.load(signal_file, mmap_mode="r"), unit_mv)
    for seed in seeds:
        file = folder / f"page-{seed}.npz"
        if not file.exists():
            write_rows(file, list(page_rows(hearts, seed)))


def write_rows(file: Path, rows: list[Batch]) -> None:
    """Write the rows of a page; an empty file's worth where none was read."""
    dark = np.array([of[0] for of in rows], np.float32).reshape(-1, STRIP_HEIGHT_PX, SHARP_WIDTH_PX)
    levels = np.round((np.clip(dark, -1, 2) + 1) * _LEVELS).astype(np.uint8)
    draft = file.with_suffix(".draft.npz")
    np.savez(draft, dark=levels, rows=np.array([of[1] for of in rows], np.float32))
    draft.replace(file)


class PagePool:
    """All rows that are in a folder so far.

    Args:
        folder: see `draw_pages`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[Path] = set()
        self._dark: list[NDArray[np.uint8]] = []
        self._rows: list[NDArray[np.float32]] = []

    def __len__(self) -> int:
        return len(self._dark)

    def look_again(self) -> None:
        """Take up what was written since."""
        for file in sorted(set(self._folder.glob("page-*[0-9].npz")) - self._seen):
            with np.load(file) as page:
                self._dark += list(page["dark"])
                self._rows += list(page["rows"])
            self._seen.add(file)

    def batches(self, size: int, rng: np.random.Generator) -> Iterator[Batch]:
        """Batches without end of rows drawn at random, each changed a little; see `changed`."""
        while True:
            chosen = rng.integers(len(self), size=size)
            rows = [
                changed(self._dark[at] / np.float32(_LEVELS) - 1, self._rows[at], rng)
                for at in chosen
            ]
            dark, places = (np.stack(parts) for parts in zip(*rows, strict=True))
            yield dark[..., np.newaxis].astype(np.float32), places


def changed(
    dark: NDArray[np.float32], rows: NDArray[np.float32], rng: np.random.Generator
) -> Batch:
    """A row upside down, back to front, of half the columns, fainter, noisier, or as it is.

    A heart's waves are as likely up as down; what a wave looks like matters less than ink.
    """
    if rng.random() < _FLIPPED_SHARE:
        mirrored = np.where(rows == UNASKED_ROW, rows, STRIP_HEIGHT_PX - 1 - rows)
        dark, rows = dark[::-1], mirrored.astype(np.float32)
    if rng.random() < _FLIPPED_SHARE:
        dark, rows = dark[:, ::-1], rows[::-1]
    if rng.random() < _BLURRED_SHARE:
        pairs = dark.reshape(STRIP_HEIGHT_PX, STRIP_WIDTH_PX, -1).mean(axis=2)
        dark = sharpened(pairs)
    if rng.random() < _FAINTER_SHARE:
        noise = rng.normal(0, rng.uniform(0, _MOST_NOISE), dark.shape)
        dark = np.clip(dark * rng.uniform(1 - _MOST_FAINTER, 1 + _MOST_FAINTER) + noise, -1, 2)
    return dark.astype(np.float32), rows
