"""Conditions read from sets of leads, as signals and as pages, and the report on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ecgmm.evaluation.conditions_markdown import JSON_NAME, render_conditions
from ecgmm.evaluation.figures import draw_condition_reliability
from ecgmm.evaluation.photographed import phone_photo
from ecgmm.evaluation.reading_ways import Camera, clean_picture
from ecgmm.evaluation.report import ModelIdentity, Protocol, plain, write_json
from ecgmm.grid import PIXELS_PER_STEP, SAMPLES_PER_STEP, STRIP_STEPS
from ecgmm.leads import CHEST_LEADS, LEADS, LIMB_LEADS
from ecgmm.pipeline.lead_batches import page_seen
from ecgmm.pipeline.lead_records import VALIDATION_FOLDS, LeadRecords, lead_indices
from ecgmm.scoring.condition_scores import ConditionScores, score_conditions
from ecgmm.serving.runtime import Conditions, ConditionsRuntime

SCHEMA_VERSION = 1
"""Goes up when a key changes its meaning."""
MARKDOWN_NAME = "conditions.md"
RELIABILITY_NAME = "conditions_reliability.png"
CLEAN_STRIDE, PHOTO_STRIDE = 4, 12
"""Of how many records one is drawn, and one photographed; photographing all takes hours."""

_ROWS_PER_CALL = 32
"""A call's memory; what is read does not depend on it."""
_PAGES_PER_CALL = 4
"""A call's memory; what is read does not depend on it."""

Read = Callable[[ConditionsRuntime, LeadRecords], Conditions]


@dataclass(frozen=True)
class Way:
    """One way of showing records.

    Attributes:
        name: what a report calls it.
        read: shows records to a runtime.
        stride: of how many records one is shown.
    """

    name: str
    read: Read
    stride: int = 1


def as_signals(
    runtime: ConditionsRuntime, records: LeadRecords, *, seen: NDArray[np.float32]
) -> Conditions:
    """Judge records by their signals.

    Args:
        runtime: the model.
        records: what is shown.
        seen: `[12, 250]`, what of them is shown.
    """
    shown = np.repeat(seen, SAMPLES_PER_STEP, axis=1)
    return _joined(runtime.conditions(leads_mv * shown) for leads_mv in _parts(records))


