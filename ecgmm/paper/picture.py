"""Decoded pictures, as every reader of paper takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.words.word import Word


@dataclass(frozen=True)
class Picture:
    """A picture in memory.

    Attributes:
        rgb: `[height, width, 3]` uint8, upright.
        name: what a report calls it.
        words: what it says, where its document holds that as text; in its pixels.
    """

    rgb: NDArray[np.uint8]
    name: str = ""
    words: tuple[Word, ...] = ()

    def __post_init__(self) -> None:
        if self.rgb.ndim != 3 or self.rgb.shape[2] != 3 or self.rgb.dtype != np.uint8:
            raise ValueError(
                f"Expected uint8 pixels of shape [height, width, 3]. "
                f"Received {self.rgb.dtype} of shape {self.rgb.shape}."
            )


@dataclass(frozen=True)
class Document:
    """A file of several pages.

    Attributes:
        name: what a report calls it.
        page_count: how many of its pages are read.
        is_cut: whether it has more.
        pages: draws the pages that are read, one at a time, from the first on; None in the place
            of a page that cannot be drawn.
    """

    name: str
    page_count: int
    is_cut: bool
    pages: Callable[[], Iterator[Picture | None]]
