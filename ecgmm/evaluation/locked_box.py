"""DS2 is opened here and nowhere else, and every opening is written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ecgmm.pipeline.records import load_recordings
from ecgmm.pipeline.splits import DS2
from ecgmm.recording import Recording

LEDGER_NAME = "EVALUATIONS.md"
NO_RESULT = "no result: it was stopped"
_LEDGER_HEAD = """\
# Openings of DS2

DS2 is the test half of MIT-BIH (de Chazal 2004). Nothing is chosen by it: each time that
`ecgmm evaluate --open-ds2` reads it, a line is added here, whatever the result.
QRS and classes: EC57's period (first five minutes left out), escapes counted as N.

| date (UTC) | model | SHA-256 | why | result |
|---|---|---|---|---|
"""


@dataclass
class Opening:
    """DS2, opened.

    Attributes:
        recordings: the 22 records.
        result: what the ledger will say came of it.
    """

    recordings: list[Recording]
    result: str = NO_RESULT

    def note(self, figures: Mapping[str, Mapping[str, float]]) -> None:
        """Take headline figures down, shares from 0 to 1 by way of reading, for the ledger."""
        self.result = "; ".join(
            f"{way}: " + ", ".join(f"{name} {100 * value:.2f} %" for name, value in named.items())
            for way, named in figures.items()
        )


@contextmanager
def opened_ds2(
    data_dir: Path, ledger: Path, *, model: str, sha256: str, why: str
) -> Iterator[Opening]:
    """Open DS2 and write that down.

    The ledger's line is begun before anybody sees a record and ended with whatever was
    noted, also when the evaluation fails on the way. A process that is killed leaves half a
    line, which the next opening ends: lines are only ever added to.

    Args:
        data_dir: prepared data sets.
        ledger: the file, made with its heading when it is not there.
        model: name and version of what is tested.
        sha256: of the model's files.
        why: the reason of this opening.
    """
    opening = Opening([r for r in load_recordings(data_dir, "mitdb") if r.name in DS2])
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    _begin_line(ledger, (date, model, sha256[:12], why))
    try:
        yield opening
    finally:
        _append(ledger, _end_of_line(opening.result))


def _begin_line(ledger: Path, cells: tuple[str, ...]) -> None:
    if not ledger.exists():
        ledger.parent.mkdir(parents=True, exist_ok=True)
        ledger.write_text(_LEDGER_HEAD, encoding="utf-8")
    elif not ledger.read_text(encoding="utf-8").endswith("\n"):
        _append(ledger, _end_of_line(NO_RESULT))
    _append(ledger, "| " + " | ".join(map(_cell, cells)) + " |")


def _end_of_line(result: str) -> str:
    return f" {_cell(result)} |\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "/")


def _append(ledger: Path, text: str) -> None:
    with ledger.open("a", encoding="utf-8") as file:
        file.write(text)
