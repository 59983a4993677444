"""What rooms below the commands may say; what they may import, `lint-imports` checks."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import ecgmm

PACKAGE = Path(ecgmm.__file__).parent
OPTION = re.compile(r"(^|[ '\"(`])--[a-z]")


def spoken(path: Path) -> Iterator[str]:
    """Every string of a module that is no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield str(node.value)


@pytest.mark.parametrize("room", ["readers", "analysis", "serving", "monitor", "own_data", "web"])
def test_what_also_python_and_a_browser_ask_names_no_option(room: str) -> None:
    paths = sorted((PACKAGE / room).rglob("*.py"))
    assert paths
    said = {path: [text for text in spoken(path) if OPTION.search(text)] for path in paths}
    assert {path: texts for path, texts in said.items() if texts} == {}
