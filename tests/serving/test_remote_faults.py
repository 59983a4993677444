"""What a client does about servers that are slow, gone, busy, private or strict."""

from __future__ import annotations

import json
import socket
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import grpc
import numpy as np
import pytest
import trustme
from loopback_models import Models, RefusalError
from loopback_server import Behaviour, Certificate, LoopbackServer

from ecgmm.errors import InputError
from ecgmm.export.examples import example_signals
from ecgmm.grid import STRIP_SAMPLES
from ecgmm.serving import grpc_transport, rest_transport
from ecgmm.serving.address import parse_address
from ecgmm.serving.grpc_transport import GrpcTransport
from ecgmm.serving.remote import RemoteRuntime, connect
from ecgmm.serving.rest_transport import RestTransport
from ecgmm.serving.retries import Patience
from ecgmm.serving.transport import Credentials

TOKEN = "a-secret-of-the-test"
RESTARTING = RefusalError(grpc.StatusCode.UNAVAILABLE, "Socket closed")
FULL = RefusalError(
    grpc.StatusCode.UNAVAILABLE,
    "The batch scheduling queue to which this task was submitted is full",
)
NO_THREAD = RefusalError(grpc.StatusCode.RESOURCE_EXHAUSTED, "Server Threadpool Exhausted")
TOO_LARGE = RefusalError(
    grpc.StatusCode.RESOURCE_EXHAUSTED, "Received message larger than max (5 vs. 4)"
)
OTHER_LENGTH = RefusalError(
    grpc.StatusCode.FAILED_PRECONDITION,
    "Tensors with name 'signal' from different tasks have different shapes and padding is turned "
    "off.",
)
BROKEN = RefusalError(grpc.StatusCode.INTERNAL, "Tensor is not initialized")

IMPATIENT = SimpleNamespace(monotonic=time.monotonic, sleep=lambda pause_s: None)
"""A clock that nobody waits for, for the retries alone: other threads of the process do sleep."""

both = pytest.mark.parametrize("scheme", ["grpc", "http"])


@pytest.fixture(scope="module")
def model_dir(exported: Path) -> Path:
    return exported


@pytest.fixture
def remote(loopback: LoopbackServer, scheme: str, behaviour: Behaviour) -> RemoteRuntime:
    return connect(parse_address(loopback.addresses[scheme]))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def private_server(
    models: Models, authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LoopbackServer]:
    issued = authority.issue_cert("127.0.0.1")
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    issued.private_key_and_cert_chain_pem.write_to_path(str(file))
    chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    server = LoopbackServer(models, Certificate(chain, issued.private_key_pem.bytes(), file))
    server.behave(Behaviour(token=TOKEN))
    yield server
    server.close()


