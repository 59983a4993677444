"""The part of TensorFlow Serving that loads versions, in Python, for tests on loopback.

It loads versions from a folder as they appear, serves the highest (or those that it is told to),
brings a new version up before it takes the old one down, and lets requests that have begun end.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import tensorflow as tf
from tensorflow_serving.apis.model_pb2 import ModelSpec

MODEL = "ecgmm"
POLL_S = 0.05


class RefusalError(Exception):
    """What a server answers in the place of probabilities."""

    def __init__(self, code: grpc.StatusCode, said: str) -> None:
        super().__init__(said)
        self.code = code
        self.said = said


@dataclass(frozen=True)
class SwitchableServer:
    """A server that loads versions from a folder as they appear there."""

    base: Path
    addresses: dict[str, str]


@dataclass
class LoadedVersion:
    """A version and the requests that it is busy with."""

    signatures: Any
    state: str = "AVAILABLE"
    busy: int = 0


class Models:
    """The versions of one model.

    Args:
        base: folder of numbered versions.
        labels: names for versions.
        specific: the versions to serve; by default the highest in the folder.
    """

    def __init__(
        self,
        base: Path,
        *,
        labels: dict[str, int] | None = None,
        specific: tuple[int, ...] | None = None,
    ) -> None:
        self.base = base
        self.labels = labels or {}
        self._specific = specific
        self._versions: dict[int, LoadedVersion] = {}
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._update()
        self._watch = threading.Thread(target=self._poll, daemon=True)
        self._watch.start()

    def close(self) -> None:
        """Stop watching the folder."""
        self._closing.set()
        self._watch.join()

    def states(self) -> dict[int, str]:
        """State of each version that was ever loaded."""
        return {number: version.state for number, version in self._versions.items()}

    @contextlib.contextmanager
    def version(self, spec: ModelSpec) -> Iterator[tuple[int, Any]]:
        """The version that is asked for, kept loaded for as long as it is used."""
        with self._changed:
            number = self._resolve(spec)
            version = self._versions[number]
            version.busy += 1
        try:
            yield number, version.signatures
        finally:
            with self._changed:
                version.busy -= 1
                self._changed.notify_all()

    def _resolve(self, spec: ModelSpec) -> int:
        ready = [n for n, version in self._versions.items() if version.state == "AVAILABLE"]
        if spec.name != MODEL or not ready:
            raise RefusalError(grpc.StatusCode.NOT_FOUND, f"Servable not found: {spec.name}")
        wanted = max(ready)
        if spec.HasField("version"):
            wanted = spec.version.value
        elif spec.version_label:
            if spec.version_label not in self.labels:
                said = f"Unrecognized servable version label: {spec.version_label}"
                raise RefusalError(grpc.StatusCode.INVALID_ARGUMENT, said)
            wanted = self.labels[spec.version_label]
        if wanted not in ready:
            said = f"Servable not found for request: Specific({spec.name}, {wanted})"
            raise RefusalError(grpc.StatusCode.NOT_FOUND, said)
        return wanted

    def _poll(self) -> None:
        while not self._closing.wait(POLL_S):
            self._update()

    def _update(self) -> None:
        wanted = self._specific or self._highest()
        for number in wanted:
            if number not in self._versions:
                signatures = tf.saved_model.load(str(self.base / str(number))).signatures
                with self._changed:
                    self._versions[number] = LoadedVersion(signatures)
        for number, version in self._versions.items():
            if number not in wanted and version.state == "AVAILABLE":
                with self._changed:
                    version.state = "UNLOADING"
                    self._changed.wait_for(lambda version=version: not version.busy)
                    version.signatures, version.state = None, "END"

    def _highest(self) -> tuple[int, ...]:
        numbers = [int(entry.name) for entry in self.base.iterdir() if entry.name.isdigit()]
        return (max(numbers),)
