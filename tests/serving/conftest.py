"""Servers that speak TensorFlow Serving's interfaces, and the model that they serve."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import keras
import pytest
from local_ports import free_port
from loopback_models import Models, SwitchableServer
from loopback_server import Behaviour, LoopbackServer
from patience import PATIENCE_S
from tiny_model import TINY

from ecgmm.export.saved_model import export_model
from ecgmm.model.conditions_head import build_conditions_head
from ecgmm.model.multimodal import assemble, build_model, parts_of
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model

STOCK_SERVER = shutil.which("tensorflow_model_server")
RUNNING_SERVERS = os.environ.get("ECGMM_TFS_ADDRESS", "").split()
"""Addresses of running servers, such as `grpc://host:8500 http://host:8501`."""

SERVERS = [
    *(f"loopback {scheme}" for scheme in ("grpc", "http")),
    *(f"stock {scheme}" for scheme in ("grpc", "http") if STOCK_SERVER),
    *RUNNING_SERVERS,
]


@pytest.fixture(scope="session")
def local_runtime() -> LocalRuntime:
    """The released model in this process."""
    return LocalRuntime(released_model())


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give servers on slow machines their time."""
    monkeypatch.setenv("ECGMM_SERVING_DEADLINE_S", str(PATIENCE_S))


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model with every signature, as `ecgmm export` writes it now."""
    keras.utils.set_random_seed(3)
    folder = tmp_path_factory.mktemp("trained")
    model = assemble(parts_of(build_model(TINY)), build_conditions_head(TINY))
    model.save(folder / "best.keras")
    return export_model(folder / "best.keras", folder / "ecgmm")


@pytest.fixture(scope="module")
def model_dir() -> Path:
    """The model that the loopback server serves."""
    return released_model()


@pytest.fixture(scope="module")
def models(model_dir: Path) -> Iterator[Models]:
    """A model whose version has the labels `stable` and `canary`."""
    version = int(model_dir.name)
    labels = {"stable": version, "canary": version}
    loaded = Models(model_dir.parent, labels=labels, specific=(version,))
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def loopback(models: Models) -> Iterator[LoopbackServer]:
    """A server of that model."""
    server = LoopbackServer(models)
    yield server
    server.close()


@pytest.fixture
def behaviour(loopback: LoopbackServer) -> Iterator[Behaviour]:
    """What the loopback server is to do in this test."""
    behaviour = loopback.behave(Behaviour())
    yield behaviour
    behaviour.may_answer.set()
    loopback.behave(Behaviour())


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwitchableServer]:
    """The stock server, with a folder of versions of its own."""
    base = tmp_path_factory.mktemp("stock") / "ecgmm"
    shutil.copytree(released_model(), base / "1")
    grpc_port, rest_port = free_port(), free_port()
    command = [
        str(STOCK_SERVER),
        f"--port={grpc_port}",
        f"--rest_api_port={rest_port}",
        "--model_name=ecgmm",
        f"--model_base_path={base}",
        "--file_system_poll_wait_seconds=1",
    ]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        _wait_for_port(rest_port)
        addresses = {
            "grpc": f"grpc://127.0.0.1:{grpc_port}",
            "http": f"http://127.0.0.1:{rest_port}",
        }
        yield SwitchableServer(base, addresses)
        process.terminate()


@pytest.fixture(params=SERVERS)
def address(request: pytest.FixtureRequest) -> str:
    """Every server there is, by either of its interfaces."""
    kind, _, scheme = request.param.partition(" ")
    if not scheme:
        return kind
    return request.getfixturevalue(kind).addresses[scheme]


@pytest.fixture(params=["loopback", "stock"] if STOCK_SERVER else ["loopback"])
def switchable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SwitchableServer]:
    """A server whose versions a test may change."""
    if request.param == "stock":
        yield request.getfixturevalue("stock")
        return
    base = tmp_path / "ecgmm"
    shutil.copytree(released_model(), base / "1")
    models = Models(base)
    server = LoopbackServer(models)
    yield SwitchableServer(base, server.addresses)
    server.close()
    models.close()


def _wait_for_port(port: int) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"The stock server did not open port {port} within {PATIENCE_S:.0f} s.")
