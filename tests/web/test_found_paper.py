"""What the page draws over a picture: grid, edge and rows, wherever they were found."""

from dataclasses import replace

import numpy as np

from ecgmm.analysis.strips import encode_png
from ecgmm.paper.strips import PaperStrip, PaperStrips, RefusedRow
from ecgmm.web.found_paper import NOT_ECG, found_paper
from ecgmm.web.rebuilt import rebuilt
from ecgmm.web.store import Stored
from ecgmm.web.views import strip_name

ALONG = np.column_stack((np.linspace(0, 1000, 51), np.full(51, 80.0)))
STRIP = PaperStrip(np.zeros((160, 1000), np.uint8), baseline_px=ALONG, px_per_mm=(4.0, 4.0))


def grid_px() -> np.ndarray:
    """Five by four crossings 20 px apart; one corner was not seen."""
    x, y = np.meshgrid(np.arange(4) * 20.0, np.arange(5) * 20.0)
    grid = np.stack((x, y), axis=-1)
    grid[0, 0] = np.nan
    return grid


def test_everything_is_placed_in_the_picture_as_it_is_shown() -> None:
    found = found_paper(PaperStrips((STRIP,), grid_px=grid_px()), 0.5, ())
    assert found["strips"][0]["points"][-1] == [500.0, 40.0]
    assert found["strips"][0]["px_per_mm"] == [2.0, 2.0]
    assert found["grid"][1][2] == [20, 10]
    assert found["grid"][0][0] is None


def test_the_edge_goes_round_what_was_seen() -> None:
    (edge,) = found_paper(PaperStrips((), grid_px=grid_px()), 1.0, ())["edge"]
    assert [0, 0] not in edge
    assert {(60, 0), (60, 80), (0, 80)} <= {tuple(point) for point in edge}


def test_without_a_grid_there_is_none_to_draw() -> None:
    found = found_paper(PaperStrips((STRIP,)), 1.0, ())
    assert (found["grid"], found["edge"]) == (None, None)


def test_rows_that_are_not_read_say_why() -> None:
    refused = RefusedRow("Row 2: only half of it is in the picture.", ALONG)
    found = found_paper(PaperStrips((STRIP, STRIP), refused=(refused,)), 1.0, (1,))
    assert [strip["refusal"] for strip in found["strips"]] == ["", NOT_ECG]
    assert found["refused"][0]["refusal"] == refused.reason
    assert len(found["refused"][0]["points"]) == 51


def test_a_strip_that_is_rebuilt_changes_its_lead_where_it_did() -> None:
    changing = replace(STRIP, lead_name="I aVR", changes_s=(4.93751,))
    view = {"picture": {**found_paper(PaperStrips((changing,)), 1.0, ()), "faults": []}}
    stored = Stored({"input": "page.jpg"}, view)
    again = rebuilt(stored, {strip_name(0): encode_png(STRIP.grey)})
    assert isinstance(again, PaperStrips)
    (row,) = again.strips
    assert row.changes_s == (4.938,)
    assert (row.leads, row.duration_s) == (("I", "aVR"), changing.duration_s)
