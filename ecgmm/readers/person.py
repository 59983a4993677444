"""Age and sex as files state them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ecgmm.person import Person, Sex

OLDEST_YEARS = 120
"""Above, a figure is a code: files say 300 or 999 of those whose age they hide."""

_AGE = re.compile(r"<?\bage>?\s*[:=]\s*(\d+(?:\.\d+)?)", re.IGNORECASE)
_SEX = re.compile(r"<?\b(?:sex|gender)>?\s*[:=]\s*([a-z]+)", re.IGNORECASE)
_MIT_BIH = re.compile(r"^\s*(\d{1,3})\s+([MF])\s+\d")
"""The first comment of MIT-BIH's headers: `69 M 1085 1629 x1`."""
_SEXES: dict[str, Sex] = {"f": "female", "female": "female", "m": "male", "male": "male"}
_YEARS_OF_UNIT = {"Y": 1.0, "M": 1 / 12, "W": 1 / 52.18, "D": 1 / 365.25}
"""DICOM's units of age."""
_DICOM_AGE = re.compile(r"^(\d{3})([YMWD])$")


def person_of(age: str, sex: str) -> Person:
    """The person of an age in years and a sex as files write them; what says nothing is None."""
    return Person(_years(age), _SEXES.get(sex.strip().lower()))


def person_in(comments: Iterable[str]) -> Person:
    """The person that the comments of a WFDB header speak of."""
    lines = list(comments)
    text = "\n".join(lines)
    age, sex = _AGE.search(text), _SEX.search(text)
    if age or sex:
        return person_of(age[1] if age else "", sex[1] if sex else "")
    short = next(filter(None, map(_MIT_BIH.match, lines)), None)
    return person_of(short[1], short[2]) if short else Person()


def dicom_person(age: str, sex: str) -> Person:
    """The person of DICOM's Patient's Age, such as `056Y`, and Patient's Sex."""
    stated = _DICOM_AGE.match(age.strip())
    years = float(stated[1]) * _YEARS_OF_UNIT[stated[2]] if stated else None
    return person_of("" if years is None else str(years), sex)


def _years(text: str) -> float | None:
    try:
        years = float(text)
    except ValueError:
        return None
    return years if 0 <= years <= OLDEST_YEARS else None
