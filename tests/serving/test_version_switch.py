"""A new version takes over under load, and no request fails."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from loopback_models import SwitchableServer
from patience import PATIENCE_S

from ecgmm.export.examples import example_signals
from ecgmm.serving.address import parse_address
from ecgmm.serving.remote import connect

CALLS_AFTER = 5


def release(base: Path, version: int) -> None:
    """Add a version as `ecgmm export` does: written beside the folder, renamed into it."""
    draft = base.parent / f".draft-{version}"
    shutil.copytree(base / "1", draft)
    draft.rename(base / str(version))


@pytest.mark.parametrize("scheme", ["grpc", "http"])
def test_versions_switch_on_a_running_server_without_a_failed_request(
    switchable: SwitchableServer, scheme: str
) -> None:
    address = parse_address(switchable.addresses[scheme])
    signals = example_signals()
    expected = connect(address).signal(signals).beats
    first = max(int(entry.name) for entry in switchable.base.iterdir())
    versions: list[list[int]] = [[], []]
    failures: list[Exception] = []
    end_s = time.monotonic() + PATIENCE_S

    def load(seen: list[int]) -> None:
        runtime = connect(address)
        while seen.count(first + 1) < CALLS_AFTER and time.monotonic() < end_s:
            try:
                np.testing.assert_allclose(runtime.signal(signals).beats, expected, atol=1e-5)
            except Exception as error:
                failures.append(error)
                return
            seen.append(int(runtime.model_version))

    clients = [threading.Thread(target=load, args=(seen,)) for seen in versions]
    for client in clients:
        client.start()
    while not failures and min(len(seen) for seen in versions) < CALLS_AFTER:
        time.sleep(0.01)
    release(switchable.base, first + 1)
    for client in clients:
        client.join()

    assert failures == []
    for seen in versions:
        assert set(seen) == {first, first + 1}
        assert seen == sorted(seen)
