"""How a model reads a folder of your own: the same files, the same split, one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.analyze import analyze_source
from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.reading import Reading
from ecgmm.labels import AAMI_CLASSES, NO_BEAT, aami_class
from ecgmm.own_data.folder import OwnFile
from ecgmm.paper.strips import PaperStrips
from ecgmm.readers.signal_file import SignalFile
from ecgmm.scoring.beat_scores import class_scores, share
from ecgmm.scoring.matching import CONFUSION_CLASSES, confusion_matrix, match_beats
from ecgmm.serving.runtime import Runtime

_NONE = CONFUSION_CLASSES.index(NO_BEAT)
_COLUMNS = ("files", "beats", "QRS Se", "QRS +P", *(f"{name} F1" for name in AAMI_CLASSES))


@dataclass(frozen=True)
class FileScore:
    """One file that was read.

    Attributes:
        file: what it is and how it is labelled.
        confusion: of its beats, as `scoring.matching` counts them; zeros without beats.
        rhythm_right: whether the rhythm was read as labelled; None where it is not labelled.
    """

    file: OwnFile
    confusion: NDArray[np.int64]
    rhythm_right: bool | None


def score_file(file: OwnFile, runtime: Runtime) -> FileScore:
    """Read a file as `ecgmm analyze` does and compare with its labels."""
    content = file.content
    source = content if isinstance(content, PaperStrips) else SignalFile.in_memory(content)
    reading = analyze_source(source, runtime)
    right = None
    if file.label.rhythm_class:
        right = reading.rhythm.label == file.label.rhythm_class
    return FileScore(file, _confusion(file, reading), right)


def own_table(scores: Sequence[FileScore], held_out: frozenset[str]) -> str:
    """Scores as a Markdown table: signals and pictures, held-out patients and all.

    Args:
        scores: every file of the folder.
        held_out: patients whom a fine-tuning with the same configuration does not learn from.
    """
    lines = [
        f"| {' | '.join(('', *_COLUMNS, 'rhythm right'))} |",
        "|---|" + "---:|" * (len(_COLUMNS) + 1),
    ]
    for kind, is_signal in (("signals", True), ("pictures", False)):
        of_kind = [score for score in scores if score.file.is_signal == is_signal]
        apart = [score for score in of_kind if score.file.label.patient in held_out]
        for who, part in (("held-out patients", apart), ("all patients", of_kind)):
            if part:
                lines.append(f"| {' | '.join((f'{kind}, {who}', *_figures(part)))} |")
    return "\n".join(lines)


def class_table(
    files: Sequence[OwnFile],
    class_names: tuple[str, ...],
    reader: Callable[[OwnFile], NDArray[np.float64]],
    held_out: frozenset[str],
) -> str:
    """How files with new classes are named, as a Markdown table: a row a class.

    Args:
        files: those of the folder; the ones without a new class are left out.
        class_names: the new classes.
        reader: gives `[classes]` probabilities of a file.
        held_out: patients whom the head did not learn from.
    """
    labelled = [file for file in files if file.label.new_class in class_names]
    named = [class_names[int(reader(file).argmax())] for file in labelled]
    lines = ["| | files | right | F1 |", "|---|---:|---:|---:|"]
    for who, is_in in (
        ("held-out patients", lambda file: file.label.patient in held_out),
        ("all patients", lambda file: True),
    ):
        pairs = [
            (file.label.new_class, name)
            for file, name in zip(labelled, named, strict=True)
            if is_in(file)
        ]
        for name in class_names:
            hits = sum(true == read == name for true, read in pairs)
            true_count = sum(true == name for true, _ in pairs)
            read_count = sum(read == name for _, read in pairs)
            f1 = share(2 * hits, true_count + read_count)
            lines.append(f"| {name}, {who} | {true_count} | {hits} | {_figure(f1)} |")
    return "\n".join(lines)


def _confusion(file: OwnFile, reading: Reading) -> NDArray[np.int64]:
    beats = BeatList.of(reading.beats)
    if not file.label.beats:
        return np.zeros((len(CONFUSION_CLASSES),) * 2, np.int64)
    times_s = [time_s for time_s, _ in file.label.beats]
    truth = [aami_class(symbol) or "" for _, symbol in file.label.beats]
    return confusion_matrix(truth, tuple(beats.labels), match_beats(times_s, beats.time_s))


def _figures(scores: Sequence[FileScore]) -> list[str]:
    confusion = np.sum([score.confusion for score in scores], axis=0)
    beats = int(confusion[:_NONE].sum())
    found = int(confusion[:_NONE, :_NONE].sum())
    read = int(confusion[:, :_NONE].sum())
    rhythms = [score.rhythm_right for score in scores if score.rhythm_right is not None]
    per_class = class_scores(confusion)
    return [
        str(len(scores)),
        str(beats),
        _figure(share(found, beats)),
        _figure(share(found, read)),
        *(_figure(per_class[name].f1) if per_class[name].support else "-" for name in AAMI_CLASSES),
        f"{sum(rhythms)} of {len(rhythms)}" if rhythms else "-",
    ]


def _figure(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.3f}"
