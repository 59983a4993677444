"""The report of an evaluation as Markdown, made from its JSON alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ecgmm.evaluation.published import FIGURE_COLUMNS
from ecgmm.labels import AAMI_CLASSES, RHYTHM_CLASSES
from ecgmm.scoring.ec57 import BEAT_COUNT_COLUMNS
from ecgmm.scoring.matching import CONFUSION_CLASSES

HEADLINE = ("QRS Se", "QRS +P", "N F1", "S F1", "V F1", "F F1", "macro F1")
HEADLINE_READINGS = ("signal", "phone photos of the strips")
HEADLINE_WORDS = {
    "QRS Se": "beats found (sensitivity)",
    "QRS +P": "beats that are real (positive predictivity)",
    "N F1": "normal beats, F1",
    "V F1": "ventricular ectopic beats, F1",
    "S F1": "supraventricular ectopic beats, F1",
    "F F1": "fusion beats, F1",
}
INTERVALS = "In brackets: 95 % confidence interval, bootstrap over records."
NOT_A_MEDICAL_DEVICE = (
    "ecgmm is not a medical device. These figures say how it did on these records, not what "
    "it will do for a person."
)

Values = Mapping[str, Any]

_MOST_DISPUTES = 20
"""What a page holds; the JSON has all."""
_EC57_FIGURES = ("Q Se", "Q +P", "V Se", "V +P", "V FPR", "S Se", "S +P", "S FPR", "RR err")


def render_markdown(report: Values, figure_names: Mapping[str, str]) -> str:
    """The whole report.

    Args:
        report: the JSON of a report (`ecgmm.evaluation.report`).
        figure_names: caption and file name of each figure, relative to the report.
    """
    sections = [
        _heading(report),
        _section("Results", results_table(report)),
        _section("Records left out", _excluded(report["excluded"])),
        *(_reading(reading) for reading in report["readings"]),
        _section("Readings of the same strips", _agreements(report["agreements"])),
        _section("Rhythm", _rhythm(report)),
        _section("Burden of atrial fibrillation", _af_burden(report["af_burden"])),
        _section("The leaky control", figure_rows(report["controls"])),
        _section("Cross-validation over patients", figure_rows(report["cross_validation"])),
        _section("Databases never trained on", figure_rows(report["unseen"])),
        _section("Other detectors, same records, same matcher", _peers(report["peers"])),
        _section("Noise stress test", _noise(report["noise"])),
        _section("Spread over seeds", seeds_table(report["seeds"])),
        _section("Published figures", _published(report["published"])),
        _section(
            "Published figures of readers adapted to the test patient",
            _published(report["published_adapted"]),
        ),
        _section("Figures", _images(figure_names)),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def results_table(report: Values) -> str:
    """The headline table, one row a reading and period."""
    rows = [
        [
            reading["name"],
            _period(table),
            *(_interval(name, table["figures"][name]) for name in HEADLINE),
        ]
        for reading in report["readings"]
        for table in reading["tables"]
        if table["escapes_as"] == "N"
    ]
    return f"{markdown_table(['reading', 'period', *HEADLINE], rows)}\n\n{INTERVALS}"


def headline(report: Values, held_out_rhythm: Sequence[Values]) -> str:
    """The figures by which a model is judged, the weak ones among them, for the README.

    Args:
        report: the JSON of a report on the test set.
        held_out_rhythm: the rhythm scores of the report on the patients held out.
    """
    model, protocol = report["model"], report["protocol"]
    shown = [reading for reading in report["readings"] if reading["name"] in HEADLINE_READINGS]
    tables = [reading["tables"][0]["figures"] for reading in shown]
    rows = [
        [words, *(_interval(name, figures[name]) for figures in tables)]
        for name, words in HEADLINE_WORDS.items()
    ]
    nothing = ["-"] * (len(shown) - 1)
    rows += [
        [f"rhythm of short recordings, F1 ({row['name']})", _share(row["scores"]["f1"]), *nothing]
        for row in held_out_rhythm
    ]
    table = markdown_table(
        [f"model {model['version']}", *(reading["name"] for reading in shown)], rows
    )
    return f"{table}\n\n{protocol['tested_on']}. {INTERVALS}"


def summary(report: Values) -> str:
    """What the page of results shows: the headline table, and what puts it into perspective."""
    tables = {
        "": results_table(report),
        "The same strips, read from pictures instead of signals:": _kept(report["agreements"]),
        "Other QRS detectors on the same records, by the same matcher:": _peers(report["peers"]),
        "What a leak buys (short trainings, scored on the same beats):": figure_rows(
            report["controls"]
        ),
        "Databases that a model has never seen:": figure_rows(report["unseen"]),
        "With recorded electrode motion in the signal:": _noise(report["noise"]),
    }
    return "\n\n".join(f"{title}\n\n{table}".strip() for title, table in tables.items() if table)


def markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, columns of numbers to the right; empty without rows."""
    if not rows:
        return ""
    columns = zip(*rows, strict=True)
    rule = ["---:" if all(map(_is_numeric, column)) else "---" for column in columns]
    return "\n".join(f"| {' | '.join(row)} |" for row in [headings, rule, *rows])


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}" if body else ""


