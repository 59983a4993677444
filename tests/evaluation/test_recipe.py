from ecgmm.evaluation.recipe import RecipeFigures, add_to_recipe, read_recipe
from ecgmm.evaluation.report import FigureRow
from ecgmm.scoring.bootstrap import spread_over_seeds

ROWS = (FigureRow("honest", "a note", {"V F1": 0.8}),)
SEEDS = {"V F1": spread_over_seeds([0.8, 0.9])}


def test_a_version_nobody_measured_has_no_such_figures(tmp_path):
    assert read_recipe(tmp_path) == RecipeFigures()


def test_what_is_measured_later_leaves_the_earlier_parts_as_they_are(tmp_path):
    add_to_recipe(tmp_path / "1", controls=ROWS)
    add_to_recipe(tmp_path / "1", seeds=SEEDS)
    assert read_recipe(tmp_path / "1") == RecipeFigures(controls=ROWS, seeds=SEEDS)


def test_what_is_measured_again_replaces_what_was_there(tmp_path):
    add_to_recipe(tmp_path / "1", unseen=ROWS)
    add_to_recipe(tmp_path / "1", unseen=ROWS * 2)
    assert read_recipe(tmp_path / "1").unseen == ROWS * 2
