"""`ecgmm compare` reads two ECGs and prints what has changed."""

import json
from pathlib import Path

import pytest

from ecgmm.cli import main

SAMPLE = Path(__file__).parents[2] / "samples" / "sinus_with_pvcs.csv"


def test_an_ecg_has_not_changed_since_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(SAMPLE), str(SAMPLE), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["old"] == told["new"]
    assert told["changes"]["heart_rate_bpm"]["change"] == 0
    assert told["findings"]["new"] == told["findings"]["gone"] == []
    assert told["findings"]["persisting"]


@pytest.mark.parametrize(("suffix", "magic"), [("pdf", b"%PDF"), ("svg", b"<?xml")])
def test_the_page_is_of_the_kind_that_its_name_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str, magic: bytes
) -> None:
    page = tmp_path / f"page.{suffix}"
    assert main(["compare", str(SAMPLE), str(SAMPLE), "--out", str(page)]) == 0
    assert page.read_bytes().startswith(magic)
    assert "As before" in capsys.readouterr().out


def test_what_cannot_be_compared_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(SAMPLE), str(tmp_path / "nowhere")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert main(["compare", str(SAMPLE), str(SAMPLE), "--out", "page.gif"]) == 2
    assert ".pdf, .png or .svg" in capsys.readouterr().err
