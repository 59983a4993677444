"""What `ecgmm evaluate` owes to whoever calls it; the evaluation itself has tests of its own."""

import json
from pathlib import Path

import pytest

from ecgmm.cli import main

SHARES = {"QRS Se": 0.99, "V F1": 0.9}


def test_ds2_is_not_opened_without_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evaluate", "--models-dir", str(tmp_path), "--data-dir", str(tmp_path)]
    assert main([*words, "--open-ds2", " "]) == 2
    assert "Say why DS2 is opened" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*"))


@pytest.mark.parametrize("other", ["--controls", "--cross-validate", "--seeds"])
def test_a_control_never_opens_ds2(other: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["evaluate", "--open-ds2", "a test", other, "runs"])
    assert stopped.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


def test_controls_are_printed_side_by_side_and_kept_beside_the_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tensorflow")
    from ecgmm.evaluation.report import FigureRow
    from ecgmm.experiments import controls

    rows = {name: FigureRow(name, "a note", SHARES) for name in ("honest", "leaky", "SVDB")}
    monkeypatch.setattr(controls, "leakage_control", lambda *_: (rows["honest"], rows["leaky"]))
    monkeypatch.setattr(controls, "unseen_databases", lambda *_: (rows["SVDB"],))
    version = tmp_path / "models" / "ecgmm" / "4"
    version.mkdir(parents=True)
    (version / "saved_model.pb").touch()
    words = ["--models-dir", str(version.parent), "--controls", str(tmp_path / "runs")]
    assert main(["evaluate", *words]) == 0
    printed = capsys.readouterr().out
    assert printed.index("| honest |") < printed.index("| leaky |") < printed.index("| SVDB |")
    kept = json.loads((tmp_path / "models" / "reports" / "4" / "controls.json").read_text())
    assert [row["name"] for row in kept["controls"]] == ["honest", "leaky"]


def test_conditions_without_ptb_xl_are_a_line_that_says_how_to_prepare_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tensorflow_datasets")
    assert main(["evaluate", "--conditions", "--data-dir", str(tmp_path)]) == 2
    assert "python -m datasets.build ptbxl" in capsys.readouterr().err
