"""What `ecgmm serve` refuses before it serves."""

import socket

import pytest

from ecgmm.cli import main


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ECGMM_TOKEN", raising=False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--host", "0.0.0.0"], "ECGMM_TOKEN"),
        (["--keep", "forever"], "24h"),
    ],
)
def test_what_cannot_be_served_is_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *words]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert len(captured.err.splitlines()) == 1


@pytest.mark.parametrize(
    "words", [["--port", "0"], ["--workers", "many"], ["--no-store", "--keep", "1h"]]
)
def test_bad_usage_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["serve", *words])
    assert left.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_weak_token_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECGMM_TOKEN", "short")
    assert main(["serve", "--no-store"]) == 2
    assert "16 characters" in capsys.readouterr().err


def test_a_port_that_is_taken_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--no-store", "--port", str(port)]) == 2
    assert "Choose another --port" in capsys.readouterr().err
