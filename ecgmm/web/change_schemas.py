"""The shapes of a person's corrections in the API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecgmm.analysis.correction import LONGEST_LEAD, MOST_CORRECTIONS, NAME_PATTERN

Seconds = Annotated[float, Field(ge=0, le=10**7, allow_inf_nan=False)]


class BeatChangeIn(BaseModel):
    """Another class for a beat or for every beat of its shape, or a beat that was missed."""

    model_config = ConfigDict(extra="forbid")

    change: Literal["label", "label_alike", "add_beat"]
    time_s: Seconds
    label: Literal["N", "S", "V", "F", "Q"]


class MoveIn(BaseModel):
    """A beat is at another time."""

    model_config = ConfigDict(extra="forbid")

    change: Literal["move"]
    time_s: Seconds
    to_s: Seconds


class NotABeatIn(BaseModel):
    """What was marked is no beat."""

    model_config = ConfigDict(extra="forbid")

    change: Literal["not_a_beat"]
    time_s: Seconds


class RenameLeadIn(BaseModel):
    """A lead is another one in truth."""

    model_config = ConfigDict(extra="forbid")

    change: Literal["rename_lead"]
    lead: Annotated[str, Field(min_length=1, max_length=LONGEST_LEAD)]
    name: Annotated[str, Field(pattern=NAME_PATTERN)]


ChangeIn = Annotated[
    BeatChangeIn | MoveIn | NotABeatIn | RenameLeadIn, Field(discriminator="change")
]


class ChangesIn(BaseModel):
    """Every correction of a reading, in order."""

    model_config = ConfigDict(extra="forbid")

    corrections: Annotated[list[ChangeIn], Field(max_length=MOST_CORRECTIONS)]

    def as_json(self) -> list[dict[str, Any]]:
        """The corrections as a reading keeps them."""
        return [each.model_dump() for each in self.corrections]
