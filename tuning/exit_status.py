"""How the commands of this folder end: a status, and one line where something is wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable

from ecgmm.errors import InputError


def exit_status(command: str, work: Callable[[], int]) -> int:
    """Do the work of a command and say in one line what stopped it.

    Args:
        command: its name, before the line.
        work: gives the status when nothing stops it.

    Returns:
        That status; 2 for bad input or a file that cannot be used, 130 when interrupted.
    """
    try:
        return work()
    except InputError as error:
        return _complain(command, error.message, 2)
    except OSError as error:
        return _complain(command, str(error), 2)
    except KeyboardInterrupt:
        return _complain(command, "interrupted; the same command goes on", 130)


def _complain(command: str, message: str, status: int) -> int:
    print(f"{command}: {' '.join(message.split())}", file=sys.stderr)
    return status
