"""A folder that nobody else can look into, and that is emptied."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "ecgmm-web-"


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder of mode 700 for as long as the server runs.

    What a server that was killed left behind is removed first: a folder that no process holds. The
    number of a process does not tell: in a container each new server has that of the last one.
    """
    parent = Path(tempfile.gettempdir())
    for orphan in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            _remove_orphan(orphan)
    folder, held = _new_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _new_folder() -> tuple[Path, int]:
    """A new folder and the descriptor by which this process holds it."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        with contextlib.suppress(FileNotFoundError):  # a server that starts too took it away
            held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(held, fcntl.LOCK_EX)
            if folder.exists():
                return folder, held
            os.close(held)


def _remove_orphan(folder: Path) -> None:
    """Remove a folder of this user that no process holds.

    Raises:
        OSError: where a process holds it, or it is gone or no folder.
    """
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(held).st_uid == os.getuid():
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(held)
