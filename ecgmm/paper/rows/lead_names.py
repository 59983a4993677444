"""Which leads the rows of a page show, where its layout tells."""

from __future__ import annotations

from collections.abc import Sequence

from ecgmm.paper.layouts import CHOSEN_LEAD, LAYOUTS

FEWEST_LEADS = 12


def usual_lead_names(leads_in_row: Sequence[int]) -> tuple[str, ...]:
    """The leads of each row in the standard layout that looks like the page.

    Nothing is read from the paper: a page that shows three rows of four leads over one of a
    single lead has them where such pages usually have them (3x4+1, rhythm lead II). Machines
    that print another order, as Cabrera's, or another rhythm lead get wrong names; beats and
    rhythm do not depend on them.

    Args:
        leads_in_row: how many leads each row shows in turn, from top to bottom.

    Returns:
        For each row its leads with spaces between, or empty names where no standard layout of
        the twelve leads has such rows.
    """
    for layout in LAYOUTS.values():
        names = [lead for row in layout.rows for lead in row]
        fits = [len(row) for row in layout.rows] == list(leads_in_row)
        if fits and len(names) >= FEWEST_LEADS and CHOSEN_LEAD not in names:
            return tuple(" ".join(row) for row in layout.rows)
    return ("",) * len(leads_in_row)


def names_of_one_lead(names: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """The names of rows of which each goes on where the last ended.

    They show one lead: a row whose name was not read has that of the others, where these agree.
    """
    read = {row for row in names if row}
    return tuple(read) * len(names) if len(read) == 1 else names
