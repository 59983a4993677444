"""The address of a model on a TensorFlow Serving cluster."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from ecgmm.errors import InputError

DEFAULT_PORTS = {"grpc": 8500, "grpcs": 8500, "http": 8501, "https": 8501}
"""TensorFlow Serving's."""
DEFAULT_MODEL = "ecgmm"
ENCRYPTED = ("grpcs", "https")

_MODEL_PATH = re.compile(
    r"(?P<prefix>.*)/v1/models/(?P<model>[^/:]+)(?:/versions/(?P<version>\d+)|/labels/(?P<label>[^/:]+))?"
)


@dataclass(frozen=True)
class ServerAddress:
    """Where a model is served, and which of its versions is asked for.

    Attributes:
        scheme: `grpc`, `grpcs`, `http` or `https`.
        host: name or IP address, without the brackets of IPv6.
        port: TCP port.
        model: name of the model on the server.
        version: the version to ask for; None for the server's latest or the label's.
        label: the label to ask for, such as `stable`.
        prefix: path in front of `/v1/models`, where a proxy puts the server under one.
    """

    scheme: str
    host: str
    port: int
    model: str = DEFAULT_MODEL
    version: int | None = None
    label: str | None = None
    prefix: str = ""

    @property
    def is_encrypted(self) -> bool:
        """Whether the connection is TLS."""
        return self.scheme in ENCRYPTED

    @property
    def netloc(self) -> str:
        """Host and port as they stand in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def __str__(self) -> str:
        """The server without the model."""
        return f"{self.scheme}://{self.netloc}{self.prefix}"


def parse_address(text: str) -> ServerAddress:
    """Read an address such as `grpc://host:8500` or `https://host:8501/v1/models/ecgmm/labels/stable`.

    The path is that of TensorFlow Serving's REST interface, for gRPC too; without one the model
    is `ecgmm` and the version the server's latest.

    Raises:
        InputError: with code `"serving_address"`.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _bad_address(text, str(error)) from error
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise _bad_address(text, "no such scheme and host")
    if parts.username is not None or parts.query or parts.fragment:
        raise _bad_address(parts.hostname, "a user, query or fragment, which mean nothing here")
    path = parts.path.rstrip("/") or f"/v1/models/{DEFAULT_MODEL}"
    found = _MODEL_PATH.fullmatch(path)
    if found is None:
        raise _bad_address(text, f"the path {path}")
    if found["prefix"] and parts.scheme.startswith("grpc"):
        raise _bad_address(text, f"the path {found['prefix']}, which gRPC has no place for")
    return ServerAddress(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or DEFAULT_PORTS[parts.scheme],
        model=found["model"],
        version=int(found["version"]) if found["version"] else None,
        label=found["label"],
        prefix=found["prefix"],
    )


def _bad_address(shown: str, received: str) -> InputError:
    return InputError(
        "serving_address",
        f"Expected a server such as grpc://host:8500 or https://host:8501, with "
        f"/v1/models/NAME, /versions/N or /labels/LABEL after it where needed, in '{shown}'. "
        f"Received {received}.",
    )
