"""From an upright sheet to its strips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import (
    MM_PER_MV,
    PIXELS_PER_MM,
    STEP_S,
    STRIP_HEIGHT_PX,
    STRIP_S,
    STRIP_STEPS,
    STRIP_WIDTH_PX,
    pixels,
)
from ecgmm.paper.rows.cut import cut_strip, start_times_s
from ecgmm.paper.rows.layout import PageRows
from ecgmm.paper.rows.own_ink import OwnInk, StripInk, find_ink, keep_own_ink
from ecgmm.paper.rows.places import RowPlace
from ecgmm.paper.rows.unread_names import names_on
from ecgmm.paper.sheet import Sheet
from ecgmm.paper.strips import BORDER_WEIGHT, PaperStrip

CONFIDENCE_WITHOUT_GRID = 0.4
LEAST_VISIBLE = 0.6
LEAST_COVERAGE = 0.3
LEAST_SEEN = 0.4
"""Of the paper around a row: the lowest one of a photo may have none below its baseline."""

BORDER_HALF_S = 0.09
BY_NAME_AFTER_S = 0.25
"""6 mm: some machines mark the border where the name begins, some where it ends."""
BAR_WEIGHT = 0.02
SHORT_LEAD_WEIGHT = 0.25
"""How much a lead of 2.5 s counts beside a row that shows one lead all along."""

_PX_PER_S = STRIP_WIDTH_PX / STRIP_S
_REACH_MM = 15
_SAME_COLUMN_MM = 10.0
_POINT_S = 0.2
_RARELY = 0.005
_POINTS = 51
_AT_EDGE = np.ones((2 * PIXELS_PER_MM + 1,) * 2, np.uint8)


@dataclass(frozen=True)
class CutStrip:
    """A strip that was cut, before others' ink is wiped off.

    Attributes:
        row: which row it shows.
        start_s: seconds from the row's start to its left end.
        left_mm: its left end on the sheet.
        middle_mm: its middle on the sheet.
        ink: the strip, taken apart.
    """

    row: int
    start_s: float
    left_mm: float
    middle_mm: float
    ink: StripInk


@dataclass(frozen=True)
class ReadRow:
    """A row, or ten seconds of a longer one, and how it was read.

    Attributes:
        number: which row of the page, from 0.
        strip: it on the time grid.
        leads: how many leads the row shows in turn.
        refusal: why it is not to be read; empty where it is.
        trace_px: `[1000]` height of its trace in each column of the strip, px from the top.
    """

    number: int
    strip: PaperStrip
    leads: int
    refusal: str
    trace_px: NDArray[np.int64]

    @property
    def baseline_px(self) -> NDArray[np.floating]:
        """`[51, 2]` (x, y) in the picture, along its baseline, one point every 0.2 s."""
        return np.asarray(self.strip.baseline_px)


def read_rows(sheet: Sheet, rows: PageRows) -> tuple[ReadRow, ...]:
    """The strips of every row, from top to bottom and in order of time."""
    cuts = list(_cut(sheet, rows))
    return tuple(
        ReadRow(
            number=cut.row,
            strip=(strip := _strip(sheet, rows, cut, own)),
            leads=len(rows.borders[cut.row]) + 1,
            refusal=_refusal(strip, rows.places[cut.row]),
            trace_px=own.trace_px,
        )
        for cut, own in _own(rows, cuts)
    )


def _refusal(strip: PaperStrip, place: RowPlace) -> str:
    steps = round(strip.duration_s / STEP_S)
    seen = 1.0 if strip.step_weight is None else float((strip.step_weight[:steps] > 0).mean())
    if seen < LEAST_VISIBLE:
        return f"only {seen:.0%} of it is in the picture."
    if place.coverage < LEAST_COVERAGE:
        return f"a trace is seen in only {place.coverage:.0%} of it; it is too faint or blurred."
    return ""


def _cut(sheet: Sheet, rows: PageRows) -> Iterator[CutStrip]:
    for number in range(len(rows.places)):
        for start_s in start_times_s(rows.duration_s(number)):
            left_mm = rows.starts_mm[number] + start_s * rows.speed_mm_per_s
            middle_mm = _middle_mm(sheet, rows, number)
            cut = cut_strip(sheet, left_mm, middle_mm, rows.speed_mm_per_s, rows.gain_mm_per_mv)
            inner = cv2.erode(cut.seen.astype(np.uint8), _AT_EDGE) > 0
            ink = find_ink(cut._replace(seen=inner))
            yield CutStrip(number, start_s, left_mm, middle_mm, ink)


def _middle_mm(sheet: Sheet, rows: PageRows, number: int) -> float:
    """The height that is to be in the middle of a row's strips: its baseline.

    A row that is alone has the middle of its trace's range there, which shows all of tall beats.
    """
    baseline_mm = rows.places[number].baseline_mm
    if len(rows.places) > 1:
        return baseline_mm
    scale = rows.speed_mm_per_s, rows.gain_mm_per_mv
    cut = cut_strip(sheet, rows.starts_mm[number], baseline_mm, *scale)
    own = keep_own_ink(find_ink(cut), (), ())
    trace_px = own.trace_px[: round(min(STRIP_S, rows.duration_s(number)) * _PX_PER_S)]
    highest_px, lowest_px = np.quantile(trace_px, (_RARELY, 1 - _RARELY))
    off_px = (highest_px + lowest_px) / 2 - STRIP_HEIGHT_PX / 2
    return baseline_mm + float(off_px) / PIXELS_PER_MM * rows.gain_mm_per_mv / MM_PER_MV


def _own(rows: PageRows, cuts: Sequence[CutStrip]) -> Iterator[tuple[CutStrip, OwnInk]]:
    """Each strip with its own ink alone: strips of one page lie exactly above each other."""
    px_per_mm = PIXELS_PER_MM * MM_PER_MV / rows.gain_mm_per_mv
    names = names_on(rows)
    for cut in cuts:
        beside = [
            other.ink.trace_px + px_per_mm * (other.middle_mm - cut.middle_mm)
            for other in cuts
            if other.row != cut.row and abs(other.left_mm - cut.left_mm) < _SAME_COLUMN_MM
        ]
        bars = [
            _with_halo(_box_px(rows, cut, border.bar_mm))
            for border in rows.borders[cut.row]
            if border.bar_mm is not None
        ]
        bars += [
            (_column(rows, cut, first_mm), 0, _column(rows, cut, last_mm), STRIP_HEIGHT_PX)
            for first_mm, last_mm in rows.inner_pulses_mm
        ]
        inside = [bar for bar in bars if _is_inside(bar)]
        end_px = min(STRIP_WIDTH_PX, _column(rows, cut, rows.ends_mm[cut.row]))
        named = [_box_px(rows, cut, name.box_mm) for name in names]
        yield cut, keep_own_ink(cut.ink, beside, inside, end_px, named)


def _box_px(
    rows: PageRows, cut: CutStrip, box_mm: tuple[float, float, float, float]
) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a box of the sheet in a strip."""
    left_mm, top_mm, right_mm, bottom_mm = box_mm
    px_per_mm = PIXELS_PER_MM * MM_PER_MV / rows.gain_mm_per_mv
    top, bottom = (
        round((y_mm - cut.middle_mm) * px_per_mm + STRIP_HEIGHT_PX / 2)
        for y_mm in (top_mm, bottom_mm)
    )
    return _column(rows, cut, left_mm), top, _column(rows, cut, right_mm), bottom


