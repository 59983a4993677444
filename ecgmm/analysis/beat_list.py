"""The beats of a recording of any length: two numbers and a letter each, not an object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.reading import Beat

BEATS_AT_ONCE = 10_000
"""So many objects, about a megabyte, stand beside the columns while beats are gone through."""


class BeatList(Sequence[Beat]):
    """Beats in time order, kept as columns: 17 bytes a beat, where an object takes a hundred.

    It is read like a tuple of `Beat`; whoever looks at all of them looks at the columns.

    Args:
        time_s: `[beats]`, time of each beat in seconds.
        labels: AAMI class of each, one letter a beat.
        probability: `[beats]`, how sure the model is of each.

    Raises:
        ValueError: when the columns are not of one length.
    """

    def __init__(
        self, time_s: NDArray[np.float64], labels: str, probability: NDArray[np.float64]
    ) -> None:
        if not len(time_s) == len(labels) == len(probability):
            raise ValueError(
                "Expected a time, a letter and a probability for each beat. "
                f"Received {len(time_s)}, {len(labels)} and {len(probability)}."
            )
        self.time_s = time_s
        self.labels = labels
        self.probability = probability

    @classmethod
    def of(cls, beats: Iterable[Beat]) -> BeatList:
        """The same beats as columns; a `BeatList` as it is."""
        if isinstance(beats, BeatList):
            return beats
        known = tuple(beats)
        return cls(
            np.array([beat.time_s for beat in known], np.float64),
            "".join(beat.label for beat in known),
            np.array([beat.probability for beat in known], np.float64),
        )

    @classmethod
    def joined(cls, parts: Sequence[BeatList]) -> BeatList:
        """The beats of several stretches that follow each other; none of no stretch."""
        nothing = np.empty(0, np.float64)
        return cls(
            np.concatenate([nothing, *(part.time_s for part in parts)]),
            "".join(part.labels for part in parts),
            np.concatenate([nothing, *(part.probability for part in parts)]),
        )

    def only(self, kept: NDArray[np.bool_]) -> BeatList:
        """Those of which `kept`, `[beats]`, is True."""
        labels = "".join(label for label, is_kept in zip(self.labels, kept, strict=True) if is_kept)
        return BeatList(self.time_s[kept], labels, self.probability[kept])

    def between(self, start_s: float, end_s: float) -> BeatList:
        """The beats from `start_s` up to but not including `end_s`."""
        first, last = np.searchsorted(self.time_s, (start_s, end_s))
        return self[int(first) : int(last)]

    def __iter__(self) -> Iterator[Beat]:
        for first in range(0, len(self), BEATS_AT_ONCE):
            block = self[first : first + BEATS_AT_ONCE]
            yield from map(Beat, block.time_s.tolist(), block.labels, block.probability.tolist())

    def __len__(self) -> int:
        return len(self.labels)

    @overload
    def __getitem__(self, index: int) -> Beat: ...

    @overload
    def __getitem__(self, index: slice) -> BeatList: ...

    def __getitem__(self, index: int | slice) -> Beat | BeatList:
        if isinstance(index, slice):
            return BeatList(self.time_s[index], self.labels[index], self.probability[index])
        return Beat(float(self.time_s[index]), self.labels[index], float(self.probability[index]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(
            mine == theirs for mine, theirs in zip(self, other, strict=True)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"BeatList({len(self)} beats)"
