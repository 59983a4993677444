"""Paper, grid and ink of strips as all kinds of machines print them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM, PIXELS_PER_MV, STRIP_HEIGHT_PX
from ecgmm.paper.raster import StripStyle
from ecgmm.pipeline.printing.config import PictureConfig

_ONLY_MAJOR_SHARE = 0.35
_DOTTED_SHARE = 0.35
_BOXES_AROUND_DOTS_SHARE = 0.5
_BASELINE_SHARE = 0.5
_LEAST_CONTRAST = 70


def random_style(
    signal_mv: NDArray[np.float32], config: PictureConfig, rng: np.random.Generator
) -> StripStyle:
    """A machine's paper, with the row about where a reader of pages or of strips would cut it.

    Args:
        signal_mv: `[samples]`, what will be printed.
        config: how far the row may lie off the middle, how often there is no grid, and how close
            grid and paper may come to the ink.
        rng: source of chance.
    """
    worst = config.severity
    paper = round(rng.uniform(225 - 35 * worst, 255))
    ink = round(rng.uniform(0, min(60 + 60 * worst, paper - _LEAST_CONTRAST)))
    palest, darkest = 0.2 + 0.15 * worst, 0.45 + 0.4 * worst
    gridless = rng.random() < config.gridless
    only_major = rng.random() < _ONLY_MAJOR_SHARE
    dotted = not only_major and rng.random() < _DOTTED_SHARE
    boxes = not dotted or rng.random() < _BOXES_AROUND_DOTS_SHARE

    def line(lightest: float, heaviest: float) -> int:
        return paper - int((paper - ink) * rng.uniform(lightest, heaviest))

    return StripStyle(
        paper=paper,
        minor_grid=None if gridless or only_major else line(0.03, darkest if dotted else palest),
        major_grid=line(0.08, darkest) if boxes and not gridless else None,
        dotted=dotted,
        grid_offset_px=(int(rng.integers(20)), int(rng.integers(20))),
        major_width_px=int(rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1])),
        ink=ink,
        ink_width_px=int(rng.choice([1, 2, 3], p=[0.4, 0.4, 0.2])),
        baseline_px=_middle_px(signal_mv, config, rng),
    )


def centred_baseline_px(signal_mv: NDArray[np.float32]) -> float:
    """Height of 0 mV that puts the middle of the trace's range into the middle of the strip."""
    low, high = np.percentile(_known(signal_mv), [0.5, 99.5])
    return STRIP_HEIGHT_PX / 2 + float(low + high) / 2 * PIXELS_PER_MV


def median_mv(signal_mv: NDArray[np.float32]) -> float:
    """The line between beats; NaN is left out, and 0 where there is nothing else."""
    return float(np.median(_known(signal_mv)))


def _known(signal_mv: NDArray[np.float32]) -> NDArray[np.float32]:
    known = signal_mv[np.isfinite(signal_mv)]
    return known if len(known) else np.zeros(1, np.float32)


def _middle_px(
    signal_mv: NDArray[np.float32], config: PictureConfig, rng: np.random.Generator
) -> float:
    """Readers of strips centre the trace's range, readers of pages the line between beats."""
    if config.shift_mm == 0:
        return centred_baseline_px(signal_mv)
    shift_px = rng.uniform(-1, 1) ** 3 * config.shift_mm * PIXELS_PER_MM
    if rng.random() < _BASELINE_SHARE:
        return STRIP_HEIGHT_PX / 2 + median_mv(signal_mv) * PIXELS_PER_MV + shift_px
    return centred_baseline_px(signal_mv) + shift_px