def _column(rows: PageRows, cut: CutStrip, x_mm: float) -> int:
    return round((x_mm - cut.left_mm) / rows.speed_mm_per_s * _PX_PER_S)


def _with_halo(bar: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """A bar with the pixels that it darkens."""
    left, top, right, bottom = bar
    return left - 1, top - 2, right + 2, bottom + 2


def _is_inside(bar: tuple[int, int, int, int]) -> bool:
    return bar[0] > 0 and bar[2] < STRIP_WIDTH_PX


def _strip(sheet: Sheet, rows: PageRows, cut: CutStrip, own: OwnInk) -> PaperStrip:
    place = rows.places[cut.row]
    certainty = max(CONFIDENCE_WITHOUT_GRID, sheet.clearness)
    return PaperStrip(
        grey=own.grey,
        sharp=own.sharp,
        lead_name=" ".join(rows.names[cut.row]),
        start_s=rows.first_s(cut.row) + cut.start_s,
        duration_s=min(STRIP_S, rows.duration_s(cut.row) - cut.start_s),
        px_per_mm=(
            sheet.px_per_mm(cut.left_mm, cut.middle_mm, STRIP_S * rows.speed_mm_per_s)
            if sheet.clearness
            else None
        ),
        confidence=certainty * place.coverage,
        step_weight=_step_weight(sheet, rows, cut),
        baseline_px=_baseline_px(sheet, rows, cut),
        changes_s=_changes_s(rows, cut),
    )


def _changes_s(rows: PageRows, cut: CutStrip) -> tuple[float, ...]:
    """When the strip changes its lead; nothing where only names tell, which stand behind it."""
    borders = rows.borders[cut.row]
    if any(border.by_name for border in borders):
        return ()
    return tuple((border.middle_mm - cut.left_mm) / rows.speed_mm_per_s for border in borders)


def _step_weight(sheet: Sheet, rows: PageRows, cut: CutStrip) -> NDArray[np.float32]:
    """How much each step is to count.

    Nothing where no paper is seen; little next to a border between leads: a bar there, or the
    leap, looks like a beat; and a lead of 2.5 s little beside a row of one lead.
    """
    weight = _seen_steps(sheet, rows, cut)
    middle_s = (np.arange(STRIP_STEPS) + 0.5) * STEP_S
    borders = rows.borders[cut.row]
    for border in borders:
        border_s = (border.middle_mm - cut.left_mm) / rows.speed_mm_per_s
        after_s = BY_NAME_AFTER_S if border.by_name else BORDER_HALF_S
        near = (middle_s > border_s - BORDER_HALF_S) & (middle_s < border_s + after_s)
        weight[near] *= BORDER_WEIGHT if border.bar_mm is None else BAR_WEIGHT
    if borders and not all(rows.borders):
        weight *= SHORT_LEAD_WEIGHT
    for span_mm in rows.inner_pulses_mm:
        first_s, last_s = ((x_mm - cut.left_mm) / rows.speed_mm_per_s for x_mm in span_mm)
        weight[(first_s < middle_s) & (middle_s < last_s)] = 0.0
    return weight


def _seen_steps(sheet: Sheet, rows: PageRows, cut: CutStrip) -> NDArray[np.float32]:
    """`[250]`, whether the paper around the row is seen at each step."""
    height = pixels(cut.middle_mm)
    reach = _REACH_MM * PIXELS_PER_MM
    seen = sheet.seen[max(0, height - reach) : height + reach].mean(axis=0) > LEAST_SEEN
    x_mm = cut.left_mm + (np.arange(STRIP_STEPS) + 0.5) * STEP_S * rows.speed_mm_per_s
    column = np.floor(x_mm * PIXELS_PER_MM).astype(np.intp)
    inside = (column >= 0) & (column < len(seen))
    return (inside & seen[np.clip(column, 0, len(seen) - 1)]).astype(np.float32)


def _baseline_px(sheet: Sheet, rows: PageRows, cut: CutStrip) -> NDArray[np.float64]:
    x_mm = cut.left_mm + _POINT_S * rows.speed_mm_per_s * np.arange(_POINTS)
    y_mm = np.full(_POINTS, rows.places[cut.row].baseline_mm)
    return sheet.to_picture(np.stack([x_mm, y_mm], axis=-1))
