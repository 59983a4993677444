"""The light form answers as its SavedModel does."""

from __future__ import annotations

from pathlib import Path

from ecgmm.export.agreement import check_agreement
from ecgmm.export.examples import (
    example_leads,
    example_pages,
    example_pictures,
    example_signals,
)
from ecgmm.serving.light import LightRuntime
from ecgmm.serving.light_files import CONDITIONS_FILE, IMAGE_FILE, LIGHT_FOLDER, SIGNAL_FILE
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.runtime import Conditions


def check_light(model_dir: Path) -> None:
    """Ask both forms of a version about simulated strips and sets of leads.

    Raises:
        ExportError: if the light form says something else.
    """
    light, saved = LightRuntime(model_dir), LocalRuntime(model_dir)
    signals, pictures = example_signals(), example_pictures()
    read, seen = light.signal(signals), light.digitize(pictures)
    check_agreement(SIGNAL_FILE, saved.signal(signals)._asdict(), read._asdict())
    check_agreement(IMAGE_FILE, saved.digitize(pictures)._asdict(), seen._asdict())
    if (model_dir / LIGHT_FOLDER / CONDITIONS_FILE).is_file():
        leads_mv, pages = example_leads(), example_pages().tolist()
        _check_conditions(saved.conditions(leads_mv), light.conditions(leads_mv))
        _check_conditions(saved.page_conditions(pages), light.page_conditions(pages))


def _check_conditions(expected: Conditions, received: Conditions) -> None:
    said, heard = ({"conditions": answer.probabilities} for answer in (expected, received))
    check_agreement(CONDITIONS_FILE, said, heard)
