"""A kept reading as files to take away."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.excerpts import choose_excerpts
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.reading_json import reading_from_json
from ecgmm.grid import STRIP_S
from ecgmm.paper.strips import PaperStrip, PaperStrips
from ecgmm.readers.signal_file import SignalFile
from ecgmm.serving.runtime import Runtime
from ecgmm.web.pixels import decode_grey
from ecgmm.web.store import Store, Stored
from ecgmm.web.tiles import TILE_BINS, samples_of, tile_name
from ecgmm.web.views import strip_name
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
        rebuild = rebuild_signal if "signal" in self.stored.view else _rebuild_strips
        source = rebuild(self.stored, self.pieces)
        if self.kind == "pdf":
            return report_pdf(reading, source)
        png = io.BytesIO()
        plot_reading(reading, source).savefig(png, format="png")
        return png.getvalue()


def pieces_to_draw(reading_id: str, stored: Stored, store: Store, kind: Kind) -> dict[str, bytes]:
    """The strips of a picture, or the tiles under what a drawing or a report shows."""
    if signal := stored.view.get("signal"):
        names = _tiles_to_draw(reading_from_json(stored.reading), signal, kind)
    else:
        names = [strip_name(index) for index in range(len(stored.view["picture"]["strips"]))]
    pieces = {name: store.piece(reading_id, name) for name in names}
    return {name: piece for name, piece in pieces.items() if piece is not None}


def _tiles_to_draw(reading: Reading, signal: dict[str, Any], kind: Kind) -> list[str]:
    from ecgmm.analysis.plot import MOST_ROWS
    from ecgmm.report.pdf import spans_s

    if kind == "pdf":
        spans = spans_s(reading)
    else:
        limit = max(1, MOST_ROWS // len(signal["leads"]))
        spans = [(start_s, start_s + STRIP_S) for start_s in choose_excerpts(reading, limit)]
    tiles: set[int] = set()
    for span in spans:
        first, last = (max(0, round(s * signal["rate_hz"])) for s in span)
        tiles.update(range(first // TILE_BINS, last // TILE_BINS + 1))
    return [tile_name(0, index) for index in sorted(tiles)]


def rebuild_signal(stored: Stored, pieces: dict[str, bytes]) -> SignalFile:
    """The recording as far as it is to be drawn."""
    signal = stored.view["signal"]
    names = tuple(lead["name"] for lead in signal["leads"])

    def read_mv(start: int, stop: int) -> NDArray[np.float32]:
        indices = range(start // TILE_BINS, (stop - 1) // TILE_BINS + 1)
        tiles = [samples_of(pieces[tile_name(0, index)], len(names)) for index in indices]
        first = indices[0] * TILE_BINS
        return np.concatenate(tiles)[start - first : stop - first]

    return SignalFile(stored.reading["input"], signal["rate_hz"], names, signal["samples"], read_mv)


def _rebuild_strips(stored: Stored, pieces: dict[str, bytes]) -> PaperStrips:
    picture = stored.view["picture"]
    strips = []
    for index, strip in enumerate(picture["strips"]):
        grey = decode_grey(pieces[strip_name(index)])
        strips.append(PaperStrip(grey, strip["start_s"], strip["lead"], strip["duration_s"]))
    return PaperStrips(tuple(strips), tuple(picture["faults"]), stored.reading["input"])


def _stem(stored: Stored) -> str:
    return re.sub(r"[^\w.-]", "_", PurePath(stored.reading["input"]).stem, flags=re.ASCII) or "ecg"
