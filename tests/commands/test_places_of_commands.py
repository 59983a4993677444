"""Every command finds its inputs in the same places."""

import io
import json
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from ecgmm.cli import main

SAMPLES = Path(__file__).parents[2] / "samples"
SIGNAL, PICTURE = SAMPLES / "sinus_with_pvcs.csv", SAMPLES / "sinus_with_pvcs.jpg"
WORDS = {
    "draw": (SIGNAL, "{place}", "--layout", "strip", "--out", "{out}/page.svg"),
    "convert": (SIGNAL, "{place}", "{out}/copy.hea"),
    "compare": (SIGNAL, "{place}", str(SIGNAL), "--out", "{out}/page.svg"),
    "digitize": (PICTURE, "{place}", "--out", "{out}/signal.csv"),
    "analyze": (SIGNAL, "{place}", "--out", "{out}"),
}
"""The input of each command, and how it is called."""


def call(command: str, place: str, out: Path) -> int:
    words = [str(word).format(place=place, out=out) for word in WORDS[command][1:]]
    return main([command, *words])


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "ward.zip"
    with zipfile.ZipFile(path, "w") as opened:
        for file in (SIGNAL, PICTURE):
            opened.write(file, f"a/{file.name}")
    return path


@pytest.mark.parametrize("command", WORDS)
def test_a_member_of_an_archive(command: str, archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert call(command, f"{archive}/a/{WORDS[command][0].name}", out) == 0
    assert list(out.iterdir())


@pytest.mark.parametrize("command", WORDS)
def test_standard_input(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = WORDS[command][0].read_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    assert call(command, "-", tmp_path / "out") == 0


@pytest.mark.parametrize("command", WORDS)
def test_an_address(command: str, tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    assert call(command, WORDS[command][0].as_uri(), tmp_path / "out") == 0


@pytest.mark.parametrize("command", WORDS)
def test_what_is_not_there_is_one_line_that_names_the_place(
    command: str, archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = f"{archive}/a/none.csv"
    assert call(command, place, tmp_path / "out") == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert place in line


def test_a_reading_is_corrected_beside_a_recording_in_an_archive(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", str(SIGNAL), "--json"]) == 0
    reading = json.loads(capsys.readouterr().out)
    (tmp_path / "r.json").write_text(json.dumps(reading))
    change = {"change": "not_a_beat", "time_s": reading["beats"][0]["time_s"]}
    (tmp_path / "c.json").write_text(json.dumps([change]))
    words = [f"{archive}/a/{SIGNAL.name}", str(tmp_path / "r.json"), str(tmp_path / "c.json")]
    assert main(["correct", *words, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["beats"]) == len(reading["beats"]) - 1


def test_several_processes_read_members_and_addresses_but_no_standard_input(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("fsspec")
    places = [f"{archive}/a/{SIGNAL.name}", SIGNAL.as_uri(), "-"]
    assert main(["analyze", *places, "--jobs", "1", "--json"]) == 2
    member, address, refused = map(json.loads, capsys.readouterr().out.splitlines())
    assert [member["input"], address["input"]] == places[:2]
    assert member["beats"] == address["beats"]
    assert refused["error"]["code"] == "standard_input"
