"""The report as one line of JSON, part by part: two weeks have a million and a half beats."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from ecgmm.analysis.beat_list import BEATS_AT_ONCE
from ecgmm.analysis.reading import Reading

_STREAMED = ("beats", "findings")


def json_line(reading: Reading, keys: Iterable[str] | None = None) -> Iterator[str]:
    """What `Reading.to_dict` describes, in parts that are never large.

    Args:
        reading: what was read.
        keys: the keys of the object, in their order there; all of them by default.

    Yields:
        Parts of one line, the line break included.
    """
    described = replace(reading, beats=(), findings=()).to_dict()
    wanted = described if keys is None else {key: described[key] for key in keys}
    for number, (key, value) in enumerate(wanted.items()):
        yield f"{', ' if number else '{'}{json.dumps(key)}: "
        if key in _STREAMED:
            yield from _list(item.to_dict() for item in getattr(reading, key))
        else:
            yield json.dumps(value, allow_nan=False)
    yield "}\n"


def _list(items: Iterable[Any]) -> Iterator[str]:
    """A list, some thousand items at once."""
    rest, separator = iter(items), ""
    yield "["
    while part := list(islice(rest, BEATS_AT_ONCE)):
        yield separator + json.dumps(part, allow_nan=False)[1:-1]
        separator = ", "
    yield "]"
