"""One page of A4: statement, measurements, the sheet to scale, findings, room for a signature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePath

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ecgmm.analysis import words
from ecgmm.analysis.analyze import Opened
from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.excerpts import choose_excerpts
from ecgmm.analysis.plain_words import advice
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.sheet import INK, SUBDUED_INK, draw_badge, draw_text
from ecgmm.conditions import NOTHING_JUDGED
from ecgmm.grid import PAPER_SPEED_MM_PER_S, STRIP_S
from ecgmm.paper.page import Page
from ecgmm.paper.vector import paint
from ecgmm.person import NOBODY, Person
from ecgmm.report.a4 import HEIGHT_MM, LEFT_MM, RIGHT_MM, Column, new_page, sheet_axes
from ecgmm.report.drawn import sheet_of, signal_to_draw, stretch
from ecgmm.report.figures import table

_SHEET_TOP_MM, _SHEET_MM = 60.0, (RIGHT_MM - LEFT_MM, 100.0)
_STATEMENT_RIGHT_MM, _TABLE_LEFT_MM = 205.0, 213.0
_NOTES_LEFT_MM = 190.0
_BELOW_MM = _SHEET_TOP_MM + _SHEET_MM[1] + 2.0
_SIGNATURE_MM = HEIGHT_MM - 9.0
_BADGES_MM = 2.5
"""Above the lower edge of the paper, where no wave reaches."""
_SIZES = (7.5, 6.8, 6.2)
"""Of the findings' letters, in points: the largest at which all of them fit."""
_MARKS = {"critical": "Critical: ", "warning": "", "info": ""}


def first_page(reading: Reading, source: Opened, person: Person) -> tuple[Figure, list[str]]:
    """The page, and the paragraphs on findings that found no room on it."""
    figure, axes = new_page()
    _head(axes, reading, person)
    _statement(axes, reading)
    if words.is_readable(reading):
        table(Column(axes, _TABLE_LEFT_MM, RIGHT_MM, 20.0, _SHEET_TOP_MM), reading)
    _draw_sheet(figure, axes, reading, source)
    left_over = _findings(axes, reading)
    _notes(axes, reading)
    _foot(axes)
    return figure, left_over


def further_page(reading: Reading, paragraphs: list[str]) -> tuple[Figure, list[str]]:
    """A page of findings that the first one could not hold, and those that this one cannot."""
    figure, axes = new_page()
    _head(axes, reading, NOBODY)
    column = Column(axes, LEFT_MM, RIGHT_MM, 24.0, _SIGNATURE_MM - 8)
    column.head("Findings, continued")
    rest = _write_while_room(column, paragraphs, _SIZES[0])
    _foot(axes)
    return figure, rest


def _head(axes: Axes, reading: Reading, person: Person) -> None:
    name = PurePath(words.name(reading)).name
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    draw_text(axes, LEFT_MM, 9, "ECG report", fontsize=8, color=SUBDUED_INK)
    draw_text(axes, RIGHT_MM, 9, f"{name}   {now}", fontsize=8, ha="right")
    known = {
        "Name": "",
        "Date of birth": "",
        "Age": "" if person.age_years is None else f"{person.age_years:.0f} years",
        "Sex": person.sex or "",
        "Recorded on": "",
    }
    wide_mm = (RIGHT_MM - LEFT_MM) / len(known)
    for place, (what, value) in enumerate(known.items()):
        start = LEFT_MM + wide_mm * place
        draw_text(axes, start, 15.5, what, fontsize=6.5, color=SUBDUED_INK)
        draw_text(axes, start + 20, 15.5, value, fontsize=8)
        axes.plot([start, start + wide_mm - 4], [18, 18], color=SUBDUED_INK, linewidth=0.4)


def _statement(axes: Axes, reading: Reading) -> None:
    """The verdict, the statement, and the words for the patient."""
    column = Column(axes, LEFT_MM, _STATEMENT_RIGHT_MM, 20.0, _SHEET_TOP_MM)
    column.write(words.verdict_alone(reading), 14.0, bold=True)
    column.space(0.5)
    if not words.is_readable(reading):
        column.write(" ".join(reading.quality.reasons), 10.0)
    column.write(reading.summary.statement or "", 9.5)
    column.space(1.0)
    for_patient = filter(None, (reading.summary.patient_statement, advice(reading)))
    column.write(f"For the patient: {' '.join(for_patient)}", 7.5, ink=SUBDUED_INK)


