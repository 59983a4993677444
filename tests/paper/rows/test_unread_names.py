"""Names that cannot be read stand as far from their leads as the others do."""

from dataclasses import replace

import numpy as np
import pytest

from ecgmm.paper.rows.borders import Border
from ecgmm.paper.rows.layout import PageRows, Printed
from ecgmm.paper.rows.names import NamePlace
from ecgmm.paper.rows.places import RowPlace
from ecgmm.paper.rows.unread_names import names_on

LEADS = (("I", "aVR", "V1", "V4"), ("II", "aVL", "V2", "V5"), ("III", "aVF", "V3", "V6"))
BASELINES_MM = (50.0, 90.0, 130.0)
BORDERS_MM = (90.0, 152.5, 215.0)


def name_of(row, column):
    return NamePlace(LEADS[row][column], BORDERS_MM[column - 1] + 1.0, BASELINES_MM[row] + 6.0, 3.5)


def page(names):
    rows = tuple(
        RowPlace(20.0, 280.0, np.full(1200, baseline_mm), 1.0) for baseline_mm in BASELINES_MM
    )
    return PageRows(
        places=rows,
        borders=(tuple(Border(x_mm) for x_mm in BORDERS_MM),) * 3,
        start_mm=27.5,
        end_mm=277.5,
        pulses=(),
        goes_on=False,
        starts_mm=(27.5,) * 3,
        ends_mm=(277.5,) * 3,
        covered_mm=0.0,
        printed=Printed(names=tuple(names)),
        names=LEADS,
        inner_pulses_mm=(),
    )


ALL = [name_of(row, column) for row in range(3) for column in (1, 2, 3)]


def test_the_one_that_was_not_read_is_where_it_was_printed():
    read = [name for name in ALL if name.name != "V5"]
    unread = [name for name in names_on(page(read)) if name not in read]
    assert [name.name for name in unread] == ["V5"]
    np.testing.assert_allclose(unread[0].box_mm, name_of(1, 3).box_mm)


@pytest.mark.parametrize("count", [0, 2])
def test_too_few_names_tell_nothing_of_the_others(count):
    assert names_on(page(ALL[:count])) == tuple(ALL[:count])


def test_names_that_stand_here_and_there_tell_nothing_of_the_others():
    rng = np.random.default_rng(1)
    scattered = [replace(name, left_mm=name.left_mm + rng.uniform(0, 15)) for name in ALL[:5]]
    assert names_on(page(scattered)) == tuple(scattered)
