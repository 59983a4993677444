"""What a kept reading was read from, as far as it is to be drawn again."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.strips import PaperStrip, PaperStrips
from ecgmm.readers.signal_file import SignalFile
from ecgmm.web.pixels import decode_grey
from ecgmm.web.store import Store, Stored
from ecgmm.web.tiles import TILE_BINS, samples_of, tile_name
from ecgmm.web.views import strip_name


def pieces_under(
    reading_id: str, stored: Stored, store: Store, spans_s: Iterable[tuple[float, float]]
) -> dict[str, bytes]:
    """The strips of a picture, or the tiles under these stretches of a recording."""
    if signal := stored.view.get("signal"):
        names = _tiles(spans_s, signal["rate_hz"])
    else:
        names = [strip_name(index) for index in range(len(stored.view["picture"]["strips"]))]
    pieces = {name: store.piece(reading_id, name) for name in names}
    return {name: piece for name, piece in pieces.items() if piece is not None}


def rebuilt(stored: Stored, pieces: dict[str, bytes]) -> SignalFile | PaperStrips:
    """The recording, or the strips of the picture, from the pieces that were kept."""
    build = rebuild_signal if "signal" in stored.view else _strips
    return build(stored, pieces)


def _tiles(spans_s: Iterable[tuple[float, float]], rate_hz: float) -> list[str]:
    tiles: set[int] = set()
    for span_s in spans_s:
        first, last = (max(0, round(time_s * rate_hz)) for time_s in span_s)
        tiles.update(range(first // TILE_BINS, last // TILE_BINS + 1))
    return [tile_name(0, index) for index in sorted(tiles)]


def rebuild_signal(stored: Stored, pieces: dict[str, bytes]) -> SignalFile:
    """The recording, of which only what the pieces hold can be read."""
    signal = stored.view["signal"]
    names = tuple(lead["name"] for lead in signal["leads"])

    def read_mv(start: int, stop: int) -> NDArray[np.float32]:
        indices = range(start // TILE_BINS, (stop - 1) // TILE_BINS + 1)
        tiles = [samples_of(pieces[tile_name(0, index)], len(names)) for index in indices]
        first = indices[0] * TILE_BINS
        return np.concatenate(tiles)[start - first : stop - first]

    return SignalFile(stored.reading["input"], signal["rate_hz"], names, signal["samples"], read_mv)


def _strips(stored: Stored, pieces: dict[str, bytes]) -> PaperStrips:
    picture = stored.view["picture"]
    strips = []
    for index, strip in enumerate(picture["strips"]):
        grey = decode_grey(pieces[strip_name(index)])
        changes_s = tuple(strip.get("changes_s", ()))
        strips.append(
            PaperStrip(
                grey, strip["start_s"], strip["lead"], strip["duration_s"], changes_s=changes_s
            )
        )
    return PaperStrips(tuple(strips), tuple(picture["faults"]), stored.reading["input"])