def as_pages(
    runtime: ConditionsRuntime, records: LeadRecords, *, seen: NDArray[np.float32], camera: Camera
) -> Conditions:
    """Judge records by a picture a lead; see `as_signals`."""
    parts = _parts(records, _PAGES_PER_CALL)
    numbered = enumerate(tqdm(parts, total=-(-len(records) // _PAGES_PER_CALL), unit=" pages"))
    return _joined(
        runtime.page_conditions(
            [
                page_pictures(leads_mv, seen, camera, seed=number * _PAGES_PER_CALL + place)
                for place, leads_mv in enumerate(part)
            ]
        )
        for number, part in numbered
    )


def page_pictures(
    leads_mv: NDArray[np.float32], seen: NDArray[np.float32], camera: Camera, seed: int
) -> list[bytes]:
    """A picture a lead, PNG; of one grey where it is not seen, `b""` where it never is."""
    pictures = []
    for place, (lead_mv, steps) in enumerate(zip(leads_mv, seen, strict=True)):
        if not steps.any():
            pictures.append(b"")
            continue
        picture = camera(lead_mv, len(LEADS) * seed + place).copy()
        picture[:, np.repeat(steps, PIXELS_PER_STEP) == 0] = int(np.median(picture))
        pictures.append(cv2.imencode(".png", picture)[1].tobytes())
    return pictures


def seen_leads(*leads: str) -> NDArray[np.float32]:
    """`[12, 250]`, these leads for ten seconds."""
    seen = np.zeros((len(LEADS), STRIP_STEPS), np.float32)
    seen[lead_indices(leads)] = 1.0
    return seen


ALL_LEADS = "12 leads"
PAGE_AS_SIGNAL, CLEAN_PAGE, PHOTO_PAGE = (
    "3x4+1 page, its signals",
    "3x4+1 page, clean pictures",
    "3x4+1 page, phone photos",
)
WAYS = (
    Way(ALL_LEADS, partial(as_signals, seen=seen_leads(*LEADS))),
    Way("8 leads", partial(as_signals, seen=seen_leads("I", "II", *CHEST_LEADS))),
    Way("6 limb leads", partial(as_signals, seen=seen_leads(*LIMB_LEADS))),
    Way("leads I and II", partial(as_signals, seen=seen_leads("I", "II"))),
    Way("lead I", partial(as_signals, seen=seen_leads("I"))),
    Way(PAGE_AS_SIGNAL, partial(as_signals, seen=page_seen())),
    Way(
        f"{PAGE_AS_SIGNAL}, every {CLEAN_STRIDE}th record",
        partial(as_signals, seen=page_seen()),
        CLEAN_STRIDE,
    ),
    Way(
        f"{CLEAN_PAGE}, every {CLEAN_STRIDE}th record",
        partial(as_pages, seen=page_seen(), camera=clean_picture),
        CLEAN_STRIDE,
    ),
    Way(
        f"{PAGE_AS_SIGNAL}, every {PHOTO_STRIDE}th record",
        partial(as_signals, seen=page_seen()),
        PHOTO_STRIDE,
    ),
    Way(
        f"{PHOTO_PAGE}, every {PHOTO_STRIDE}th record",
        partial(as_pages, seen=page_seen(), camera=phone_photo),
        PHOTO_STRIDE,
    ),
)


def evaluate_conditions(
    runtime: ConditionsRuntime,
    records: LeadRecords,
    model: ModelIdentity,
    protocol: Protocol,
    out_dir: Path,
    ways: tuple[Way, ...] = WAYS,
) -> dict[str, Any]:
    """Read records in every way, score, and write `conditions.json`, `conditions.md` and a figure.

    Args:
        runtime: the model.
        records: records that it did not learn from.
        model: what is evaluated.
        protocol: how.
        out_dir: folder to write to; made if it is not there.
        ways: how records are shown.

    Returns:
        The JSON.
    """
    scores = [_score(way, runtime, records) for way in ways]
    report = plain(
        {
            "schema_version": SCHEMA_VERSION,
            "model": model,
            "protocol": protocol,
            "ways": scores,
        }
    )
    write_json(report, out_dir / JSON_NAME)
    draw_condition_reliability(report).savefig(out_dir / RELIABILITY_NAME, dpi=130)
    (out_dir / MARKDOWN_NAME).write_text(
        render_conditions(report, RELIABILITY_NAME), encoding="utf-8"
    )
    return report


def protocol_of(date: str, command: str) -> Protocol:
    """How the figures of the held-out fold come about."""
    folds = ", ".join(map(str, VALIDATION_FOLDS))
    return Protocol(
        description=f"Records of fold {folds} of PTB-XL; no patient of it was learned from. The "
        "same records chose the epoch that is kept, the calibration and the thresholds, so that "
        "calibration, F1 and the shares called normal are somewhat better here than elsewhere.",
        trained_on="PTB-XL 1.0.3, folds 3 to 8",
        tested_on=f"PTB-XL 1.0.3, fold {folds}",
        command=command,
        date=date,
    )


def _score(way: Way, runtime: ConditionsRuntime, records: LeadRecords) -> ConditionScores:
    shown = LeadRecords(records.signal_uv[:: way.stride], records.conditions[:: way.stride])
    answer = way.read(runtime, shown)
    probabilities = np.nan_to_num(answer.probabilities.astype(np.float64))
    thresholds = answer.thresholds[0].astype(np.float64)
    return score_conditions(way.name, shown.conditions, probabilities, thresholds)


def _parts(records: LeadRecords, rows: int = _ROWS_PER_CALL) -> Iterator[NDArray[np.float32]]:
    for first in range(0, len(records), rows):
        yield records.leads_mv(slice(first, first + rows))


def _joined(answers: Iterator[Conditions]) -> Conditions:
    probabilities, thresholds, problems = zip(*answers, strict=True)
    return Conditions(
        np.concatenate(probabilities),
        np.concatenate(thresholds),
        tuple(problem for part in problems for problem in part),
    )