def _heading(report: Values) -> str:
    model, protocol = report["model"], report["protocol"]
    rows = [
        ["model", f"{model['name']} {model['version']}, SHA-256 `{model['sha256']}`"],
        ["protocol", protocol["description"]],
        ["trained on", protocol["trained_on"]],
        ["tested on", protocol["tested_on"]],
        ["date", protocol["date"]],
        ["made by", f"`{protocol['command']}`"],
    ]
    title = f"# Evaluation of {model['name']} {model['version']}"
    facts = "\n".join(f"- {name}: {value}" for name, value in rows)
    return f"{title}\n\n{NOT_A_MEDICAL_DEVICE}\n\n{facts}"


def _excluded(records: Sequence[Values]) -> str:
    rows = [[record["record"], record["code"], record["reason"]] for record in records]
    return markdown_table(["record", "code", "reason"], rows)


def _reading(reading: Values) -> str:
    tables = reading["tables"]
    parts = [
        f"## Beats: {reading['name']}",
        _ec57_figures(tables),
        *(_plain_matrix(table) for table in tables if table["escapes_as"] == "N"),
        _ec57_table("Beat by beat (`bxb`)", tables[0]["beats"], _bxb_columns()),
        _ec57_table("Shutdown (`bxb`)", tables[0]["shutdown"]),
        _ec57_table("Ventricular runs (`rxr`)", tables[0]["ventricular_runs"]),
        _ec57_table("Supraventricular runs (`rxr`)", tables[0]["supraventricular_runs"]),
        _per_record(tables[0]),
        _calibration(reading["calibration"]),
    ]
    return "\n\n".join(part for part in parts if part)


def _ec57_figures(tables: Sequence[Values]) -> str:
    """What `sumstats` prints, for both periods and both classes of escape beats."""
    rows = []
    for table in tables:
        for line in table["beats"]["summary"]:
            if line["Record"] in ("Gross", "Average"):
                figures = [decimals(line.get(name), 2) for name in _EC57_FIGURES]
                rows.append([_period(table), table["escapes_as"], line["Record"], *figures])
    headings = ["period", "e, j, n as", "", *_EC57_FIGURES]
    note = (
        "In percent, by the rules of ANSI/AAMI EC57: an F or Q beat called V is no false VEB, a "
        "Q beat called S no false SVEB. The plain matrices below forgive nothing."
    )
    return f"### By EC57 (`sumstats`)\n\n{markdown_table(headings, rows)}\n\n{note}"


