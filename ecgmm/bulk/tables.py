"""Readings as two tables, one row a recording or page and one row a beat, stored as Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from ecgmm.errors import InputError, cannot_write
from ecgmm.labels import AAMI_CLASSES, RHYTHM_CLASSES

ROWS_PER_GROUP = 20_000
"""Some megabytes of memory before a group is written."""
RECORDINGS_NAME, BEATS_NAME = "recordings.parquet", "beats.parquet"


MEASURED = (
    "pr_ms",
    "qrs_ms",
    "qt_ms",
    "qtc_bazett_ms",
    "qtc_fridericia_ms",
    "p_axis_deg",
    "qrs_axis_deg",
    "t_axis_deg",
)
"""Of the measurements; the others are in the JSON."""
_COLUMNS: dict[str, str] = {
    "input": "text",
    "page": "count",
    "modality": "text",
    "duration_s": "number",
    "leads": "texts",
    "verdict": "text",
    "grade": "text",
    "disease_probability": "number",
    "statement": "text",
    "patient_statement": "text",
    "abnormal_probability": "number",
    "heart_rate_bpm": "number",
    **dict.fromkeys(MEASURED, "count"),
    **{f"{name.lower()}_beats": "count" for name in AAMI_CLASSES},
    "rhythm": "text",
    **{f"rhythm_{name}": "number" for name in RHYTHM_CLASSES},
    "conditions": "texts",
    "not_judged": "texts",
    "findings": "findings",
    "quality_score": "number",
    "quality_reasons": "texts",
    "model_name": "text",
    "model_version": "text",
    "error_code": "text",
    "error_message": "text",
}
_NO_VALUES: dict[str, Any] = dict.fromkeys(_COLUMNS)


def recordings_schema() -> Any:
    """Columns of the table of recordings, as `pyarrow.schema`; null where a reading has none."""
    import pyarrow as pa

    text = pa.string()
    types = {
        "text": text,
        "number": pa.float64(),
        "count": pa.int64(),
        "texts": pa.list_(text),
        "findings": pa.list_(pa.struct([(name, text) for name in ("code", "severity", "text")])),
    }
    return pa.schema([(name, types[kind]) for name, kind in _COLUMNS.items()])


def beats_schema() -> Any:
    """Columns of the table of beats, as `pyarrow.schema`."""
    import pyarrow as pa

    columns = [
        ("input", pa.string()),
        ("page", pa.int64()),
        ("time_s", pa.float64()),
        ("label", pa.string()),
    ]
    return pa.schema([*columns, ("probability", pa.float64())])


def recording_rows(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The row of one recording, or those of the pages of a document in their order.

    Args:
        result: the object that `ecgmm analyze --json` prints for it, be it an error.
    """
    return [_recording_row(page) for page in _pages(result)]


def _pages(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every page of a document; of anything else the result itself."""
    return sorted((result, *result.get("pages", ())), key=lambda page: page.get("page", 1))


def _recording_row(result: Mapping[str, Any]) -> dict[str, Any]:
    if "error" in result:
        error = result["error"]
        row = {"error_code": error["code"], "error_message": error["message"]}
        return _NO_VALUES | {"input": result["input"], **row}
    summary, rhythm = result["summary"], result["rhythm"]
    row = {name: result[name] for name in ("input", "modality", "duration_s", "leads")}
    row |= {
        name: summary[name]
        for name in (
            "verdict",
            "statement",
            "patient_statement",
            "abnormal_probability",
            "heart_rate_bpm",
        )
    }
    graded = summary["grade"] or {"label": None, "disease_probability": None}
    row |= {"grade": graded["label"], "disease_probability": graded["disease_probability"]}
    row |= {name: result["measurements"][name] for name in MEASURED}
    row |= {f"{name.lower()}_beats": count for name, count in summary["beat_counts"].items()}
    row |= {f"rhythm_{name}": value for name, value in rhythm["probabilities"].items()}
    columns = ("code", "severity", "text")
    return (
        _NO_VALUES
        | row
        | {
            "page": result.get("page"),
            "rhythm": rhythm["label"],
            "conditions": [found["code"] for found in result["conditions"] if found["present"]],
            "not_judged": result["not_judged"],
            "findings": [{name: found[name] for name in columns} for found in result["findings"]],
            "quality_score": result["quality"]["score"],
            "quality_reasons": result["quality"]["reasons"],
            "model_name": result["model"]["name"],
            "model_version": result["model"]["version"],
        }
    )


def beat_rows(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each beat of one recording, in time order, page by page; none for an error.

    Args:
        result: as for `recording_rows`.
    """
    columns = ("time_s", "label", "probability")
    return [
        {"input": page["input"], "page": page.get("page"), **{name: beat[name] for name in columns}}
        for page in _pages(result)
        for beat in page.get("beats", ())
    ]


class ParquetTables:
    """Writes both tables as results come; they appear under their names when they are whole.

    Args:
        folder: where `recordings.parquet` and `beats.parquet` go.

    Raises:
        InputError: `missing_extra` without pyarrow, `cannot_write` if the folder cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        _check_library()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._recordings = _Table(folder / RECORDINGS_NAME, recordings_schema())
            self._beats = _Table(folder / BEATS_NAME, beats_schema())
        except OSError as error:
            raise cannot_write(folder, error) from error

    def add(self, result: Mapping[str, Any]) -> None:
        """Add one result; see `recording_rows`."""
        self._recordings.add(recording_rows(result))
        self._beats.add(beat_rows(result))

    def __enter__(self) -> ParquetTables:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish both tables, or drop them where the job did not come to its end."""
        for table in (self._recordings, self._beats):
            table.close(is_whole=error is None)


def _check_library() -> None:
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise InputError(
            "missing_extra", "Writing Parquet needs pyarrow: pip install 'ecgmm[parquet]'."
        ) from error


class _Table:
    """A Parquet file that is written a group of rows at a time."""

    def __init__(self, path: Path, schema: Any) -> None:
        import pyarrow.parquet as pq

        self._path, self._schema = path, schema
        self._partial = path.with_name(f".{path.name}.part")
        self._writer = pq.ParquetWriter(self._partial, schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def add(self, rows: Iterable[dict[str, Any]]) -> None:
        self._rows.extend(rows)
        if len(self._rows) >= ROWS_PER_GROUP:
            self._flush()

    def close(self, *, is_whole: bool) -> None:
        if is_whole:
            self._flush()
        self._writer.close()
        if is_whole:
            self._partial.replace(self._path)
        else:
            self._partial.unlink()

    def _flush(self) -> None:
        import pyarrow as pa

        self._writer.write_table(pa.Table.from_pylist(self._rows, self._schema))
        self._rows = []
