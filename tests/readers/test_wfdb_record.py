"""WFDB records: physical millivolts, and no header can reach beyond its own folder."""

import os
from pathlib import Path

import numpy as np
import pytest
import wfdb

from ecgmm.errors import InputError, InputWarning
from ecgmm.readers.presence import find_header
from ecgmm.readers.wfdb_record import open_wfdb
from ecgmm.recording import Recording

RATE_HZ = 360

ONE_LEAD = {
    "p_signal": np.sin(7 * np.arange(3600) / RATE_HZ)[:, np.newaxis],
    "units": ["mV"],
    "sig_name": ["MLII"],
    "fmt": ["16"],
    "adc_gain": [1000.0],
    "baseline": [0],
}


def read_wfdb(path: Path) -> Recording:
    return open_wfdb(path).whole()


def signals_mv(samples: int = 3600) -> np.ndarray:
    time_s = np.arange(samples) / RATE_HZ
    return np.stack([np.sin(7 * time_s), 0.5 * np.cos(5 * time_s)], axis=1)


def write_record(folder: Path, name: str = "100", **changes: object) -> Path:
    fields = {
        "fs": RATE_HZ,
        "units": ["mV", "mV"],
        "sig_name": ["MLII", "V5"],
        "p_signal": signals_mv(),
        "fmt": ["16", "16"],
        "adc_gain": [1000.0, 1000.0],
        "baseline": [0, 0],
    }
    wfdb.wrsamp(name, write_dir=str(folder), **(fields | changes))
    return folder / f"{name}.hea"


@pytest.mark.parametrize(
    ("old", "new", "assumed"),
    [
        (" 2 360 3600", " 2", "250 Hz was assumed"),
        ("1000.0(0)/mV 16 0", "0", "200 steps a millivolt were assumed"),
    ],
)
def test_what_a_header_leaves_to_the_standard_is_told(
    tmp_path: Path, old: str, new: str, assumed: str
) -> None:
    header = edit(write_record(tmp_path), old, new)
    assert assumed in " ".join(open_wfdb(header).assumed)


@pytest.mark.parametrize("stated", [" 2", " 2 0 3600"])
def test_a_rate_that_the_header_leaves_open_may_be_given(tmp_path: Path, stated: str) -> None:
    header = edit(write_record(tmp_path), " 2 360 3600", stated)
    given = open_wfdb(header, sampling_rate_hz=500.0)
    assert (given.sampling_rate_hz, given.assumed) == (500.0, ())


@pytest.mark.parametrize("unit", ["NU", "adu", "counts"])
def test_a_unit_that_is_none_may_be_given(tmp_path: Path, unit: str) -> None:
    header = write_record(tmp_path, units=[unit, unit])
    with pytest.raises(InputError, match=unit) as refused:
        open_wfdb(header)
    assert (refused.value.code, refused.value.missing) == ("missing_unit", "unit")
    signal_mv = open_wfdb(header, unit="uV").whole().signal_mv
    np.testing.assert_allclose(signal_mv, signals_mv() / 1000, atol=1e-5)


def test_beside_a_lead_in_volts_one_without_a_unit_is_none(tmp_path: Path) -> None:
    header = write_record(tmp_path, units=["mV", "NU"])
    with pytest.warns(InputWarning, match="not in volts"):
        assert open_wfdb(header, unit="mV").lead_names == ("MLII",)


def test_a_header_that_says_all_leaves_nothing_to_assume(tmp_path: Path) -> None:
    assert open_wfdb(write_record(tmp_path)).assumed == ()


def write_annotations(folder: Path, name: str = "100") -> None:
    wfdb.wrann(
        name,
        "atr",
        np.array([10, 100, 400, 800]),
        ["+", "N", "V", "~"],
        aux_note=["(AFIB\0", "", "", ""],
        write_dir=str(folder),
    )


def edit(path: Path, old: str, new: str) -> Path:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


