"""A reading back from the JSON that it was kept as."""

from __future__ import annotations

from typing import Any

from ecgmm.analysis.reading import (
    Beat,
    Exclusion,
    Finding,
    JudgedCondition,
    Quality,
    Reading,
    Rhythm,
    Summary,
)
from ecgmm.conditions import NOTHING_JUDGED


def reading_from_json(described: dict[str, Any]) -> Reading:
    """The reading that `Reading.to_dict` described, with its figures as rounded there."""
    return Reading(
        input=described["input"],
        modality=described["modality"],
        duration_s=described["duration_s"],
        leads=tuple(described["leads"]),
        beats=tuple(Beat(**beat) for beat in described["beats"]),
        rhythm=Rhythm(**described["rhythm"]),
        findings=tuple(
            Finding(
                **{
                    **finding,
                    "beats": tuple(finding["beats"]),
                    "leads": tuple(finding.get("leads", ())),
                }
            )
            for finding in described["findings"]
        ),
        summary=_summary(described["summary"]),
        quality=_quality(described["quality"]),
        model_name=described["model"]["name"],
        model_version=described["model"]["version"],
        conditions=tuple(map(_condition, described.get("conditions", ()))),
        not_judged=tuple(described.get("not_judged", NOTHING_JUDGED)),
    )


def _summary(described: dict[str, Any]) -> Summary:
    range_bpm = described.get("heart_rate_range_bpm")
    return Summary(**{**described, "heart_rate_range_bpm": range_bpm and tuple(range_bpm)})


def _condition(described: dict[str, Any]) -> JudgedCondition:
    asked = {name: value for name, value in described.items() if name != "present"}
    return JudgedCondition(**{**asked, "leads": tuple(described["leads"])})


def _quality(described: dict[str, Any]) -> Quality:
    return Quality(
        described["score"],
        tuple(described["reasons"]),
        tuple(Exclusion(**stretch) for stretch in described.get("excluded", ())),
    )
