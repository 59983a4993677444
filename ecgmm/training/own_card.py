"""The card of a model that was trained on a folder of your own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ecgmm.own_data.folder import OwnFile, folder_counts
from ecgmm.own_data.table import Fault

_SCORES = ("score", "macro_f1", "n_f1", "s_f1", "v_f1", "rhythm_f1")


def tuned_card(
    *,
    name: str,
    init: Path,
    training: Sequence[OwnFile],
    validation: Sequence[OwnFile],
    faults: Sequence[Fault],
    before: Mapping[str, Mapping[str, float]],
    after: Mapping[str, Mapping[str, float]],
    command: str,
) -> str:
    """What the model is, what it learned from and what came of it, as Markdown.

    Args:
        name: of the model.
        init: what it began with.
        training: files that it learned from.
        validation: files of the patients held out.
        faults: what was wrong in the folder.
        before: scores on the patients held out by stage, before it.
        after: likewise of the epoch that was kept.
        command: how it was made.
    """
    lines = [
        f"# Model card: {name}",
        "",
        "**Not a medical device.** It gives no diagnosis and replaces no physician.",
        "",
        f"Fine-tuned from `{init.name}` on {datetime.now(UTC):%Y-%m-%d} with",
        "",
        f"    {command}",
        "",
        "| | learned from | held out |",
        "|---|---|---|",
        f"| files | {folder_counts([*training])} | {folder_counts([*validation])} |",
        f"| labels | {_labels(training)} | {_labels(validation)} |",
        "",
        f"{len(faults)} remarks on the folder; what they name was left out or doubted.",
        "",
        "Scores on strips of the patients held out, who also chose the epoch that was kept. An "
        "epoch that was no better than the beginning was not kept:",
        "",
    ]
    for stage, scores in after.items():
        lines += _table(stage, before[stage], scores)
    lines += [
        "How it reads anybody else is not known: `ecgmm evaluate` says how it reads the held-out "
        "parts of MIT-BIH and others, beside the model that it began with.",
        "",
    ]
    return "\n".join(lines)


def _table(stage: str, before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    names = [key for key in after if key.split("_", 2)[-1] in _SCORES and key != "val_score"]
    rows = [f"| {key[4:]} | {before[key]:.3f} | {after[key]:.3f} |" for key in names]
    return [f"| {stage} | before | after |", "|---|---|---|", *rows, ""]


def _labels(files: Sequence[OwnFile]) -> str:
    counts: Counter[str] = Counter()
    for file in files:
        counts.update(symbol for _, symbol in file.label.beats)
        counts.update([file.label.rhythm_class] * bool(file.label.rhythm_class))
        counts.update([file.label.new_class] * bool(file.label.new_class))
    return ", ".join(f"{count} {label}" for label, count in counts.most_common()) or "none"
