"""What the README and the pages of docs/ say can be done, and prints what they say."""

import argparse
import re
import runpy
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest

from ecgmm.cli import build_parser

CHECKOUT = Path(__file__).parents[2]
OUTPUTS = CHECKOUT / "docs" / "outputs.py"
DOCUMENTS = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
SHELL = re.compile(r"```sh\n(.*?)```", re.S)
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def name(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def documented_commands() -> list[str]:
    """Every line of a shell block that begins with `ecgmm`, continued lines joined."""
    blocks = [block for path in DOCUMENTS for block in SHELL.findall(path.read_text("utf-8"))]
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return sorted({line.strip() for line in lines if re.match(r"\s*ecgmm ", line)})


def test_the_readme_is_short() -> None:
    assert len((CHECKOUT / "README.md").read_text("utf-8").splitlines()) <= 200


@pytest.mark.parametrize("command", documented_commands())
def test_a_documented_command_is_one_that_the_program_takes(command: str) -> None:
    words = shlex.split(command, comments=True)
    if "<" in words:
        words = words[: words.index("<")]
    if ">" in words:
        words = words[: words.index(">")]
    args = build_parser().parse_args(words[1:])
    assert isinstance(args, argparse.Namespace)


def test_a_documented_module_is_there_to_be_run() -> None:
    text = "".join(path.read_text("utf-8") for path in DOCUMENTS)
    modules = set(re.findall(r"python -m ([\w.]+)", text)) - {"pip", "venv"}
    assert "datasets.build" in modules
    assert [module for module in modules if find_spec(module) is None] == []


def test_a_documented_target_is_one_of_make() -> None:
    text = "".join(path.read_text("utf-8") for path in DOCUMENTS)
    targets = re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text("utf-8"), re.M)
    assert (
        {"demo", "test"}
        <= set(re.findall(r"\bmake ([a-z-]+)", "".join(SHELL.findall(text))))
        <= set(targets)
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", [path for path in DOCUMENTS if "<!-- printed by" in path.read_text("utf-8")], ids=name
)
def test_examples_print_what_the_document_shows(path: Path) -> None:
    """The words to the letter, figures closely: `make results` puts today's into the document."""
    text = path.read_text("utf-8")
    printed = runpy.run_path(str(OUTPUTS))["renewed"](text)
    assert NUMBER.sub("#", printed) == NUMBER.sub("#", text)
    figures = [[float(figure) for figure in NUMBER.findall(version)] for version in (printed, text)]
    assert figures[0] == pytest.approx(figures[1], rel=0.02, abs=0.002)
