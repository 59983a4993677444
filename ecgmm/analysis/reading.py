"""The reading of one ECG: what `ecgmm analyze` reports, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

from ecgmm.analysis.correction import Correction
from ecgmm.conditions import NOTHING_JUDGED
from ecgmm.labels import RHYTHM_CLASSES
from ecgmm.measure.measurements import NOTHING_MEASURED, Measurements

Severity = Literal["info", "warning", "critical"]
Modality = Literal["signal", "image"]
Verdict = Literal["normal", "abnormal", "unreadable"]
GradeLabel = Literal["normal", "borderline", "abnormal"]
Fault = Literal["missing", "flat", "saturated", "noisy"]
EpisodeLabel = Literal[
    "sinus",
    "af",
    "flutter",
    "other",
    "paced",
    "vt",
    "idioventricular",
    "svt",
    "ectopic_atrial",
    "junctional",
    "bigeminy",
    "av_block",
    "noise",
]


@dataclass(frozen=True, slots=True)
class Beat:
    """One heart beat: when its QRS is, its AAMI class, and how sure the model is."""

    time_s: float
    label: str
    probability: float

    def to_dict(self) -> dict[str, Any]:
        """The beat in the report, to a millisecond and four digits."""
        return {
            "time_s": round(self.time_s, 3),
            "label": self.label,
            "probability": round(self.probability, 4),
        }


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of one rhythm, and how sure that is; `noise` is what could not be read."""

    label: EpisodeLabel
    start_s: float
    end_s: float
    probability: float

    def to_dict(self) -> dict[str, Any]:
        """The episode in the report, to a millisecond and four digits."""
        return {
            "label": self.label,
            "start_s": round(self.start_s, 3),
            "end_s": round(self.end_s, 3),
            "probability": round(self.probability, 4),
        }


@dataclass(frozen=True, slots=True)
class Run:
    """At least three ectopic beats in a row."""

    label: EpisodeLabel
    start_s: float
    end_s: float
    beats: int
    rate_bpm: float

    def to_dict(self) -> dict[str, Any]:
        """The run in the report, to a millisecond and a tenth of a beat a minute."""
        return {
            "label": self.label,
            "start_s": round(self.start_s, 3),
            "end_s": round(self.end_s, 3),
            "beats": self.beats,
            "rate_bpm": round(self.rate_bpm, 1),
        }


@dataclass(frozen=True, slots=True)
class Pause:
    """Three seconds or more without a beat, from the beat before to the beat after."""

    start_s: float
    end_s: float

    def to_dict(self) -> dict[str, Any]:
        """The pause in the report, to a millisecond."""
        return {"start_s": round(self.start_s, 3), "end_s": round(self.end_s, 3)}


