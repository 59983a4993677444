"""What of a reading's source is drawn on its page: the signal, in a layout that fits its leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ecgmm.analysis.analyze import Opened
from ecgmm.analysis.digitize import traced_paper
from ecgmm.analysis.excerpts import choose_excerpts
from ecgmm.analysis.reading import Reading
from ecgmm.grid import MM_PER_MV, STRIP_S
from ecgmm.paper.layouts import LAYOUTS, Layout, Paper, fitting_layouts
from ecgmm.paper.page import Page
from ecgmm.paper.strips import PaperDocument, PaperStrips
from ecgmm.paper.style import PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording

MOST_ROWS = 4
"""Of leads that no layout of twelve fits: a row each."""
MEDIAN_S = 30.0
"""Some thirty beats: their median has a fifth of the noise of one."""
_STYLE = PageStyle(fitted=True, header=(), scale_text="", name_size_mm=3.2)


def signal_to_draw(reading: Reading, source: Opened) -> SignalFile | None:
    """The signal, or the digitized leads of the reading's own page; None where there is none."""
    if isinstance(source, PaperDocument):
        source = source.pages[(reading.page or 1) - 1]
    if not isinstance(source, PaperStrips):
        return source
    return SignalFile.in_memory(traced_paper(source)) if source.strips else None


def stretch(file: SignalFile, start_s: float, duration_s: float = STRIP_S) -> Recording:
    """A part of a recording."""
    rate_hz = file.sampling_rate_hz
    first = max(0, round(start_s * rate_hz))
    last = min(file.samples, first + round(duration_s * rate_hz))
    return Recording(file.read_mv(first, last), rate_hz, file.lead_names, file.name)


def median_span_s(reading: Reading) -> tuple[float, float]:
    """Which stretch of a recording the median beat is made of."""
    is_short = reading.duration_s <= MEDIAN_S
    start_s = 0.0 if is_short else choose_excerpts(reading, limit=1)[0]
    return start_s, min(start_s + MEDIAN_S, reading.duration_s)


def first_lead(recording: Recording) -> Recording:
    """A recording's first lead alone."""
    return replace(
        recording, signal_mv=recording.signal_mv[:, :1], lead_names=recording.lead_names[:1]
    )


def sheet_of(
    recording: Recording, width_mm: float, height_mm: float, gain_mm_per_mv: float = MM_PER_MV
) -> Page:
    """Ten seconds on millimetre paper of a size in whole large boxes, at 25 mm/s."""
    paper = Paper(width_mm, height_mm, margin_mm=0.0, header_mm=1.0, footer_mm=5.0)
    style = replace(_STYLE, gain_mm_per_mv=gain_mm_per_mv)
    return lay_out(recording, _layout(recording.lead_names, paper), style)


def _layout(leads: Sequence[str], paper: Paper) -> Layout:
    fitting = fitting_layouts(leads)
    for name in ("3x4+1", "6x1"):
        if name in fitting:
            return Layout(name, LAYOUTS[name].rows, paper)
    return Layout("rows", tuple((lead,) for lead in leads[:MOST_ROWS]), paper)
