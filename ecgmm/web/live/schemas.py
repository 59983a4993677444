"""The shapes of the live streams' requests and answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class AlarmOut(BaseModel):
    """An alarm, as `ecgmm monitor` prints it, and when that was."""

    type: Literal["alarm"]
    id: int
    code: str
    severity: Literal["info", "warning", "critical"]
    state: Literal["raised", "acknowledged", "cleared"]
    time_s: float
    onset_s: float
    text: str
    beats: list[int]
    who: str
    at: float


class ConditionOut(BaseModel):
    """Something that happened to the stream itself."""

    type: Literal["condition"]
    code: str
    time_s: float
    text: str
    lost_s: float
    at: float


class LogOut(BaseModel):
    """What has happened, the oldest first."""

    events: list[AlarmOut | ConditionOut]


class StreamOut(BaseModel):
    """A live stream as it is now."""

    type: Literal["stream"]
    id: str
    title: str
    source: Literal["producer", "replay", "server"]
    state: Literal["live", "waiting"]
    started_at: float
    leads: list[str]
    sampling_rate_hz: float | None
    heart_rate_bpm: float | None
    alarms: list[AlarmOut]
    limits: dict[str, float]
    viewers: int


class StreamsOut(BaseModel):
    """Every live stream, and whether the model has read something yet."""

    ready: bool
    streams: list[StreamOut]


class ReplayIn(BaseModel):
    """What to replay: a reading that is kept here, or the sample."""

    model_config = ConfigDict(extra="forbid")

    reading_id: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{22}$")] | None = None


class AcknowledgeIn(BaseModel):
    """Who has seen the alarm."""

    model_config = ConfigDict(extra="forbid")

    who: Annotated[str, Field(max_length=80)] = ""
