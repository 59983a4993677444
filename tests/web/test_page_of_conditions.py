"""What the heart has, on the page: which leads show it, what was asked, and what was not judged."""

from collections.abc import Callable
from typing import Any

import pytest
from browser import DESKTOP, PHONE
from ecg_uploads import csv_bytes, twelve_leads
from fastapi.testclient import TestClient
from visitor import OpenPage, read

from ecgmm.analysis import words
from ecgmm.conditions import CONDITIONS

INFARCTION = twelve_leads(inferior_gain=-1.0)


def test_a_finding_of_a_condition_names_its_leads_without_a_click(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "heart.csv", INFARCTION)
    found = page.locator(".finding:has-text('Myocardial infarction')").inner_text()
    assert "inferior infarction" in found
    (named,) = (line for line in found.splitlines() if line.startswith("It shows in "))
    assert set(named.removeprefix("It shows in ").rstrip(".").split(", ")) & {
        "II",
        "III",
        "aVF",
    }


def test_all_that_was_asked_is_unfolded_on_demand(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "heart.csv", INFARCTION)
    table = page.locator(".asked table")
    assert not table.is_visible()
    page.click(f"text=All {len(CONDITIONS)} conditions that were looked for")
    assert table.locator("th[scope=row]").count() == len(CONDITIONS)
    assert table.locator("th[scope=rowgroup]").all_inner_texts() == [
        "Normal",
        "Infarction",
        "Conduction",
        "ST and T changes",
        "Hypertrophy",
        "Shape of the waves",
        "Rhythm",
    ]
    present = table.locator("tr.present th").all_inner_texts()
    assert present == ["Myocardial infarction", "Inferior infarction"]
    anterior = table.locator("tr:has-text('Anterior infarction') td").all_inner_texts()
    assert anterior == ["2 %", "40 %", "no"]


def test_what_one_lead_cannot_show_is_said_and_not_asked(open_page: OpenPage) -> None:
    page = open_page()
    read(page, "heart.csv", csv_bytes())
    said = page.locator(".not-judged").inner_text()
    assert said.startswith("Not judged: infarction, conduction")
    assert page.locator(".asked").count() == 0


def test_the_view_words_each_answer_as_the_reading_has_it(
    client: TestClient, analyze: Callable[..., Any]
) -> None:
    (entry,) = analyze({"heart.csv": INFARCTION})["inputs"]
    place = f"/api/v1/readings/{entry['reading_id']}"
    reading, view = client.get(place).json(), client.get(f"{place}/view").json()
    answers = {answer["text"]: answer for kind in view["asked"] for answer in kind["conditions"]}
    assert len(answers) == len(reading["conditions"]) == len(CONDITIONS)
    for condition in reading["conditions"]:
        answer = answers[condition["text"]]
        assert answer["present"] == condition["present"]
        assert answer["probability"] == words.percent(condition["probability"])
        assert answer["present_from"] == words.percent(condition["threshold"])


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_conditions_shut_nobody_out_and_do_not_stick_out(
    open_page: OpenPage, device: dict[str, Any]
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(device)
    read(page, "heart.csv", INFARCTION)
    page.click(".asked summary")
    found = axe.run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= device["viewport"]["width"]
