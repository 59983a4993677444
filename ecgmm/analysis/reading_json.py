"""A reading back from the JSON that it was kept as."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ecgmm.analysis.correction import corrections_from_json
from ecgmm.analysis.reading import (
    Beat,
    Episode,
    Exclusion,
    Finding,
    Grade,
    JudgedCondition,
    Pause,
    Quality,
    Reading,
    Rhythm,
    RhythmInTime,
    Run,
    Summary,
)
from ecgmm.conditions import NOTHING_JUDGED
from ecgmm.measure.amplitudes import LeadMeasures
from ecgmm.measure.measurements import (
    NOTHING_MEASURED,
    BeatMarks,
    ClassMeasures,
    Measurements,
    Moment,
)
from ecgmm.measure.variability import Variability

_PLAIN = frozenset(
    {
        "heart_rate_bpm",
        "p_ms",
        "pr_ms",
        "qrs_ms",
        "qt_ms",
        "p_axis_deg",
        "qrs_axis_deg",
        "t_axis_deg",
        "beat_class",
        "uncertainty_ms",
    }
)
"""What stands in the JSON as it is in `Measurements`."""


def reading_from_json(described: dict[str, Any]) -> Reading:
    """The reading that `Reading.to_dict` described, with its figures as rounded there."""
    return Reading(
        input=described["input"],
        modality=described["modality"],
        duration_s=described["duration_s"],
        leads=tuple(described["leads"]),
        beats=tuple(Beat(**beat) for beat in described["beats"]),
        rhythm=_rhythm(described["rhythm"]),
        findings=tuple(
            Finding(
                **{
                    **finding,
                    "beats": tuple(finding["beats"]),
                    "leads": tuple(finding.get("leads", ())),
                    "waves": tuple(finding.get("waves", ())),
                }
            )
            for finding in described["findings"]
        ),
        summary=_summary(described["summary"]),
        quality=_quality(described["quality"]),
        model_name=described["model"]["name"],
        model_version=described["model"]["version"],
        conditions=tuple(map(_condition, described.get("conditions", ()))),
        measurements=_measurements(described),
        not_judged=tuple(described.get("not_judged", NOTHING_JUDGED)),
        page=described.get("page"),
        other_pages=tuple(map(reading_from_json, described.get("pages", ()))),
        corrections=corrections_from_json(described.get("corrections", [])),
    )


def _rhythm(described: dict[str, Any]) -> Rhythm:
    runs = {name: described.get(name) for name in ("longest_run", "fastest_run")}
    return Rhythm(
        described["label"],
        described["probabilities"],
        RhythmInTime(
            episodes=tuple(Episode(**episode) for episode in described.get("episodes", ())),
            af_burden=described.get("af_burden"),
            **{name: run and Run(**run) for name, run in runs.items()},
            pauses=tuple(Pause(**pause) for pause in described.get("pauses", ())),
        ),
    )


def _summary(described: dict[str, Any]) -> Summary:
    range_bpm = described.get("heart_rate_range_bpm")
    graded = described.get("grade")
    return Summary(
        **{
            **described,
            "heart_rate_range_bpm": range_bpm and tuple(range_bpm),
            "grade": graded and Grade(**graded),
        }
    )


def _condition(described: dict[str, Any]) -> JudgedCondition:
    asked = {name: value for name, value in described.items() if name != "present"}
    proof = {name: tuple(described.get(name, ())) for name in ("leads", "waves")}
    return JudgedCondition(**{**asked, **proof})


def _measurements(described: dict[str, Any]) -> Measurements:
    """Those of a reading; nothing for one that was kept before waves were measured."""
    measured = described.get("measurements")
    if measured is None:
        return NOTHING_MEASURED
    plain = {each.name: measured[each.name] for each in fields(Measurements) if each.name in _PLAIN}
    return Measurements(
        **plain,
        leads={name: LeadMeasures(**lead) for name, lead in measured["leads"].items()},
        classes={label: ClassMeasures(**one) for label, one in measured["classes"].items()},
        variability=_variability(measured["variability"]),
        beats=tuple(map(_marks, measured["beats"])),
        p_times_s=tuple(measured["p_times_s"]),
        over_time=tuple(Moment(**moment) for moment in measured["over_time"]),
        not_measured=described["quality"]["not_measured"],
    )


def _variability(described: dict[str, Any] | None) -> Variability | None:
    if described is None:
        return None
    return Variability(**{name: value for name, value in described.items() if name != "lf_hf"})


def _marks(described: dict[str, Any]) -> BeatMarks:
    times = {name: described[name] and tuple(described[name]) for name in ("p_s", "qrs_s", "t_s")}
    return BeatMarks(described["beat"], **times)


def _quality(described: dict[str, Any]) -> Quality:
    return Quality(
        described["score"],
        tuple(described["reasons"]),
        tuple(Exclusion(**stretch) for stretch in described.get("excluded", ())),
        tuple(described.get("doubts", ())),
    )
