"""What is handed to a process that reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ecgmm.serving.runtime import Runtime

Report = Callable[[float, str], None]
"""Takes the share of the work that is done, from 0 to 1, and what comes next in words."""


def no_report(share: float, stage: str) -> None:
    """A `Report` for work whose progress nobody follows."""


class Task(Protocol):
    """Work for a worker process; it travels there pickled, and so does its result."""

    @property
    def name(self) -> str:
        """What its reading calls its input."""
        ...

    def run(self, runtime: Runtime, report: Report) -> dict[str, Any]:
        """Do the work.

        Raises:
            InputError: when it cannot be done.
        """
        ...