def code_of(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_wfdb(path)
    assert "\n" not in caught.value.message
    assert path.stem in caught.value.message or path.name in caught.value.message
    return caught.value.code


@pytest.mark.parametrize("named_as", ["100.hea", "100", "100.dat", "100.atr"])
def test_a_record_is_named_by_header_stem_or_companion(tmp_path: Path, named_as: str) -> None:
    write_record(tmp_path)
    write_annotations(tmp_path)
    recording = read_wfdb(tmp_path / named_as)
    assert recording.name == "100"
    assert recording.sampling_rate_hz == RATE_HZ
    assert recording.lead_names == ("MLII", "V5")
    np.testing.assert_allclose(recording.signal_mv, signals_mv(), atol=6e-4)


def test_a_stem_may_contain_dots(tmp_path: Path) -> None:
    write_record(tmp_path, "holter")
    (tmp_path / "holter.hea").rename(tmp_path / "holter.v1.hea")
    assert read_wfdb(tmp_path / "holter.v1").name == "holter.v1"


def packed_by_hand(counts: np.ndarray, fmt: str) -> bytes:
    """Formats that wfdb reads and does not write; see signal(5) of the WFDB applications guide."""
    unsigned = counts.astype(np.int64)
    match fmt:
        case "8":
            return np.diff(unsigned, prepend=0).astype(np.int8).tobytes()
        case "61":
            return counts.astype(">i2").tobytes()
        case "160":
            return (unsigned + 32768).astype("<u2").tobytes()
    first, second, third = (unsigned & 0x3FF).reshape(-1, 3).T
    if fmt == "311":
        return (first | second << 10 | third << 20).astype("<u4").tobytes()
    low_half = (first << 1) | ((third & 0x1F) << 11)
    high_half = (second << 1) | ((third >> 5) << 11)
    return np.stack([low_half, high_half], axis=1).astype("<u2").tobytes()


@pytest.mark.parametrize("fmt", ["8", "61", "160", "310", "311"])
def test_storage_formats_of_old_recorders(tmp_path: Path, fmt: str) -> None:
    counts = np.rint(100 * np.sin(np.arange(3600) / 60)).astype(np.int16)
    (tmp_path / "old.dat").write_bytes(packed_by_hand(counts, fmt))
    (tmp_path / "old.hea").write_text(f"old 1 360 3600\nold.dat {fmt} 100(0)/mV 10 0 0 0 0 II\n")
    recording = read_wfdb(tmp_path / "old")
    np.testing.assert_allclose(recording.signal_mv[:, 0], counts / 100, atol=1e-6)


@pytest.mark.parametrize("fmt", ["16", "24", "32", "80", "212", "508", "516", "524"])
def test_storage_formats(tmp_path: Path, fmt: str) -> None:
    path = write_record(tmp_path, fmt=[fmt, fmt], adc_gain=[100.0, 100.0])
    np.testing.assert_allclose(read_wfdb(path).signal_mv, signals_mv(), atol=6e-3)


def test_beats_and_rhythm_changes_are_read_and_other_marks_are_not(tmp_path: Path) -> None:
    path = write_record(tmp_path)
    write_annotations(tmp_path)
    annotations = read_wfdb(path).annotations
    assert annotations is not None
    assert annotations.beat_samples.tolist() == [100, 400]
    assert annotations.beat_symbols == ("N", "V")
    assert annotations.rhythm_samples.tolist() == [10]
    assert annotations.rhythm_names == ("(AFIB",)


@pytest.mark.parametrize("content", [b"\xff\xff\xff", b"\x00\xec\x01", b"\xff" * 400])
def test_damaged_annotations_leave_the_signal_readable(tmp_path: Path, content: bytes) -> None:
    path = write_record(tmp_path)
    (tmp_path / "100.atr").write_bytes(content)
    with pytest.warns(InputWarning, match=r"without its annotations.*100\.atr"):
        recording = read_wfdb(path)
    assert recording.annotations is None
    assert recording.signal_mv.shape == (3600, 2)


@pytest.mark.parametrize(("unit", "factor"), [("uV", 1e-3), ("mV", 1.0), ("V", 1e3)])
def test_units_are_converted_to_millivolts(tmp_path: Path, unit: str, factor: float) -> None:
    path = write_record(tmp_path, units=[unit, unit])
    np.testing.assert_allclose(read_wfdb(path).signal_mv, factor * signals_mv(), atol=factor * 1e-3)


def test_leads_that_are_not_in_volts_are_left_out_by_name(tmp_path: Path) -> None:
    path = write_record(tmp_path, units=["mV", "mmHg"], sig_name=["II", "ABP"])
    with pytest.warns(InputWarning, match=r"ABP \(mmHg\)"):
        assert read_wfdb(path).lead_names == ("II",)


def test_a_record_without_any_lead_in_volts_is_no_ecg(tmp_path: Path) -> None:
    assert code_of(write_record(tmp_path, units=["mmHg", "C"])) == "no_ecg"


def test_a_micro_sign_is_not_mistaken_for_volts(tmp_path: Path) -> None:
    path = write_record(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"/mV", "/µV".encode()))
    assert code_of(path) == "bad_unit"


