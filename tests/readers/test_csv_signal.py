"""Tables of numbers: rate and unit are read from the file, or asked for, never guessed."""

import time
from pathlib import Path

import numpy as np
import pytest

from ecgmm.errors import InputError, InputWarning
from ecgmm.readers.csv_signal import read_csv

RATE_HZ = 250.0


def lead_mv(samples: int = 500) -> np.ndarray:
    return np.round(np.sin(np.arange(samples) / 7.0), 4)


def write(path: Path, header: list[str], *columns: np.ndarray, sep: str = ",") -> Path:
    rows = [sep.join(str(value) for value in row) for row in zip(*columns, strict=True)]
    path.write_text("\n".join([*header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def code_of(path: Path, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        read_csv(path, **options)
    assert "\n" not in caught.value.message
    return caught.value.code


def test_kaggle_mit_bih_counts_become_millivolts(table: Path) -> None:
    counts = np.array([1024, 1224, 824, 0, 2047] * 100)
    write(table, ["'sample #','MLII','V5'"], np.arange(500), counts, counts[::-1])
    recording = read_csv(table)
    assert recording.sampling_rate_hz == 360.0
    assert recording.lead_names == ("MLII", "V5")
    np.testing.assert_allclose(recording.signal_mv[:5, 0], [0, 1, -1, -5.12, 5.115], atol=1e-6)


def test_kaggle_header_over_millivolts_is_not_taken_for_counts(table: Path) -> None:
    write(table, ["'sample #','MLII'"], np.arange(500), lead_mv())
    assert code_of(table, sampling_rate_hz=360.0) == "missing_unit"


@pytest.mark.parametrize("header", ["time,II (mV)", "time_s,ii_mV", "Time [s],II [mV]", "t,mV"])
def test_rate_comes_from_the_time_column_and_unit_from_the_name(table: Path, header: str) -> None:
    write(table, [header], np.arange(500) / RATE_HZ, lead_mv())
    recording = read_csv(table)
    assert recording.sampling_rate_hz == RATE_HZ
    np.testing.assert_allclose(recording.signal_mv[:, 0], lead_mv(), atol=1e-6)


def test_time_in_milliseconds(table: Path) -> None:
    write(table, ["time_ms,ecg_uV"], np.arange(500) * 4.0, lead_mv() * 1000)
    recording = read_csv(table)
    assert recording.sampling_rate_hz == RATE_HZ
    np.testing.assert_allclose(recording.signal_mv[:, 0], lead_mv(), atol=1e-6)


def test_printed_times_rounded_to_milliseconds_still_give_the_rate(table: Path) -> None:
    write(table, ["time_s,II_mV"], np.round(np.arange(3600) / 360.0, 3), lead_mv(3600))
    assert read_csv(table).sampling_rate_hz == 360.0


def test_a_unitless_time_column_that_cannot_be_seconds_is_asked_about(table: Path) -> None:
    write(table, ["time,II_mV"], np.arange(500) * 4.0, lead_mv())
    assert code_of(table) == "missing_sampling_rate"


def test_a_gap_in_time_is_missing_samples_and_told(table: Path) -> None:
    times = np.delete(np.arange(510) / RATE_HZ, slice(100, 110))
    write(table, ["time_s,II_mV"], times, lead_mv())
    with pytest.warns(InputWarning, match="10 samples are missing, in 1 gap"):
        recording = read_csv(table)
    assert recording.sampling_rate_hz == RATE_HZ
    assert np.flatnonzero(np.isnan(recording.signal_mv[:, 0])).tolist() == list(range(100, 110))


def test_times_without_a_steady_step_are_refused_unless_the_rate_is_stated(table: Path) -> None:
    times = np.random.default_rng(1).permutation(500) / RATE_HZ
    write(table, ["time_s,II_mV"], times, lead_mv())
    assert code_of(table) == "irregular_samples"
    with pytest.warns(InputWarning, match="no steady step and are not used"):
        assert read_csv(table, sampling_rate_hz=RATE_HZ).sampling_rate_hz == RATE_HZ


def test_a_gap_of_years_is_no_reason_to_fill_the_memory(table: Path) -> None:
    times = np.arange(500) / RATE_HZ
    times[300:] += 1e9
    write(table, ["time_s,II_mV"], times, lead_mv())
    assert code_of(table) == "too_long"


def test_times_rounded_to_less_than_a_step_lie_on_a_grid(table: Path) -> None:
    write(table, ["time_s,II_mV"], np.round(np.arange(3600) / 360, 2), lead_mv(3600))
    assert read_csv(table).sampling_rate_hz == 360.0
    assert read_csv(table, sampling_rate_hz=360.5).sampling_rate_hz == 360.5


@pytest.mark.parametrize("rate_hz", [128, 250, 360])
@pytest.mark.parametrize("digits", [0, 1, 2])
def test_of_rows_with_the_same_time_the_changes_tell_the_rate(
    table: Path, rate_hz: int, digits: int
) -> None:
    times = np.floor((np.arange(12 * rate_hz) / rate_hz + 0.37) * 10**digits) / 10**digits
    write(table, ["time_s,II_mV"], times, lead_mv(len(times)))
    assert read_csv(table).sampling_rate_hz == rate_hz
    assert read_csv(table, sampling_rate_hz=rate_hz).sampling_rate_hz == rate_hz


@pytest.mark.parametrize("unit_s", [1.0, 1e-3])
def test_packets_that_share_a_time_and_one_that_was_lost(table: Path, unit_s: float) -> None:
    packet = np.arange(1000) // 10
    times = 1714600000 / unit_s + np.delete(packet * 10 / RATE_HZ / unit_s, slice(200, 250))
    write(table, ["timestamp,II_mV"], times, lead_mv(950))
    with pytest.warns(InputWarning, match="50 samples are missing, in 1 gap"):
        recording = read_csv(table)
    assert recording.sampling_rate_hz == RATE_HZ
    missing = np.isnan(recording.signal_mv[:, 0])
    assert np.flatnonzero(missing).tolist() == list(range(200, 250))


@pytest.mark.parametrize("statement", ["sampling rate: unknown", "fs = ?", "unit: counts"])
def test_a_statement_that_says_nothing_is_overruled(table: Path, statement: str) -> None:
    write(table, [f"# {statement}", "II"], lead_mv())
    recording = read_csv(table, sampling_rate_hz=RATE_HZ, unit="mV")
    assert recording.sampling_rate_hz == RATE_HZ
    np.testing.assert_allclose(recording.signal_mv[:, 0], lead_mv(), atol=1e-6)


def test_a_stated_rate_settles_the_unit_of_a_time_column(table: Path) -> None:
    write(table, ["time,II_mV"], np.arange(500) * 4.0, lead_mv())
    assert read_csv(table, sampling_rate_hz=RATE_HZ).sampling_rate_hz == RATE_HZ


def test_comment_lines_state_rate_and_unit(table: Path) -> None:
    header = ["# a note", "# sampling_rate_hz: 250", "# Unit: uV", "I,II"]
    write(table, header, lead_mv() * 1000, lead_mv() * 2000)
    recording = read_csv(table)
    assert recording.sampling_rate_hz == RATE_HZ
    assert recording.lead_names == ("I", "II")
    np.testing.assert_allclose(recording.signal_mv[:, 1], lead_mv() * 2, atol=1e-5)


@pytest.mark.parametrize("statement", ["fs = 0.25 kHz", "Sampling rate: 250 Hz", "sample_rate=250"])
def test_ways_to_state_a_rate(table: Path, statement: str) -> None:
    write(table, [f"# {statement}", "II_mV"], lead_mv())
    assert read_csv(table).sampling_rate_hz == RATE_HZ


def test_a_line_of_units_below_the_names(table: Path) -> None:
    write(table, ["'Elapsed time','MLII'", "'seconds','uV'"], np.arange(500) / 250, lead_mv())
    recording = read_csv(table)
    assert recording.sampling_rate_hz == RATE_HZ
    np.testing.assert_allclose(recording.signal_mv[:, 0], lead_mv() / 1000, atol=1e-9)


def test_a_missing_rate_is_what_the_caller_may_state(table: Path) -> None:
    write(table, ["II_mV"], lead_mv())
    with pytest.raises(InputError, match="does not state its sampling rate") as caught:
        read_csv(table)
    assert caught.value.missing == "sampling_rate_hz"
    assert read_csv(table, sampling_rate_hz=125.0).sampling_rate_hz == 125.0


def test_a_missing_unit_is_what_the_caller_may_state(table: Path) -> None:
    write(table, ["time_s,II"], np.arange(500) / RATE_HZ, lead_mv())
    with pytest.raises(InputError, match="does not state the unit of column 'II'") as caught:
        read_csv(table)
    assert caught.value.missing == "unit"
    np.testing.assert_allclose(
        read_csv(table, unit="uV").signal_mv[:, 0], lead_mv() / 1000, atol=1e-9
    )


def test_unknown_unit_is_refused(table: Path) -> None:
    write(table, ["time_s,II"], np.arange(500) / RATE_HZ, lead_mv())
    assert code_of(table, unit="furlong") == "bad_unit"


def test_the_files_own_rate_wins_with_a_warning(table: Path) -> None:
    write(table, ["time_s,II_mV"], np.arange(500) / RATE_HZ, lead_mv())
    with pytest.warns(InputWarning, match="states 250 Hz"):
        assert read_csv(table, sampling_rate_hz=500.0).sampling_rate_hz == RATE_HZ


@pytest.mark.parametrize("sep", [";", "\t"])
def test_decimal_comma(table: Path, sep: str) -> None:
    times = [f"{t:.3f}".replace(".", ",") for t in np.arange(500) / RATE_HZ]
    values = [f"{value}".replace(".", ",") for value in lead_mv()]
    rows = [f"{t}{sep}{v}" for t, v in zip(times, values, strict=True)]
    table.write_text("\n".join([f"time_s{sep}II (mV)", *rows]), encoding="utf-8")
    recording = read_csv(table)
    assert recording.sampling_rate_hz == RATE_HZ
    np.testing.assert_allclose(recording.signal_mv[:, 0], lead_mv(), atol=1e-6)


def test_decimal_commas_beside_a_clock_of_whole_numbers(table: Path) -> None:
    values = [f"{value:.4f}".replace(".", ",") for value in lead_mv()]
    rows = [f"{round(1000 * i / RATE_HZ)};{value}" for i, value in enumerate(values)]
    table.write_text("\n".join(["time_ms;II_mV", *rows]), encoding="utf-8")
    np.testing.assert_allclose(read_csv(table).signal_mv[:, 0], lead_mv(), atol=1e-4)


def test_single_column_with_decimal_comma(table: Path) -> None:
    values = [f"{value:.4f}".replace(".", ",") for value in lead_mv()]
    table.write_text("\n".join(["ecg_mV", *values]), encoding="utf-8")
    recording = read_csv(table, sampling_rate_hz=RATE_HZ)
    np.testing.assert_allclose(recording.signal_mv[:, 0], lead_mv(), atol=1e-6)


def test_byte_order_mark_windows_lines_and_micro_sign(table: Path) -> None:
    rows = "\r\n".join(f"{i / RATE_HZ};{v}" for i, v in enumerate(lead_mv() * 1000))
    table.write_bytes(("\ufefftime_s;II (µV)\r\n" + rows + "\r\n\r\n\r\n").encode())
    recording = read_csv(table)
    assert recording.signal_mv.shape == (500, 1)
    np.testing.assert_allclose(recording.signal_mv[:, 0], lead_mv(), atol=1e-6)


def test_micro_sign_in_windows_encoding(table: Path) -> None:
    rows = "\n".join(f"{i / RATE_HZ};{v}" for i, v in enumerate(lead_mv()))
    table.write_bytes(("time_s;II (µV)\n" + rows).encode("cp1252"))
    np.testing.assert_allclose(read_csv(table).signal_mv[:, 0], lead_mv() / 1000, atol=1e-9)


def test_a_delimiter_at_the_end_of_every_line_is_no_column(table: Path) -> None:
    rows = "\n".join(f"{i / RATE_HZ};{v};" for i, v in enumerate(lead_mv()))
    table.write_text("time_s;II_mV\n" + rows)
    assert read_csv(table).lead_names == ("II",)


def test_missing_values_become_nan_and_keep_their_place(table: Path) -> None:
    values = [str(value) for value in lead_mv()]
    values[3:6] = ["", "NaN", "-"]
    rows = "\n".join(f"{i / RATE_HZ},{v}" for i, v in enumerate(values))
    table.write_text("time_s,II_mV\n" + rows)
    recording = read_csv(table)
    assert np.flatnonzero(np.isnan(recording.signal_mv[:, 0])).tolist() == [3, 4, 5]


def test_columns_that_are_no_leads_are_named_in_a_warning(table: Path) -> None:
    rows = "\n".join(f"{i / RATE_HZ},{v},97,N" for i, v in enumerate(lead_mv()))
    table.write_text("time_s,II_mV,SpO2 (%),label\n" + rows)
    with pytest.warns(InputWarning, match=r"SpO2 \(%\), label"):
        assert read_csv(table).lead_names == ("II",)


def test_lead_v_is_a_lead_not_a_unit(table: Path) -> None:
    write(table, ["time_s,V,lead V"], np.arange(500) / RATE_HZ, lead_mv(), lead_mv())
    assert read_csv(table, unit="mV").lead_names == ("V", "lead V")


def test_row_numbers_of_a_data_frame_are_no_lead(table: Path) -> None:
    write(table, [",II_mV"], np.arange(500), lead_mv())
    assert read_csv(table, sampling_rate_hz=RATE_HZ).lead_names == ("II",)


def test_columns_without_names_are_refused(table: Path) -> None:
    write(table, [], np.arange(500), lead_mv())
    assert code_of(table, sampling_rate_hz=RATE_HZ, unit="mV") == "no_header"


def test_a_word_among_the_numbers_is_refused(table: Path) -> None:
    write(table, ["time_s,II_mV"], np.arange(500) / RATE_HZ, lead_mv())
    table.write_text(table.read_text() + "2.0,oops\n")
    assert code_of(table) == "damaged"


def test_less_than_a_second_is_too_short(table: Path) -> None:
    write(table, ["time_s,II_mV"], np.arange(200) / RATE_HZ, lead_mv(200))
    assert code_of(table) == "too_short"


def test_more_than_fourteen_days_is_too_long(table: Path) -> None:
    write(table, ["II_mV"], lead_mv())
    assert code_of(table, sampling_rate_hz=1e-4) == "too_long"


def test_a_lead_without_a_single_value_is_refused(table: Path) -> None:
    rows = "\n".join(f"{i / RATE_HZ},{'inf' if i < 2 else ''}" for i in range(500))
    table.write_text("time_s,II_mV\n" + rows)
    assert code_of(table) == "no_signal"


def test_an_hour_of_two_leads_is_read_in_seconds(table: Path) -> None:
    rows = "\n".join(f"{i},1024,1030" for i in range(360 * 3600))
    table.write_text("'sample #','MLII','V5'\n" + rows)
    start_s = time.process_time()
    assert read_csv(table).duration_s == 3600
    assert time.process_time() - start_s < 5.0
