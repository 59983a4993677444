"""The examples in docstrings say what is so."""

import doctest
import importlib
from pathlib import Path

import keras
import numpy as np
import pytest

import ecgmm

CHECKOUT = Path(ecgmm.__file__).parents[1]
MODULES = (
    "ecgmm",
    "ecgmm.analysis.reading",
    "ecgmm.api",
    "ecgmm.model.condition_probabilities",
    "ecgmm.model.layers",
    "ecgmm.model.leads",
    "ecgmm.model.losses",
    "ecgmm.model.named_classes",
    "ecgmm.model.tracer",
    "ecgmm.training.supervision",
)


def examples() -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder(exclude_empty=True)
    known = {"ecgmm": ecgmm, "np": np, "keras": keras}
    return [
        example
        for name in MODULES
        for example in finder.find(importlib.import_module(name), extraglobs=known)
        if example.examples
    ]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_an_example_gives_what_it_says(
    example: doctest.DocTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "samples").symlink_to(CHECKOUT / "samples")
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    assert doctest.DocTestRunner().run(example, out=said.append).failed == 0, "".join(said)