def test_invalid_samples_stay_nan(tmp_path: Path) -> None:
    signal = signals_mv()
    signal[50:60, 1] = np.nan
    recording = read_wfdb(write_record(tmp_path, p_signal=signal))
    assert np.flatnonzero(np.isnan(recording.signal_mv[:, 1])).tolist() == list(range(50, 60))
    assert np.isfinite(recording.signal_mv[:, 0]).all()


def test_a_slower_lead_is_brought_to_the_faster_leads_rate(tmp_path: Path) -> None:
    fast, slow = signals_mv(7200)[:, 0], signals_mv(7200)[::2, 0]
    path = write_record(tmp_path, p_signal=None, e_p_signal=[fast, slow], samps_per_frame=[2, 1])
    recording = read_wfdb(path)
    assert recording.sampling_rate_hz == 2 * RATE_HZ
    np.testing.assert_allclose(recording.signal_mv[:-2, 1], fast[:-2], atol=2e-3)


def test_segments_are_joined(tmp_path: Path) -> None:
    write_record(tmp_path, "part1")
    write_record(tmp_path, "part2", adc_gain=[2000.0, 500.0])
    path = tmp_path / "whole.hea"
    path.write_text("whole/2 2 360 7200\npart1 3600\npart2 3600\n")
    recording = read_wfdb(path)
    np.testing.assert_allclose(recording.signal_mv, np.tile(signals_mv(), (2, 1)), atol=2e-3)


def test_a_gap_between_segments_and_a_lead_that_comes_later_are_nan(tmp_path: Path) -> None:
    write_record(tmp_path, "part1", **ONE_LEAD)
    write_record(tmp_path, "part2")
    (tmp_path / "layout.hea").write_text(
        "layout 2 360 0\n~ 0 1/mV 0 0 0 0 0 MLII\n~ 0 1/mV 0 0 0 0 0 V5\n"
    )
    path = tmp_path / "whole.hea"
    path.write_text("whole/4 2 360 8200\nlayout 0\npart1 3600\n~ 1000\npart2 3600\n")
    recording = read_wfdb(path)
    assert recording.lead_names == ("MLII", "V5")
    np.testing.assert_allclose(recording.signal_mv[:3600, 0], signals_mv()[:, 0], atol=6e-4)
    assert np.isnan(recording.signal_mv[:4600, 1]).all()
    assert np.isnan(recording.signal_mv[3600:4600]).all()
    np.testing.assert_allclose(recording.signal_mv[4600:], signals_mv(), atol=6e-4)


def test_segments_in_different_units_are_refused(tmp_path: Path) -> None:
    write_record(tmp_path, "part1")
    write_record(tmp_path, "part2", units=["uV", "mV"])
    path = tmp_path / "whole.hea"
    path.write_text("whole/2 2 360 7200\npart1 3600\npart2 3600\n")
    assert code_of(path) == "bad_unit"


@pytest.mark.parametrize(
    "header",
    [
        "whole/2 2 360 7200\nwhole 3600\npart1 3600\n",
        "whole/1 2 360 7200\npart1 7200\n",
        "whole/2 2 360 7200\npart1 3600\n",
        "whole/2 2 360 7200\npart1 3600\n~ 3600\n",
        "whole/1 2 360 99\npart1 3600\n",
        "whole/1 2 360\npart1 3600\n",
    ],
    ids=["itself", "longer than its part", "missing part", "gap", "wrong sum", "no length"],
)
def test_segments_that_do_not_add_up_are_refused(tmp_path: Path, header: str) -> None:
    write_record(tmp_path, "part1")
    path = tmp_path / "whole.hea"
    path.write_text(header)
    assert code_of(path) == "damaged"


@pytest.mark.parametrize("name", ["../secret.dat", "/etc/passwd", "sub/100.dat", "..", "a::b.dat"])
def test_a_header_cannot_name_a_file_elsewhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = write_record(folder)
    (tmp_path / "secret.dat").write_bytes((folder / "100.dat").read_bytes())
    assert code_of(edit(path, "100.dat", name)) in ("damaged", "unsafe_path")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = write_record(folder)
    (folder / "100.dat").rename(tmp_path / "secret.dat")
    (folder / "100.dat").symlink_to(tmp_path / "secret.dat")
    assert code_of(path) == "unsafe_path"


def test_a_link_that_points_at_itself_is_refused(tmp_path: Path) -> None:
    path = write_record(tmp_path)
    (tmp_path / "100.dat").unlink()
    (tmp_path / "100.dat").symlink_to(tmp_path / "100.dat")
    assert code_of(path) == "missing_file"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = write_record(tmp_path)
    (tmp_path / "100.dat").unlink()
    os.mkfifo(tmp_path / "100.dat")
    assert code_of(path) == "missing_file"


