"""The reference pulses of a page: 1 mV, mostly for 0.2 s, at an end of the rows or among them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import MM_PER_MV, PAPER_SPEED_MM_PER_S, PIXELS_PER_MM, pixels
from ecgmm.paper.rows.frames import without_frames
from ecgmm.paper.rows.levels import band_along
from ecgmm.paper.rows.places import INKED, RowPlace, common_end

PULSE_S = 0.2
PULSE_MV = 1.0
WIDTHS_MM = (1.6, 2.5, 5.0, 10.0)
"""At 25 and 50 mm/s, and narrow ones of machines whose pulse says nothing of time."""

HEIGHTS_MM = (5.0, 10.0, 20.0)
TELLS_TIME_MM = 4.0

_MARGIN_MM = 2.0
_LEAST_INK = 0.2
_LEAST_OF_TRACE = 0.6
"""A pulse is drawn by the pen that draws the row; what is left of a grid is fainter."""

_LINE_MM = 0.4
_BLUR_MM = 0.25
_SLACK_MM = 3.0
_SLACK_ALONE_MM = 12.0
_ABOVE_MM = max(HEIGHTS_MM) + _MARGIN_MM + _SLACK_ALONE_MM
_BELOW_MM = _MARGIN_MM + _SLACK_ALONE_MM
_CLEAR = 0.55
_CLEAR_UNUSUAL = 0.68
_CLEAR_NARROW = 0.6
_CLEAR_ALONE = 0.68
_ROW_SHOWS_IT = 0.45
_AT_END_MM = 14.0
_APART_MM = 12.0
_BESIDE_MM = 25.0


@dataclass(frozen=True)
class Pulses:
    """Pulses that stand one below the other, one in each row or in some.

    Attributes:
        rise_mm: their left flank, from the sheet's left.
        width_mm: from flank to flank.
        height_mm: 1 mV on this paper.
        score: correlation with a drawn pulse, up to 1.
        rows: how many rows show it.
    """

    rise_mm: float
    width_mm: float
    height_mm: float
    score: float
    rows: int

    @property
    def fall_mm(self) -> float:
        """Their right flank."""
        return self.rise_mm + self.width_mm


def find_pulses(ink: NDArray[np.float32], rows: Sequence[RowPlace]) -> tuple[Pulses, ...]:
    """Find the columns of pulses of a page.

    A pulse that most rows show at the same place is one wherever it stands; one that a single
    row shows, only at an end of the rows or beside them, and only where it is too wide for a QRS.

    Args:
        ink: `[height, width]` 4 px/mm, see `Sheet.ink`.
        rows: the rows; pulses stand on their levels.

    Returns:
        The columns from left to right; none where there are none.
    """
    if not rows:
        return ()
    ink = ink * without_frames((ink > INKED).astype(np.uint8))
    bands = [_blurred(band_along(ink, row.level_mm, _ABOVE_MM, _BELOW_MM)) for row in rows]
    found = [
        pulses
        for width_mm, height_mm in itertools.product(WIDTHS_MM, HEIGHTS_MM)
        for pulses in _of_size(bands, rows, width_mm, height_mm)
    ]
    found.sort(key=_weight, reverse=True)
    chosen: list[Pulses] = []
    for pulses in found:
        if all(abs(pulses.rise_mm - other.rise_mm) > _APART_MM for other in chosen):
            chosen.append(pulses)
    return tuple(sorted(chosen, key=lambda pulses: pulses.rise_mm))


def pulses_behind(
    ink: NDArray[np.float32], rows: Sequence[RowPlace], border_mm: float, like: Pulses
) -> Pulses | None:
    """The pulses that stand before the next lead, of the size of those before the first one.

    Args:
        ink: `[height, width]` 4 px/mm, see `Sheet.ink`.
        rows: those that change their lead.
        border_mm: where they do.
        like: the pulses at an end of the rows.

    Returns:
        The column; None where not half of the rows show one.
    """
    drawn = template(like.width_mm, like.height_mm)
    spans_mm = (border_mm - _MARGIN_MM, border_mm + _AT_END_MM + like.width_mm + _MARGIN_MM)
    part = slice(*(max(0, pixels(x_mm)) for x_mm in spans_mm))
    scores = np.array(
        [
            _match_along(
                _blurred(band_along(ink, row.level_mm, _ABOVE_MM, _BELOW_MM)[:, part]),
                drawn,
                like.height_mm,
                _SLACK_MM,
            )
            for row in rows
        ]
    )
    near = cv2.dilate(scores, np.ones((1, 7)))
    typical = np.sort(near, axis=0)[len(rows) // 2]
    x = int(typical.argmax())
    if typical[x] < _CLEAR_NARROW:
        return None
    size_mm = (like.width_mm, like.height_mm)
    showing = int((near[:, x] > _ROW_SHOWS_IT).sum())
    return _pulses(x + part.start, size_mm, float(typical[x]), showing)


def _weight(pulses: Pulses) -> float:
    """How surely something is a column of pulses: a narrow one is also like a QRS."""
    return pulses.rows * pulses.score * (1.0 if pulses.width_mm >= TELLS_TIME_MM else 0.8)


def _of_size(
    bands: list[NDArray[np.float32]], rows: Sequence[RowPlace], width_mm: float, height_mm: float
) -> Iterator[Pulses]:
    """The columns of pulses of one size."""
    drawn = template(width_mm, height_mm)
    size_mm = (width_mm, height_mm)
    ends = _ends(rows, bands[0].shape[1], width_mm)
    is_wide = width_mm >= TELLS_TIME_MM
    is_usual = size_mm == (PULSE_S * PAPER_SPEED_MM_PER_S, PULSE_MV * MM_PER_MV)
    least = _CLEAR if is_usual else _CLEAR_UNUSUAL if is_wide else _CLEAR_NARROW
    for part in [slice(0, bands[0].shape[1])] if is_usual else ends:
        singly = np.array(
            [_match_along(band[:, part], drawn, height_mm, _SLACK_MM) for band in bands]
        )
        near = cv2.dilate(singly, np.ones((1, 7)))
        typical = np.sort(near, axis=0)[len(rows) // 3]
        for x in _peaks(typical, least):
            showing = int((near[:, x] > _ROW_SHOWS_IT).sum())
            if showing >= 2:
                yield _pulses(x + part.start, size_mm, float(typical[x]), showing)
    if is_wide:
        for band, part in itertools.product(bands, ends):
            least_ink = max(_LEAST_INK, _LEAST_OF_TRACE * _darkness(band))
            single = _match_along(band[:, part], drawn, height_mm, _SLACK_ALONE_MM, least_ink)
            for x in _peaks(single, _CLEAR_ALONE):
                yield _pulses(x + part.start, size_mm, float(single[x]), 1)


def _ends(rows: Sequence[RowPlace], columns: int, width_mm: float) -> list[slice]:
    """Where a pulse that begins or ends the rows, or stands beside them, has its left margin."""
    left_mm = common_end([row.left_mm for row in rows], inward=1)
    right_mm = common_end([row.right_mm for row in rows], inward=-1)
    whole_mm = width_mm + 2 * _MARGIN_MM
    spans_mm = [
        (left_mm - _BESIDE_MM, left_mm + _AT_END_MM + _MARGIN_MM),
        (right_mm - _AT_END_MM - _MARGIN_MM, right_mm + _BESIDE_MM + whole_mm),
    ]
    return [
        slice(*(min(columns, max(0, pixels(x_mm))) for x_mm in span_mm)) for span_mm in spans_mm
    ]


def _pulses(x: int, size_mm: tuple[float, float], score: float, rows: int) -> Pulses:
    return Pulses(x / PIXELS_PER_MM + _MARGIN_MM, *size_mm, score, rows)


def _peaks(score: NDArray[np.float32], least: float) -> list[int]:
    """Places of the highest scores, none near a higher one."""
    if not len(score):
        return []
    wide = cv2.dilate(score[np.newaxis], np.ones((1, 2 * 2 * PIXELS_PER_MM + 1)))[0]
    return [int(x) for x in np.flatnonzero((score >= wide) & (score > least))]


def _blurred(band: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(band, (0, 0), _BLUR_MM * PIXELS_PER_MM), np.float32)


def _darkness(band: NDArray[np.float32]) -> float:
    """How dark a row's line is against a drawn one: it is as thick, and blurred like it."""
    line = np.median(band.max(axis=0))
    return float(line / template(10.0, 10.0).max())