@pytest.fixture
def trust(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("ECGMM_SERVING_CA_FILE", str(tmp_path / "ca.pem"))


@both
@pytest.mark.parametrize(
    "passing",
    [RESTARTING, FULL, NO_THREAD, OTHER_LENGTH],
    ids=["restarting", "full", "no thread", "other length in batch"],
)
def test_what_passes_is_tried_again(
    remote: RemoteRuntime, behaviour: Behaviour, passing: RefusalError
) -> None:
    behaviour.refusals += [passing, passing]
    assert remote.signal(example_signals()).beats.shape == (3, 250, 6)
    assert len(behaviour.requests) == 3


@both
@pytest.mark.parametrize(
    "refused", [np.full((1, 1250), np.nan, np.float32), np.zeros((1, 5), np.float32)]
)
def test_what_the_graph_refuses_is_not_tried_again(
    remote: RemoteRuntime, behaviour: Behaviour, refused: np.ndarray
) -> None:
    with pytest.raises(InputError, match="refused the input"):
        remote.signal(refused)
    assert len(behaviour.requests) == 1


@both
def test_a_fault_of_the_server_is_quoted_and_not_tried_again(
    remote: RemoteRuntime, behaviour: Behaviour
) -> None:
    behaviour.refusals += [BROKEN]
    with pytest.raises(InputError, match="Tensor is not initialized") as caught:
        remote.signal(example_signals())
    assert caught.value.code == "serving_failed"
    assert len(behaviour.requests) == 1


@both
def test_a_server_that_stays_away_is_given_up_with_its_words(
    remote: RemoteRuntime, behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecgmm.serving.retries.time", IMPATIENT)
    behaviour.refusals += [RESTARTING] * 9
    with pytest.raises(InputError, match="Socket closed") as caught:
        remote.signal(example_signals())
    assert caught.value.code == "serving_unreachable"
    assert len(behaviour.requests) == 5


@both
@pytest.mark.parametrize("busy", [FULL, NO_THREAD], ids=["full", "no thread"])
def test_a_busy_server_is_asked_until_it_has_a_place(
    remote: RemoteRuntime,
    behaviour: Behaviour,
    busy: RefusalError,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ecgmm.serving.retries.time", IMPATIENT)
    behaviour.refusals += [busy] * 9
    assert len(remote.signal(example_signals()).beats) == 3
    assert len(behaviour.requests) == 10


@both
def test_a_server_that_stays_busy_is_given_up_at_the_deadline(
    remote: RemoteRuntime, behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_patience", Patience(deadline_s=0.5))
    behaviour.refusals += [NO_THREAD] * 99
    with pytest.raises(InputError, match=r"busy.*Threadpool Exhausted") as caught:
        remote.signal(example_signals())
    assert caught.value.code == "serving_unreachable"
    behaviour.refusals.clear()


def test_a_message_over_the_limit_is_not_sent_again(
    loopback: LoopbackServer, behaviour: Behaviour
) -> None:
    remote = connect(parse_address(loopback.addresses["grpc"]))
    behaviour.refusals += [TOO_LARGE]
    with pytest.raises(InputError, match="larger than max"):
        remote.signal(example_signals())
    assert len(behaviour.requests) == 1


@both
def test_a_slow_server_is_given_up_at_the_deadline(
    remote: RemoteRuntime,
    loopback: LoopbackServer,
    behaviour: Behaviour,
    scheme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remote, "_patience", Patience(deadline_s=0.3))
    behaviour.may_answer.clear()
    with pytest.raises(InputError, match="did not answer in time") as caught:
        remote.signal(example_signals())
    assert caught.value.code == "serving_late"
    assert loopback.addresses[scheme] in caught.value.message


@both
def test_nobody_there_is_said_with_the_address(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setattr("ecgmm.serving.retries.time", IMPATIENT)
        with pytest.raises(InputError, match="cannot be reached") as caught:
            connect(parse_address(address))
    assert caught.value.code == "serving_unreachable"
    assert address in caught.value.message


@both
def test_labels_choose_versions(loopback: LoopbackServer, scheme: str) -> None:
    model = f"{loopback.addresses[scheme]}/v1/models/ecgmm"
    stable = connect(parse_address(f"{model}/labels/stable"))
    assert stable.model_version == "1"
    assert len(stable.signal(example_signals()).beats) == 3
    with pytest.raises(InputError, match="Unrecognized servable version label: nightly") as caught:
        connect(parse_address(f"{model}/labels/nightly"))
    assert caught.value.code == "serving_model_missing"


@both
def test_requests_are_split_before_a_message_gets_too_large(
    remote: RemoteRuntime,
    behaviour: Behaviour,
    scheme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grpc_transport, "MESSAGE_BYTES", 2.5 * STRIP_SAMPLES * 5)
    monkeypatch.setattr(rest_transport, "BODY_BYTES", 2.5 * STRIP_SAMPLES * 4 * 4 / 3)
    signals = np.repeat(example_signals(), 3, axis=0)
    assert len(remote.signal(signals).beats) == 9
    assert [rows for _, rows in behaviour.requests] == [2, 2, 2, 2, 1]


@both
def test_a_signal_over_a_minute_makes_no_others_answer_longer(
    remote: RemoteRuntime, behaviour: Behaviour
) -> None:
    long = np.tile(example_signals()[:1], (1, 7))
    answer = remote.signal(long)
    assert answer.beats.shape == (1, 1750, 6)
    assert behaviour.requests == [("signal", 1)]


@both
def test_no_request_has_more_rows_than_a_batch_of_the_server(
    remote: RemoteRuntime, behaviour: Behaviour
) -> None:
    remote.signal(np.zeros((70, STRIP_SAMPLES), np.float32))
    assert sum(rows for _, rows in behaviour.requests) == 70
    assert max(rows for _, rows in behaviour.requests) <= 64


@pytest.mark.parametrize(("rows", "samples"), [(100, STRIP_SAMPLES), (8, 30 * STRIP_SAMPLES)])
def test_a_full_message_keeps_to_the_limits_of_the_defaults(rows: int, samples: int) -> None:
    signals = np.full((rows, samples), -np.pi, np.float32)
    transport = RestTransport(parse_address("http://localhost"), Credentials())
    bodies = [len(json.dumps(signals[group].tolist())) for group in transport.groups(signals)]
    assert max(bodies) < 1024**2
    channel = GrpcTransport(parse_address("grpc://localhost"), Credentials())
    answers = [len(signals[group]) * samples // 5 * 6 * 4 for group in channel.groups(signals)]
    assert max(answers) < 4 * 1024**2


@both
def test_a_model_without_the_signature_is_too_old(
    remote: RemoteRuntime, behaviour: Behaviour
) -> None:
    behaviour.lacking = "digitize"
    with pytest.raises(InputError, match='"digitize" not found') as caught:
        remote.digitize([b""])
    assert caught.value.code == "model_too_old"


@both
def test_a_model_that_takes_no_bytes_is_asked_by_tensors(
    remote: RemoteRuntime, behaviour: Behaviour
) -> None:
    behaviour.lacking = "signal_bytes"
    for _ in range(2):
        assert remote.signal(example_signals()).beats.shape == (3, 250, 6)
    assert behaviour.requests == [("signal_bytes", 3), ("signal", 3), ("signal", 3)]


@both
@pytest.mark.usefixtures("trust")
def test_a_private_server_is_trusted_by_its_authority_and_shown_the_token(
    private_server: LoopbackServer, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECGMM_SERVING_TOKEN", TOKEN)
    remote = connect(parse_address(private_server.addresses[scheme]))
    assert remote.signal(example_signals()).beats.shape == (3, 250, 6)


@both
@pytest.mark.usefixtures("trust")
def test_without_the_right_token_one_is_turned_away_and_no_token_is_shown(
    private_server: LoopbackServer, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECGMM_SERVING_TOKEN", "another-secret")
    with pytest.raises(InputError, match="Jwt is missing") as caught:
        connect(parse_address(private_server.addresses[scheme]))
    assert caught.value.code == "serving_denied"
    assert "another-secret" not in "".join(traceback.format_exception(caught.value))


@both
def test_a_stranger_is_not_trusted(
    private_server: LoopbackServer, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecgmm.serving.retries.time", IMPATIENT)
    with pytest.raises(InputError, match=r"(?i)certificate") as caught:
        connect(parse_address(private_server.addresses[scheme]))
    assert caught.value.code == "serving_unreachable"


@both
def test_a_token_is_never_sent_in_the_clear(
    loopback: LoopbackServer, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECGMM_SERVING_TOKEN", TOKEN)
    with pytest.raises(InputError, match=r"Expected grpcs:// or https://"):
        connect(parse_address(loopback.addresses[scheme]))


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_is_none_is_named(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("ECGMM_SERVING_CA_FILE", str(file))
    with pytest.raises(InputError, match=r"ca\.pem") as caught:
        connect(parse_address("https://localhost:8501"))
    assert caught.value.code == "serving_ca_file"


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf"])
def test_a_deadline_is_a_positive_number(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECGMM_SERVING_DEADLINE_S", text)
    with pytest.raises(InputError, match=f"Received '{text}'"):
        connect(parse_address("http://localhost:8501"))
