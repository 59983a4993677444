"""The person whose heart it is, as far as criteria ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sex = Literal["female", "male"]


@dataclass(frozen=True)
class Person:
    """What is known of the person whose heart it is.

    Attributes:
        age_years: None where it is not known.
        sex: None where it is not known.
    """

    age_years: float | None = None
    sex: Sex | None = None

    def or_else(self, other: Person) -> Person:
        """This person; what is not known of it, from what is known of another."""
        return Person(
            other.age_years if self.age_years is None else self.age_years, self.sex or other.sex
        )


NOBODY = Person()
"""Nothing is known of the person."""
