"""Inputs that are no files: standard input, members of archives, addresses."""

import io
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import wfdb

from ecgmm.errors import InputError
from ecgmm.readers import places
from ecgmm.readers.places import local_path
from ecgmm.readers.route import read_input
from ecgmm.recording import Recording

LEAD_MV = np.round(np.sin(np.arange(500) / 7), 2)
TABLE = "time_s,II_mV\n" + "\n".join(f"{i / 250:.3f},{v}" for i, v in enumerate(LEAD_MV))


def read(place: str) -> Recording:
    with local_path(place) as path:
        recording = read_input(path)
    assert isinstance(recording, Recording)
    return recording


def refusal(place: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read(place)
    assert "/ecgmm-" not in caught.value.message
    return caught.value


def assert_is_the_lead(recording: Recording) -> None:
    assert recording.sampling_rate_hz == 250.0
    np.testing.assert_allclose(recording.signal_mv[:, 0], LEAD_MV, atol=0.003)


def write_record(folder: Path) -> None:
    wfdb.wrsamp(
        *("r", 250, ["mV"], ["II"]),
        p_signal=LEAD_MV[:, np.newaxis],
        fmt=["16"],
        write_dir=str(folder),
    )


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """Address of a server of `tmp_path` on this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_path_is_itself(tmp_path: Path) -> None:
    with local_path(str(tmp_path / "heart.csv")) as path:
        assert path == tmp_path / "heart.csv"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = SimpleNamespace(buffer=io.BytesIO(TABLE.encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    assert_is_the_lead(read("-"))


def test_a_member_of_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ward.zip", "w") as archive:
        archive.writestr("a/heart.csv", TABLE)
    assert_is_the_lead(read(f"{tmp_path}/ward.zip/a/heart.csv"))


def test_a_wfdb_record_in_an_archive_brings_its_signal(tmp_path: Path) -> None:
    write_record(tmp_path)
    with zipfile.ZipFile(tmp_path / "ward.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("r.hea", "r.dat"):
            archive.write(tmp_path / name, f"records/{name}")
    assert_is_the_lead(read(f"{tmp_path}/ward.zip/records/r.hea"))


@pytest.mark.parametrize("member", ["b.csv", "a", "../ward.zip"])
def test_a_member_that_is_not_there(tmp_path: Path, member: str) -> None:
    with zipfile.ZipFile(tmp_path / "ward.zip", "w") as archive:
        archive.writestr("a/heart.csv", TABLE)
    assert refusal(f"{tmp_path}/ward.zip/x/{member}").code == "not_found"


def test_an_archive_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "ward.zip").write_bytes(b"PK\3\4 and no more")
    assert refusal(f"{tmp_path}/ward.zip/a.csv").code == "damaged"


def test_an_archive_named_alone_says_how_to_name_a_member(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ward.zip", "w") as archive:
        archive.writestr("a/heart.csv", TABLE)
    assert "archive.zip/heart.edf" in refusal(f"{tmp_path}/ward.zip").message


def test_what_is_larger_than_may_be_is_not_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MAX_COPIED_BYTES", 1_000_000)
    with zipfile.ZipFile(tmp_path / "ward.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(3_000_000))
    assert refusal(f"{tmp_path}/ward.zip/zeros").code == "too_large"


def test_an_address_on_the_web(tmp_path: Path, served: str) -> None:
    (tmp_path / "heart.csv").write_text(TABLE)
    assert_is_the_lead(read(f"{served}/heart.csv?raw=1"))


def test_a_wfdb_record_on_the_web_brings_its_signal(tmp_path: Path, served: str) -> None:
    write_record(tmp_path)
    assert_is_the_lead(read(f"{served}/r.hea"))


def test_an_address_where_nothing_is(served: str) -> None:
    refused = refusal(f"{served}/heart.csv")
    assert refused.code == "not_found"
    assert refused.message.startswith(f"{served}/heart.csv does not exist")


def test_an_address_that_nobody_answers() -> None:
    assert "cannot be reached" in refusal("http://127.0.0.1:9/heart.csv").message


def test_a_bucket() -> None:
    fsspec = pytest.importorskip("fsspec")
    with fsspec.open("memory://bucket/heart.csv", "w") as file:
        file.write(TABLE)
    assert_is_the_lead(read("memory://bucket/heart.csv"))


def test_an_error_names_the_address_and_not_the_copy() -> None:
    fsspec = pytest.importorskip("fsspec")
    with fsspec.open("memory://bucket/letter.txt", "w") as file:
        file.write("Dear doctor,\nplease read 3 strips.\n")
    assert refusal("memory://bucket/letter.txt").message.startswith("memory://bucket/letter.txt: ")


def test_a_kind_of_address_that_nobody_knows() -> None:
    assert refusal("gopher9://host/heart.csv").code == "unknown_address"


def test_without_fsspec_an_address_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    refused = refusal("https://example.org/heart.edf")
    assert refused.code == "missing_library"
    assert 'pip install "ecgmm[remote]"' in refused.message
