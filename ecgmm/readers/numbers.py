"""Numbers that are written out, in an array."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def numbers(texts: Iterable[str]) -> NDArray[np.float64]:
    """The numbers one after the other.

    `np.array(texts, float)` first makes an array of strings, all of them as long as the longest:
    one number of a million digits among a million others would fill the memory.

    Raises:
        ValueError: when a text is no number.
    """
    return np.fromiter(map(float, texts), np.float64)
