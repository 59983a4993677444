"""Which page of a document is read: the first that is printed on a grid, as ECG paper is."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputWarning
from ecgmm.paper.picture import Picture

MAX_PAGES = 20
GRID_SHARE = 0.3
_BANDS = 6
_LOOKED_AT_PX = 1600
_FEWEST_LINES = 12


def choose_page(pages: Iterable[Picture], name: str) -> Picture:
    """The page to read; an `InputWarning` says which it is and that others are not read.

    Args:
        pages: the first `MAX_PAGES` pages, decoded one at a time; at least one.
        name: what the warning calls the document.

    Returns:
        The first page with a grid over much of it, or the first page when none has one.
    """
    first: Picture | None = None
    several = False
    for number, page in enumerate(pages, 1):
        several = several or number > 1
        if grid_share(page.rgb) >= GRID_SHARE:
            if number > 1:
                _warn(f"{name}: page {number} is read, the first on ECG paper.")
            return page
        first = first or page
    if first is None:
        raise ValueError("Expected at least one page. Received none.")
    if several:
        _warn(f"{name}: no page shows the grid of ECG paper; the first one is read.")
    return first


def grid_share(rgb: NDArray[np.uint8]) -> float:
    """How much of a page, from 0 to 1, is ruled at even steps both across and down.

    Args:
        rgb: `[height, width, 3]` uint8.
    """
    step = max(1, max(rgb.shape[:2]) // _LOOKED_AT_PX)
    light = rgb[::step, ::step].min(axis=2).astype(np.float32)
    across = [_is_ruled(band.mean(axis=0)) for band in np.array_split(light, _BANDS, axis=0)]
    down = [_is_ruled(band.mean(axis=1)) for band in np.array_split(light, _BANDS, axis=1)]
    return float(min(np.mean(across), np.mean(down)))


def _is_ruled(profile: NDArray[np.float32]) -> bool:
    """Whether lines at one even step stand out in the mean over a band of a page."""
    if len(profile) < 2 * _FEWEST_LINES:
        return False
    detail = profile - np.convolve(profile, np.ones(9) / 9, "same")
    spectrum = np.abs(np.fft.rfft(detail * np.hanning(len(detail)))) ** 2
    lines = spectrum[_FEWEST_LINES:]
    total = float(spectrum.sum())
    peak = int(lines.argmax())
    return total > 0 and float(lines[max(0, peak - 2) : peak + 3].sum()) > 0.2 * total


def _warn(message: str) -> None:
    warnings.warn(message, InputWarning, stacklevel=4)
