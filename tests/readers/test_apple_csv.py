"""Apple Watch exports in any language of the phone: rate, unit and decimal sign as stated."""

from pathlib import Path

import numpy as np
import pytest
from refusal import code_of

from ecgmm.readers.route import identify, read_input
from ecgmm.recording import Recording

SAMPLES = 1024

ENGLISH = """Name,Test Person
Date of Birth,"Jan 1, 1980"
Recorded Date,2026-01-02 16:47:00 -0500
Classification,Sinus Rhythm
Symptoms,
Software Version,1.90
Device,"Watch6,1"
Sample Rate,512 hertz


Lead,Lead I
Unit,µV

"""
GERMAN = """Name,Test Person
Geburtsdatum,"01.01.1980"
Aufgezeichnet am,2026-01-02 16:47:00 +0100
Klassifizierung,Sinusrhythmus
Softwareversion,1.90
Gerät,"Watch6,1"
Messrate,512 Hertz

Ableitung,Ableitung I
Einheit,µV

"""
RUSSIAN = """Имя,Человек
Дата записи,2026-01-02 16:47:00 +0300
Версия ПО,1.90
Частота измерения,512 герц

Отведение,Отведение I
Единица,мкВ

"""


def microvolts() -> np.ndarray:
    return np.round(1234.5 * np.sin(np.arange(SAMPLES) / 20), 3)


def lines(decimal: str = ".", grouping: str = "", quote: str = "") -> str:
    texts = (f"{value:,.3f}" for value in microvolts())
    signs = str.maketrans({",": grouping, ".": decimal})
    return "\n".join(f"{quote}{text.translate(signs)}{quote}" for text in texts) + "\n"


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (ENGLISH, lines()),
        (ENGLISH, lines(grouping=",", quote='"')),
        (GERMAN, lines(decimal=",")),
        (GERMAN, lines(decimal=",", grouping=".")),
        (GERMAN, lines(decimal=",", quote='"')),
        (RUSSIAN, lines(decimal=",", grouping="\N{NO-BREAK SPACE}")),
        (ENGLISH.replace("\n", "\r\n"), lines().replace("-", "\N{MINUS SIGN}")),
    ],
)
def test_an_export_is_read_in_any_language(tmp_path: Path, header: str, body: str) -> None:
    path = tmp_path / "ecg_2026-01-02.csv"
    path.write_text(header + body, encoding="utf-8", newline="")
    assert identify(path) == "apple"
    recording = read_input(path)
    assert isinstance(recording, Recording)
    assert (recording.sampling_rate_hz, recording.lead_names) == (512.0, ("I",))
    np.testing.assert_allclose(recording.signal_mv[:, 0], microvolts() / 1000, atol=1e-6)


def test_an_export_without_a_unit_asks_for_it(tmp_path: Path) -> None:
    path = tmp_path / "ecg.csv"
    path.write_text(ENGLISH.replace("Unit,µV\n", "") + lines())
    assert code_of(path) == "missing_unit"
    recording = read_input(path, unit="uV")
    assert isinstance(recording, Recording)
    np.testing.assert_allclose(recording.signal_mv[:, 0], microvolts() / 1000, atol=1e-6)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("1,5\n2.5\n" * 600, "damaged"),
        ("1.5.5\n" * 600, "damaged"),
        ("", "too_short"),
        ("1.5\n" * 100, "too_short"),
    ],
)
def test_numbers_that_cannot_be_told_are_refused(tmp_path: Path, body: str, code: str) -> None:
    (tmp_path / "ecg.csv").write_text(ENGLISH + body)
    assert code_of(tmp_path / "ecg.csv") == code


def test_a_table_with_a_comment_is_no_export(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("# sampling_rate: 500 Hz\nII_mV\n" + "0.5\n" * 600)
    assert identify(path) == "csv"


def test_a_table_below_facts_is_not_read_as_decimal_commas(tmp_path: Path) -> None:
    facts = "Device,X\nSample Rate,500 Hz\nUnit,mV\n"
    (tmp_path / "table.csv").write_text(facts + "I,II\n" + "1,2\n" * 600)
    recording = read_input(tmp_path / "table.csv")
    assert (recording.sampling_rate_hz, recording.lead_names) == (500.0, ("I", "II"))
    assert recording.signal_mv[0].tolist() == [1.0, 2.0]
