"""`ecgmm analyze` reads with a server as it does with the model in its own process."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from loopback_server import LoopbackServer

from ecgmm.cli import main
from ecgmm.errors import InputError
from ecgmm.serving.choice import choose_runtime
from ecgmm.serving.released import released_model

SAMPLES = Path(__file__).parents[2] / "samples"
INPUTS = [str(SAMPLES / name) for name in ("sinus_with_pvcs.csv", "sinus_with_pvcs.jpg")]


@pytest.fixture
def local_output(capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["analyze", "--json", "--model", str(released_model()), *INPUTS]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("scheme", ["grpc", "http"])
def test_the_reading_is_the_same(
    loopback: LoopbackServer, local_output: str, scheme: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", "--json", "--serving", loopback.addresses[scheme], *INPUTS]) == 0
    for here, there in zip(
        local_output.splitlines(), capsys.readouterr().out.splitlines(), strict=True
    ):
        expected, reading = json.loads(here), json.loads(there)
        for given, wanted in zip(reading.pop("beats"), expected.pop("beats"), strict=True):
            assert given == pytest.approx(wanted, abs=1e-3)
        assert reading["model"] == expected["model"]
        assert reading["summary"]["verdict"] == expected["summary"]["verdict"]
        assert [f["code"] for f in reading["findings"]] == [f["code"] for f in expected["findings"]]


def test_the_environment_names_a_server(
    loopback: LoopbackServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"{loopback.addresses['grpc']}/v1/models/ecgmm/versions/999"
    monkeypatch.setenv("ECGMM_SERVING", address)
    assert main(["analyze", INPUTS[0]]) == 2
    captured = capsys.readouterr()
    assert len(captured.err.splitlines()) == 1
    assert loopback.addresses["grpc"] in captured.err
    assert main(["analyze", "--model", str(released_model()), INPUTS[0]]) == 0


def test_a_wrong_address_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "--serving", "localhost:8500", INPUTS[0]]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "grpc://host:8500" in captured.err


def test_model_and_server_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["analyze", "--serving", "grpc://host", "--model", "here", INPUTS[0]])
    assert caught.value.code == 2


def test_a_choice_can_be_made_in_another_process(tmp_path: Path) -> None:
    for choice in (choose_runtime(None, "grpc://host"), choose_runtime(released_model(), None)):
        assert callable(pickle.loads(pickle.dumps(choice)))
    with pytest.raises(InputError, match="Expected a SavedModel"):
        choose_runtime(tmp_path, None)
