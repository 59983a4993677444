"""The PDF report: a page of findings, then the strips to scale."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ecgmm.analysis import words
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.sheet import LARGE_BOX_MM, SUBDUED_INK, draw_text, new_sheet
from ecgmm.analysis.text_report import text_report

_WIDTH_MM, _HEIGHT_MM = 280.0, 190.0
"""A4, lying, within the margins that printers leave."""
_LINE_MM = 5.0
"""Of the text's font, with air."""
_LETTERS = 118
"""As many as a line of that width holds."""
_MOST_LINES = 28
"""As many as the rest of the page holds."""


def report_pdf(reading: Reading, plain: dict[str, Any], strips: Figure) -> bytes:
    """A report of two pages.

    Args:
        reading: what was read.
        plain: the same for the patient, see `plain_words`.
        strips: the drawing of the strips, which becomes the second page.

    Returns:
        The PDF; its pages are to scale when printed at their own size.
    """
    from matplotlib.backends.backend_pdf import PdfPages

    pdf = io.BytesIO()
    with PdfPages(pdf, metadata={"Title": f"ECG: {reading.input}", "Creator": "ecgmm"}) as pages:
        pages.savefig(_first_page(reading, plain))
        pages.savefig(strips)
    return pdf.getvalue()


def _first_page(reading: Reading, plain: dict[str, Any]) -> Figure:
    figure, axes = new_sheet(_WIDTH_MM, _HEIGHT_MM)
    left, right = 2 * LARGE_BOX_MM, _WIDTH_MM - 2 * LARGE_BOX_MM
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    draw_text(axes, left, 12, "ECG report", fontsize=9, color=SUBDUED_INK)
    draw_text(axes, right, 12, f"{reading.input}   {now}", fontsize=9, ha="right")
    draw_text(axes, left, 22, words.verdict(reading), fontsize=18, fontweight="bold")
    y = _write(axes, [plain["headline"] + ".", *plain["sentences"]], left, 32)
    y = _write(axes, textwrap.wrap(plain["advice"], _LETTERS), left, y + 2)
    axes.plot([left, right], [y + 1, y + 1], color=SUBDUED_INK, linewidth=0.5)
    _write(axes, list(_clinical_lines(reading)), left, y + 8, fontfamily="DejaVu Sans Mono")
    draw_text(axes, left, _HEIGHT_MM - 22, "Name", color=SUBDUED_INK)
    draw_text(axes, left + 70, _HEIGHT_MM - 22, "Date of birth", color=SUBDUED_INK)
    draw_text(axes, left + 140, _HEIGHT_MM - 22, "Reviewed by", color=SUBDUED_INK)
    for start in (left, left + 70, left + 140):
        axes.plot([start, start + 60], [_HEIGHT_MM - 14] * 2, color=SUBDUED_INK, linewidth=0.5)
    draw_text(axes, left, _HEIGHT_MM - 7, words.NOT_A_MEDICAL_DEVICE, fontsize=8, fontweight="bold")
    return figure


def _clinical_lines(reading: Reading) -> Iterator[str]:
    """The text report without its first line, the verdict, and its last, the disclaimer."""
    lines = text_report(reading).splitlines()[1:-1]
    yield from (line.rstrip() for line in lines[:_MOST_LINES])


def _write(axes: Axes, lines: list[str], x: float, y: float, **style: Any) -> float:
    """Write lines below each other; returns where the next would be."""
    for line in lines:
        draw_text(axes, x, y, line, **{"fontsize": 9, **style})
        y += _LINE_MM
    return y
