"""`ecgmm draw`: a page of any recording, or one line that says why not."""

import cv2
import numpy as np
import pytest
import wfdb

from ecgmm.cli import main
from ecgmm.paper.layouts import TWELVE_LEADS
from ecgmm.simulator import simulate


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """A folder with a record of twelve leads and one of two."""
    folder = tmp_path_factory.mktemp("records")
    for name, leads in (("twelve", TWELVE_LEADS), ("two", ("MLII", "V5"))):
        recording = simulate("NNV", duration_s=12.0, leads=leads)
        wfdb.wrsamp(
            name,
            fs=360,
            units=["mV"] * len(leads),
            sig_name=list(leads),
            p_signal=recording.signal_mv.astype(float),
            fmt=["16"] * len(leads),
            write_dir=str(folder),
        )
    return folder


def draw(*words):
    return main(["draw", *(str(word) for word in words)])


def complaint(capsys):
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.strip().splitlines()
    return line


def test_a_page_is_drawn_to_scale_at_the_resolution_asked_for(records, tmp_path, capsys):
    out = tmp_path / "page.png"
    assert draw(records / "twelve", "--out", out, "--dpi", 50, "--grid", "blue") == 0
    picture = cv2.imread(str(out))
    assert picture.shape[1::-1] == (round(297 / 25.4 * 50), round(210 / 25.4 * 50))
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("suffix", "magic"), [("pdf", b"%PDF"), ("svg", b"<?xml"), ("PNG", b"\x89PNG")]
)
def test_the_file_is_of_the_kind_that_its_name_says(records, tmp_path, suffix, magic):
    out = tmp_path / f"strip.{suffix}"
    words = ("--layout", "strip", "--lead", "v5", "--speed", 50, "--gain", 20, "--start", 3)
    assert draw(records / "two.hea", *words, "--dpi", 40, "--out", out) == 0
    assert out.read_bytes().startswith(magic)


def test_a_table_is_drawn_too(tmp_path):
    table = tmp_path / "watch.csv"
    signal_mv = simulate("N", duration_s=10.0, sampling_rate_hz=100.0).signal_mv[:, 0]
    np.savetxt(table, signal_mv, header="II (mV)", comments="", fmt="%.4f")
    out = tmp_path / "watch.svg"
    assert draw(table, "--layout", "watch", "--sampling-rate", 100, "--out", out) == 0
    assert out.stat().st_size > 1000


def test_two_leads_do_not_fill_a_twelve_lead_page(records, tmp_path, capsys):
    assert draw(records / "two", "--out", tmp_path / "page.png") == 2
    line = complaint(capsys)
    assert "V6" in line
    assert "strip, watch" in line
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere", "--out", "page.png"], "does not exist"),
        (["two", "--layout", "strip", "--out", "page.gif"], ".png, .pdf or .svg"),
        (["two", "--layout", "strip", "--lead", "V1", "--out", "page.png"], "MLII, V5"),
        (["two", "--layout", "strip", "--start", "99", "--out", "page.png"], "12.00 s"),
        (["two", "--layout", "strip", "--start", "nan", "--out", "page.png"], "12.00 s"),
        (["twelve", "--lead", "II", "--out", "page.png"], "no lead to choose"),
        (["two", "--layout", "strip", "--out", "/dev/null/page.png"], "Cannot write"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(records, tmp_path, capsys, words, said):
    record, *rest = words
    rest[-1] = str(tmp_path / rest[-1])
    assert draw(records / record, *rest) == 2
    assert said in complaint(capsys)


def test_the_leads_of_a_page_are_drawn_from_its_picture(records, tmp_path):
    page = tmp_path / "page.png"
    assert draw(records / "twelve", "--dpi", 150, "--out", page) == 0
    again = tmp_path / "again.svg"
    assert draw(page, "--layout", "3x4", "--out", again) == 0
    text = again.read_text()
    assert all(f">{name}<" in text for name in TWELVE_LEADS)


def test_a_picture_without_an_ecg_is_not_drawn(tmp_path, capsys):
    picture = tmp_path / "photo.png"
    cv2.imwrite(str(picture), np.zeros((20, 20), np.uint8))
    assert draw(picture, "--out", tmp_path / "page.pdf") == 2
    assert complaint(capsys)


@pytest.mark.parametrize(
    "words", [["--layout", "9x9"], ["--speed", "30"], ["--grid", "plaid"], ["--dpi", "1e9"], []]
)
def test_a_wrong_option_is_bad_usage(records, words, capsys):
    out = ["--out", "page.png"] if words else []
    with pytest.raises(SystemExit) as exit_info:
        draw(records / "two", *words, *out)
    assert exit_info.value.code == 2
    assert complaint(capsys).startswith("ecgmm draw:")
