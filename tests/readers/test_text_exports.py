"""Text as recorders and laboratories export it: times in words, and lines before the table."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from ecgmm.errors import InputError, InputWarning
from ecgmm.readers.route import identify, read_input

RATE_HZ = 250.0
LEAD_MV = np.round(np.sin(np.arange(500) / 7.0), 4)
TIMES_S = np.arange(500) / RATE_HZ


def write(path: Path, header: Iterable[str], rows: Iterable[str], encoding: str = "utf-8") -> Path:
    path.write_text("\n".join([*header, *rows]) + "\n", encoding=encoding)
    return path


def minutes(time_s: float) -> str:
    return f"{int(time_s // 60)}:{time_s % 60:06.3f}"


def of_day(time_s: float) -> str:
    """From two seconds before midnight on."""
    return f"{datetime(2030, 1, 1, 23, 59, 59) + timedelta(seconds=time_s):%H:%M:%S.%f}"


def iso(time_s: float) -> str:
    return f"{datetime(2030, 1, 1, 23, 59, 59) + timedelta(seconds=time_s):%Y-%m-%dT%H:%M:%S.%f}Z"


def as_date(pattern: str) -> Callable[[float], str]:
    return lambda time_s: (
        f"{datetime(2030, 1, 1, 23, 59, 59) + timedelta(seconds=time_s):{pattern}}"
    )


def since_1970(units_a_second: float) -> Callable[[float], str]:
    return lambda time_s: str(round((1_900_000_000 + time_s) * units_a_second))


def german(time_s: float) -> str:
    return f"{time_s:.4f}".replace(".", ",")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Elapsed time", minutes),
        ("Time of day", of_day),
        ("timestamp", iso),
        ("Zeit (s)", german),
        ("Time", as_date("%d.%m.%Y %H:%M:%S.%f")),
        ("Time", as_date("%m/%d/%Y %I:%M:%S.%f %p")),
        ("Time", as_date("%d-%b-%Y %H:%M:%S.%f")),
        ("Time", as_date("[%H:%M:%S.%f %d/%m/%Y]")),
        ("time", as_date("%H:%M:%S:%f")),
        ("timestamp", since_1970(1e3)),
        ("Unix Timestamp", since_1970(1e6)),
        ("Zeit in ms", lambda time_s: f"{1000 * time_s:.1f}"),
        ("Время (мс)", lambda time_s: f"{1000 * time_s:.1f}"),
        ("relative_time", lambda time_s: f"{time_s:.4f}"),
        ("Channel clock [\N{MICRO SIGN}s]", lambda time_s: f"{1e6 * time_s:.0f}"),
        ("sensor timestamp [ns]", lambda time_s: str(599616050941733632 + round(time_s * 1e9))),
    ],
)
def test_times_state_the_rate_however_they_are_written(
    tmp_path: Path, name: str, written: Callable[[float], str]
) -> None:
    rows = (f"{written(t)};{v}" for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    decimal = "," if written is german else "."
    table = write(tmp_path / "t.csv", [f"{name};II (mV)"], (r.replace(".", decimal) for r in rows))
    recording = read_input(table)
    assert recording.sampling_rate_hz == pytest.approx(RATE_HZ, rel=1e-4)
    assert recording.lead_names == ("II",)
    np.testing.assert_allclose(recording.signal_mv[:, 0], LEAD_MV, atol=1e-6)


def test_intervals_between_beats_are_no_clock(tmp_path: Path) -> None:
    rows = (f"{800 + i % 7},{v}" for i, v in enumerate(LEAD_MV))
    table = write(tmp_path / "t.csv", ["# fs: 250", "RR interval (ms),II (mV)"], rows)
    with pytest.warns(InputWarning, match="not read: RR interval"):
        assert read_input(table).sampling_rate_hz == RATE_HZ


@pytest.mark.parametrize("header", ["ECG {mV}", "ECG <uV>", "ecg.mV", "ECG (mVolts)", "ECG in uV"])
def test_units_in_the_names_of_columns(tmp_path: Path, header: str) -> None:
    scale = 1000 if "uV" in header else 1
    rows = (f"{t:.4f},{scale * v}" for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    recording = read_input(write(tmp_path / "t.csv", [f"time_s,{header}"], rows))
    np.testing.assert_allclose(recording.signal_mv[:, 0], LEAD_MV, atol=1e-6)


@pytest.mark.parametrize(
    "head",
    [
        ["Sampling rate: 250 Hz", "Unit: mV", ""],
        ["Patient,Nobody", "Sampling Frequency (Hz),250", "Units,mV", ""],
        ["SamplingRate=250", "Unit=mV"],
        ["// fs = 250", "// unit = mV"],
        ["# fs=250, unit=mV"],
        ["# Sampling Interval: 4 ms", "# unit: mV"],
        ["Abtastrate: 250,0 Hz", "Einheit: mV"],
        ["sampling rate;0,25 kHz", "unit;mV"],
    ],
)
@pytest.mark.parametrize("names", [("II",), ("I", "II")])
def test_lines_above_the_table_state_its_rate_and_unit(
    tmp_path: Path, head: list[str], names: tuple[str, ...]
) -> None:
    rows = (",".join([f"{v}"] * len(names)) for v in LEAD_MV)
    recording = read_input(write(tmp_path / "t.csv", [*head, ",".join(names)], rows))
    assert (recording.sampling_rate_hz, recording.lead_names) == (RATE_HZ, names)
    np.testing.assert_allclose(recording.signal_mv[:, -1], LEAD_MV, atol=1e-6)


@pytest.mark.parametrize("sign", ["|", " "])
def test_bars_and_single_spaces_part_columns(tmp_path: Path, sign: str) -> None:
    rows = (f"{t:.4f}{sign}{v}" for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    recording = read_input(write(tmp_path / "t.txt", [f"time_s{sign}II_mV"], rows))
    assert (recording.sampling_rate_hz, recording.lead_names) == (RATE_HZ, ("II",))


def test_of_several_clocks_the_finest_counts_and_a_lost_packet_is_missing_samples(
    tmp_path: Path,
) -> None:
    rows = [
        f"{iso(0.0 if t < 1 else 1.0)};{1e3 * t:.4f};{1e3 * v}"
        for t, v in zip(TIMES_S, LEAD_MV, strict=True)
    ]
    del rows[200:273]
    table = write(tmp_path / "t.txt", ["Phone timestamp;timestamp [ms];ecg [uV]"], rows)
    with pytest.warns(InputWarning, match="73 samples are missing, in 1 gap"):
        recording = read_input(table)
    assert recording.sampling_rate_hz == RATE_HZ
    missing = np.isnan(recording.signal_mv[:, 0])
    assert np.flatnonzero(missing).tolist() == list(range(200, 273))


def test_columns_set_with_spaces(tmp_path: Path) -> None:
    header = ["       Elapsed time       MLII         V5", "   hh:mm:ss.mmm       (mV)       (mV)"]
    rows = (f"{minutes(t):>16}{v:11.4f}{-v:11.4f}" for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    recording = read_input(write(tmp_path / "rdsamp.txt", header, rows))
    assert (recording.sampling_rate_hz, recording.lead_names) == (RATE_HZ, ("MLII", "V5"))
    np.testing.assert_allclose(recording.signal_mv[:, 1], -LEAD_MV, atol=1e-6)


def test_labchart(tmp_path: Path) -> None:
    header = [
        "Interval=\t0.004 s",
        "ExcelDateTime=\t4.4e+04\t01/01/2030 14:30:00.000000",
        "TimeFormat=\tStartOfBlock",
        "DateFormat=\t",
        "ChannelTitle=\tECG\tResp",
        "Range=\t2.000 mV\t10.000 V",
        "UnitName=\tmV\tV",
        "TopValue=\t1\t5",
    ]
    rows = (f"{t:.3f}\t{v}\t3" for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    with pytest.warns(InputWarning, match="not read: Resp"):
        recording = read_input(write(tmp_path / "labchart.txt", header, rows))
    assert (recording.sampling_rate_hz, recording.lead_names) == (RATE_HZ, ("ECG",))
    np.testing.assert_allclose(recording.signal_mv[:, 0], LEAD_MV, atol=1e-6)


def test_labchart_that_states_units_by_its_ranges_alone(tmp_path: Path) -> None:
    header = ["Interval=\t4 ms", "ChannelTitle=\tECG\tResp", "Range=\t2.000 mV\t10.000 V"]
    rows = (f"{t:.3f}\t{v}\t3" for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    with pytest.warns(InputWarning, match="not read: Resp"):
        recording = read_input(write(tmp_path / "labchart.txt", header, rows))
    assert (recording.sampling_rate_hz, recording.lead_names) == (RATE_HZ, ("ECG",))
    np.testing.assert_allclose(recording.signal_mv[:, 0], LEAD_MV, atol=1e-6)


@pytest.mark.parametrize("clock", ["milliseconds", "Zeit"])
def test_biopac_with_a_clock_in_other_words_keeps_its_columns_apart(
    tmp_path: Path, clock: str
) -> None:
    header = ["rest.acq", "4 msec/sample", "1 channels", "ECG", "mV", f"{clock}\tCH1", "\t500"]
    rows = (f"{1000 * t:.1f}\t{v}" for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    recording = read_input(write(tmp_path / "biopac.txt", header, rows))
    assert (recording.sampling_rate_hz, recording.lead_names) == (RATE_HZ, ("ECG",))
    np.testing.assert_allclose(recording.signal_mv[:, 0], LEAD_MV, atol=1e-6)


def test_a_column_of_samples_beside_a_clock_is_the_lead(tmp_path: Path) -> None:
    rows = (f"{1000 * t:.0f},{1000 * v:.1f}" for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    table = write(tmp_path / "strap.csv", ["timestamp_ms,samples"], rows)
    recording = read_input(table, unit="uV")
    assert recording.sampling_rate_hz == RATE_HZ
    np.testing.assert_allclose(recording.signal_mv[:, 0], LEAD_MV, atol=1e-4)


def test_biopac(tmp_path: Path) -> None:
    header = ["rest.acq", "4 msec/sample", "2 channels", "ECG - ECG100C", "mV", "RSP", "Volts"]
    header += ["min\tCH1\tCH2\t", "\t500\t500\t"]
    rows = (f"{t / 60:.8f}\t{v}\t0.2\t" for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    with pytest.warns(InputWarning, match="not read: RSP"):
        recording = read_input(write(tmp_path / "biopac.txt", header, rows))
    assert recording.sampling_rate_hz == RATE_HZ
    np.testing.assert_allclose(recording.signal_mv[:, 0], LEAD_MV, atol=1e-6)


def test_labchart_with_dates_and_decimal_commas(tmp_path: Path) -> None:
    head = ["Interval=\t0,004 s", "DateFormat=\tM/d/yyyy", "ChannelTitle=\tECG", "UnitName=\tmV"]
    rows = (f"1/1/2019\t{t:.3f}\t{v}" for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    table = write(tmp_path / "l.txt", head, (row.replace(".", ",") for row in rows))
    recording = read_input(table)
    assert (recording.sampling_rate_hz, recording.lead_names) == (RATE_HZ, ("ECG",))
    np.testing.assert_allclose(recording.signal_mv[:, 0], LEAD_MV, atol=1e-6)


def test_of_several_labchart_blocks_the_first_is_read_and_that_is_told(tmp_path: Path) -> None:
    head = ["Interval=\t0.004 s", "ChannelTitle=\tECG", "UnitName=\tmV"]
    rows = [f"{t:.3f}\t{v}" for t, v in zip(TIMES_S, LEAD_MV, strict=True)]
    table = write(tmp_path / "l.txt", [*head, *rows, *head], rows)
    with pytest.warns(InputWarning, match="below row 500 is no part of the table"):
        assert len(read_input(table).signal_mv) == 500


@pytest.mark.parametrize("footer", ["# end of file", "Total: 500 samples"])
def test_a_remark_below_a_table_is_no_row(tmp_path: Path, footer: str) -> None:
    rows = [f"{t:.3f},{v}" for t, v in zip(TIMES_S, LEAD_MV, strict=True)]
    table = write(tmp_path / "t.csv", ["time_s,II_mV"], [*rows, footer])
    with pytest.warns(InputWarning, match="below row 500"):
        assert len(read_input(table).signal_mv) == 500


@pytest.mark.parametrize(
    "step", ["4 msec/sample", "0,004 sec/sample", "250 samples/second", "250 Hz"]
)
def test_biopac_states_a_step_or_a_rate(tmp_path: Path, step: str) -> None:
    head = ["x.acq", step, "1 channels", "ECG (0.5 - 35 Hz)", "mV", "sec,CH1,", ",500,"]
    rows = (f"{t:.3f},{v}," for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    recording = read_input(write(tmp_path / "b.txt", head, rows))
    assert recording.sampling_rate_hz == RATE_HZ
    np.testing.assert_allclose(recording.signal_mv[:, 0], LEAD_MV, atol=1e-6)


def test_openbci_before_it_had_names_of_columns(tmp_path: Path) -> None:
    head = ["%OpenBCI Raw EEG Data", "%Number of channels = 2", "%Sample Rate = 250.0 Hz"]
    rows = (
        f"{i % 256}, {1000 * v:.1f}, 0.0, 0.1, 10:00:{i / 250:06.3f}" for i, v in enumerate(LEAD_MV)
    )
    with pytest.warns(InputWarning, match="not read: Other 0"):
        recording = read_input(write(tmp_path / "o.txt", head, rows))
    assert recording.lead_names == ("EXG Channel 0", "EXG Channel 1")
    np.testing.assert_allclose(recording.signal_mv[:, 0], LEAD_MV, atol=1e-4)


def test_steps_of_a_converter_are_read_with_the_unit_that_is_stated(tmp_path: Path) -> None:
    rows = (f"{t:.3f}\t{round(1000 * v)}" for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    table = write(tmp_path / "t.txt", ["time (sec)\tMLII (adu)"], rows)
    with pytest.raises(InputError, match="does not state the unit of column 'MLII'"):
        read_input(table)
    np.testing.assert_allclose(read_input(table, unit="uV").signal_mv[:, 0], LEAD_MV, atol=1e-3)


def test_openbci_is_in_microvolts_and_its_accelerometer_is_no_lead(tmp_path: Path) -> None:
    header = [
        "%OpenBCI Raw EXG Data",
        "%Number of channels = 1",
        "%Sample Rate = 250 Hz",
        "Sample Index, EXG Channel 0, Accel Channel 0, Other, Timestamp, Timestamp (Formatted)",
    ]
    rows = (
        f"{i % 256}, {1e3 * v:.4f}, 0.1, 0.0, {1.7e9 + i / 250:.5f}, {iso(i / 250)[:-4]}"
        for i, v in enumerate(LEAD_MV)
    )
    with pytest.warns(InputWarning, match="not read: Accel Channel 0, Other"):
        recording = read_input(write(tmp_path / "openbci.txt", header, rows))
    assert (recording.sampling_rate_hz, recording.lead_names) == (RATE_HZ, ("EXG Channel 0",))
    np.testing.assert_allclose(recording.signal_mv[:, 0], LEAD_MV, atol=1e-6)


def test_shimmer(tmp_path: Path) -> None:
    names = ("Timestamp_Unix_CAL", "ECG_LA-RA_24BIT_CAL", "ECG_RESP_24BIT_CAL")
    header = ["sep=\t", "".join(f"Shimmer_820D_{name}\t" for name in names), "ms\tmV\tmV\t"]
    rows = (f"{1.6e12 + 1e3 * t:.3f}\t{v}\t12\t" for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    with pytest.warns(InputWarning, match="not read: Respiration"):
        recording = read_input(write(tmp_path / "shimmer.csv", header, rows))
    assert (recording.sampling_rate_hz, recording.lead_names) == (RATE_HZ, ("I",))


def test_utf_16_without_a_mark(tmp_path: Path) -> None:
    rows = (f"{t:.3f}\t{v}" for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    table = write(tmp_path / "t.txt", ["time_s\tII (mV)"], rows, encoding="utf-16-le")
    assert read_input(table).lead_names == ("II",)


def test_utf_16(tmp_path: Path) -> None:
    rows = (f"{t:.4f}\t{v}" for t, v in zip(TIMES_S, LEAD_MV, strict=True))
    recording = read_input(write(tmp_path / "u.txt", ["time_s\tII (mV)"], rows, "utf-16"))
    assert recording.sampling_rate_hz == RATE_HZ
    np.testing.assert_allclose(recording.signal_mv[:, 0], LEAD_MV, atol=1e-6)


def test_what_is_no_ecg_needs_no_unit(tmp_path: Path) -> None:
    rows = (f"{v},0.1,97" for v in LEAD_MV)
    table = write(tmp_path / "t.csv", ["ECG_mV,Respiration,SpO2"], rows)
    with pytest.warns(InputWarning, match="not read: Respiration, SpO2"):
        assert read_input(table, sampling_rate_hz=RATE_HZ).lead_names == ("ECG",)


def test_prose_with_equals_signs_is_no_table(tmp_path: Path) -> None:
    prose = write(tmp_path / "n.txt", ["Interval=\tnone", "ChannelTitle=\tI"], ["a word"] * 9)
    with pytest.raises(InputError, match="format not known"):
        identify(prose)
