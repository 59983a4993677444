"""What came of the inputs that a parser was given."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

TALLY_FILE = "tally.json"
CRASH_FOLDER = "crashes"


@dataclass
class Tally:
    """How one parser did.

    Attributes:
        read: inputs that were read.
        refused: inputs that were refused with one clear line.
        crashes: how often each other outcome came up, by a line that describes it.
        worst_s: processor seconds of the slowest input, child processes included.
        worst_memory_mb: how much the process grew beyond what it had before the first input.
    """

    read: int = 0
    refused: int = 0
    crashes: Counter[str] = field(default_factory=Counter)
    worst_s: float = 0.0
    worst_memory_mb: float = 0.0

    @property
    def tried(self) -> int:
        """All inputs."""
        return self.read + self.refused + self.crashes.total()

    def add(self, other: Tally) -> None:
        """Count another process's inputs too."""
        self.read += other.read
        self.refused += other.refused
        self.crashes += other.crashes
        self.worst_s = max(self.worst_s, other.worst_s)
        self.worst_memory_mb = max(self.worst_memory_mb, other.worst_memory_mb)

    def write(self, path: Path) -> None:
        """Leave the figures where the process that started this one finds them."""
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(vars(self)), encoding="utf-8")
        partial.replace(path)

    @classmethod
    def of_file(cls, path: Path) -> Tally:
        """What `write` left; nothing tried where it left nothing."""
        if not path.exists():
            return cls()
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**stored, "crashes": Counter(stored["crashes"])})
