"""What a patient reads."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ecgmm.analysis import findings
from ecgmm.analysis import plain_words as words
from ecgmm.analysis.plain_words import plain_words
from ecgmm.analysis.reading import Beat, Finding, Quality, Reading, Rhythm, Summary
from ecgmm.analysis.rules.conditions import FINDING_OF_GROUP, SEVERITY_OF_STATEMENT

RHYTHM = Rhythm("normal", {"normal": 0.97, "af": 0.01, "other": 0.01, "noise": 0.01})
COUNTS = {"N": 1, "S": 0, "V": 0, "F": 0, "Q": 0}

AV_BLOCKS = ("mobitz_1", "mobitz_2", "two_to_one", "third_degree")
KINDS = ("complete", "incomplete")


@pytest.fixture
def make() -> Callable[..., Reading]:
    def reading(verdict: str, probability: float | None, *codes: str) -> Reading:
        found = tuple(Finding(code, "Text.", "warning", (0,)) for code in codes)
        summary = Summary(70.0, COUNTS, verdict, probability)  # type: ignore[arg-type]
        return Reading(
            "a", "signal", 10.0, ("I",), (Beat(1.0, "N", 0.9),), RHYTHM, found, summary,
            Quality(0.9), "ecgmm", "1",
        )  # fmt: skip

    return reading


def test_how_sure_is_said_of_the_verdict_itself(make: Callable[..., Reading]) -> None:
    assert plain_words(make("abnormal", 0.8))["certainty"] == "The program is 80 % sure."
    assert plain_words(make("normal", 0.2))["certainty"] == "The program is 80 % sure."
    assert plain_words(make("unreadable", None))["certainty"] == ""


def test_a_normal_ecg_is_no_all_clear(make: Callable[..., Reading]) -> None:
    normal = make("normal", 0.1)
    assert "heart attack was not looked for" in plain_words(normal)["advice"]
    assert "Beats and rhythm" in plain_words(normal)["headline"]
    judged = replace(normal, not_judged=())
    assert "does not always show" in plain_words(judged)["advice"]


def test_no_finding_is_told_of_an_ecg_that_was_not_read(make: Callable[..., Reading]) -> None:
    assert plain_words(make("unreadable", None, "pvc"))["sentences"] == []


def test_what_is_only_possible_is_told_as_that(make: Callable[..., Reading]) -> None:
    reading = make("abnormal", 0.7, "infarction")
    possible = Finding("infarction", "Possible infarction, probability 31 %.", "warning", (0,))
    assert plain_words(reading)["sentences"][0].startswith("There are signs of a heart attack")
    told = plain_words(replace(reading, findings=(possible,)))["sentences"]
    assert told == ["There may be signs of a heart attack, new or old."]


def test_every_condition_has_words_for_a_possibility() -> None:
    asked = {*FINDING_OF_GROUP.values(), *(code.lower() for code in SEVERITY_OF_STATEMENT)}
    spoken = {code for code in asked if words._SENTENCES.get(code)}
    assert spoken == set(words._POSSIBLE_SENTENCES)


def test_what_another_sentence_says_already_is_left_out(make: Callable[..., Reading]) -> None:
    sentences = plain_words(make("abnormal", 0.9, "pvc_burden", "pvc"))["sentences"]
    assert sentences == ["Extra beats from the lower chambers are frequent."]


def test_grouped_beats_of_both_kinds_do_not_contradict_each_other(
    make: Callable[..., Reading],
) -> None:
    sentences = plain_words(make("abnormal", 0.9, "bigeminy", "trigeminy", "pvc"))["sentences"]
    assert sentences[0] == (
        "In places every second or third beat is an extra beat from the lower chambers."
    )
    assert not any("every" in sentence for sentence in sentences[1:])


def test_every_rule_has_its_sentence() -> None:
    codes = {*FINDING_OF_GROUP.values(), *(code.lower() for code in SEVERITY_OF_STATEMENT)}
    several = {
        "right_bundle_branch_block": {f"{kind}_right_bundle_branch_block" for kind in KINDS},
        "left_bundle_branch_block": {f"{kind}_left_bundle_branch_block" for kind in KINDS},
        "av_block": {f"{kind}_av_block" for kind in AV_BLOCKS},
        "qt_interval": {"long_qt", "short_qt"},
        "axis_deviation": {f"{side}_axis_deviation" for side in ("left", "right", "extreme")},
        "diseases": set(),
        "statements": codes,
    }
    names = {rule.__name__ for rule in findings.RULES}
    own_names = set().union(*(several.get(name, {name}) for name in names))
    unnamed = own_names - set(words._SENTENCES) - set(words._EVERY_NTH)
    assert unnamed == set()
