"""Beats leave the program as WFDB, CSV and JSON that say what was read."""

import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import wfdb
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.analysis.reading import Beat, Quality, Reading, Rhythm, Summary
from ecgmm.recording import Annotations
from ecgmm.writers.beats_text import CSV_COLUMNS, beats_csv, beats_json
from ecgmm.writers.beats_wfdb import annotation_file, reading_annotations

RATE_HZ = 360.0
BEATS = (Beat(0.5, "N", 0.99), Beat(1.25, "V", 0.9), Beat(2.5, "S", 0.8), Beat(2600.0, "Q", 0.5))


def reading(beats: tuple[Beat, ...] = BEATS, rhythm: str = "af") -> Reading:
    return Reading(
        input="a.csv",
        modality="signal",
        duration_s=2700.0,
        leads=("II",),
        beats=beats,
        rhythm=Rhythm(rhythm, {rhythm: 1.0}),
        findings=(),
        summary=Summary(80.0, {}, "abnormal", 0.9),
        quality=Quality(1.0),
        model_name="ecgmm",
        model_version="1",
    )


def read_annotations(content: bytes, folder: Path) -> wfdb.Annotation:
    (folder / "rec.atr").write_bytes(content)
    return wfdb.rdann(str(folder / "rec"), "atr")


def test_wfdb_tools_read_the_beats(tmp_path: Path) -> None:
    content = annotation_file(reading_annotations(reading(), RATE_HZ), RATE_HZ)
    stored = read_annotations(content, tmp_path)
    assert stored.fs == RATE_HZ
    assert stored.symbol == ["+", "N", "V", "S", "Q"]
    assert stored.sample.tolist() == [0, 180, 450, 900, 936_000]
    assert stored.aux_note[0].rstrip("\0") == "(AFIB"


@given(
    steps=st.lists(st.integers(0, 5000) | st.integers(0, 10**8), min_size=1, max_size=40),
    changes=st.lists(st.integers(0, 10**6), max_size=4),
    rate_hz=st.sampled_from((360, 128.5, 250)),
    data=st.data(),
)
def test_annotations_are_written_as_wfdb_writes_them(
    steps: list[int], changes: list[int], rate_hz: float, data: st.DataObject
) -> None:
    samples, changed = np.cumsum(steps), np.sort(np.array(changes, np.int64))
    symbols = tuple(data.draw(st.sampled_from("NSVFQLRAaJ/e")) for _ in steps)
    names = tuple(data.draw(st.sampled_from(("(N", "(AFIB", "(B"))) for _ in changes)
    marks = sorted(
        [(int(at), 0, "+", name) for at, name in zip(changed, names, strict=True)]
        + [(int(at), 1, symbol, "") for at, symbol in zip(samples, symbols, strict=True)],
        key=lambda mark: mark[:2],
    )
    at, _, symbol, note = zip(*marks, strict=True)
    with tempfile.TemporaryDirectory() as folder:
        wfdb.wrann(
            "x",
            "atr",
            np.array(at),
            list(symbol),
            aux_note=list(note),
            fs=rate_hz,
            write_dir=folder,
        )
        expected = Path(folder, "x.atr").read_bytes()
    assert annotation_file(Annotations(samples, symbols, changed, names), rate_hz) == expected


def test_a_rhythm_without_a_wfdb_name_is_left_out(tmp_path: Path) -> None:
    annotations = reading_annotations(reading(rhythm="other"), RATE_HZ)
    assert read_annotations(annotation_file(annotations, RATE_HZ), tmp_path).symbol[0] == "N"


def test_no_beats_is_a_file_too(tmp_path: Path) -> None:
    annotations = Annotations(np.empty(0, np.int64), ())
    (tmp_path / "rec.atr").write_bytes(annotation_file(annotations, RATE_HZ))
    assert (tmp_path / "rec.atr").read_bytes() == b"\0\0"


def test_a_spreadsheet_has_a_row_a_beat(tmp_path: Path) -> None:
    (tmp_path / "beats.csv").write_bytes(b"".join(beats_csv(reading())))
    table = pd.read_csv(tmp_path / "beats.csv")
    assert tuple(table.columns) == CSV_COLUMNS
    assert table["time_s"].tolist() == [0.5, 1.25, 2.5, 2600.0]
    assert table["label"].tolist() == ["N", "V", "S", "Q"]
    assert table["rr_s"].tolist()[1:] == [0.75, 1.25, 2597.5]


def test_json_says_what_read_the_beats() -> None:
    described = json.loads(b"".join(beats_json(reading())))
    assert described["model"] == {"name": "ecgmm", "version": "1"}
    assert described["beats"][1] == {"time_s": 1.25, "label": "V", "probability": 0.9}
