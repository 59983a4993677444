"""The rhythm in time on the page: from when to when each lasts, and the way there."""

from ecg_uploads import csv_bytes
from visitor import OpenPage, read

LOST = range(1250, 1875)
"""Rows of five seconds in which the lead was off."""


def test_each_episode_is_named_with_its_times_and_leads_to_its_beginning(
    open_page: OpenPage,
) -> None:
    header, *rows = csv_bytes(duration_s=30.0).decode().splitlines()
    for row in LOST:
        rows[row] = rows[row].split(",")[0] + ","
    page = open_page()
    read(page, "heart.csv", "\n".join((header, *rows)).encode())
    told = page.locator(".episodes li").all_inner_texts()
    assert [line.split(" ")[0] for line in told] == ["sinus", "not", "sinus"]
    before, lost, after = (line.split("\n")[-1] for line in told)
    assert "0.0 s to 9." in before
    assert lost.endswith("15.2 s")
    assert after.endswith("30.0 s")
    page.locator(".episodes button").nth(2).click()
    assert page.locator(".episodes .episode-colour").count() == 3
