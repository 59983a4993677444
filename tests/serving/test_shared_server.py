"""Callers who share a server: whatever one of them sends, no other is failed by it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loopback_batching import BatchingParameters
from loopback_models import Models
from loopback_server import Behaviour, LoopbackServer
from patience import PATIENCE_S

from ecgmm.errors import InputError
from ecgmm.export.examples import example_leads, example_pages, example_pictures, example_signals
from ecgmm.serving.address import parse_address
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.remote import RemoteRuntime, connect

both = pytest.mark.parametrize("scheme", ["grpc", "http"])

ROWS = 4
"""Of both callers together: a batch that waits for so many holds the rows of both."""


@pytest.fixture(scope="module")
def model_dir(exported: Path) -> Path:
    return exported


@pytest.fixture(scope="module")
def local(model_dir: Path) -> LocalRuntime:
    return LocalRuntime(model_dir)


@pytest.fixture
def server(models: Models) -> Iterator[LoopbackServer]:
    for_both = BatchingParameters(max_execution_batch_size=ROWS, batch_timeout_s=PATIENCE_S)
    server = LoopbackServer(models, batching=for_both)
    yield server
    server.close()


@pytest.fixture
def remote(server: LoopbackServer, scheme: str) -> RemoteRuntime:
    return connect(parse_address(server.addresses[scheme]))


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Make calls at the same time: what each gave or raised."""
    start = threading.Barrier(len(calls))

    def call(made: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return made()
        except InputError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def assert_alike(answer: Any, expected: Any) -> None:
    if isinstance(answer, InputError):
        raise answer
    for given, wanted in zip(answer, expected, strict=True):
        if isinstance(wanted, np.ndarray):
            np.testing.assert_allclose(given, wanted, atol=1e-5)
        else:
            assert given == wanted


NAN = np.full((1, 1250), np.nan, np.float32)
SHORT = np.zeros((1, 1245), np.float32)
OFF_THE_GRID = np.zeros((1, 1251), np.float32)


@both
@pytest.mark.parametrize("signal", [NAN, SHORT, OFF_THE_GRID], ids=["NaN", "short", "off the grid"])
def test_a_bad_signal_fails_nobody_elses(
    remote: RemoteRuntime, server: LoopbackServer, local: LocalRuntime, signal: np.ndarray
) -> None:
    signals = example_signals()
    good, bad = together(lambda: remote.signal(signals), lambda: remote.signal(signal))
    assert_alike(good, local.signal(signals))
    with pytest.raises(InputError) as here:
        local.signal(signal)
    assert (bad.code, here.value.code) == ("refused_by_model", "refused_by_model")
    assert bad.message.endswith(f"refused the input: {here.value.message}")
    assert [rows for _, rows in server.behaviour.batches] == [4]


@both
@pytest.mark.parametrize("signature", ["image", "digitize"])
@pytest.mark.parametrize("picture", [b"no picture", b"", example_pictures()[0][:-400]])
def test_a_broken_picture_fails_nobody_elses(
    remote: RemoteRuntime,
    server: LoopbackServer,
    local: LocalRuntime,
    signature: str,
    picture: bytes,
) -> None:
    pictures = example_pictures()
    read = getattr(remote, signature)
    good, bad = together(lambda: read(pictures), lambda: read([picture]))
    assert_alike(good, getattr(local, signature)(pictures))
    with pytest.raises(InputError) as here:
        local.image([picture])
    assert bad.message.endswith(f"refused the input: {here.value.message}")
    assert server.behaviour.batches == [(signature, 4)]


@both
def test_a_bad_set_of_leads_or_page_fails_nobody_elses(
    remote: RemoteRuntime, server: LoopbackServer, local: LocalRuntime
) -> None:
    leads, pages = example_leads(), example_pages()
    bad_page = [[b"no picture", *[b""] * 11]]
    for read, good_rows, bad_rows, expected in (
        (remote.conditions, leads, leads[:1] * np.nan, local.conditions(leads)),
        (remote.page_conditions, pages, bad_page, local.page_conditions(pages)),
    ):
        good, bad = together(partial(read, good_rows), partial(read, bad_rows))
        assert_alike(good, expected)
        assert bad.problems[0].startswith(("Expected", "Lead I: Expected"))
    assert [rows for _, rows in server.behaviour.batches] == [4, 4]


@both
def test_recordings_of_different_lengths_do_not_fail_each_other(
    remote: RemoteRuntime, server: LoopbackServer, local: LocalRuntime
) -> None:
    short = example_signals()[:2]
    long = np.tile(short, (1, 3))
    answers = together(lambda: remote.signal(short), lambda: remote.signal(long))
    for answer, signals in zip(answers, (short, long), strict=True):
        assert_alike(answer, local.signal(signals))
    assert server.behaviour.batches == [("signal_bytes", ROWS)]


@both
def test_sets_of_leads_of_different_lengths_do_not_fail_each_other(
    remote: RemoteRuntime, server: LoopbackServer, local: LocalRuntime
) -> None:
    leads = example_leads()[:2]
    cut = leads[:, :, :625]
    answers = together(partial(remote.conditions, leads), partial(remote.conditions, cut))
    for answer, sets in zip(answers, (leads, cut), strict=True):
        assert_alike(answer, local.conditions(sets))
    assert server.behaviour.batches == [("leads_bytes", ROWS)]


@both
def test_no_rows_are_answered_at_once_and_spoil_nothing(
    loopback: LoopbackServer, behaviour: Behaviour, scheme: str, local: LocalRuntime
) -> None:
    remote = connect(parse_address(loopback.addresses[scheme]))
    nothing = (
        remote.signal(np.zeros((0, 1250), np.float32)),
        remote.image([]),
        remote.digitize([]),
        remote.conditions(np.zeros((0, 12, 1250), np.float32)),
        remote.page_conditions([]),
    )
    assert behaviour.requests == []
    assert [len(answer[0]) for answer in nothing] == [0] * 5
    assert_alike(remote.signal(example_signals()), local.signal(example_signals()))


def test_a_server_without_a_free_thread_is_asked_again(models: Models, local: LocalRuntime) -> None:
    server = LoopbackServer(models, grpc_max_threads=1)
    behaviour = server.behave(Behaviour())
    remote = connect(parse_address(server.addresses["grpc"]))
    behaviour.may_answer.clear()
    release = threading.Timer(0.3, behaviour.may_answer.set)
    release.start()
    calls = [lambda: remote.signal(example_signals())] * 4
    try:
        for answer in together(*calls):
            assert_alike(answer, local.signal(example_signals()))
    finally:
        release.join()
        server.close()
