"""The best way to read a sheet: in which colour its ink is seen, and which way is up."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ecgmm.paper.find.ink import CHOICES, ink_of
from ecgmm.paper.rows.layout import PageRows, find_rows
from ecgmm.paper.rows.pulses import TELLS_TIME_MM
from ecgmm.paper.sheet import Sheet, halved

USUAL_ROWS_S = (10.0, 5.0, 2.5, 20.0, 30.0)
"""Those of 20 s are two columns of 10 s."""

_FAINT_INK = 2.5
"""By how much faint traces are darkened, where writing on the page is much darker."""

_LENGTH_TOLERANCE = 0.04
_SQUARE = 1.6
"""Pictures are seldom stretched so far; lines that were missed make boxes of 2 to 1."""

_FEWEST_NARROW = 3
_WHOLE_ROW_S = 10.0
_LEAST_OF_UPRIGHT = 1.6
_CLEAR_EVIDENCE = 1.2
_CLEAR_ALONE = 0.75
_WHOLE_EVIDENCE = 3.5


@dataclass(frozen=True)
class FoundPage:
    """A sheet and its rows.

    Attributes:
        sheet: the page, upright as far as can be told.
        rows: its rows.
    """

    sheet: Sheet
    rows: PageRows

    @property
    def evidence(self) -> float:
        """How much speaks for these being rows of ECG at this scale.

        About one for each whole row, one for each clear pulse, and two for rows of a usual length.
        """
        rows = self.rows
        seconds = [min(1.0, rows.duration_s(row) / _WHOLE_ROW_S) for row in range(len(rows.places))]
        seen = sum(
            place.coverage * share for place, share in zip(rows.places, seconds, strict=True)
        )
        return seen + self.pulse_evidence + 2.0 * self.has_usual_length

    @property
    def pulse_evidence(self) -> float:
        """About one for each row that shows a clear pulse."""
        pulse = self.rows.clearest_pulse
        if pulse is None or (pulse.width_mm < TELLS_TIME_MM and pulse.rows < _FEWEST_NARROW):
            return 0.0
        return pulse.rows * pulse.score

    @property
    def has_usual_length(self) -> bool:
        """Whether its rows last as long as those of most pages do."""
        length_s = self.rows.duration_s(0)
        return any(abs(length_s / usual_s - 1) < _LENGTH_TOLERANCE for usual_s in USUAL_ROWS_S)

    @property
    def has_square_boxes(self) -> bool:
        """Whether a millimetre is about as long across its picture as down."""
        rows = self.rows
        across_px, down_px = self.sheet.px_per_mm(
            rows.start_mm, rows.places[0].baseline_mm, rows.end_mm - rows.start_mm
        )
        return max(across_px, down_px) < _SQUARE * min(across_px, down_px)


def find_page(sheet: Sheet, *, is_upright: bool = False) -> FoundPage | None:
    """Find the rows of a sheet, whichever way it is turned.

    A page is taken to be upright unless another way has far more evidence.

    Args:
        sheet: the page as it lies in its picture.
        is_upright: whether it is known to lie there the right way up.

    Returns:
        The page as it is to be read; None where no way shows a row.
    """
    upright = _in_any_colour(sheet)
    if is_upright:
        return upright
    if upright is not None and upright.evidence > _WHOLE_EVIDENCE:
        return _of_both(upright)
    colours = 1 if upright is not None else CHOICES + 1
    turned = [
        page
        for turns in (2, 1, 3)
        if (page := _in_any_colour(sheet.turned(turns), colours)) is not None
    ]
    best = max(turned, key=lambda page: page.evidence, default=None)
    if upright is None or best is None:
        return upright or best
    return best if best.evidence > _LEAST_OF_UPRIGHT * upright.evidence else _of_both(upright)


def _of_both(upright: FoundPage) -> FoundPage:
    """The page, or the same upside down if pulses stand up there and none does here."""
    if upright.pulse_evidence > _CLEAR_EVIDENCE:
        return upright
    turned = upright.sheet.turned(2)
    rows = find_rows(turned)
    if rows is None:
        return upright
    upside_down = FoundPage(turned, rows)
    least = _CLEAR_EVIDENCE if len(rows.places) > 1 else _CLEAR_ALONE
    is_clear = upside_down.pulse_evidence > max(least, 2 * upright.pulse_evidence)
    return upside_down if is_clear else upright


def _in_any_colour(sheet: Sheet, most: int = CHOICES + 1) -> FoundPage | None:
    """The rows in the first of some colours that shows some."""
    for coloured in itertools.islice(_colours(sheet), most):
        rows = find_rows(coloured)
        if rows is not None:
            return FoundPage(coloured, rows)
    return None


def _colours(sheet: Sheet) -> Iterator[Sheet]:
    yield sheet
    yield replace(sheet, ink=np.minimum(_FAINT_INK * sheet.ink, 1).astype(np.float32))
    half = halved(sheet.rgb)
    for choice in range(1, CHOICES):
        ink = ink_of(half, sheet.seen, has_grid=sheet.clearness > 0, choice=choice)
        yield replace(sheet, ink=ink)
