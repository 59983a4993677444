import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.errors import InputError
from ecgmm.training.config import StageConfig, TrainingConfig, load_config
from tuning.config_file import config_toml
from tuning.search import starting_config
from tuning.space import PARTS, SearchSpace, label_of, value_at, with_value

MODALITIES = ("signal", "image", "both")
RELEASED = load_config()


def space_of(modality="signal", parts=tuple(PARTS), config=RELEASED):
    return SearchSpace(starting_config(config, modality), parts)


def labels_at_start(space):
    return {path: label_of(value_at(space.base, path)) for path in space.choices()}


@st.composite
def searched_configs(draw):
    space = space_of(draw(st.sampled_from(MODALITIES)))
    labels = {path: draw(st.sampled_from(list(v))) for path, v in space.choices().items()}
    return space, labels


@pytest.mark.parametrize("modality", MODALITIES)
def test_a_search_can_find_the_configuration_that_it_starts_from(modality):
    space = space_of(modality)
    assert space.config(labels_at_start(space)) == space.base


def test_what_the_search_starts_from_is_tried_too_even_if_nobody_listed_it():
    odd = with_value(RELEASED, "model.lstm_units", 57)
    assert 57 in space_of(config=odd).choices()["model.lstm_units"].values()


@pytest.mark.parametrize("part", PARTS)
def test_searching_one_part_leaves_the_others_alone(part):
    space = space_of(parts=(part,))
    assert set(space.choices()) <= {dimension.path for dimension in PARTS[part]}
    last = {path: list(values)[-1] for path, values in space.choices().items()}
    changed = space.config(last)
    for other in set(PARTS) - {part}:
        for dimension in PARTS[other]:
            assert value_at(changed, dimension.path) == value_at(space.base, dimension.path)


def test_what_is_not_trained_is_not_searched():
    assert not any("image" in path or "picture" in path for path in space_of("signal").choices())
    assert not any("lstm" in path for path in space_of("image").choices())
    assert "stage.strip_steps" not in space_of("both").choices()


@given(searched_configs())
def test_every_choice_arrives_where_it_belongs(searched):
    space, labels = searched
    config = space.config(labels)
    for path, label in labels.items():
        assert label_of(value_at(config, path)) == label


@given(searched_configs())
def test_the_shares_of_the_sampler_add_up_to_one(searched):
    space, labels = searched
    shares = vars(space.config(labels).sampling).values()
    assert min(shares) >= 0
    assert sum(shares) == pytest.approx(1)


@pytest.mark.parametrize(("steps", "rows"), [(250, 24), (500, 12), (750, 8), (1500, 4)])
def test_a_batch_of_longer_strips_has_fewer_rows(steps, rows):
    space = space_of()
    config = space.config(labels_at_start(space) | {"stage.strip_steps": steps})
    assert config.stages[0].batch_size == rows


def test_a_search_trains_one_stage_of_its_modality():
    for modality in MODALITIES:
        (stage,) = starting_config(RELEASED, modality).stages
        assert stage.name == stage.modality == modality


def test_a_modality_that_no_stage_trains_is_refused():
    signals = replace(RELEASED, stages=(StageConfig("only", modality="signal"),))
    with pytest.raises(InputError, match="image"):
        starting_config(signals, "image")


@given(searched_configs())
def test_a_configuration_written_as_toml_is_read_back_the_same(tmp_path_factory, searched):
    space, labels = searched
    path = tmp_path_factory.mktemp("config") / "best.toml"
    path.write_text(config_toml(space.config(labels), "Found.\n\nTwice."), encoding="utf-8")
    assert load_config(path) == space.config(labels)


@pytest.mark.parametrize("config", [RELEASED, TrainingConfig()], ids=["released", "default"])
def test_all_stages_and_tables_are_written(tmp_path, config):
    path = tmp_path / "written.toml"
    path.write_text(config_toml(config, "All of it."), encoding="utf-8")
    assert load_config(path) == config
    assert len(tomllib.loads(path.read_text())["stages"]) == len(config.stages)
