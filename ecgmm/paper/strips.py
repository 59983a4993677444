"""Strips of ECG paper, as they are found in a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import STEP_S, STRIP_S, STRIP_STEPS
from ecgmm.person import NOBODY, Person

FLAT_GREY_LEVELS = 8
"""Paper that a reader of pages fills in for what it did not see is of one grey, but for JPEG."""
BORDER_WEIGHT = 0.1
"""Where a row changes its lead, half of what is seen is of another lead."""


@dataclass(frozen=True)
class PaperStrip:
    """One row of ECG paper on the time grid.

    Attributes:
        grey: `[160, 1000]` uint8, 4 px/mm.
        start_s: where it begins on the clock that the strips of a picture share.
        lead_name: as printed, or as is usual in the layout; empty where it is not known. A row
            that changes its lead has their names in turn, with spaces between.
        duration_s: how much of it is ECG, from its left end; the rest is paper.
        px_per_mm: scale found in the picture, horizontally and vertically; None where there was
            no grid, or nothing had to be scaled.
        confidence: how sure it is that this is a row of ECG at this scale, from 0 to 1.
        step_weight: `[250]` from 0 to 1, how much each step is to count: nothing where no ECG is
            seen, little where something else than a heart makes marks; None where all count.
        baseline_px: `[51, 2]` (x, y) in the picture that it was cut from, along its baseline, one
            point every 0.2 s; None where that is not known.
        sharp: `[160, 2000]` uint8, the same with twice as many columns, where the picture shows
            more than `grey`.
        changes_s: when it changes its lead, from its left end; none where it does not, or that is
            not known.
    """

    grey: NDArray[np.uint8]
    start_s: float = 0.0
    lead_name: str = ""
    duration_s: float = STRIP_S
    px_per_mm: tuple[float, float] | None = None
    confidence: float = 1.0
    step_weight: NDArray[np.float32] | None = None
    baseline_px: NDArray[np.floating] | None = None
    sharp: NDArray[np.uint8] | None = None
    changes_s: tuple[float, ...] = ()

    @property
    def leads(self) -> tuple[str, ...]:
        """The leads that it shows in turn; none where they are not known."""
        return tuple(self.lead_name.split())

    @property
    def followed(self) -> NDArray[np.uint8]:
        """The picture in which its trace is followed."""
        return self.grey if self.sharp is None else self.sharp

    @property
    def say(self) -> NDArray[np.float32]:
        """`[250]` how much each step has to say: nothing beyond the row's end."""
        steps = np.arange(STRIP_STEPS)
        within = (steps * STEP_S < self.duration_s).astype(np.float32)
        weight = within if self.step_weight is None else within * self.step_weight
        return self.confidence * weight


@dataclass(frozen=True)
class RefusedRow:
    """A row that was found and is not read.

    Attributes:
        reason: why not, in words.
        baseline_px: `[51, 2]` (x, y) in the picture, along its baseline, one point every 0.2 s.
        px_per_mm: scale found in the picture, horizontally and vertically.
    """

    reason: str
    baseline_px: NDArray[np.floating]
    px_per_mm: tuple[float, float] | None = None


@dataclass(frozen=True)
class PaperStrips:
    """What was found in a picture.

    Attributes:
        strips: the strips, from top to bottom; none where there is no ECG.
        faults: what speaks against them, in words.
        name: what a report calls the picture.
        doubts: what of them may well be wrong, in a few words each for beside the verdict.
        whole_row_s: how long a whole row of its layout lasts; None where any length is usual.
        refused: rows that are among the faults and not among the strips.
        grid_px: `[rows, columns, 2]` (x, y) in the picture of the crossings of its 5 mm lines, NaN
            where the paper was not seen; None where no grid was found.
        printed_rate_bpm: the heart rate that the page says; None where it says none.
        person: whose heart it is, as far as that is known.
    """

    strips: tuple[PaperStrip, ...]
    faults: tuple[str, ...] = ()
    name: str = ""
    refused: tuple[RefusedRow, ...] = ()
    doubts: tuple[str, ...] = ()
    whole_row_s: float | None = None
    grid_px: NDArray[np.floating] | None = None
    printed_rate_bpm: float | None = None
    person: Person = NOBODY


@dataclass(frozen=True)
class PaperDocument:
    """What was found on the pages of a document.

    Attributes:
        pages: what was found on each page, from the first on.
        faults: what of the document was not read, in words.
        name: what a report calls the document.
        person: whose heart it is, as far as that is known.
    """

    pages: tuple[PaperStrips, ...]
    faults: tuple[str, ...] = ()
    name: str = ""
    person: Person = NOBODY
