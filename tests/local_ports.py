"""Ports of loopback for servers in processes of their own, which have to be told theirs."""

import random
import socket

BELOW_EPHEMERAL = range(10_000, 30_000)
"""Linux gives the ports from 32768 on to whoever asks for any, another test among them."""


def free_port() -> int:
    """A port that nobody listens on, and that the system gives to nobody who asks for any."""
    while True:
        port = random.SystemRandom().choice(BELOW_EPHEMERAL)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