def _plain_matrix(table: Values) -> str:
    rows = []
    for name, counts in zip(CONFUSION_CLASSES, table["confusion"], strict=True):
        cells = [str(count) for count in counts]
        scores = table["classes"].get(name)
        keys = ("sensitivity", "positive_predictivity", "f1")
        rows.append([name, *cells, *(_share(scores[key]) if scores else "" for key in keys)])
    headings = ["reference \\ test", *CONFUSION_CLASSES, "Se", "+P", "F1"]
    return f"### Plain confusion matrix, {_period(table)}\n\n{markdown_table(headings, rows)}"


def _bxb_columns() -> list[str]:
    figures = ("Q Se", "Q +P", "V Se", "V +P", "S Se", "S +P", "RR err")
    return ["Record", *(name for name, _, _ in BEAT_COUNT_COLUMNS), *figures]


def _ec57_table(title: str, table: Values, columns: Sequence[str] | None = None) -> str:
    """One table of EC57: its lines, and what `sumstats` puts under them."""
    headings = columns or list(table["lines"][0])
    rows = [
        [_cell(line.get(name, "")) for name in headings]
        for line in [*table["lines"], *table["summary"]]
    ]
    return f"### {title}\n\n{markdown_table(headings, rows)}"


def _per_record(table: Values) -> str:
    rows = [
        [
            row["record"],
            row["patient"],
            *(str(row["beats"][name]) for name in AAMI_CLASSES),
            percent(row["share_of_class"]["S"]),
            percent(row["share_of_class"]["V"]),
            _figure("QRS Se", row["qrs_sensitivity"]),
            _figure("QRS +P", row["qrs_positive_predictivity"]),
            *(_share(row["f1"][name]) for name in ("N", "S", "V")),
        ]
        for row in table["per_record"]
    ]
    headings = ["record", "patient", *AAMI_CLASSES, "of all S", "of all V", "QRS Se", "QRS +P"]
    return "### Record by record\n\n" + markdown_table([*headings, "N F1", "S F1", "V F1"], rows)


def _calibration(rows: Sequence[Values]) -> str:
    keys = ("ece", "classwise_ece", "brier", "nll", "aurc")
    body = markdown_table(
        ["temperature", "beats", "ECE", "classwise ECE", "Brier", "NLL", "AURC"],
        [
            [
                decimals(row["temperature"], 2),
                str(row["cases"]),
                *(decimals(row[k], 4) for k in keys),
            ]
            for row in rows
        ],
    )
    return f"### Calibration\n\n{body}" if body else ""


def _agreements(agreements: Sequence[Values]) -> str:
    parts = [_kept(agreements), *(_disputes(pair) for pair in agreements)]
    return "\n\n".join(part for part in parts if part)


def _kept(agreements: Sequence[Values]) -> str:
    rows = [
        [
            f"{pair['first']} and {pair['second']}",
            _share(pair["agreement"]["kappa"]),
            *(percent(pair["retention"].get(name)) for name in ("N", "S", "V", "macro")),
            str(sum(row["beats"] for row in pair["agreement"]["disputes"])),
        ]
        for pair in agreements
    ]
    headings = [
        "readings",
        "kappa",
        "N F1 kept",
        "S F1 kept",
        "V F1 kept",
        "macro F1 kept",
        "beats in dispute",
    ]
    return markdown_table(headings, rows)


def _disputes(pair: Values) -> str:
    """What two readings see differently most often, and where to look at it."""
    keys = ("record", "reference", "first", "second")
    rows = [
        [*(row[key] for key in keys), str(row["beats"]), decimals(row["example_s"], 2)]
        for row in pair["agreement"]["disputes"][:_MOST_DISPUTES]
    ]
    headings = ["record", "reference", pair["first"], pair["second"], "beats", "first at, s"]
    return markdown_table(headings, rows)


