"""Reads files one after the other in a process of bounded memory that notes what it touches.

    python sandbox.py PATH...

prints an `Outcome` as a line of JSON for each. What the interpreter itself asks the system for is
known from its audit events (PEP 578).
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MEMORY_LIMIT_MB = 1500
_KILOBYTES_PER_MB = 1000
_CHANGES = (
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate"),
    *("os.chmod", "os.chown", "os.system", "os.exec", "os.posix_spawn", "socket.connect"),
    *("urllib.Request", "shutil.rmtree", "pickle.find_class"),
)
_OF_THE_PROGRAM = tuple(
    str(Path(place).resolve()) for place in (sys.prefix, sys.base_prefix, Path(__file__).parents[2])
)


@dataclass
class Outcome:
    """What became of one file.

    Attributes:
        code: of the error, or `"read"`.
        message: of the error.
        processor_s: seconds of processor, those of child processes included.
        grown_mb: by how much the most memory that was ever used has grown.
        opened: paths that were opened and are no part of the program.
        changed: what was done beyond opening files to read them.
    """

    code: str
    message: str = ""
    processor_s: float = 0.0
    grown_mb: float = 0.0
    opened: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


class Watch:
    """Notes what the interpreter asks the system for."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.changed: list[str] = []
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | bytes):
            path, _, flags = arguments
            place = os.path.abspath(os.fsdecode(path))  # noqa: PTH100
            is_unnamed = Path(place).is_dir() or place == os.devnull
            if not is_unnamed and not place.startswith(_OF_THE_PROGRAM):
                self.opened.append(place)
                if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC):
                    self.changed.append(f"open for writing: {place}")
        elif event in _CHANGES:
            self.changed.append(f"{event}: {arguments}")


def main(paths: list[str]) -> None:
    """Read each file and print what became of it."""
    from ecgmm.readers.route import read_input

    warnings.simplefilter("ignore")
    _warm_up(read_input)
    _limit_memory()
    watch = Watch()
    for path in paths:
        watch.opened, watch.changed = [], []
        print(json.dumps(asdict(_outcome(Path(path), read_input, watch))), flush=True)


def _warm_up(read_input: Any) -> None:
    """Read a file of each kind, so that every library is loaded before anything is measured."""
    from ecgmm.errors import InputError

    for sound in sorted((Path(__file__).parents[1] / "corpus").glob("*/*")):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / sound.name
            copy.write_bytes(sound.read_bytes())
            try:
                read_input(copy, sampling_rate_hz=250.0, unit="mV")
            except InputError:
                continue


def _limit_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY_LIMIT_MB * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _outcome(path: Path, read_input: Any, watch: Watch) -> Outcome:
    from ecgmm.errors import InputError

    before_s, before_mb = _processor_s(), _peak_mb()
    try:
        read_input(path, sampling_rate_hz=250.0, unit="mV")
        outcome = Outcome("read")
    except InputError as error:
        outcome = Outcome(error.code, error.message)
    except Exception as error:  # what a test has to show is broken
        outcome = Outcome(f"crash: {type(error).__name__}", str(error))
    outcome.processor_s, outcome.grown_mb = _processor_s() - before_s, _peak_mb() - before_mb
    outcome.opened, outcome.changed = watch.opened, watch.changed
    return outcome


def _processor_s() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES_PER_MB


if __name__ == "__main__":
    main(sys.argv[1:])
