"""A file system of a chosen size, for tests that fill it."""

import subprocess
from pathlib import Path


class Disk:
    """A file system of its own in memory.

    Attributes:
        folder: where it is mounted.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def remount(self, options: str) -> None:
        """Change its size (`size=9m`) or make it read-only (`ro`)."""
        mount("-o", f"remount,{options}", self.folder)


def mount(*words: str | Path) -> None:
    """Run the system's `mount`."""
    subprocess.run(["mount", *words], check=True, capture_output=True)
