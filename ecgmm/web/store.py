"""Results for a while, in SQLite."""

from __future__ import annotations

import errno
import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecgmm.errors import InputError

_SCHEMA = """
-- A reading of 0 bytes is still being written.
CREATE TABLE IF NOT EXISTS readings (
    id TEXT PRIMARY KEY, created_s REAL NOT NULL, bytes INTEGER NOT NULL, reading TEXT NOT NULL,
    view TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pieces (
    reading_id TEXT NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
    name TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (reading_id, name)
);
CREATE INDEX IF NOT EXISTS readings_by_age ON readings (created_s);
"""
_BATCH_BYTES = 4_000_000
"""What one transaction writes while others wait."""
_FOLDER_MODE = 0o700
"""Only the server's own user may look into it."""
_FILE_MODE = 0o600
"""Only the server's own user may read them."""
_COUNT_BYTES = """
UPDATE readings SET bytes = length(reading) + length(view) + (
    SELECT coalesce(sum(length(content)), 0) FROM pieces WHERE reading_id = readings.id
) WHERE id = ?
"""


@dataclass(frozen=True)
class Stored:
    """One result.

    Attributes:
        reading: the object that `ecgmm analyze --json` prints.
        view: what the page needs beside it, see `ecgmm.web.views`.
    """

    reading: dict[str, Any]
    view: dict[str, Any]


