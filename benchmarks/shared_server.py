"""Good callers of a model server, beside one that sends what nobody can read.

    python tests/serving/loopback_server.py saved_models/ecgmm &
    python -m benchmarks.shared_server grpc://127.0.0.1:8500 [--callers 8] [--seconds 20] [--alone]

Each good caller asks for everything in turn, recordings of several lengths among it, and holds
each answer against what the server said when nobody else was there. The bad one sends, in turn and
as fast as it can, NaN, broken pictures, no rows and wrong lengths, by the interface itself. Fails
where a good call fails or is answered otherwise. `--alone` leaves the bad one out, `--only` asks
for one thing, such as "signal, 10 s": what a server's batching earns.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ecgmm.errors import InputError
from ecgmm.export.examples import example_leads, example_pages, example_pictures, example_signals
from ecgmm.serving.address import parse_address
from ecgmm.serving.grpc_transport import GrpcTransport
from ecgmm.serving.remote import RemoteRuntime, connect
from ecgmm.serving.retries import CallError
from ecgmm.serving.rows import encoded_leads, encoded_signal
from ecgmm.serving.transport import Credentials, Rows

TOLERANCE = 1e-4
BAD_DEADLINE_S = 2.0
"""A request of no rows is answered when another joins it."""

Call = Callable[[], Any]


def good_calls(runtime: RemoteRuntime) -> dict[str, Call]:
    """What a good caller asks for, by name."""
    signal, leads = example_signals()[:1], example_leads()[:1]
    picture, page = example_pictures()[:1], example_pages()[:1].tolist()
    return {
        "signal, 10 s": partial(runtime.signal, signal),
        "signal, 30 s": partial(runtime.signal, np.tile(signal, (1, 3))),
        "picture": partial(runtime.image, picture),
        "picture, digitized": partial(runtime.digitize, picture),
        "12 leads, 10 s": partial(runtime.conditions, leads),
        "12 leads, 5 s": partial(runtime.conditions, leads[:, :, :625]),
        "page of 12 strips": partial(runtime.page_conditions, page),
    }


def bad_requests() -> list[tuple[str, Rows]]:
    """Signatures, whose input has their name, and rows that cannot be read."""
    signal, leads, cut = example_signals()[0], example_leads()[0], example_pictures()[0][:-400]
    return [
        ("signal_bytes", [encoded_signal(signal * np.float32(np.nan))]),
        ("signal_bytes", [encoded_signal(signal[:1001])]),
        ("signal_bytes", []),
        ("image", [cut]),
        ("image", []),
        ("digitize", [b"no picture"]),
        ("leads_bytes", [encoded_leads(leads * np.float32(np.nan))]),
        ("leads_bytes", [encoded_leads(leads[:, :305])]),
        ("page", [[cut, *[b""] * 11]]),
    ]


INPUT_NAMES = {"image": "image_bytes", "digitize": "image_bytes", "page": "lead_images"}


class Seen:
    """What the callers saw."""

    def __init__(self) -> None:
        self.times_ms: defaultdict[str, list[float]] = defaultdict(list)
        self.failures: Counter[str] = Counter()
        self.bad: Counter[str] = Counter()

    def table(self, seconds: float) -> str:
        """Calls, failures and times of each kind."""
        lines = ["kind                     calls  failed  a second   p50 ms   p99 ms"]
        for kind, times_ms in self.times_ms.items():
            p50, p99 = np.percentile(times_ms, [50, 99])
            rate = len(times_ms) / seconds
            failed = sum(n for said, n in self.failures.items() if said.startswith(f"{kind}: "))
            lines.append(
                f"{kind:<22} {len(times_ms):>7} {failed:>7} {rate:>9.1f} {p50:>8.1f} {p99:>8.1f}"
            )
        return "\n".join(lines)


def call_in_turn(
    runtime: RemoteRuntime, expected: dict[str, Any], end_s: float, seen: Seen
) -> None:
    """One good caller of what is expected."""
    calls = good_calls(runtime)
    for kind, call in itertools.cycle((kind, calls[kind]) for kind in expected):
        start_s = time.monotonic()
        if start_s > end_s:
            return
        try:
            answer = call()
            for given, wanted in zip(answer, expected[kind], strict=True):
                if isinstance(wanted, np.ndarray):
                    np.testing.assert_allclose(given, wanted, atol=TOLERANCE)
        except (InputError, AssertionError) as error:
            seen.failures[f"{kind}: {error}"] += 1
        seen.times_ms[kind].append(1000 * (time.monotonic() - start_s))


def disturb(transport: GrpcTransport, end_s: float, seen: Seen) -> None:
    """The bad caller."""
    for signature, rows in itertools.cycle(bad_requests()):
        if time.monotonic() > end_s:
            return
        try:
            input_name = INPUT_NAMES.get(signature, signature)
            answer = transport.predict(signature, input_name, rows, BAD_DEADLINE_S)
            told = "a problem told" if any(answer.outputs.get("problem", ())) else "no rows"
            seen.bad[told] += 1
        except CallError as error:
            seen.bad[error.failure.name] += 1


def main() -> None:
    """Let them call, print what the good ones saw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="of a server of model 6 or later, by gRPC")
    parser.add_argument("--callers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--alone", action="store_true", help="without the bad caller")
    parser.add_argument("--only", action="append", help="what to ask for, by its name in the table")
    arguments = parser.parse_args()
    address = parse_address(arguments.address)
    first = connect(address)
    calls = good_calls(first)
    expected = {kind: calls[kind]() for kind in arguments.only or calls}
    seen, end_s = Seen(), time.monotonic() + arguments.seconds
    callers = [
        threading.Thread(target=call_in_turn, args=(connect(address), expected, end_s, seen))
        for _ in range(arguments.callers)
    ]
    if not arguments.alone:
        transport = GrpcTransport(address, Credentials())
        callers.append(threading.Thread(target=disturb, args=(transport, end_s, seen)))
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    print(f"model {first.model_version}, {arguments.callers} good callers")
    print(seen.table(arguments.seconds))
    print("the bad caller:", dict(seen.bad))
    for said, count in seen.failures.most_common(10):
        print(f"{count} x {said}")
    sys.exit(1 if seen.failures else 0)


if __name__ == "__main__":
    main()
