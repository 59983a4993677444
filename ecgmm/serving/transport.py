"""What a remote runtime needs of a connection to a server, whatever it speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.serving.address import ServerAddress
from ecgmm.serving.retries import CallError, Failure

Rows = NDArray[np.float32] | Sequence[bytes] | Sequence[Sequence[bytes]]
"""A batch of signals `[batch, samples]` or `[batch, 12, samples]`, of encoded signals or pictures,
or of sets of twelve pictures."""

ROWS_PER_REQUEST = 64
"""64 windows of 30 s are 1 MB of samples."""

_AVAILABLE = "AVAILABLE"
_OTHER_LENGTH_IN_BATCH = "padding is turned off"
_QUEUE_IS_FULL = "scheduling queue"


class Answer(NamedTuple):
    """Outputs of a signature by name, and the version of the model that gave them."""

    outputs: Mapping[str, NDArray]
    version: int


def row_bytes(row: NDArray[np.float32] | bytes | Sequence[bytes]) -> int:
    """Size of a row: a signal, a picture, or a set of pictures."""
    if isinstance(row, np.ndarray):
        return row.nbytes
    return len(row) if isinstance(row, bytes) else sum(map(len, row))


class Transport(Protocol):
    """A connection to a server. Its calls raise `CallError`."""

    address: ServerAddress

    def ready_version(self, timeout_s: float) -> int:
        """The version that the server would answer with now."""
        ...

    def predict(self, signature: str, input_name: str, rows: Rows, timeout_s: float) -> Answer:
        """Run a signature."""
        ...

    def groups(self, rows: Rows) -> Sequence[slice]:
        """The rows that go into each request."""
        ...


@dataclass(frozen=True, repr=False)
class Credentials:
    """What a server is trusted by, and what it trusts; never printed.

    Attributes:
        ca_certificates: PEM of the authorities that sign the server's certificate; None for
            those that the system trusts.
        token: sent as bearer token with every request.
    """

    ca_certificates: bytes | None = None
    token: str | None = None

    def check_for(self, address: ServerAddress) -> None:
        """Refuse to send a token over a connection that anybody on the way can read.

        Raises:
            InputError: with code `"serving_address"`.
        """
        if self.token and not address.is_encrypted:
            raise InputError(
                "serving_address",
                f"Expected grpcs:// or https:// to send a token to. Received {address}.",
            )


def read_ca_file(path: Path) -> bytes:
    """Certificates of a PEM file.

    Raises:
        InputError: with code `"serving_ca_file"`.
    """
    try:
        certificates = path.read_bytes()
    except OSError as error:
        raise InputError("serving_ca_file", f"{path} cannot be read: {error.strerror}.") from error
    if b"-----BEGIN CERTIFICATE-----" not in certificates:
        raise InputError("serving_ca_file", f"Expected PEM certificates in {path}. Received none.")
    return certificates


def latest_available(states: Mapping[int, str]) -> int:
    """The highest version that is available, which is what a server answers with unasked.

    Raises:
        CallError: when none is; that may pass.
    """
    available = [version for version, state in states.items() if state == _AVAILABLE]
    if not available:
        each = (f"version {version} is {state}" for version, state in sorted(states.items()))
        listed = ", ".join(each)
        said = f"{listed}, none is {_AVAILABLE}"
        raise CallError(Failure.NOT_SERVED, said, is_passing=True)
    return max(available)


def is_others_fault(said: str) -> bool:
    """Whether a server refused rows because it had put them with longer ones of another caller."""
    return _OTHER_LENGTH_IN_BATCH in said


def has_no_place(said: str) -> bool:
    """Whether a server has as many batches waiting as it may."""
    return _QUEUE_IS_FULL in said
