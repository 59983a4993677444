"""Every condition that was asked, in words and by kind, as the page lists them."""

from __future__ import annotations

from typing import Any

from ecgmm.analysis import words
from ecgmm.analysis.reading import JudgedCondition, Reading
from ecgmm.conditions import DISEASES

TITLE_OF_GROUP = {"NORM": "Normal", **DISEASES, "form": "Shape of the waves", "rhythm": "Rhythm"}
"""Superclasses of PTB-XL, then its statements of form and rhythm, in the order of the page."""


def asked_conditions(reading: Reading) -> list[dict[str, Any]]:
    """The conditions that were asked, each with its answer.

    Args:
        reading: what was read.

    Returns:
        For each kind that was asked its `title` and its `conditions`: `text`, `probability` and
        `present_from` in words, whether it is `present`, and that in a word as `answer`. Empty for
        what is unreadable, or was read by a model that knows no conditions.
    """
    asked = [
        (title, [each for each in reading.conditions if each.group == group])
        for group, title in TITLE_OF_GROUP.items()
    ]
    return [
        {"title": title[0].upper() + title[1:], "conditions": [_answered(each) for each in found]}
        for title, found in asked
        if found
    ]


def _answered(condition: JudgedCondition) -> dict[str, Any]:
    return {
        "text": condition.text,
        "probability": words.percent(condition.probability),
        "present_from": words.percent(condition.threshold),
        "present": condition.present,
        "answer": "yes" if condition.present else "no",
    }
