"""The vocabulary of conditions, and which leads show what."""

import pytest

from ecgmm.conditions import CONDITION_CODES, CONDITIONS, SUPERCLASSES, condition_code
from ecgmm.leads import LEADS

BY_CODE = {condition.code: condition for condition in CONDITIONS}


def test_every_condition_has_one_code_and_words_for_both_readers():
    assert len(set(CONDITION_CODES)) == len(CONDITION_CODES)
    assert all(condition.text and condition.plain_text for condition in CONDITIONS)
    assert {c.group for c in CONDITIONS} == {*SUPERCLASSES, "form", "rhythm"}


def test_the_superclasses_come_first():
    assert CONDITION_CODES[:5] == SUPERCLASSES


def test_all_23_subclasses_of_ptb_xl_are_answered_for():
    subclasses = [c for c in CONDITIONS if c.level == "sub_class"]
    assert len(subclasses) == 22  # and NORM, whose class and subclass are one


def test_twelve_leads_judge_everything():
    assert all(condition.can_be_judged_from(LEADS) for condition in CONDITIONS)


def test_no_lead_judges_nothing():
    assert not any(condition.can_be_judged_from(()) for condition in CONDITIONS)


@pytest.mark.parametrize(
    ("code", "leads", "is_judged"),
    [
        ("AFIB", ["I"], True),
        ("AFIB", ["V2"], True),
        ("NORM", ["I", "II"], False),
        ("MI", ["I", "II", "V1"], False),
        ("IMI", ["II"], False),
        ("IMI", ["I", "II"], True),
        ("AMI", ["I", "II"], False),
        ("AMI", ["V2", "V3"], True),
        ("CLBBB", ["V1", "V6"], True),
        ("CLBBB", ["V1"], False),
        ("LAFB/LPFB", ["aVR", "aVL"], True),
        ("LAFB/LPFB", ["I"], False),
        ("LVH", ["I", "II", "V1", "V2", "V5", "V6"], True),
        ("LVH", ["V1", "V5"], False),
    ],
)
def test_a_condition_is_judged_where_its_leads_are_there(code, leads, is_judged):
    assert BY_CODE[code].can_be_judged_from(leads) == is_judged


def test_a_lead_of_another_name_shows_nothing():
    assert not BY_CODE["AFIB"].can_be_judged_from(["ECG"])


def test_padding_is_left_out_of_codes_and_a_subclass_named_as_its_class_is_told_apart():
    assert condition_code("NST_", "sub_class") == "NST"
    assert condition_code("_AVB", "sub_class") == "AVB"
    assert condition_code("STTC", "super_class") == "STTC"
    assert condition_code("STTC", "sub_class") == "STTC_"
