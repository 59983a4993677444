"""How strips are printed and how their pictures are spoiled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecgmm.pipeline.printing.families import FAMILIES, TRAINING_FAMILIES


@dataclass(frozen=True)
class PictureConfig:
    """How strips are printed and how the picture of them is spoiled.

    Attributes:
        families: what may be seen on a strip, out of `families.FAMILIES`.
        severity: 0 for faults that cannot be seen to 1 for the worst; every fault of a strip
            has a random share of it. Grids, too, are heavier and inks paler the higher it is.
        gain_sigma: spread of the logarithm of an error of the vertical scale.
        gridless: share of strips on blank paper.
        shift_mm: largest error of the row's height on the strip, either way.
    """

    families: tuple[str, ...] = TRAINING_FAMILIES
    severity: float = 1.0
    gain_sigma: float = 0.06
    gridless: float = 0.12
    shift_mm: float = 6.0

    def __post_init__(self) -> None:
        """Refuse families that there are not.

        Raises:
            ValueError: for an unknown family or a severity that is not between 0 and 1.
        """
        unknown = [name for name in self.families if name not in FAMILIES]
        if unknown:
            raise ValueError(f"Expected families out of {FAMILIES}. Received {unknown}.")
        if not 0 <= self.severity <= 1:
            raise ValueError(f"Expected a severity from 0 to 1. Received {self.severity}.")

    def strength(self, family: str, share: float, rng: np.random.Generator) -> float:
        """How strongly a family is seen on one strip: 0 for not at all, up to the severity.

        Args:
            family: which one.
            share: the share of strips that show it.
            rng: source of chance; a family that is held out draws nothing from it.
        """
        if family not in self.families or rng.random() >= share:
            return 0.0
        return self.severity * float(rng.uniform(0, 1))


CLEAN = PictureConfig(families=(), severity=0.0, gain_sigma=0.0, gridless=0.0, shift_mm=0.0)
"""A trace on a grid, and nothing else."""
