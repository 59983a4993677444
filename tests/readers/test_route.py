"""Any file is either read or refused with one clear line; its name alone decides nothing."""

import io
import os
import warnings
from pathlib import Path

import numpy as np
import pytest
import wfdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ecgmm.errors import InputError
from ecgmm.paper.picture import Picture
from ecgmm.readers.route import identify, read_input
from ecgmm.recording import Recording

SAMPLES = 720


def table_bytes() -> bytes:
    rows = "\n".join(f"{i / 360:.5f},{np.sin(i / 9):.4f}" for i in range(SAMPLES))
    return f"# unit: mV\ntime_s,II\n{rows}\n".encode()


def picture_bytes(format_: str) -> bytes:
    pixels = np.random.default_rng(1).integers(0, 255, (16, 24, 3)).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format=format_)
    return stream.getvalue()


def write_record(folder: Path) -> Path:
    signal = np.sin(np.arange(SAMPLES) / 9)[:, np.newaxis]
    wfdb.wrsamp("r1", 360, ["mV"], ["II"], signal, fmt=["16"], write_dir=str(folder))
    wfdb.wrann("r1", "atr", np.array([50, 300]), ["N", "V"], write_dir=str(folder))
    return folder / "r1.hea"


def code_of(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_input(path)
    assert "\n" not in caught.value.message
    return caught.value.code


def outcome(path: Path) -> Recording | Picture | InputError:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return read_input(path)
        except InputError as error:
            return error


def read_or_refuse(path: Path) -> None:
    """Anything but a reading or an `InputError` of one line fails the test."""
    result = outcome(path)
    if isinstance(result, InputError):
        assert result.code
        assert "\n" not in result.message


@pytest.mark.parametrize("name", ["strip.csv", "strip.hea", "strip", "strip.dat"])
@pytest.mark.parametrize("format_", ["PNG", "JPEG"])
def test_a_picture_under_any_name_is_a_picture(tmp_path: Path, name: str, format_: str) -> None:
    (tmp_path / name).write_bytes(picture_bytes(format_))
    assert isinstance(read_input(tmp_path / name), Picture)


@pytest.mark.parametrize("name", ["table.png", "table.txt", "table"])
def test_a_table_under_any_name_is_a_recording(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(table_bytes())
    recording = read_input(tmp_path / name)
    assert isinstance(recording, Recording)
    assert recording.sampling_rate_hz == 360.0


@pytest.mark.parametrize("name", ["r1", "r1.hea", "r1.dat", "r1.atr"])
def test_a_record_by_any_of_its_files(tmp_path: Path, name: str) -> None:
    write_record(tmp_path)
    assert identify(tmp_path / name) == "wfdb"
    assert isinstance(read_input(tmp_path / name), Recording)


def test_a_table_beside_a_record_of_its_name_is_the_table(tmp_path: Path) -> None:
    write_record(tmp_path)
    (tmp_path / "r1.csv").write_bytes(table_bytes())
    assert identify(tmp_path / "r1.csv") == "csv"


def test_rate_and_unit_given_by_the_caller_reach_the_table(tmp_path: Path) -> None:
    (tmp_path / "bare.csv").write_text("II\n" + "0.5\n" * 500)
    recording = read_input(tmp_path / "bare.csv", sampling_rate_hz=250.0, unit="V")
    assert isinstance(recording, Recording)
    assert recording.duration_s == 2.0
    assert recording.signal_mv[0, 0] == 500.0


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nothing.png") == "not_found"


def test_a_folder_is_refused_as_such(tmp_path: Path) -> None:
    assert code_of(tmp_path) == "is_a_directory"
    assert code_of(Path("/")) == "is_a_directory"


def test_an_empty_file_is_refused_as_such(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    assert code_of(tmp_path / "empty.png") == "empty_file"


def test_a_signal_file_alone_asks_for_its_header(tmp_path: Path) -> None:
    (tmp_path / "r2.dat").write_bytes(b"\0\1" * 50)
    with pytest.raises(InputError, match=r"r2\.hea"):
        read_input(tmp_path / "r2.dat")


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04....", b"Dear doctor,\nplease read 3 strips.\n", b"{}", b"<html></html>", b"\n\n"],
)
def test_unknown_content_names_what_is_accepted(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "thing.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"Expected a WFDB record.*a picture or a PDF") as caught:
        read_input(tmp_path / "thing.csv")
    assert caught.value.code == "unknown_format"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert code_of(tmp_path / "pipe") == "unknown_format"


def test_a_name_too_long_for_the_disk_is_refused(tmp_path: Path) -> None:
    assert code_of(tmp_path / ("x" * 5000)) == "unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_bytes(table_bytes())
    (tmp_path / "secret.csv").chmod(0)
    assert code_of(tmp_path / "secret.csv") == "unreadable"


one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@one_folder
@given(
    head=st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"r 2 360 10\n", b"t,II\n"]),
    body=st.binary(max_size=400),
    name=st.sampled_from(["x", "x.hea", "x.csv", "x.png"]),
)
def test_random_bytes_are_refused_not_crashed_on(
    tmp_path: Path, head: bytes, body: bytes, name: str
) -> None:
    (tmp_path / name).write_bytes(head + body)
    read_or_refuse(tmp_path / name)


@one_folder
@given(st.text(alphabet="0123456789.,;:-+eE \t\n#'\"nafsMVuII()µ", max_size=300))
def test_random_tables_are_refused_not_crashed_on(tmp_path: Path, text: str) -> None:
    (tmp_path / "x").write_bytes(text.encode() + b"\n1\n2\n3\n")
    read_or_refuse(tmp_path / "x")


@one_folder
@given(st.data())
def test_truncated_files_of_each_kind(tmp_path: Path, data: st.DataObject) -> None:
    contents = {"a": picture_bytes("PNG"), "b": picture_bytes("JPEG"), "c": table_bytes()}
    name = data.draw(st.sampled_from(sorted(contents)))
    length = data.draw(st.integers(0, len(contents[name])))
    (tmp_path / name).write_bytes(contents[name][:length])
    read_or_refuse(tmp_path / name)


@one_folder
@given(st.data())
def test_records_with_spoiled_bytes(tmp_path: Path, data: st.DataObject) -> None:
    write_record(tmp_path)
    spoiled = tmp_path / data.draw(st.sampled_from(["r1.hea", "r1.dat", "r1.atr"]))
    content = bytearray(spoiled.read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    spoiled.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    read_or_refuse(tmp_path / "r1")


@one_folder
@given(st.from_regex(r"r1(/[0-9])? [0-9]{1,3} [0-9./()]{1,8} [0-9]{0,7}\n(r1\.dat [ -~]{0,40}\n)*"))
def test_random_headers_over_a_real_signal_file(tmp_path: Path, header: str) -> None:
    write_record(tmp_path).write_text(header, encoding="utf-8")
    read_or_refuse(tmp_path / "r1")
