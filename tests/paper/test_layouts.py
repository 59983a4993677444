"""Which lead is printed where, and what is said when one is missing."""

import pytest

from ecgmm.errors import InputError
from ecgmm.paper.layouts import (
    CHOSEN_LEAD,
    LAYOUTS,
    TWELVE_LEADS,
    check_choice,
    check_leads,
    find_lead,
    fitting_layouts,
)

TWELVE_LEAD_LAYOUTS = ("3x4", "3x4+1", "3x4+2", "3x4+3", "6x2", "6x2+1", "4x3", "12x1")


def test_a_3x4_page_reads_limb_leads_first_and_then_the_chest():
    rows = LAYOUTS["3x4"].rows
    assert rows[0] == ("I", "aVR", "V1", "V4")
    assert rows[1] == ("II", "aVL", "V2", "V5")
    assert rows[2] == ("III", "aVF", "V3", "V6")


def test_a_hand_held_device_prints_the_six_limb_leads_a_row_each():
    assert LAYOUTS["6x1"].rows == (("I",), ("II",), ("III",), ("aVR",), ("aVL",), ("aVF",))


def test_a_4x3_page_has_a_row_for_each_group_of_leads():
    assert LAYOUTS["4x3"].rows[1:3] == (("aVR", "aVL", "aVF"), ("V1", "V2", "V3"))


@pytest.mark.parametrize("name", TWELVE_LEAD_LAYOUTS)
def test_every_sheet_has_all_twelve_leads(name):
    assert LAYOUTS[name].leads == TWELVE_LEADS


@pytest.mark.parametrize(("name", "rhythm"), [("3x4+1", 1), ("3x4+2", 2), ("3x4+3", 3)])
def test_rhythm_rows_last_as_long_as_the_rows_above_them(name, rhythm):
    segments = LAYOUTS[name].segments(10.0)
    assert [len(row) for row in segments] == [4, 4, 4] + [1] * rhythm
    assert all(row[0].start_s == 0.0 and row[-1].end_s == 10.0 for row in segments)


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_segments_of_a_row_follow_each_other_without_a_gap(name):
    for row in LAYOUTS[name].segments(10.0):
        ends = [segment.end_s for segment in row]
        assert [segment.start_s for segment in row[1:]] == ends[:-1]


def test_a_watch_strip_goes_on_in_the_next_row():
    starts = [row[0].start_s for row in LAYOUTS["watch"].segments(10.0)]
    assert starts == [0.0, 10.0, 20.0]


@pytest.mark.parametrize(
    ("asked", "recorded"),
    [("II", "MLII"), ("aVR", "AVR"), ("V1", "v1"), ("V1", "Lead V1"), ("II", " ii ")],
)
def test_a_lead_is_found_by_other_spellings(asked, recorded):
    assert find_lead(asked, ("V9", recorded)) == 1


def test_a_lead_that_was_not_recorded_is_not_found():
    assert find_lead("V5", ("I", "II")) is None


def test_without_a_choice_a_strip_shows_the_first_lead():
    assert find_lead(CHOSEN_LEAD, ("V5", "II")) == 0


def test_a_two_lead_record_is_refused_on_a_twelve_lead_page_by_names_and_a_way_out():
    with pytest.raises(InputError) as refused:
        check_leads(LAYOUTS["3x4+1"], ("MLII", "V1"))
    assert refused.value.code == "missing_leads"
    assert "I, III, aVR, aVL, aVF, V2, V3, V4, V5, V6," in refused.value.message
    assert "strip, watch" in refused.value.message
    assert "\n" not in refused.value.message


def test_all_layouts_fit_twelve_leads():
    assert fitting_layouts(TWELVE_LEADS) == tuple(LAYOUTS)


def test_only_the_leads_of_a_recording_can_be_chosen():
    with pytest.raises(InputError, match=r"Expected a lead out of I, II\. Received 'V9'"):
        check_choice(LAYOUTS["strip"], "V9", ("I", "II"))


def test_a_page_of_all_leads_has_none_to_choose():
    with pytest.raises(InputError, match="no lead to choose"):
        check_choice(LAYOUTS["12x1"], "II", TWELVE_LEADS)
