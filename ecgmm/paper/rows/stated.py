"""A layout that a person states, laid over the rows that were found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ecgmm.paper.layouts import LAYOUTS, Layout
from ecgmm.paper.rows.borders import Border


def stated_layout(name: str | None, rows: int) -> Layout | None:
    """The layout of that name, if it has as many rows as were found; None otherwise."""
    if name is None or len(LAYOUTS[name].rows) != rows:
        return None
    return LAYOUTS[name]


def stated_borders(
    layout: Layout, found: Sequence[tuple[Border, ...]], start_mm: float, end_mm: float
) -> tuple[tuple[Border, ...], ...]:
    """Where the rows of a layout change their lead: where it was found, or else evenly.

    Args:
        layout: with as many rows as were found.
        found: the borders that were found in each row.
        start_mm: where the rows begin.
        end_mm: where they end.
    """
    return tuple(
        own if len(own) == len(leads) - 1 else _even(len(leads), start_mm, end_mm)
        for own, leads in zip(found, layout.rows, strict=True)
    )


def _even(leads: int, start_mm: float, end_mm: float) -> tuple[Border, ...]:
    return tuple(map(Border, np.linspace(start_mm, end_mm, leads + 1)[1:-1].tolist()))
