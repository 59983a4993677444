"""The measurements of a reading as a small table."""

from __future__ import annotations

from collections.abc import Iterator

from ecgmm.analysis import words
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.sheet import SUBDUED_INK, draw_text
from ecgmm.report.a4 import Column

_LINE_MM = 4.0
_VALUE_MM = 30.0
"""From the name of a measurement to its value."""


def rows(reading: Reading) -> Iterator[tuple[str, str]]:
    """Name and value of each measurement; a dash where there is none."""
    measured = reading.measurements
    qtc_ms = measured.qtc_ms
    yield "Heart rate", words.rate(reading.summary.heart_rate_bpm)
    yield "PR interval", _told(measured.pr_ms, "ms")
    yield "QRS duration", _told(measured.qrs_ms, "ms")
    yield "QT interval", _told(measured.qt_ms, "ms")
    yield "QTc Fridericia", _told(qtc_ms["fridericia"], "ms")
    yield "QTc Bazett", _told(qtc_ms["bazett"], "ms")
    for name, axis_deg in (
        ("P axis", measured.p_axis_deg),
        ("QRS axis", measured.qrs_axis_deg),
        ("T axis", measured.t_axis_deg),
    ):
        yield name, _told(axis_deg, "degrees")


def table(column: Column, reading: Reading) -> None:
    """Write the measurements, a line each."""
    for name, value in rows(reading):
        column.y_mm += _LINE_MM
        y = column.y_mm - _LINE_MM / 2
        draw_text(column.axes, column.left_mm, y, name, fontsize=7.5, color=SUBDUED_INK)
        draw_text(column.axes, column.left_mm + _VALUE_MM, y, value, fontsize=8.5)


def _told(value: int | None, unit: str) -> str:
    return "\N{EN DASH}" if value is None else f"{value} {unit}"
