"""What a page's print leaves open of its measurements."""

from __future__ import annotations

from dataclasses import replace

from ecgmm.grid import PAPER_SPEED_MM_PER_S, PIXELS_PER_MM
from ecgmm.measure.measurements import Measurements
from ecgmm.paper.strips import PaperStrips

COARSEST_MS = 25.0
"""A pixel of the picture, at most: a wave that begins within two pixels of its place is then off by
more than a small box, the 40 ms that an eye reads paper to."""

_MS_PER_MM = 1000.0 / PAPER_SPEED_MM_PER_S
_INTERVALS = ("p_ms", "pr_ms", "qrs_ms", "qt_ms")


def as_the_print_allows(measured: Measurements, paper: PaperStrips) -> Measurements:
    """The measurements of a page's digitized signals, with what the print leaves open.

    An interval lies between two edges, each of them known to a pixel: of the strip (10 ms), or of
    the picture where that is coarser. From a picture whose pixels are longer than 25 ms no interval
    is told.

    Args:
        measured: of the digitized signals.
        paper: the page.
    """
    pixel_ms = max(_pixel_ms(paper), _MS_PER_MM / PIXELS_PER_MM)
    if pixel_ms <= COARSEST_MS:
        return replace(measured, uncertainty_ms=round(pixel_ms * 2**0.5))
    told = (*_INTERVALS, *(f"qtc_{name}_ms" for name in measured.qtc_ms))
    reason = f"the picture is too coarse: a pixel of it lasts {pixel_ms:.0f} ms"
    return replace(
        measured,
        p_ms=None,
        pr_ms=None,
        qrs_ms=None,
        qt_ms=None,
        beats=(),
        p_times_s=(),
        not_measured={**measured.not_measured, **dict.fromkeys(told, reason)},
    )


def _pixel_ms(paper: PaperStrips) -> float:
    """How long a pixel of the picture lasts, where its scale is known; of the finest row."""
    scales = [strip.px_per_mm[0] for strip in paper.strips if strip.px_per_mm is not None]
    return _MS_PER_MM / max(scales) if scales else 0.0
