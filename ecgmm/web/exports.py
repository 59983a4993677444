"""A kept reading as files to take away."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal

from ecgmm.analysis.excerpts import choose_excerpts
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.reading_json import reading_from_json
from ecgmm.grid import STRIP_S
from ecgmm.serving.runtime import Runtime
from ecgmm.web.rebuilt import pieces_under, rebuilt
from ecgmm.web.store import Store, Stored
from ecgmm.workers.task import Report
from ecgmm.writers.beats_text import beats_csv
from ecgmm.writers.beats_wfdb import annotation_file, reading_annotations
from ecgmm.writers.report_files import PICTURE_RATE_HZ

Kind = Literal["json", "csv", "wfdb", "png", "pdf"]

MEDIA_TYPES: dict[str, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "wfdb": "application/octet-stream",
    "png": "image/png",
    "pdf": "application/pdf",
}
_SUFFIXES = {"wfdb": "atr"}


def file_name(stored: Stored, kind: Kind) -> str:
    """What a browser calls the download: letters, digits, `-`, `_` and `.` only."""
    return f"{_stem(stored)}.{_SUFFIXES.get(kind, kind)}"


def reading_file(reading: dict[str, Any]) -> bytes:
    """The object that `ecgmm analyze --json` prints, as a file."""
    return (json.dumps(reading, allow_nan=False, indent=2) + "\n").encode()


def beats_file(reading: dict[str, Any]) -> bytes:
    """A line for each beat: time in seconds, class, probability, time since the one before."""
    return b"".join(beats_csv(reading_from_json(reading)))


def annotations_file(stored: Stored) -> bytes:
    """Beats as a WFDB annotation file.

    Samples count at the rate of the recording, which the file states; of a picture at 500 Hz.
    """
    signal = stored.view.get("signal")
    rate_hz = float(signal["rate_hz"]) if signal else PICTURE_RATE_HZ
    return annotation_file(reading_annotations(reading_from_json(stored.reading), rate_hz), rate_hz)


@dataclass(frozen=True)
class ExportTask:
    """Make a file that takes drawing or a library.

    Attributes:
        name: what the reading calls its input.
        stored: the reading.
        pieces: what of it is to be drawn, see `pieces_to_draw`.
        kind: which file.
    """

    name: str
    stored: Stored
    pieces: dict[str, bytes]
    kind: Literal["wfdb", "png", "pdf"]

    def run(self, runtime: Runtime, report: Report) -> dict[str, Any]:
        """Make it; `content` is the file."""
        if self.kind == "wfdb":
            return {"content": annotations_file(self.stored)}
        return {"content": self._draw()}

    def _draw(self) -> bytes:
        from ecgmm.analysis.plot import plot_reading
        from ecgmm.report.pdf import report_pdf

        reading = reading_from_json(self.stored.reading)
        source = rebuilt(self.stored, self.pieces)
        if self.kind == "pdf":
            return report_pdf(reading, source)
        png = io.BytesIO()
        plot_reading(reading, source).savefig(png, format="png")
        return png.getvalue()


def pieces_to_draw(reading_id: str, stored: Stored, store: Store, kind: Kind) -> dict[str, bytes]:
    """The strips of a picture, or the tiles under what a drawing or a report shows."""
    reading = reading_from_json(stored.reading)
    return pieces_under(reading_id, stored, store, _spans_s(reading, kind))


def _spans_s(reading: Reading, kind: Kind) -> list[tuple[float, float]]:
    from ecgmm.analysis.plot import MOST_ROWS
    from ecgmm.report.pdf import spans_s

    if kind == "pdf":
        return spans_s(reading)
    limit = max(1, MOST_ROWS // max(1, len(reading.leads)))
    return [(start_s, start_s + STRIP_S) for start_s in choose_excerpts(reading, limit)]


def _stem(stored: Stored) -> str:
    return re.sub(r"[^\w.-]", "_", PurePath(stored.reading["input"]).stem, flags=re.ASCII) or "ecg"
