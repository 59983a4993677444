"""Lead names that follow from a page's layout."""

import pytest

from ecgmm.paper.rows.lead_names import usual_lead_names


@pytest.mark.parametrize(
    ("leads_in_row", "names"),
    [
        ([4, 4, 4], ("I aVR V1 V4", "II aVL V2 V5", "III aVF V3 V6")),
        ([4, 4, 4, 1], ("I aVR V1 V4", "II aVL V2 V5", "III aVF V3 V6", "II")),
        ([2] * 6, ("I V1", "II V2", "III V3", "aVR V4", "aVL V5", "aVF V6")),
    ],
)
def test_rows_of_a_standard_layout_have_its_leads(
    leads_in_row: list[int], names: tuple[str, ...]
) -> None:
    assert usual_lead_names(leads_in_row) == names


def test_twelve_rows_of_one_lead_are_the_twelve_leads() -> None:
    assert usual_lead_names([1] * 12)[::6] == ("I", "V1")


@pytest.mark.parametrize("leads_in_row", [[], [1], [1, 1, 1], [4, 4], [4, 1, 4, 1]])
def test_no_name_is_given_where_no_layout_of_twelve_leads_fits(leads_in_row: list[int]) -> None:
    assert usual_lead_names(leads_in_row) == ("",) * len(leads_in_row)
