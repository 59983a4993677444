"""A sheet of A4 on which text flows: every coordinate a millimetre, every font embedded."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ecgmm.analysis.sheet import INK, MM_PER_INCH, SUBDUED_INK, draw_text, new_sheet
from ecgmm.paper.fonts import pillow_font
from ecgmm.report.archival import as_pdf_a

WIDTH_MM, HEIGHT_MM = 297.0, 210.0
"""A4, lying: ten seconds at 25 mm/s are 250 mm."""
LEFT_MM, RIGHT_MM = 11.0, 286.0
"""275 mm between them, whole large boxes: within the margins that printers leave."""
POINT_MM = MM_PER_INCH / 72
_LINE_SPACING = 1.35
_FONT_UNIT_PX = 100
"""Widths are measured at this size; they grow with it."""


@dataclass
class Column:
    """A column of text; what is written moves `y_mm` down.

    Attributes:
        axes: the sheet.
        left_mm: its left edge.
        right_mm: its right edge.
        y_mm: where the next line begins.
        bottom_mm: where it ends.
    """

    axes: Axes
    left_mm: float
    right_mm: float
    y_mm: float
    bottom_mm: float = HEIGHT_MM

    def write(self, text: str, points: float = 8.0, *, bold: bool = False, ink: str = INK) -> bool:
        """Write a paragraph; False, and nothing written, where it does not fit."""
        lines = wrapped(text, self.right_mm - self.left_mm, points, bold=bold)
        line_mm = points * POINT_MM * _LINE_SPACING
        if self.y_mm + len(lines) * line_mm > self.bottom_mm:
            return False
        for line in lines:
            self.y_mm += line_mm
            draw_text(
                self.axes,
                self.left_mm,
                self.y_mm - line_mm / 2,
                line,
                fontsize=points,
                fontweight="bold" if bold else "normal",
                color=ink,
                va="center_baseline",
            )
        return True

    def holds(self, paragraphs: Sequence[str], points: float) -> bool:
        """Whether there is room for all of these paragraphs."""
        width_mm = self.right_mm - self.left_mm
        lines = sum(len(wrapped(text, width_mm, points)) for text in paragraphs)
        return self.y_mm + lines * points * POINT_MM * _LINE_SPACING <= self.bottom_mm

    def head(self, text: str) -> None:
        """Write the name of what follows, in small letters."""
        self.write(text, 7.0, bold=True, ink=SUBDUED_INK)

    def space(self, mm: float) -> None:
        """Leave so much free."""
        self.y_mm += mm


def new_page() -> tuple[Figure, Axes]:
    """A blank sheet of A4, lying."""
    return new_sheet(WIDTH_MM, HEIGHT_MM)


def sheet_axes(figure: Figure, left_mm: float, top_mm: float, size_mm: tuple[float, float]) -> Axes:
    """A part of the sheet with a clock of its own: millimetres from its top left corner."""
    width_mm, height_mm = size_mm
    place = (
        left_mm / WIDTH_MM,
        1.0 - (top_mm + height_mm) / HEIGHT_MM,
        width_mm / WIDTH_MM,
        height_mm / HEIGHT_MM,
    )
    axes = figure.add_axes(place)
    axes.set(xlim=(0.0, width_mm), ylim=(height_mm, 0.0))
    axes.set_axis_off()
    return axes


def wrapped(text: str, width_mm: float, points: float, *, bold: bool = False) -> list[str]:
    """A text in lines that are no wider than the column; a longer word is broken."""
    lines: list[str] = []
    line = ""
    for word in _breakable(text.split(), width_mm, points, bold):
        longer = f"{line} {word}".strip()
        if line and text_mm(longer, points, bold=bold) > width_mm:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line] if line else lines


def text_mm(text: str, points: float, *, bold: bool = False) -> float:
    """How wide a line of text is."""
    font = pillow_font("DejaVuSans-Bold" if bold else "DejaVuSans", _FONT_UNIT_PX)
    return font.getlength(text) / _FONT_UNIT_PX * points * POINT_MM


def as_pdf(pages: Iterable[Figure], title: str) -> bytes:
    """The pages as PDF/A-2b, to scale when printed at their own size."""
    import matplotlib
    from matplotlib.backends.backend_pdf import PdfPages

    pdf = io.BytesIO()
    with (
        matplotlib.rc_context({"pdf.fonttype": 42}),
        PdfPages(pdf, metadata={"Title": title, "Creator": "ecgmm"}) as file,
    ):
        for page in pages:
            file.savefig(page)
    return as_pdf_a(pdf.getvalue())


def as_file(page: Figure, file_format: str, title: str) -> bytes:
    """One page as `pdf`, `png` or `svg`."""
    if file_format == "pdf":
        return as_pdf([page], title)
    file = io.BytesIO()
    page.savefig(file, format=file_format)
    return file.getvalue()


def _breakable(words: Sequence[str], width_mm: float, points: float, bold: bool) -> Iterator[str]:
    for word in words:
        while text_mm(word, points, bold=bold) > width_mm:
            fits = next(
                n
                for n in range(len(word), 0, -1)
                if n == 1 or text_mm(word[:n], points, bold=bold) <= width_mm
            )
            yield word[:fits]
            word = word[fits:]
        if word:
            yield word
