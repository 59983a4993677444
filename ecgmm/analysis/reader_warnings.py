"""What a reader warns of, kept for the reading: who reads that sees no standard error."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from ecgmm.errors import InputWarning


@contextmanager
def kept_warnings() -> Iterator[list[str]]:
    """The input warnings meanwhile, complete in the end; all warnings are shown as ever."""
    kept: list[str] = []
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", InputWarning)
            yield kept
            kept += [str(each.message) for each in caught if each.category is InputWarning]
    finally:
        for each in caught:
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)


def sentences(told: Iterable[str], names: Sequence[str]) -> tuple[str, ...]:
    """Warnings without the name of the file that they begin with.

    Args:
        told: what was warned of.
        names: how they may call the file.
    """
    found = []
    for message in told:
        for name in names:
            message = message.removeprefix(f"{name}: ")
        found.append(message[:1].upper() + message[1:])
    return tuple(found)
