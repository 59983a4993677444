"""Where lead names stand says which arrangement a page has, even where some are wrong."""

import pytest

from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.words.arrangement import find_arrangement
from ecgmm.paper.words.facts import PlacedLead


def placed(rows, across=250.0, down=100.0, confidence=0.9):
    return [
        PlacedLead(name, 30 + across * c, 80 + down * r, 12, confidence)
        for r, row in enumerate(rows)
        for c, name in enumerate(row)
    ]


@pytest.mark.parametrize("name", [n for n in LAYOUTS if n not in ("strip", "watch")])
def test_every_layout_is_known_by_its_names(name):
    rows = LAYOUTS[name].rows
    found = find_arrangement(placed(rows))
    assert found is not None
    assert found.rows == rows
    assert found.rows_px == pytest.approx([80 + 100 * r for r in range(len(rows))])
    assert found.columns_px == pytest.approx([30 + 250 * c for c in range(len(rows[0]))])


def test_three_names_are_enough():
    wanted = {"aVR", "V2", "V6"}
    leads = [lead for lead in placed(LAYOUTS["3x4"].rows) if lead.name in wanted]
    assert find_arrangement(leads).rows == LAYOUTS["3x4"].rows


def test_wrong_names_do_not_hide_the_right_ones():
    leads = placed(LAYOUTS["6x2"].rows)
    leads += [PlacedLead("V3", 700, 33, 12, 0.9), PlacedLead("I", 444, 222, 12, 0.9)]
    found = find_arrangement(leads)
    assert found.rows == LAYOUTS["6x2"].rows
    assert set(found.leads) == set(placed(LAYOUTS["6x2"].rows))


def test_cabreras_order_is_told_from_the_usual_one():
    rows = (("aVL", "II", "V1", "V4"), ("I", "aVF", "V2", "V5"), ("aVR", "III", "V3", "V6"))
    assert find_arrangement(placed(rows)).rows == rows


def test_a_page_may_show_the_chest_leads_alone():
    rows = LAYOUTS["12x1"].rows[6:]
    assert find_arrangement(placed(rows)).rows == rows


def test_rhythm_rows_have_the_leads_that_are_printed_there():
    rows = (*LAYOUTS["3x4"].rows, ("V1",), ("II",))
    assert find_arrangement(placed(rows)).rows == rows


def test_an_upside_down_page_has_no_arrangement():
    leads = [
        PlacedLead(lead.name, 1000 - lead.left_px, 500 - lead.middle_px, 12, 0.9)
        for lead in placed(LAYOUTS["3x4+1"].rows)
    ]
    assert find_arrangement(leads) is None


def test_two_names_are_too_few():
    assert find_arrangement(placed((("aVR", "V1"),))) is None
    assert find_arrangement([]) is None
