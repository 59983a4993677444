"""Age and sex as files write them."""

import pytest

from ecgmm.person import Person
from ecgmm.readers.person import dicom_person, person_in, person_of


@pytest.mark.parametrize(
    ("comments", "person"),
    [
        (["<age>: 51", "<sex>: F", "<diagnoses>:"], Person(51, "female")),
        (["Age: 64", "Sex: Male"], Person(64, "male")),
        (["age: 74 sex: M"], Person(74, "male")),
        (["69 M 1085 1629 x1", "Aldomet, Inderal"], Person(69, "male")),
        (["Average of 12 beats", "stage: 2"], Person()),
        (["Age: 300", "Sex: F"], Person(None, "female")),
        ([], Person()),
    ],
)
def test_a_header_s_comments(comments, person):
    assert person_in(comments) == person


@pytest.mark.parametrize(
    ("age", "sex", "person"),
    [
        ("056Y", "F", Person(56, "female")),
        ("006M", "M", Person(0.5, "male")),
        ("", "O", Person()),
        ("56", "", Person()),
    ],
)
def test_dicom(age, sex, person):
    assert dicom_person(age, sex) == person


def test_what_is_stated_overrules_what_the_file_says():
    assert Person(30).or_else(person_of("64", "male")) == Person(30, "male")
