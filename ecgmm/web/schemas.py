"""The shapes of the API's requests and answers, for the OpenAPI page and for checking requests."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecgmm.analysis.correction import Change
from ecgmm.web.correction import LONGEST_ROW_S, Correction

Probability = Annotated[float, Field(ge=0, le=1)]
Coordinate = Annotated[float, Field(ge=-100_000, le=100_000, allow_inf_nan=False)]
Corner = tuple[Coordinate, Coordinate]


class ErrorOut(BaseModel):
    """Why there is no other answer."""

    code: str
    message: str


class InputErrorOut(ErrorOut):
    """Why an input could not be read, and what would let it be read if the caller stated it."""

    missing: Literal["sampling_rate_hz", "unit"] | None


class Refusal(BaseModel):
    """An answer that says why there is no other."""

    error: ErrorOut


class BeatOut(BaseModel):
    """One beat."""

    time_s: float
    label: Literal["N", "S", "V", "F", "Q"]
    probability: Probability


class EpisodeOut(BaseModel):
    """A stretch of one rhythm."""

    label: str
    start_s: float
    end_s: float
    probability: Probability


class RunOut(BaseModel):
    """At least three ectopic beats in a row."""

    label: str
    start_s: float
    end_s: float
    beats: int
    rate_bpm: float


class PauseOut(BaseModel):
    """Three seconds or more without a beat."""

    start_s: float
    end_s: float


class RhythmOut(BaseModel):
    """The rhythm of the whole recording, and its course."""

    label: Literal["normal", "af", "other", "noise"]
    probabilities: dict[str, Probability]
    episodes: list[EpisodeOut] = []
    af_burden: Probability | None = None
    longest_run: RunOut | None = None
    fastest_run: RunOut | None = None
    pauses: list[PauseOut] = []


class FindingOut(BaseModel):
    """Something worth saying, with the beats or the leads that prove it."""

    code: str
    text: str
    severity: Literal["info", "warning", "critical"]
    beats: list[int]
    leads: list[str] = []
    waves: list[str] = []


class ConditionOut(BaseModel):
    """A condition that was asked, and the answer."""

    code: str
    group: str
    text: str
    probability: Probability
    threshold: Probability
    present: bool
    leads: list[str]
    waves: list[str] = []


class GradeOut(BaseModel):
    """What a cardiologist would call the whole, and how probable it is that it shows a disease."""

    label: Literal["normal", "borderline", "abnormal"]
    disease_probability: Probability


class SummaryOut(BaseModel):
    """The figures that a reader looks for first."""

    heart_rate_bpm: float | None
    beat_counts: dict[str, int]
    verdict: Literal["normal", "abnormal", "unreadable"]
    abnormal_probability: Probability | None
    heart_rate_range_bpm: tuple[float, float] | None = None
    statement: str | None = None
    patient_statement: str | None = None
    grade: GradeOut | None = None
    caution: str | None = None


class ExclusionOut(BaseModel):
    """A stretch of one lead that holds no ECG, or one that noise hides, and was not read."""

    start_s: float
    end_s: float
    lead: str
    fault: Literal["missing", "flat", "saturated", "noisy"]


class QualityOut(BaseModel):
    """How readable the input is."""

    score: Probability
    reasons: list[str]
    doubts: list[str] = []
    excluded: list[ExclusionOut] = []
    not_measured: dict[str, str] = {}


class ModelOut(BaseModel):
    """The model that read it."""

    name: str
    version: str


class ChangeOut(BaseModel):
    """One thing that a person changed, with what belongs to its kind."""

    model_config = ConfigDict(extra="allow")

    change: Change


class ReadingOut(BaseModel):
    """A reading, as `ecgmm analyze --json` prints it."""

    model_config = ConfigDict(extra="allow")

    input: str
    modality: Literal["signal", "image"]
    duration_s: float
    leads: list[str]
    beats: list[BeatOut]
    rhythm: RhythmOut
    conditions: list[ConditionOut] = []
    measurements: dict[str, Any] = {}
    findings: list[FindingOut]
    not_judged: list[str] = []
    summary: SummaryOut
    quality: QualityOut
    model: ModelOut
    corrections: list[ChangeOut] = []


class FailedOut(BaseModel):
    """An input that could not be read, in the place of its reading."""

    input: str
    error: ErrorOut


class InputOut(BaseModel):
    """How far one input is."""

    name: str
    state: Literal["queued", "reading", "done", "failed"]
    progress: Probability
    stage: str
    reading_id: str | None
    error: InputErrorOut | None


class JobOut(BaseModel):
    """What was asked for and how far it is."""

    id: str
    state: Literal["reading", "done"]
    inputs: list[InputOut]


class JobDoneOut(JobOut):
    """A job that is done, with an object for each input in input order."""

    results: list[ReadingOut | FailedOut]


class AskedOut(BaseModel):
    """A condition that was asked and the answer, in words."""

    text: str
    probability: str
    present_from: str
    present: bool
    answer: str


class KindOut(BaseModel):
    """The conditions of one kind."""

    title: str
    conditions: list[AskedOut]


class ViewOut(BaseModel):
    """What the page shows beside the reading."""

    model_config = ConfigDict(extra="allow")

    plain: dict[str, Any]
    facts: dict[str, str]
    asked: list[KindOut]


class CorrectionIn(BaseModel):
    """Where the ECG is in a picture, as set by hand."""

    model_config = ConfigDict(extra="forbid")

    corners: Annotated[list[Corner], Field(min_length=4, max_length=4)]
    shows: Literal["page", "row"] = "page"
    duration_s: Annotated[float, Field(ge=1, le=LONGEST_ROW_S, allow_inf_nan=False)] | None = None

    def to_correction(self) -> Correction:
        """The same for the reader."""
        return Correction(tuple(self.corners), self.shows, self.duration_s)
