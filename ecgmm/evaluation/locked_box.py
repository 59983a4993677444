"""DS2 is opened here and nowhere else, and every opening is written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from ecgmm.pipeline.records import load_recordings
from ecgmm.pipeline.splits import DS2
from ecgmm.recording import Recording

LEDGER_NAME = "EVALUATIONS.md"
_LEDGER_HEAD = """\
# Openings of DS2

DS2 is the test half of MIT-BIH (de Chazal 2004). Nothing is chosen by it: each time that
`ecgmm evaluate --open-ds2` reads it, a line is added here, whatever the result.
QRS and classes: EC57's period (first five minutes left out), escapes counted as N.

| date (UTC) | model | SHA-256 | why | result |
|---|---|---|---|---|
"""


def open_ds2(data_dir: Path) -> list[Recording]:
    """The recordings of DS2, for a test that is then written down with `record_opening`."""
    return [r for r in load_recordings(data_dir, "mitdb") if r.name in DS2]


def record_opening(
    ledger: Path, *, model: str, sha256: str, why: str, figures: Mapping[str, Mapping[str, float]]
) -> None:
    """Add a line to the ledger.

    Args:
        ledger: the file, made with its heading when it is not there.
        model: name and version of what was tested.
        sha256: of the model's files.
        why: the reason of this opening.
        figures: headline figures, shares from 0 to 1, by way of reading.
    """
    if not ledger.exists():
        ledger.parent.mkdir(parents=True, exist_ok=True)
        ledger.write_text(_LEDGER_HEAD, encoding="utf-8")
    result = "; ".join(
        f"{way}: " + ", ".join(f"{name} {100 * value:.2f} %" for name, value in named.items())
        for way, named in figures.items()
    )
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    cells = [date, model, sha256[:12], why, result]
    line = "| " + " | ".join(" ".join(cell.split()).replace("|", "/") for cell in cells) + " |\n"
    with ledger.open("a", encoding="utf-8") as file:
        file.write(line)
