"""What whoever starts the server decides."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from ecgmm.errors import InputError

TOKEN_VARIABLE = "ECGMM_TOKEN"
SHORTEST_TOKEN = 16
"""96 bits, where it is drawn at random from 64 letters."""
UNSTORED_S = 600.0
UNSTORED_BYTES = 512_000_000
"""How long, and how much, is held in memory where nothing is to be stored."""

_SECONDS_OF_UNIT = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
"""By definition."""


@dataclass(frozen=True)
class Limits:
    """How much one visitor may ask for.

    Attributes:
        upload_bytes: of one request's body.
        parts: files in one request.
        pixels: of one picture.
        recording_s: length of one recording in seconds.
        pending_inputs: inputs that wait or are being read; beyond them the answer is 503.
        reading_s: how long reading one input may take.
        stored_bytes: all results together; the oldest go first.
        streams: live streams at once.
        viewers: of all live streams together.
        message_bytes: of one message of a live stream.
    """

    upload_bytes: int = 256_000_000
    parts: int = 32
    pixels: int = 64_000_000
    recording_s: float = 14 * 86400.0
    pending_inputs: int = 256
    reading_s: float = 900.0
    stored_bytes: int = 4_000_000_000
    streams: int = 100
    viewers: int = 200
    message_bytes: int = 1_000_000


@dataclass(frozen=True)
class Settings:
    """How the server runs.

    Attributes:
        host: address to listen on.
        port: port to listen on.
        token: what every request to the API has to bear; None asks for nothing.
        store: the SQLite file of results; None keeps them in memory only.
        keep_s: for how long a result is kept.
        workers: processes that read ECGs.
        limits: how much one visitor may ask for.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = None
    store: Path | None = None
    keep_s: float = 86400.0
    workers: int = 1
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if self.token is not None and len(self.token) < SHORTEST_TOKEN:
            raise InputError(
                "weak_token",
                f"Expected a token of at least {SHORTEST_TOKEN} characters in {TOKEN_VARIABLE}. "
                f"Received {len(self.token)}.",
            )
        if self.token is not None and not re.fullmatch(r"[!-~]+", self.token):
            raise InputError(
                "weak_token",
                f"Expected letters, digits and signs of ASCII, without a space, in "
                f"{TOKEN_VARIABLE}: a header cannot bear others.",
            )
        if self.token is None and not is_loopback(self.host):
            raise InputError(
                "needs_token",
                f"Listening on {self.host} would show ECGs to everyone who can reach it: set "
                f"{TOKEN_VARIABLE} to a secret of {SHORTEST_TOKEN} characters or more, or listen "
                "on 127.0.0.1.",
            )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def token_from_environment() -> str | None:
    """The token in `ECGMM_TOKEN`, where one is set."""
    return os.environ.get(TOKEN_VARIABLE) or None


def default_store() -> Path:
    """Where results are kept unless the user says otherwise (XDG base directories)."""
    data_home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data_home).expanduser() / "ecgmm" / "readings.sqlite"


def parse_duration_s(text: str) -> float:
    """Seconds of a duration such as `90s`, `30m`, `24h` or `7d`.

    Raises:
        ValueError: when it is none.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text.strip())
    if match is None or float(match[1]) == 0:
        raise ValueError(f"Expected a duration such as 90s, 30m, 24h or 7d. Received '{text}'.")
    return float(match[1]) * _SECONDS_OF_UNIT[match[2]]