def test_a_folder_name_cannot_become_an_address(tmp_path: Path) -> None:
    folder = tmp_path / "x::http:"
    folder.mkdir()
    assert code_of(write_record(folder)) == "bad_path"


def test_brackets_in_a_folder_name_are_plain_letters(tmp_path: Path) -> None:
    folder = tmp_path / "run [1] *"
    folder.mkdir()
    assert read_wfdb(write_record(folder)).duration_s == 10.0


def test_a_missing_signal_file_is_named(tmp_path: Path) -> None:
    path = write_record(tmp_path)
    (tmp_path / "100.dat").unlink()
    with pytest.raises(InputError, match=r"100\.dat"):
        read_wfdb(path)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("100 2 360 3600", "100 2 360 999999", "damaged"),
        ("100 2 360 3600", "100 2 360 99999999999999", "damaged"),
        ("100 2 360 3600", "100 2 0 3600", "bad_sampling_rate"),
        ("100 2 360 3600", "100 2 200000 3600", "bad_sampling_rate"),
        ("100 2 360 3600", "100 2 0.001 3600", "too_long"),
        ("100 2 360 3600", "100 2 360 300", "too_short"),
        ("100 2 360 3600", "100 3 360 3600", "damaged"),
        ("100 2 360 3600", "100 0 360 3600", "damaged"),
        ("100 2 360 3600", "100 2 " + "9" * 200 + " 3600", "bad_sampling_rate"),
        ("100.dat 16", "100.dat 77", "unknown_format"),
        ("100.dat 16", "100.dat 516", "damaged"),
        ("100.dat 16", "100.dat 16x0", "damaged"),
        ("100.dat 16", "100.dat 16x9999999", "damaged"),
        ("100.dat 16", "100.dat 16:99999999", "damaged"),
        ("100.dat 16", "100.dat 16+99999999", "damaged"),
        ("1000.0(0)/mV", "1e-30(0)/mV", "damaged"),
        ("100 2 360 3600", "A" * 300 + " 2 360 3600", "damaged"),
    ],
)
def test_a_header_that_lies_is_refused(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert code_of(edit(write_record(tmp_path), old, new)) == code


def test_more_leads_than_an_ecg_has(tmp_path: Path) -> None:
    path = tmp_path / "100.hea"
    (tmp_path / "100.dat").write_bytes(bytes(2 * 65 * 400))
    path.write_text("100 65 360 400\n" + "100.dat 16 200/mV\n" * 65)
    assert code_of(path) == "damaged"


def test_a_truncated_signal_file_says_how_much_is_there(tmp_path: Path) -> None:
    path = write_record(tmp_path)
    data = (tmp_path / "100.dat").read_bytes()
    (tmp_path / "100.dat").write_bytes(data[:4000])
    with pytest.raises(InputError, match=r"3600 samples announced, 100\.dat holds 1000"):
        read_wfdb(path)


def test_a_header_without_a_length_takes_what_the_file_holds(tmp_path: Path) -> None:
    path = edit(write_record(tmp_path), "100 2 360 3600", "100 2 360")
    assert read_wfdb(path).duration_s == 10.0


def test_no_header_is_found_for_a_lone_signal_file(tmp_path: Path) -> None:
    (tmp_path / "100.dat").write_bytes(b"\0" * 100)
    assert find_header(tmp_path / "100.dat") is None
    assert code_of(tmp_path / "100.dat") == "missing_file"


@pytest.mark.real_data
def test_a_cinc2017_record_is_read_from_its_mat_file(archive_dir: Path, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(archive_dir / "training2017.zip") as archive:
        for suffix in (".hea", ".mat"):
            content = archive.read(f"training2017/A00002{suffix}")
            (tmp_path / f"A00002{suffix}").write_bytes(content)
    recording = read_wfdb(tmp_path / "A00002")
    assert recording.sampling_rate_hz == 300.0
    assert recording.duration_s == 30.0
    assert recording.annotations is None


@pytest.mark.real_data
def test_record_119_has_its_beats(archive_dir: Path, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(archive_dir / "mit-bih-arrhythmia-database-1.0.0.zip") as archive:
        for member in archive.namelist():
            if Path(member).stem == "119":
                (tmp_path / Path(member).name).write_bytes(archive.read(member))
    recording = read_wfdb(tmp_path / "119")
    assert recording.lead_names == ("MLII", "V1")
    assert recording.signal_mv.shape == (650_000, 2)
    assert recording.annotations is not None
    assert recording.annotations.beat_symbols.count("V") == 444
