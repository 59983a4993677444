"""One thing changed at a time, each training scored on patients that it has not learned from."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from simulated_data_sets import prepare
from simulated_records import simulated_recording
from tiny_table import TINY_MODEL

pytest.importorskip("tensorflow")

from ecgmm.experiments import controls
from ecgmm.pipeline.splits import DS1
from ecgmm.training import train as training
from ecgmm.training.config import TrainingConfig
from tuning.ablation import DEFAULT_VARIANTS, main, read_variants

VARIANTS = (
    """\
[base]
datasets = ["mitdb"]
seed = 3

[base.model]
"""
    + TINY_MODEL
    + """
[[base.stages]]
modality = "signal"
epochs = 1
batches_per_epoch = 2
batch_size = 2
strip_steps = 100

[change."seed 4"]
seed = 4

[change."longer strips"]
stages = [{ strip_steps = 200 }]

[change."S beats cost twice"]
class_weights = [0.5, 1.0, 2.0, 1.0, 1.0, 1.0]
model.dropout = 0.3
"""
)


@pytest.fixture
def variants(tmp_path: Path) -> Path:
    path = tmp_path / "variants.toml"
    path.write_text(VARIANTS)
    return path


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    template = simulated_recording(duration_s=330.0, sampling_rate_hz=125.0)
    mitdb = [replace(template, name=name, patient=name) for name in DS1[:6]]
    noise = replace(template, name="em", annotations=None)
    return prepare(tmp_path / "data", monkeypatch, {"mitdb": mitdb, "nstdb": [noise]})


def test_a_variant_is_the_base_with_what_it_names_changed(variants: Path) -> None:
    base, _, longer, costly = (variant.config for variant in read_variants(variants))
    assert longer == replace(base, stages=(replace(base.stages[0], strip_steps=200),))
    model = replace(base.model, dropout=0.3)
    assert costly == replace(base, model=model, class_weights=(0.5, 1.0, 2.0, 1.0, 1.0, 1.0))


def test_every_variant_that_is_shipped_differs_from_the_others() -> None:
    configs = [variant.config for variant in read_variants(DEFAULT_VARIANTS)]
    assert len(configs) > 5
    assert all(one != other for i, one in enumerate(configs) for other in configs[:i])


def test_variants_are_trained_once_and_tabled_together(
    variants: Path, data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_dir = tmp_path / "runs"
    folders = ["--variants", str(variants), "--run-dir", str(run_dir), "--data-dir", str(data_dir)]
    assert main([*folders, "--only", "seed 4"]) == 0
    first = (run_dir / "seed-4" / "held_out.json").read_text()
    assert 0 <= json.loads(first)["QRS Se"] <= 1
    assert main([*folders, "--only", "base", "seed 4"]) == 0
    assert (run_dir / "seed-4" / "held_out.json").read_text() == first
    table = (run_dir / "ablation.md").read_text()
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")]
    assert rows[2:] == ["base", "seed 4"]
    assert table in capsys.readouterr().out


def test_a_variant_that_learns_from_less_is_read_on_the_recordings_of_the_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_on: list[tuple[str, ...]] = []

    def figures(model: Path, config: TrainingConfig, data_dir: Path) -> dict[str, float]:
        read_on.append(config.datasets)
        return {}

    monkeypatch.setattr(training, "train", lambda config, data_dir, run_dir: run_dir)
    monkeypatch.setattr(controls, "held_out_figures", figures)
    less = tmp_path / "variants.toml"
    less.write_text('[base]\ndatasets = ["mitdb", "svdb"]\n[change."less"]\ndatasets = ["mitdb"]\n')
    for name in ("base", "less"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    arguments = ["--variants", str(less), "--run-dir", str(tmp_path / "runs")]
    assert main([*arguments, "--data-dir", str(tmp_path)]) == 0
    assert read_on == [("mitdb", "svdb")] * 2


def test_a_variant_that_there_is_not_is_named_among_those_there_are(
    variants: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--variants", str(variants), "--run-dir", str(tmp_path), "--only", "sed 4"]
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert "sed 4" in error
    assert "longer strips" in error


def test_a_file_without_a_base_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "variants.toml"
    path.write_text("seed = 3")
    assert main(["--variants", str(path), "--run-dir", str(tmp_path)]) == 2
    assert "base" in capsys.readouterr().err
