"""What a worker draws for the page on millimetre paper: a sheet, or a reading beside another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from ecgmm.analysis.reading_json import reading_from_json
from ecgmm.errors import InputError
from ecgmm.serving.runtime import Runtime
from ecgmm.web.rebuilt import rebuilt
from ecgmm.web.store import Stored
from ecgmm.workers.task import Report

SheetFormat = Literal["svg", "png", "pdf"]

MEDIA_TYPES: dict[SheetFormat, str] = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
}
LONGEST_SHEET_S = 30.0
"""Three rows of ten seconds, one after the other."""


@dataclass(frozen=True)
class SheetAsked:
    """Which sheet is asked for.

    Attributes:
        layout: the name of one of `paper.layouts.LAYOUTS`.
        speed_mm_per_s: paper speed.
        gain_mm_per_mv: height of a millivolt.
        lead: of a layout of one lead; None for the first.
        start_s: where it begins.
        file_format: the kind of file.
    """

    layout: str
    speed_mm_per_s: float
    gain_mm_per_mv: float
    lead: str | None
    start_s: float
    file_format: SheetFormat


@dataclass(frozen=True)
class SheetTask:
    """Draw the leads of a reading on paper.

    Attributes:
        name: what the reading calls its input.
        stored: the reading.
        pieces: what of it is to be drawn.
        asked: which sheet.
    """

    name: str
    stored: Stored
    pieces: dict[str, bytes]
    asked: SheetAsked

    def run(self, runtime: Runtime, report: Report) -> dict[str, Any]:
        """Draw it; `content` is the file."""
        from ecgmm.paper.layouts import LAYOUTS
        from ecgmm.paper.style import SHEET
        from ecgmm.paper.typeset import lay_out
        from ecgmm.paper.vector import render
        from ecgmm.report.drawn import signal_to_draw, stretch

        reading = reading_from_json(self.stored.reading)
        file = signal_to_draw(reading, rebuilt(self.stored, self.pieces))
        if file is None:
            raise InputError("no_signal", "There is nothing to draw in this picture.")
        asked = self.asked
        recording = stretch(file, asked.start_s, LONGEST_SHEET_S)
        style = replace(
            SHEET,
            speed_mm_per_s=asked.speed_mm_per_s,
            gain_mm_per_mv=asked.gain_mm_per_mv,
            header=(self.name, f"from {asked.start_s:g} s"),
        )
        page = lay_out(recording, LAYOUTS[asked.layout], style, lead=asked.lead)
        return {"content": render(page, asked.file_format)}


@dataclass(frozen=True)
class PagesTask:
    """Draw the pages of the report, each as SVG.

    Attributes:
        name: what the reading calls its input.
        stored: the reading.
        pieces: what of it is to be drawn.
    """

    name: str
    stored: Stored
    pieces: dict[str, bytes]

    def run(self, runtime: Runtime, report: Report) -> dict[str, Any]:
        """Draw them; `pages` are their texts."""
        from ecgmm.report.pdf import report_pages

        reading = reading_from_json(self.stored.reading)
        pages = report_pages(reading, rebuilt(self.stored, self.pieces))
        return {"pages": [page.decode() for page in pages]}


@dataclass(frozen=True)
class CompareTask:
    """Draw a reading beside an earlier one.

    Attributes:
        name: what the later reading calls its input.
        old: the earlier reading.
        old_pieces: what of it is to be drawn.
        new: the later one.
        new_pieces: likewise.
        file_format: the kind of file.
    """

    name: str
    old: Stored
    old_pieces: dict[str, bytes]
    new: Stored
    new_pieces: dict[str, bytes]
    file_format: SheetFormat

    def run(self, runtime: Runtime, report: Report) -> dict[str, Any]:
        """Draw it; `content` is the file."""
        from ecgmm.report.a4 import as_file
        from ecgmm.report.comparison import compare
        from ecgmm.report.comparison_page import comparison_page

        old, new = (reading_from_json(stored.reading) for stored in (self.old, self.new))
        page = comparison_page(
            compare(old, new),
            rebuilt(self.old, self.old_pieces),
            rebuilt(self.new, self.new_pieces),
        )
        return {"content": as_file(page, self.file_format, "ECG beside an earlier one")}
