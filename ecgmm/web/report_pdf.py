"""The PDF report: findings, on as many pages as they take, then the strips to scale."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from dataclasses import replace
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
_LEFT_MM, _RIGHT_MM = 2 * LARGE_BOX_MM, _WIDTH_MM - 2 * LARGE_BOX_MM
_LINE_MM = 5.0
"""Of the text's font, with air."""
_LETTERS, _LETTERS_OF_VERDICT = 118, 64
"""As many as a line of that width holds, in the text's font and in that of the verdict."""
_TOP_MM, _BOTTOM_MM = 22.0, 160.0
"""Between the head of a page and its foot, where the first page is signed."""


def report_pdf(reading: Reading, plain: dict[str, Any], strips: Figure) -> bytes:
    """A report of two pages, or more where there is much to say.

    Args:
        reading: what was read.
        plain: the same for the patient, see `plain_words`.
        strips: the drawing of the strips, which becomes the last page.

    Returns:
        The PDF; its pages are to scale when printed at their own size.
    """
    from matplotlib.backends.backend_pdf import PdfPages

    pdf = io.BytesIO()
    with PdfPages(pdf, metadata={"Title": f"ECG: {reading.input}", "Creator": "ecgmm"}) as pages:
        for page in _pages_of_words(reading, plain):
            pages.savefig(page)
        pages.savefig(strips)
    return pdf.getvalue()


def _pages_of_words(reading: Reading, plain: dict[str, Any]) -> Iterator[Figure]:
    """The first page, and what of the clinical lines does not fit on it."""
    clinical = _clinical_lines(reading)
    figure, axes, y = _first_page(reading, plain)
    while True:
        room = int((_BOTTOM_MM - y) // _LINE_MM)
        _write(axes, clinical[:room], _LEFT_MM, y, fontfamily="DejaVu Sans Mono")
        yield figure
        clinical = clinical[room:]
        if not clinical:
            return
        figure, axes = _page(reading, "ECG report, continued")
        y = _TOP_MM


def _page(reading: Reading, title: str) -> tuple[Figure, Axes]:
    figure, axes = new_sheet(_WIDTH_MM, _HEIGHT_MM)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    draw_text(axes, _LEFT_MM, 12, title, fontsize=9, color=SUBDUED_INK)
    draw_text(axes, _RIGHT_MM, 12, f"{words.name(reading)}   {now}", fontsize=9, ha="right")
    draw_text(
        axes, _LEFT_MM, _HEIGHT_MM - 7, words.NOT_A_MEDICAL_DEVICE, fontsize=8, fontweight="bold"
    )
    return figure, axes


def _first_page(reading: Reading, plain: dict[str, Any]) -> tuple[Figure, Axes, float]:
    """The verdict, the words for the patient and the place to sign; where the rest begins."""
    figure, axes = _page(reading, "ECG report")
    verdict = textwrap.wrap(words.verdict(reading), _LETTERS_OF_VERDICT)
    y = _write(axes, verdict, _LEFT_MM, _TOP_MM, 8.0, fontsize=18, fontweight="bold") + 2
    y = _write(axes, [plain["headline"] + ".", *plain["sentences"]], _LEFT_MM, y)
    y = _write(axes, textwrap.wrap(plain["advice"], _LETTERS), _LEFT_MM, y + 2)
    axes.plot([_LEFT_MM, _RIGHT_MM], [y + 1, y + 1], color=SUBDUED_INK, linewidth=0.5)
    for place, what in enumerate(("Name", "Date of birth", "Reviewed by")):
        start = _LEFT_MM + 70 * place
        draw_text(axes, start, _HEIGHT_MM - 22, what, color=SUBDUED_INK)
        axes.plot([start, start + 60], [_HEIGHT_MM - 14] * 2, color=SUBDUED_INK, linewidth=0.5)
    return figure, axes, y + 8


def _clinical_lines(reading: Reading) -> list[str]:
    """The page's text report without its first line, the verdict, and its last, the disclaimer."""
    return text_report(replace(reading, other_pages=())).splitlines()[1:-1]


def _write(
    axes: Axes, lines: list[str], x: float, y: float, line_mm: float = _LINE_MM, **style: Any
) -> float:
    """Write lines below each other; returns where the next would be."""
    for line in lines:
        draw_text(axes, x, y, line, **{"fontsize": 9, **style})
        y += line_mm
    return y
