"""A server that takes a connection and then hangs is given up in time, with one clear line."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from patience import PATIENCE_S

from ecgmm.errors import InputError
from ecgmm.serving.address import parse_address
from ecgmm.serving.remote import connect

DEADLINE_S = 0.5

BEGUN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"


@contextmanager
def hanging(answer: bytes) -> Iterator[int]:
    """A port where every connection gets so much of an answer and no more."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.sendall(answer)
            held.append(connection)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in held:
            connection.close()


@pytest.mark.parametrize(
    ("scheme", "answer"), [("http", b""), ("http", BEGUN), ("http", BEGUN[:20]), ("grpc", b"")]
)
def test_it_is_given_up(scheme: str, answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECGMM_SERVING_DEADLINE_S", str(DEADLINE_S))
    with hanging(answer) as port:
        start_s = time.monotonic()
        with pytest.raises(InputError) as caught:
            connect(parse_address(f"{scheme}://127.0.0.1:{port}"))
        assert time.monotonic() - start_s < PATIENCE_S
    assert caught.value.code in ("serving_late", "serving_unreachable")
    assert f"127.0.0.1:{port}" in caught.value.message
    assert "\n" not in caught.value.message
