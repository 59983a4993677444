"""Which lead is printed where on a page, and from when to when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ecgmm.errors import InputError

CHOSEN_LEAD = "*"
"""In a layout of one lead: the lead that the user chooses, or the recording's first."""

ROW_MM = 250.0
"""Length of a row: 10 s at 25 mm/s, 5 s at 50 mm/s."""

_LIMB = ("I", "II", "III")
_AUGMENTED = ("aVR", "aVL", "aVF")
_CHEST = ("V1", "V2", "V3", "V4", "V5", "V6")
TWELVE_LEADS = _LIMB + _AUGMENTED + _CHEST

_SAME_LEAD = {"mlii": "ii", "ml2": "ii"}


@dataclass(frozen=True)
class Paper:
    """A sheet of paper and what is kept free on it, in millimetres.

    Attributes:
        width_mm: its width.
        height_mm: its height.
        margin_mm: least white border around the grid.
        header_mm: height above the rows that is kept for text.
        footer_mm: height below the rows that is kept for text.
    """

    width_mm: float
    height_mm: float
    margin_mm: float
    header_mm: float
    footer_mm: float


A4_LANDSCAPE = Paper(width_mm=297, height_mm=210, margin_mm=6, header_mm=25, footer_mm=10)
ROLL = Paper(width_mm=290, height_mm=60, margin_mm=2.5, header_mm=5, footer_mm=5)


@dataclass(frozen=True)
class Segment:
    """A stretch of one lead in a row.

    Attributes:
        lead: name of the lead.
        start_s: where it begins, in seconds from the page's first sample.
        end_s: where it ends.
    """

    lead: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Layout:
    """The arrangement of leads on a page.

    All rows begin at the same moment, except where `continues` is set.

    Attributes:
        name: what people call it.
        rows: the leads of each row from left to right; each has an equal share of the row.
        paper: the sheet that it is printed on.
        continues: whether each row goes on where the row above it ended.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    paper: Paper = A4_LANDSCAPE
    continues: bool = False

    @property
    def leads(self) -> tuple[str, ...]:
        """Every lead that has to be recorded, each once, in the order of the twelve."""
        printed = {lead for row in self.rows for lead in row}
        return tuple(lead for lead in TWELVE_LEADS if lead in printed)

    def segments(self, row_s: float) -> list[list[Segment]]:
        """The segments of each row.

        Args:
            row_s: seconds that fit into one row.
        """
        starts_s = [row_s * i if self.continues else 0.0 for i in range(len(self.rows))]
        return [
            _share(row, start_s, row_s) for row, start_s in zip(self.rows, starts_s, strict=True)
        ]


def _share(row: Sequence[str], start_s: float, row_s: float) -> list[Segment]:
    share_s = row_s / len(row)
    return [
        Segment(lead, start_s + i * share_s, start_s + (i + 1) * share_s)
        for i, lead in enumerate(row)
    ]


_THREE_BY_FOUR = tuple(zip(_LIMB, _AUGMENTED, _CHEST[:3], _CHEST[3:], strict=True))
_SIX_BY_TWO = tuple(zip(_LIMB + _AUGMENTED, _CHEST, strict=True))

LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout("3x4", _THREE_BY_FOUR),
        Layout("3x4+1", (*_THREE_BY_FOUR, ("II",))),
        Layout("3x4+2", (*_THREE_BY_FOUR, ("V1",), ("II",))),
        Layout("3x4+3", (*_THREE_BY_FOUR, ("V1",), ("II",), ("V5",))),
        Layout("6x2", _SIX_BY_TWO),
        Layout("6x2+1", (*_SIX_BY_TWO, ("II",))),
        Layout("4x3", (_LIMB, _AUGMENTED, _CHEST[:3], _CHEST[3:])),
        Layout("12x1", tuple((lead,) for lead in TWELVE_LEADS)),
        Layout("6x1", tuple((lead,) for lead in _LIMB + _AUGMENTED)),
        Layout("strip", ((CHOSEN_LEAD,),), paper=ROLL),
        Layout("watch", ((CHOSEN_LEAD,),) * 3, continues=True),
    )
}
"""Every layout by its name: rows by columns, and how many rhythm rows stand below. `6x1` has the
limb leads, as hand-held devices print them; `strip` is one row of one lead, `watch` three rows of
one lead one after the other, as wrist devices print them."""


def find_lead(lead: str, recorded: Sequence[str]) -> int | None:
    """Where a lead is in a recording, by whatever spelling.

    Args:
        lead: a lead of a layout, or `CHOSEN_LEAD` for the first one recorded.
        recorded: the recording's lead names. The Holter lead `MLII` stands for II.

    Returns:
        Its index, or None when it was not recorded.
    """
    if lead == CHOSEN_LEAD:
        return 0
    spellings = [_spelling(name) for name in recorded]
    return spellings.index(_spelling(lead)) if _spelling(lead) in spellings else None


def check_leads(layout: Layout, recorded: Sequence[str]) -> None:
    """Refuse a layout whose leads were not all recorded.

    Raises:
        InputError: `missing_leads`; the message names them and the layouts that fit.
    """
    missing = [lead for lead in layout.leads if find_lead(lead, recorded) is None]
    if missing:
        raise InputError(
            "missing_leads",
            f"Layout {layout.name} needs lead {', '.join(missing)}, which the recording "
            f"({', '.join(recorded)}) does not have. Layouts that fit: "
            f"{', '.join(fitting_layouts(recorded))}.",
        )


def check_choice(layout: Layout, lead: str, recorded: Sequence[str]) -> None:
    """Refuse the choice of a lead that was not recorded, or where there is none to choose.

    Raises:
        InputError: `missing_leads` or `bad_lead`.
    """
    if find_lead(lead, recorded) is None:
        raise InputError(
            "missing_leads", f"Expected a lead out of {', '.join(recorded)}. Received '{lead}'."
        )
    if not any(CHOSEN_LEAD in row for row in layout.rows):
        raise InputError(
            "bad_lead",
            f"Layout {layout.name} has no lead to choose. Received '{lead}'; leave it out, or "
            "choose a layout of one lead.",
        )


def fitting_layouts(recorded: Collection[str]) -> tuple[str, ...]:
    """Names of the layouts whose leads were all recorded."""
    spellings = {_spelling(name) for name in recorded}
    return tuple(
        name
        for name, layout in LAYOUTS.items()
        if spellings.issuperset(_spelling(lead) for lead in layout.leads)
    )


def _spelling(lead: str) -> str:
    folded = "".join(lead.casefold().replace("lead", "").split())
    return _SAME_LEAD.get(folded, folded)
