"""The stored samples of an EDF or BDF file, read when they are asked for.

They are read and not mapped into memory: a process that touches a map of a file that has become
shorter since is killed by the system.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.edf_header import EdfHeader

BLOCK_BYTES = 8_000_000
"""What is in memory at once beside the signals that are wanted."""


@dataclass(frozen=True)
class EdfSamples:
    """Some signals of a file, all with equally many samples in a data record.

    Attributes:
        path: the file.
        header: its header.
        signals: which of the signals in the header.
    """

    path: Path
    header: EdfHeader
    signals: tuple[int, ...]

    def read(self, start: int, stop: int) -> NDArray[np.int32]:
        """`[stop - start, signals]` as stored.

        Raises:
            InputError: `unreadable` when the file has become shorter since it was opened.
        """
        each = self.header.samples[self.signals[0]]
        first, last = start // each, -(-stop // each)
        digital = np.empty(((last - first) * each, len(self.signals)), np.int32)
        filled = 0
        for records in self._blocks(first, last):
            rows = digital[filled : filled + len(records) * each]
            for column, signal in zip(rows.T, self.signals, strict=True):
                at = sum(self.header.samples[:signal])
                column[:] = records[:, at : at + each].ravel()
            filled += len(rows)
        return digital[start - first * each : stop - first * each]

    def _blocks(self, first: int, last: int) -> Iterator[NDArray[np.int32]]:
        """`[records, samples of all signals]`, some data records at a time."""
        record_samples = sum(self.header.samples)
        most = max(1, BLOCK_BYTES // self.header.record_bytes)
        for record in range(first, last, most):
            wanted = min(most, last - record) * record_samples
            stored = self._stored(record * record_samples, wanted)
            if len(stored) < wanted:
                raise InputError(
                    "unreadable", f"{self.path.name}: the file changed while it was read."
                )
            yield stored.reshape(-1, record_samples)

    def _stored(self, first: int, count: int) -> NDArray[np.int32]:
        """`count` samples from the `first` one of the file on; fewer where it ends."""
        each = self.header.sample_bytes
        offset = self.header.header_bytes + first * each
        stored = np.fromfile(self.path, np.uint8, count * each, offset=offset)
        whole = stored[: len(stored) // each * each].reshape(-1, each)
        padded = np.zeros((len(whole), 4), np.uint8)
        padded[:, 4 - each :] = whole
        return padded.view("<i4")[:, 0] >> 8 * (4 - each)
