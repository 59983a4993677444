"""The notebooks run from start to end on generated data, and hold no outputs in the repository."""

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from patience import PATIENCE_S
from served_app import serving
from spike_runtime import open_runtime

from ecgmm.web.app import create_app
from ecgmm.web.settings import Settings

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Address of a web app."""
    with serving(create_app(Settings(), open_runtime)) as address:
        yield address


def executed(
    path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> nbformat.NotebookNode:
    """A notebook after all of its cells, run on one thread in a process of its own."""
    settings = {"TF_NUM_INTRAOP_THREADS": "1", "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    for name, value in (settings | environment).items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(path, as_version=4)
    patience = {"timeout": PATIENCE_S, "startup_timeout": PATIENCE_S}
    place = {"metadata": {"path": FOLDER}}
    NotebookClient(notebook, **patience, resources=place).execute()
    return notebook


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_draws(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: str
) -> None:
    environment = {
        "ECGMM_DATA_DIR": str(tmp_path / "no data"),
        "ECGMM_URL": server,
        "ECGMM_EPOCHS": "1",
    }
    notebook = executed(path, monkeypatch, environment)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert any("image/png" in output.get("data", {}) for output in outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    notebook = json.loads(path.read_text())
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    for cell in notebook["cells"]:
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_what_the_program_is_not(path: Path) -> None:
    assert "Not a medical device" in path.read_text()


def test_the_first_notebook_reads_a_record_and_a_picture_in_ten_lines() -> None:
    first = nbformat.read(NOTEBOOKS[0], as_version=4)
    code = next(cell.source for cell in first.cells if cell.cell_type == "code")
    imports = ("%", "import", "from")
    lines = [line for line in code.splitlines() if line and not line.startswith(imports)]
    assert len(lines) <= 10
