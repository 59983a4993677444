"""What is read: characters, and words of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Character:
    """A character of a picture.

    Attributes:
        probabilities: `[CLASSES]`, of each character of the alphabet, and of none at all.
        x_px: its middle.
        y_px: the middle between the base line and the top of its line's capitals.
        cap_height_px: height of the capitals of its line.
    """

    probabilities: NDArray[np.float32]
    x_px: float
    y_px: float
    cap_height_px: float

    @property
    def index(self) -> int:
        """Which it most likely is, in `alphabet.CHARACTERS`."""
        return int(self.probabilities[:-1].argmax())


@dataclass(frozen=True)
class Word:
    """A run of characters without a space.

    Attributes:
        text: what it says, in the spelling of `alphabet.fold` where it was read from pixels.
        left_px: of its box in the picture.
        top_px: of its box.
        right_px: of its box.
        bottom_px: of its box.
        confidence: from 0 to 1, how sure every character of it is.
        characters: what it was read from; none where a document says what it says.
    """

    text: str
    left_px: float
    top_px: float
    right_px: float
    bottom_px: float
    confidence: float = 1.0
    characters: tuple[Character, ...] = ()

    @property
    def height_px(self) -> float:
        """Height of its box: about that of its capitals."""
        return self.bottom_px - self.top_px

    @property
    def middle_px(self) -> float:
        """Height at which it stands in the picture."""
        return (self.top_px + self.bottom_px) / 2
