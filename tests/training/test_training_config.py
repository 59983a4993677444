from dataclasses import asdict, replace
from pathlib import Path

import pytest

from ecgmm.errors import InputError
from ecgmm.training.config import (
    DEFAULT_CONFIG,
    StageConfig,
    TrainingConfig,
    config_of,
    load_config,
)

TWO_STAGES = TrainingConfig(
    stages=(
        StageConfig("first", "signal", epochs=3, batch_size=8),
        StageConfig("second", "image", epochs=4, batch_size=16),
        StageConfig("third", "both", epochs=5, batch_size=32),
    )
)


def write(folder, text):
    path = folder / "config.toml"
    path.write_text(text)
    return path


def test_without_a_path_the_released_configuration_is_read():
    config = load_config()
    assert config == load_config(DEFAULT_CONFIG)
    assert {stage.modality for stage in config.stages} == {"signal", "image", "leads"}


@pytest.mark.parametrize(
    "path", sorted(DEFAULT_CONFIG.parent.glob("*.toml")), ids=lambda path: path.name
)
def test_every_configuration_that_is_shipped_can_be_read(path):
    assert load_config(path).stages


def test_a_file_sets_what_it_names_and_leaves_the_rest(tmp_path):
    path = write(
        tmp_path,
        """
        fold = 3
        class_weights = [1, 1, 2, 2, 3, 1]
        [model]
        lstm_units = 32
        image_dilations = [1, 2, 4]
        [augmentation]
        noise_snr_db = [0, 12.5]
        [[stages]]
        name = "pictures"
        modality = "image"
        learning_rate = 1
        """,
    )
    config = load_config(path)
    assert config.fold == 3
    assert config.class_weights == (1.0, 1.0, 2.0, 2.0, 3.0, 1.0)
    assert config.model.lstm_units == 32
    assert config.model.image_dilations == (1, 2, 4)
    assert config.augmentation.noise_snr_db == (0.0, 12.5)
    assert config.stages == (StageConfig("pictures", "image", learning_rate=1.0),)
    assert config.datasets == TrainingConfig().datasets
    assert isinstance(config.stages[0].learning_rate, float)


def test_an_empty_file_is_the_default_configuration(tmp_path):
    assert load_config(write(tmp_path, "")) == TrainingConfig()


def test_a_configuration_written_down_is_read_back_the_same():
    values = asdict(TWO_STAGES)
    as_json = {
        name: [list(item) if isinstance(item, tuple) else item for item in value]
        if isinstance(value, tuple)
        else {k: list(v) if isinstance(v, tuple) else v for k, v in value.items()}
        if isinstance(value, dict)
        else value
        for name, value in values.items()
    }
    assert config_of(as_json) == TWO_STAGES


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("epoch = 3", "epoch"),
        ("[model]\nfilters = 3", r"model\.filters"),
        ("[[stages]]\n[[stages]]\nlearning = 3", r"stages\[1\]\.learning"),
        ('fold = "1"', "fold"),
        ("fold = 1.5", "fold"),
        ("fold = true", "fold"),
        ("weight_decay = true", "weight_decay"),
        ('[[stages]]\nlearning_rate = "fast"', r"stages\[0\]\.learning_rate"),
        ('[[stages]]\nmodality = "video"', r"stages\[0\]\.modality"),
        ("model = 3", "model"),
        ("stages = 3", "stages"),
        ('datasets = "mitdb"', "datasets"),
        ('class_weights = [1, 1, "2", 1, 1, 1]', r"class_weights\[2\]"),
        ("class_weights = [1, 1]", "class_weights"),
        ("[augmentation]\nnoise_snr_db = [1]", r"augmentation\.noise_snr_db"),
        ('datasets = ["ptbxl"]', "ptbxl"),
        ("fold = 5", "fold"),
        ("[[stages]]\nepochs = 0", "epochs"),
        ("[[stages]]\nlearning_rate = -0.1", "learning_rate"),
        ("[[stages]]\n[[stages]]", "stages"),
        ("fold 3", "not valid TOML"),
    ],
)
def test_what_cannot_be_set_is_an_error_that_names_it_and_the_file(tmp_path, text, named):
    path = write(tmp_path, text)
    with pytest.raises(InputError, match=named) as caught:
        load_config(path)
    assert caught.value.code == "config_invalid"
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message


def test_a_file_that_is_not_there_is_an_error_that_names_it(tmp_path):
    with pytest.raises(InputError, match=r"missing\.toml") as caught:
        load_config(tmp_path / "missing.toml")
    assert caught.value.code == "config_not_found"


def test_a_folder_and_a_binary_file_are_errors_too(tmp_path):
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path, tmp_path / "config.toml"):
        with pytest.raises(InputError, match=str(path)):
            load_config(Path(path))


def test_the_command_line_holds_for_every_stage():
    config = TWO_STAGES.overridden(epochs=7, batch_size=5, learning_rate=0.5, seed=9)
    assert [stage.name for stage in config.stages] == ["first", "second", "third"]
    for stage in config.stages:
        assert (stage.epochs, stage.batch_size, stage.learning_rate) == (7, 5, 0.5)
    assert config.seed == 9
    assert config.model == TWO_STAGES.model


def test_parts_of_a_batch_are_what_the_configuration_says_or_else_the_command_line():
    assert TWO_STAGES.overridden(batch_parts=2).batch_parts == 2
    stated = replace(TWO_STAGES, batch_parts=4)
    assert stated.overridden(batch_parts=2).batch_parts == 4


@pytest.mark.parametrize(("parts", "named"), [(0, "batch_parts"), (5, "multiple of 5")])
def test_a_batch_that_cannot_be_parted_is_refused(parts, named):
    with pytest.raises(InputError, match=named):
        replace(TWO_STAGES, batch_parts=parts)


def test_without_anything_said_the_configuration_stays():
    assert TWO_STAGES.overridden() == TWO_STAGES
    assert TWO_STAGES.overridden(modality="both") == TWO_STAGES


@pytest.mark.parametrize(("modality", "kept"), [("signal", "first"), ("image", "second")])
def test_one_modality_keeps_its_stages_and_makes_mixed_ones_its_own(modality, kept):
    stages = TWO_STAGES.overridden(modality=modality).stages
    assert [(stage.name, stage.modality) for stage in stages] == [
        (kept, modality),
        ("third", modality),
    ]


def test_a_number_of_epochs_that_cannot_be_is_refused_on_the_command_line_too():
    with pytest.raises(InputError, match=r"epochs of stage first above 0\. Received 0"):
        TWO_STAGES.overridden(epochs=0)


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_a_mean_that_forgets_all_or_nothing_is_refused(share):
    with pytest.raises(InputError, match="averaging of stage both from 0 to below 1"):
        StageConfig(averaging=share)
