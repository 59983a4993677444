"""How many threads read at once."""

from __future__ import annotations

import os


def threads_asked_for(variable: str) -> int:
    """The number that an environment variable says, or one thread a core.

    Of a list, one number for each level of nesting (OpenMP 5.0, 6.2), the first counts; what is no
    number above 0 is passed over.
    """
    first = os.environ.get(variable, "").partition(",")[0].strip()
    asked = int(first) if first.isdecimal() else 0
    return asked or len(os.sched_getaffinity(0))