def _draw_sheet(figure: Figure, axes: Axes, reading: Reading, source: Opened) -> None:
    """The sheet, to scale, and under it the beats that are not normal."""
    file = signal_to_draw(reading, source)
    if file is None:
        return
    start_s = choose_excerpts(reading, limit=1)[0]
    page = sheet_of(stretch(file, start_s), *_SHEET_MM)
    on_sheet = sheet_axes(figure, LEFT_MM, _SHEET_TOP_MM, _SHEET_MM)
    paint(on_sheet, page)
    _mark_beats(on_sheet, reading, page, start_s)
    scale = "25 mm/s   10 mm/mV"
    if reading.duration_s > STRIP_S:
        scale = f"{words.span(start_s, min(start_s + STRIP_S, reading.duration_s))}   {scale}"
    draw_text(axes, RIGHT_MM, _SHEET_TOP_MM - 1.8, scale, fontsize=7, ha="right")


def _mark_beats(axes: Axes, reading: Reading, page: Page, start_s: float) -> None:
    if not words.is_readable(reading) or not page.rows:
        return
    for beat in BeatList.of(reading.beats).between(start_s, start_s + STRIP_S):
        if beat.label != "N":
            x = page.rows[-1].left_mm + (beat.time_s - start_s) * PAPER_SPEED_MM_PER_S
            draw_badge(axes, x, page.grid.bottom_mm - _BADGES_MM, beat.label)


def _findings(axes: Axes, reading: Reading) -> list[str]:
    """Findings with their evidence; returns those that find no room."""
    column = Column(axes, LEFT_MM, _NOTES_LEFT_MM - 6, _BELOW_MM, _SIGNATURE_MM - 3)
    column.head("Findings and what shows them")
    paragraphs = list(_paragraphs(reading)) or ["None."]
    points = next((size for size in _SIZES if column.holds(paragraphs, size)), None)
    if points is not None:
        return _write_while_room(column, paragraphs, points)
    column.bottom_mm -= 4
    rest = _write_while_room(column, paragraphs, _SIZES[-1])
    column.bottom_mm += 4
    column.write(f"And {len(rest)} more on a further page.", _SIZES[-1])
    return rest


def _paragraphs(reading: Reading) -> Iterator[str]:
    if words.is_readable(reading):
        for finding in words.by_severity(reading.findings):
            yield f"{_MARKS[finding.severity]}{words.finding_in(finding, reading)}"


def _write_while_room(column: Column, paragraphs: list[str], points: float) -> list[str]:
    for number, paragraph in enumerate(paragraphs):
        if not column.write(paragraph, points):
            return paragraphs[number:]
    return []


def _notes(axes: Axes, reading: Reading) -> None:
    """What was not judged, the quality, the beats, the model."""
    column = Column(axes, _NOTES_LEFT_MM, RIGHT_MM, _BELOW_MM, _SIGNATURE_MM - 4)
    entries = {"Quality": words.quality(reading.quality)}
    if words.is_readable(reading):
        judged = "Not judged" if reading.not_judged else "Judged"
        what = ", ".join(reading.not_judged or NOTHING_JUDGED)
        entries = {judged: what, "Beats": words.beats(reading), **entries}
    kind = "picture" if reading.modality == "image" else "signal"
    source = f"{kind}, {words.clock(reading.duration_s)}, {words.leads(reading.leads)}"
    entries["Recording"] = f"{source}; read by {reading.model_name} {reading.model_version}"
    for name, text in entries.items():
        column.write(f"{name}: {text}", 7.5)


def _foot(axes: Axes) -> None:
    y = _SIGNATURE_MM
    for start, what, wide in ((LEFT_MM, "Reviewed by", 70), (LEFT_MM + 80, "Date", 40)):
        draw_text(axes, start, y, what, fontsize=6.5, color=SUBDUED_INK)
        axes.plot([start + 18, start + wide], [y + 1.5] * 2, color=SUBDUED_INK, linewidth=0.4)
    draw_text(
        axes, RIGHT_MM, y, words.NOT_A_MEDICAL_DEVICE, fontsize=8, fontweight="bold", ha="right",
        color=INK,
    )  # fmt: skip