def _rhythm(report: Values) -> str:
    keys = ("f1n", "f1a", "f1o", "f1p", "f1", "f1_with_noise")
    rows = [
        [row["name"], *(_share(row["scores"][key]) for key in keys)] for row in report["rhythm"]
    ]
    if not rows:
        return ""
    rows += [
        [f"{row['name']} ({row['source']})", "", "", "", "", _share(row["figures"]["F1"]), ""]
        for row in report["published_rhythm"]
    ]
    headings = ["reading", "F1n", "F1a", "F1o", "F1p", "F1", "with noise"]
    matrices = [_rhythm_matrix(row) for row in report["rhythm"]]
    return "\n\n".join([markdown_table(headings, rows), *matrices])


def _rhythm_matrix(row: Values) -> str:
    counts = zip(RHYTHM_CLASSES, row["scores"]["confusion"], strict=True)
    rows = [[name, *(str(count) for count in line)] for name, line in counts]
    return markdown_table([f"{row['name']}: reference \\ test", *RHYTHM_CLASSES], rows)


def _af_burden(burdens: Sequence[Values]) -> str:
    keys = ("reference", "test", "sensitivity", "positive_predictivity")
    rows = [[row["record"], *(percent(row[key]) for key in keys)] for row in burdens]
    return markdown_table(["record", "reference", "test", "time found", "time confirmed"], rows)


def figure_rows(rows: Sequence[Values], columns: Sequence[str] = HEADLINE) -> str:
    """A table of things measured by the same matcher, a row of headline figures each."""
    body = [[row["name"], row["note"], *_shares(row["figures"], columns)] for row in rows]
    return markdown_table(["", "protocol", *columns], body)


def _peers(rows: Sequence[Values]) -> str:
    return figure_rows(rows, ("QRS Se", "QRS +P"))


def _noise(points: Sequence[Values]) -> str:
    rows = [
        [
            "clean" if point["snr_db"] is None else f"{point['snr_db']:g}",
            *_shares(point["figures"], HEADLINE),
        ]
        for point in points
    ]
    return markdown_table(["SNR in dB", *HEADLINE], rows)


def seeds_table(seeds: Mapping[str, Values]) -> str:
    """A table of figures over trainings that differ in their seed."""
    rows = [
        [
            name,
            _figure(name, spread["mean"]),
            _figure(name, spread["standard_deviation"]),
            str(len(spread["values"])),
        ]
        for name, spread in seeds.items()
    ]
    return markdown_table(["figure", "mean", "standard deviation", "seeds"], rows)


def _published(rows: Sequence[Values]) -> str:
    body = [
        [row["name"], row["protocol"], *_shares(row["figures"], FIGURE_COLUMNS), row["source"]]
        for row in rows
    ]
    return markdown_table(["", "protocol", *FIGURE_COLUMNS, "source"], body)


def _images(figure_names: Mapping[str, str]) -> str:
    return "\n\n".join(f"![{caption}]({name})" for caption, name in figure_names.items())


def _period(table: Values) -> str:
    return f"from {table['start_s'] / 60:g} min" if table["start_s"] else "whole records"


def _shares(figures: Values, names: Sequence[str]) -> list[str]:
    return [_figure(name, figures.get(name)) for name in names]


def _interval(name: str, interval: Values) -> str:
    value, low, high = (_figure(name, interval[key]) for key in ("value", "low", "high"))
    return f"{value} ({low}-{high})"


def _figure(name: str, value: float | None) -> str:
    return decimals(value, 4 if name.startswith("QRS") else 3)


def _cell(value: object) -> str:
    return decimals(value, 2) if value is None or isinstance(value, float) else str(value)


def _is_numeric(cell: str) -> bool:
    return cell in ("", "-") or cell[0].isdigit()


def decimals(value: float | None, places: int) -> str:
    """A number as a cell of a table; a dash where there is none."""
    return "-" if value is None else f"{value:.{places}f}"


def _share(value: float | None) -> str:
    return decimals(value, 3)


def percent(value: float | None) -> str:
    """A share as a cell of a table; a dash where there is none."""
    return "-" if value is None else f"{100 * value:.1f} %"
