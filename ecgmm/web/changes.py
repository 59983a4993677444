"""A kept reading as a person corrects it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from ecgmm.analysis.correcting import corrected
from ecgmm.analysis.correction import Correction
from ecgmm.analysis.plain_words import plain_words
from ecgmm.analysis.reading_json import reading_from_json
from ecgmm.serving.runtime import Runtime
from ecgmm.web.rebuilt import rebuild_signal
from ecgmm.web.store import Store, Stored
from ecgmm.web.tiles import TILE_BINS, tile_name
from ecgmm.workers.task import Report

AS_READ_PIECE = "as-read"
"""The reading before any correction, to which a new list of corrections is applied."""
_STALE = ("export/", "evidence/")
"""Pieces that were made of the reading as it was."""


@dataclass(frozen=True)
class ChangeTask:
    """Correct a reading.

    Attributes:
        stored: the reading before any correction.
        pieces: the tiles of its signal; none of a picture.
        corrections: what a person changes, in order.
    """

    stored: Stored
    pieces: dict[str, bytes]
    corrections: tuple[Correction, ...]

    @property
    def name(self) -> str:
        """What the reading calls its input."""
        return self.stored.reading["input"]

    def run(self, runtime: Runtime, report: Report) -> dict[str, Any]:
        """Correct it; see `workers.task.Task`."""
        before = reading_from_json(self.stored.reading)
        signal = rebuild_signal(self.stored, self.pieces) if self.pieces else None
        after = corrected(before, self.corrections, signal)
        view = {**self.stored.view, "plain": plain_words(after)}
        if "signal" in view:
            leads = zip(view["signal"]["leads"], after.leads, strict=True)
            named = [{**lead, "name": name} for lead, name in leads]
            view["signal"] = {**view["signal"], "leads": named}
        return {"reading": after.to_dict(), "view": view}


def as_read(reading_id: str, stored: Stored, store: Store) -> Stored:
    """A kept reading before any correction."""
    kept = store.piece(reading_id, AS_READ_PIECE)
    return stored if kept is None else Stored(**json.loads(kept))


def tiles_of(reading_id: str, stored: Stored, store: Store) -> dict[str, bytes]:
    """Every sample of a kept signal; nothing of a picture."""
    signal = stored.view.get("signal")
    if signal is None:
        return {}
    count = -(-signal["samples"] // TILE_BINS)
    pieces = {name: store.piece(reading_id, name) for name in map(_finest, range(count))}
    return {name: piece for name, piece in pieces.items() if piece is not None}


def keep_changed(reading_id: str, before: Stored, after: dict[str, Any], store: Store) -> bool:
    """Put a corrected reading in the place of the one before; whether that was still there."""
    as_read = AS_READ_PIECE, json.dumps(asdict(before)).encode()
    return store.replace(reading_id, after["reading"], after["view"], piece=as_read, stale=_STALE)


def _finest(index: int) -> str:
    return tile_name(0, index)