class Store:
    """Readings by their unguessable names, and the pieces that show them.

    A database that is full, locked or damaged is an `OSError` in every method.

    Args:
        path: the database file, made for its owner's eyes only; None for memory.
        keep_s: after how long a reading is forgotten. What is deleted is overwritten.
        max_bytes: all readings together; the oldest are forgotten first.

    Raises:
        InputError: with code `"cannot_write"` when there can be no such file.
    """

    def __init__(self, path: Path | None, *, keep_s: float, max_bytes: int) -> None:
        self._keep_s = keep_s
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        try:
            self._database = _open(path)
        except (OSError, sqlite3.Error) as error:
            raise InputError("cannot_write", f"Cannot keep results in {path}: {error}.") from error

    def add(
        self,
        reading_id: str,
        reading: dict[str, Any],
        view: dict[str, Any],
        pieces: Iterable[tuple[str, bytes]],
    ) -> None:
        """Keep a reading; it is there for others once all of it is.

        Others are served meanwhile: the database is held for a few megabytes at a time. What a
        server that is killed leaves behind of a reading is forgotten with its age.

        Args:
            reading_id: its name.
            reading: as `ecgmm analyze --json` prints it.
            view: what the page needs beside it.
            pieces: name and content of everything larger.
        """
        with self._transaction() as database:
            database.execute(
                "INSERT INTO readings VALUES (?, ?, 0, ?, ?)",
                (reading_id, time.time(), _text(reading), _text(view)),
            )
        try:
            for batch in _batches(pieces):
                with self._transaction() as database:
                    database.executemany(
                        "INSERT INTO pieces VALUES (?, ?, ?)",
                        [(reading_id, name, content) for name, content in batch],
                    )
        except BaseException:
            self.delete(reading_id)
            raise
        with self._transaction() as database:
            database.execute(_COUNT_BYTES, (reading_id,))
        self.forget_old()

    def get(self, reading_id: str) -> Stored | None:
        """A reading, or None where there is none of that name."""
        row = self._one("SELECT reading, view FROM readings WHERE id = ? AND bytes > 0", reading_id)
        return Stored(json.loads(row[0]), json.loads(row[1])) if row else None

    def reading_text(self, reading_id: str) -> str | None:
        """A reading as JSON text."""
        row = self._one("SELECT reading FROM readings WHERE id = ? AND bytes > 0", reading_id)
        return row[0] if row else None

    def piece(self, reading_id: str, name: str) -> bytes | None:
        """One piece of a reading."""
        query = "SELECT content FROM pieces WHERE reading_id = ? AND name = ?"
        row = self._one(query, reading_id, name)
        return row[0] if row else None

    def add_piece(self, reading_id: str, name: str, content: bytes, *, made_of: Stored) -> None:
        """Keep one more piece of a reading, unless it was forgotten or corrected meanwhile.

        Args:
            reading_id: its name.
            name: of the piece.
            content: of the piece.
            made_of: the reading as it was when the piece was made of it.
        """
        with self._transaction() as database:
            added = database.execute(
                "INSERT OR REPLACE INTO pieces "
                "SELECT id, ?, ? FROM readings WHERE id = ? AND reading = ?",
                (name, content, reading_id, _text(made_of.reading)),
            )
            if added.rowcount:
                database.execute(_COUNT_BYTES, (reading_id,))

    def replace(
        self,
        reading_id: str,
        reading: dict[str, Any],
        view: dict[str, Any],
        *,
        piece: tuple[str, bytes],
        stale: Sequence[str] = (),
    ) -> bool:
        """Put a reading in the place of the one that is there, and forget pieces of the old one.

        Args:
            reading_id: its name, which stays as it is, with its age.
            reading: as `ecgmm analyze --json` prints it.
            view: what the page needs beside it.
            piece: name and content of a piece that is kept with it.
            stale: beginnings of the names of pieces that no longer fit.

        Returns:
            Whether there was one.
        """
        with self._transaction() as database:
            replaced = database.execute(
                "UPDATE readings SET reading = ?, view = ? WHERE id = ?",
                (_text(reading), _text(view), reading_id),
            )
            if not replaced.rowcount:
                return False
            database.executemany(
                "DELETE FROM pieces WHERE reading_id = ? AND instr(name, ?) = 1",
                [(reading_id, beginning) for beginning in stale],
            )
            database.execute("INSERT OR REPLACE INTO pieces VALUES (?, ?, ?)", (reading_id, *piece))
            database.execute(_COUNT_BYTES, (reading_id,))
        return True

    def delete(self, reading_id: str) -> bool:
        """Forget a reading now; whether there was one."""
        with self._transaction() as database:
            done = database.execute("DELETE FROM readings WHERE id = ?", (reading_id,))
            return done.rowcount > 0

    def forget_old(self) -> None:
        """Forget what was kept long enough, and the oldest beyond the size."""
        with self._transaction() as database:
            oldest_s = time.time() - self._keep_s
            database.execute("DELETE FROM readings WHERE created_s < ?", (oldest_s,))
            database.execute(
                "DELETE FROM readings WHERE id IN (SELECT id FROM (SELECT id, SUM(bytes) OVER "
                "(ORDER BY created_s DESC, id) AS kept FROM readings) WHERE kept > ?)",
                (self._max_bytes,),
            )
        with self._held():
            self._database.execute("PRAGMA incremental_vacuum")

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._database.close()

    def _one(self, query: str, *values: str) -> Any:
        with self._held():
            return self._database.execute(query, values).fetchone()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._held(), self._database:
            self._database.execute("BEGIN IMMEDIATE")
            yield self._database

    @contextmanager
    def _held(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except sqlite3.Error as error:
            is_full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
            raise OSError(errno.ENOSPC if is_full else errno.EIO, str(error)) from error


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, allow_nan=False)


def _batches(pieces: Iterable[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    """The pieces in order, some megabytes together."""
    batch: list[tuple[str, bytes]] = []
    for piece in pieces:
        batch.append(piece)
        if sum(len(content) for _, content in batch) >= _BATCH_BYTES:
            yield batch
            batch = []
    if batch:
        yield batch


def _open(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        path.touch(mode=_FILE_MODE)
        path.chmod(_FILE_MODE)
    database = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
    for pragma in (
        "auto_vacuum = INCREMENTAL",
        "foreign_keys = ON",
        "secure_delete = ON",
        "temp_store = MEMORY",
    ):
        database.execute(f"PRAGMA {pragma}")
    database.executescript(_SCHEMA)
    return database
