"""How long results live, and what is left of them."""

import errno
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from patience import PATIENCE_S

from ecgmm.errors import InputError
from ecgmm.web.changes import keep_changed
from ecgmm.web.store import Store, Stored, _open

SECRET = b"Jane Doe's heart"


def new_store(path: Path | None = None, *, keep_s: float = 60.0, max_bytes: int = 10_000) -> Store:
    return Store(path, keep_s=keep_s, max_bytes=max_bytes)


def add(store: Store, reading_id: str, content: bytes = b"tile") -> None:
    store.add(reading_id, {"input": reading_id}, {"plain": {}}, [("picture", content)])


def test_what_is_kept_is_given_back() -> None:
    store = new_store()
    add(store, "a")
    stored = store.get("a")
    assert stored is not None
    assert stored.reading == {"input": "a"}
    assert store.piece("a", "picture") == b"tile"
    assert store.piece("b", "picture") is None


def test_a_server_that_starts_again_still_has_its_results(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "readings.sqlite"
    first = new_store(path)
    add(first, "a")
    first.close()
    assert new_store(path).get("a") is not None
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_result_is_forgotten_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    store = new_store(keep_s=60.0)
    add(store, "a")
    monkeypatch.setattr("ecgmm.web.store.time", SimpleNamespace(time=lambda: 1e12))
    store.forget_old()
    assert store.get("a") is None
    assert store.piece("a", "picture") is None


def test_the_oldest_go_when_there_is_no_room() -> None:
    store = new_store(max_bytes=2500)
    for name in ("a", "b", "c"):
        add(store, name, bytes(1000))
    assert [store.get(name) is not None for name in ("a", "b", "c")] == [False, True, True]


def test_what_is_deleted_is_nowhere_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "readings.sqlite"
    store = new_store(path, max_bytes=10**7)
    add(store, "a", SECRET * 1000)
    assert SECRET in path.read_bytes()
    store.delete("a")
    store.close()
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert SECRET not in left


def test_others_are_served_while_a_large_reading_is_being_kept() -> None:
    store = new_store(max_bytes=10**9)
    add(store, "a")
    served = []

    def pieces() -> Iterator[tuple[str, bytes]]:
        yield "picture", bytes(5_000_000)
        with ThreadPoolExecutor(1) as other:
            served.append(other.submit(store.get, "a").result(timeout=PATIENCE_S))
            served.append(other.submit(store.get, "large").result(timeout=PATIENCE_S))
        yield "strip/0", b"strip"

    store.add("large", {"input": "large"}, {}, pieces())
    there, half_written = served
    assert there is not None
    assert half_written is None
    assert store.get("large") is not None
    assert store.piece("large", "strip/0") == b"strip"


def test_a_reading_whose_pieces_break_off_leaves_nothing(tmp_path: Path) -> None:
    store = new_store(tmp_path / "readings.sqlite", max_bytes=10**9)

    def pieces() -> Iterator[tuple[str, bytes]]:
        yield "picture", bytes(5_000_000)
        raise OSError("The file is gone.")

    with pytest.raises(OSError, match="gone"):
        store.add("a", {"input": "a"}, {}, pieces())
    with sqlite3.connect(tmp_path / "readings.sqlite") as database:
        for table in ("readings", "pieces"):
            assert database.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (0,)


def test_in_memory_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    add(new_store(None), "a")
    assert list(tmp_path.iterdir()) == []


def test_a_piece_of_a_forgotten_reading_is_not_kept() -> None:
    store = new_store()
    store.add_piece("gone", "export/pdf", b"%PDF", made_of=Stored({}, {}))
    assert store.piece("gone", "export/pdf") is None


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="Cannot keep results"):
        new_store(tmp_path / "file" / "readings.sqlite")
    (tmp_path / "no.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(InputError, match="Cannot keep results"):
        new_store(tmp_path / "no.sqlite")


def test_the_file_is_an_ordinary_database(tmp_path: Path) -> None:
    store = new_store(tmp_path / "readings.sqlite")
    add(store, "a")
    with sqlite3.connect(tmp_path / "readings.sqlite") as database:
        assert database.execute("SELECT id FROM readings").fetchall() == [("a",)]


def test_a_reading_that_is_corrected_again_and_again_takes_no_more_room() -> None:
    store = new_store(max_bytes=2500)
    for name in ("a", "b"):
        add(store, name, bytes(1000))
    before = store.get("b")
    assert before is not None
    for count in range(50):
        keep_changed("b", before, {"reading": {"input": f"b{count}"}, "view": {}}, store)
    store.forget_old()
    assert store.get("a") is not None


def test_what_was_made_of_a_reading_as_it_was_is_not_kept_with_the_corrected_one() -> None:
    store = new_store()
    add(store, "a")
    before = store.get("a")
    assert before is not None
    keep_changed("a", before, {"reading": {"input": "a", "corrections": []}, "view": {}}, store)
    store.add_piece("a", "export/pdf", b"%PDF", made_of=before)
    assert store.piece("a", "export/pdf") is None


def test_a_correction_of_a_forgotten_reading_is_not_kept() -> None:
    store = new_store()
    add(store, "a")
    before = store.get("a")
    assert before is not None
    store.delete("a")
    assert not keep_changed("a", before, {"reading": {"input": "a"}, "view": {}}, store)
    assert store.get("a") is None


def test_a_damaged_database_is_a_fault_of_the_disk(tmp_path: Path) -> None:
    """Whoever waits is told so, and forgetting goes on with the next try."""
    path = tmp_path / "readings.sqlite"
    store = new_store(path)
    add(store, "a")
    path.write_bytes(b"no database" * 10_000)
    for asked in (store.forget_old, lambda: store.get("a"), lambda: add(store, "b")):
        with pytest.raises(OSError, match="database"):
            asked()


def test_a_full_disk_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_small(path: Path | None) -> sqlite3.Connection:
        database = _open(path)
        database.execute("PRAGMA max_page_count = 40")
        return database

    monkeypatch.setattr("ecgmm.web.store._open", open_small)
    store = new_store(tmp_path / "readings.sqlite", max_bytes=10**9)
    with pytest.raises(OSError, match="full") as full:
        add(store, "a", bytes(1_000_000))
    assert full.value.errno == errno.ENOSPC