@dataclass(frozen=True)
class RhythmInTime:
    """When which rhythm was there.

    Attributes:
        episodes: in time order, without gap or overlap.
        af_burden: share of the time read that is atrial fibrillation; None where none was read.
        longest_run: the ectopic run with most beats.
        fastest_run: the ectopic run with the highest rate.
        pauses: in time order.
    """

    episodes: tuple[Episode, ...] = ()
    af_burden: float | None = None
    longest_run: Run | None = None
    fastest_run: Run | None = None
    pauses: tuple[Pause, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """What stands in the report beside label and probabilities of the whole."""
        return {
            "episodes": [episode.to_dict() for episode in self.episodes],
            "af_burden": None if self.af_burden is None else round(self.af_burden, 4),
            "longest_run": self.longest_run and self.longest_run.to_dict(),
            "fastest_run": self.fastest_run and self.fastest_run.to_dict(),
            "pauses": [pause.to_dict() for pause in self.pauses],
        }


NO_EPISODES = RhythmInTime()


@dataclass(frozen=True)
class Rhythm:
    """Rhythm class of the whole recording with the probability of every class, and its course."""

    label: str
    probabilities: dict[str, float]
    in_time: RhythmInTime = NO_EPISODES

    @classmethod
    def unread(cls) -> Rhythm:
        """The rhythm of what could not be read: nothing but noise."""
        return cls("noise", {name: float(name == "noise") for name in RHYTHM_CLASSES})

    def to_dict(self) -> dict[str, Any]:
        """The rhythm in the report."""
        return {
            "label": self.label,
            "probabilities": {name: round(p, 4) for name, p in self.probabilities.items()},
            **self.in_time.to_dict(),
        }


@dataclass(frozen=True)
class Finding:
    """Something worth saying, with what proves it: indices of beats, or leads and waves in them."""

    code: str
    text: str
    severity: Severity
    beats: tuple[int, ...] = ()
    leads: tuple[str, ...] = ()
    waves: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The finding in the report."""
        return {
            "code": self.code,
            "text": self.text,
            "severity": self.severity,
            "beats": list(self.beats),
            "leads": list(self.leads),
            "waves": list(self.waves),
        }


@dataclass(frozen=True, slots=True)
class JudgedCondition:
    """A condition that was asked, and the answer.

    Attributes:
        code: its name in `ecgmm.conditions`.
        group: its superclass, or `"form"` or `"rhythm"`.
        text: for a clinician.
        probability: that the heart has it.
        threshold: from which probability on it is called present.
        leads: those that speak for it, where it is present.
        waves: those that speak for it in these leads: `"P"`, `"QRS"`, `"ST-T"`.
    """

    code: str
    group: str
    text: str
    probability: float
    threshold: float
    leads: tuple[str, ...] = ()
    waves: tuple[str, ...] = ()

    @property
    def present(self) -> bool:
        """Whether it is called present: of the figures as they are told."""
        return round(self.probability, 4) >= round(self.threshold, 4)

    def to_dict(self) -> dict[str, Any]:
        """The condition in the report, probabilities to four digits."""
        return {
            "code": self.code,
            "group": self.group,
            "text": self.text,
            "probability": round(self.probability, 4),
            "threshold": round(self.threshold, 4),
            "present": self.present,
            "leads": list(self.leads),
            "waves": list(self.waves),
        }


@dataclass(frozen=True, slots=True)
class Grade:
    """What a cardiologist would call an ECG, and how probable it is that it shows a disease."""

    label: GradeLabel
    disease_probability: float

    def to_dict(self) -> dict[str, Any]:
        """The grade in the report."""
        return {"label": self.label, "disease_probability": self.disease_probability}


@dataclass(frozen=True)
class Summary:
    """The figures that a reader looks for first.

    Attributes:
        heart_rate_bpm: the mean; None where it is not known.
        beat_counts: how many beats there are of each AAMI class.
        verdict: what the reading comes to.
        abnormal_probability: that something is worth a warning; None for what is unreadable.
        heart_rate_range_bpm: the slowest and the fastest eight intervals; None in a short reading.
        statement: the reading in one line; None for what is unreadable.
        patient_statement: the same in a patient's words.
        grade: what a cardiologist would call the whole; None for what is unreadable.
        caution: what the counts of beats do not show; None where there is nothing to add.
    """

    heart_rate_bpm: float | None
    beat_counts: dict[str, int]
    verdict: Verdict
    abnormal_probability: float | None
    heart_rate_range_bpm: tuple[float, float] | None = None
    statement: str | None = None
    patient_statement: str | None = None
    grade: Grade | None = None
    caution: str | None = None

    @property
    def graded(self) -> Grade:
        """The grade; of a reading that was made before there were grades, what its verdict says.

        Raises:
            ValueError: for what is unreadable, which has none.
        """
        if self.grade is not None:
            return self.grade
        if self.verdict == "unreadable" or self.abnormal_probability is None:
            raise ValueError("Expected a readable ECG. Received one without a verdict.")
        return Grade(self.verdict, self.abnormal_probability)

    def to_dict(self) -> dict[str, Any]:
        """The summary in the report."""
        range_bpm = self.heart_rate_range_bpm
        return {
            "heart_rate_bpm": self.heart_rate_bpm,
            "heart_rate_range_bpm": range_bpm and list(range_bpm),
            "beat_counts": self.beat_counts,
            "verdict": self.verdict,
            "abnormal_probability": self.abnormal_probability,
            "grade": self.grade and self.grade.to_dict(),
            "statement": self.statement,
            "patient_statement": self.patient_statement,
            "caution": self.caution,
        }


NOT_CONCLUDED = Summary(None, {}, "unreadable", None)
"""Before anything was concluded."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A stretch of one lead that holds no ECG, or one that noise hides, and was not read."""

    start_s: float
    end_s: float
    lead: str
    fault: Fault

    def to_dict(self) -> dict[str, Any]:
        """The stretch in the report, to a millisecond."""
        return {
            "start_s": round(self.start_s, 3),
            "end_s": round(self.end_s, 3),
            "lead": self.lead,
            "fault": self.fault,
        }


@dataclass(frozen=True)
class Quality:
    """How readable the input is.

    Attributes:
        score: from 0 to 1.
        reasons: what speaks against it, in sentences.
        excluded: what was not read.
        doubts: which reasons may well make the reading wrong, in a few words each: they stand
            wherever the verdict does.
    """

    score: float
    reasons: tuple[str, ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """Everything read from one input.

    Attributes:
        input: what the input is called.
        modality: what it is.
        duration_s: how long the ECG is.
        leads: its leads.
        beats: in time order.
        rhythm: of the whole.
        findings: what is worth saying, each with the beats that prove it.
        summary: heart rate, beat counts and verdict.
        quality: how readable the input is, and why not better.
        model_name: of the model that read it.
        model_version: of the model that read it.
        conditions: every condition that was asked, present or not.
        measurements: what the waves of the dominant beats measure.
        not_judged: what these leads, or this model, could not tell, in words.
        page: number of the page that it is of, from 1; None where its input has but one.
        other_pages: the readings of the other pages, in order.
        corrections: what a person changed, in order; beats, findings and all else are as they are
            after it.
    """

    input: str
    modality: Modality
    duration_s: float
    leads: tuple[str, ...]
    beats: Sequence[Beat]
    rhythm: Rhythm
    findings: tuple[Finding, ...]
    summary: Summary
    quality: Quality
    model_name: str
    model_version: str
    conditions: tuple[JudgedCondition, ...] = ()
    measurements: Measurements = NOTHING_MEASURED
    not_judged: tuple[str, ...] = NOTHING_JUDGED
    page: int | None = None
    other_pages: tuple[Reading, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def shows_ecg(self) -> bool:
        """Whether there is an ECG in it at all, be it unreadable."""
        return bool(self.leads)

    @property
    def pages_with_ecg(self) -> tuple[Reading, ...]:
        """This reading, and those of the other pages that show an ECG."""
        return (self, *(page for page in self.other_pages if page.shows_ecg))

    def to_dict(self) -> dict[str, Any]:
        """The object that `ecgmm analyze --json` prints for this reading."""
        return {
            "input": self.input,
            "modality": self.modality,
            "duration_s": round(self.duration_s, 3),
            "leads": list(self.leads),
            "beats": [beat.to_dict() for beat in self.beats],
            "rhythm": self.rhythm.to_dict(),
            "conditions": [condition.to_dict() for condition in self.conditions],
            "measurements": self.measurements.to_dict(),
            "findings": [finding.to_dict() for finding in self.findings],
            "not_judged": list(self.not_judged),
            "summary": self.summary.to_dict(),
            "quality": {
                "score": self.quality.score,
                "reasons": list(self.quality.reasons),
                "doubts": list(self.quality.doubts),
                "excluded": [stretch.to_dict() for stretch in self.quality.excluded],
                "not_measured": dict(self.measurements.not_measured),
            },
            "model": {"name": self.model_name, "version": self.model_version},
            **self._corrections_to_dict(),
            **self._pages_to_dict(),
        }

    def _corrections_to_dict(self) -> dict[str, Any]:
        return {"corrections": [c.to_dict() for c in self.corrections]} if self.corrections else {}

    def _pages_to_dict(self) -> dict[str, Any]:
        """Of which page it is, and what the other pages say."""
        described: dict[str, Any] = {} if self.page is None else {"page": self.page}
        if self.other_pages:
            described["pages"] = [page.to_dict() for page in self.other_pages]
        return described

    def to_dataframe(self) -> pd.DataFrame:
        """The beats as a table, a row each: `time_s`, `label` and `probability`, as in `to_dict`.

        Example:
            >>> beats = ecgmm.analyze("samples/sinus_with_pvcs.csv").to_dataframe()
            >>> beats["label"].value_counts().to_dict()
            {'N': 10, 'V': 2}
        """
        import pandas as pd

        columns = ["time_s", "label", "probability"]
        return pd.DataFrame([beat.to_dict() for beat in self.beats], columns=columns)
