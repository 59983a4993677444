import pytest

from ecgmm.evaluation.published import (
    ADAPTED_TO_THE_PATIENT,
    CINC2017_WINNERS,
    FIGURE_COLUMNS,
    INTER_PATIENT,
)

BEAT_FIGURES = INTER_PATIENT + ADAPTED_TO_THE_PATIENT


@pytest.mark.parametrize("row", BEAT_FIGURES + CINC2017_WINNERS, ids=lambda row: row.name)
def test_every_published_figure_has_a_protocol_a_source_and_is_a_share(row):
    assert row.protocol
    assert "doi" in row.source or "arXiv" in row.source
    assert all(0 < value <= 1 for value in row.figures.values())


@pytest.mark.parametrize("row", BEAT_FIGURES, ids=lambda row: row.name)
def test_every_published_figure_has_a_column(row):
    assert set(row.figures) <= set(FIGURE_COLUMNS)