def _match_along(
    band: NDArray[np.float32],
    drawn: NDArray[np.float32],
    height_mm: float,
    slack_mm: float,
    least_ink: float = _LEAST_INK,
) -> NDArray[np.float32]:
    """`[columns]`: how much a row is like a pulse whose left margin begins there.

    Args:
        band: `[height, width]` 4 px/mm, blurred, around the row's level.
        drawn: from `template`.
        height_mm: its height.
        slack_mm: by how much it may stand off the level.
        least_ink: how much ink there is at least, against the drawn one.
    """
    expected = (_ABOVE_MM - height_mm - _MARGIN_MM) * PIXELS_PER_MM
    slack = slack_mm * PIXELS_PER_MM
    top = max(0, round(expected - slack))
    area = band[top : round(expected + slack) + drawn.shape[0]]
    score = np.zeros(band.shape[1], np.float32)
    if area.shape[0] < drawn.shape[0] or area.shape[1] < drawn.shape[1]:
        return score
    match = cv2.matchTemplate(area, drawn, cv2.TM_CCOEFF_NORMED)
    ink = cv2.matchTemplate(area, np.ones_like(drawn), cv2.TM_CCORR)
    match[~(ink > least_ink * drawn.sum())] = 0
    best = match.max(axis=0)
    score[: len(best)] = best
    return score


def template(width_mm: float, height_mm: float) -> NDArray[np.float32]:
    """A drawn pulse: two flanks and a top, blank paper inside and around it."""
    fine = 4
    scale = PIXELS_PER_MM * fine
    size = (
        round((width_mm + 2 * _MARGIN_MM) * scale),
        round((height_mm + 2 * _MARGIN_MM) * scale),
    )
    picture = np.zeros(size[::-1], np.float32)
    left, top = _MARGIN_MM * scale, _MARGIN_MM * scale
    right, foot = left + width_mm * scale, top + height_mm * scale
    outline = np.array([(left, foot), (left, top), (right, top), (right, foot)]).round()
    cv2.polylines(picture, [outline.astype(np.int32)], False, 1.0, round(_LINE_MM * scale))
    small = cv2.resize(picture, (size[0] // fine, size[1] // fine), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), _BLUR_MM * PIXELS_PER_MM), np.float32)
