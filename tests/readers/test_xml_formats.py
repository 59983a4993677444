"""MUSE, Sierra and aECG files give the very samples that were written, and no bomb goes off."""

import struct
from collections.abc import Callable
from pathlib import Path

import format_files
import numpy as np
import pytest
from format_files import INDEPENDENT_LEADS, RATE_HZ, TWELVE_LEADS, ecg_counts, in_millivolts
from refusal import code_of

from ecgmm.errors import InputError, InputWarning
from ecgmm.readers import xml_document
from ecgmm.readers.philips_xli import XliError, unpack_leads
from ecgmm.readers.route import identify, read_input
from ecgmm.readers.xml_document import root_name
from ecgmm.recording import Recording

WRITERS: dict[str, Callable[[Path], Path]] = {
    "muse": lambda path: format_files.write_muse(path, ecg_counts()),
    "aecg": lambda path: format_files.write_aecg(path, ecg_counts()),
    "sierra": lambda path: format_files.write_sierra(path, ecg_counts(), packed=True),
}


def edit(path: Path, old: str, new: str) -> Path:
    encoding = "utf-16" if path.read_bytes()[:2] == b"\xff\xfe" else "utf-8"
    text = path.read_text(encoding)
    assert old in text
    path.write_text(text.replace(old, new), encoding)
    return path


@pytest.mark.parametrize("name", WRITERS)
def test_twelve_leads_come_back_as_written(tmp_path: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / "ecg.dat")
    assert identify(path) == name
    recording = read_input(path)
    assert isinstance(recording, Recording)
    assert recording.lead_names == TWELVE_LEADS
    assert recording.sampling_rate_hz == RATE_HZ
    np.testing.assert_allclose(recording.signal_mv, in_millivolts(ecg_counts()), atol=1e-6)


def test_sierra_without_compression_stores_leads_as_they_are(tmp_path: Path) -> None:
    path = format_files.write_sierra(tmp_path / "ecg.xml", ecg_counts(), packed=False)
    recording = read_input(path)
    assert isinstance(recording, Recording)
    np.testing.assert_allclose(recording.signal_mv, in_millivolts(ecg_counts()), atol=1e-6)


def test_sierra_1_03_may_only_say_that_it_is_compressed(tmp_path: Path) -> None:
    path = format_files.write_sierra(tmp_path / "ecg.xml", ecg_counts(), packed=True)
    recording = read_input(edit(path, 'compression="XLI"', 'compressflag="True"'))
    assert isinstance(recording, Recording)
    np.testing.assert_allclose(recording.signal_mv, in_millivolts(ecg_counts()), atol=1e-6)


def test_muse_leaves_limb_leads_to_be_derived(tmp_path: Path) -> None:
    counts = ecg_counts()
    stored = {name: counts[name] for name in INDEPENDENT_LEADS}
    recording = read_input(format_files.write_muse(tmp_path / "ecg.xml", stored))
    assert isinstance(recording, Recording)
    assert recording.lead_names == TWELVE_LEADS
    a_step_or_two = 2 * format_files.STEP_UV / 1000
    np.testing.assert_allclose(recording.signal_mv, in_millivolts(counts), atol=a_step_or_two)


def test_muse_writes_samples_out_on_a_mac_2000(tmp_path: Path) -> None:
    counts = {"V1": ecg_counts()["V1"]}
    path = format_files.write_muse(tmp_path / "ecg.xml", counts)
    listed = ",".join(map(str, counts["V1"]))
    edit(path, format_files.base64_of(counts["V1"]), listed)
    recording = read_input(path)
    assert isinstance(recording, Recording)
    np.testing.assert_allclose(recording.signal_mv, in_millivolts(counts), atol=1e-6)


def test_aecg_origin_is_where_zero_digits_lie(tmp_path: Path) -> None:
    path = format_files.write_aecg(tmp_path / "ecg.xml", ecg_counts(["II"]))
    edit(path, '<origin value="0" unit="uV"/>', '<origin value="2" unit="mV"/>')
    recording = read_input(path)
    assert isinstance(recording, Recording)
    expected_mv = in_millivolts(ecg_counts(["II"])) + 2
    np.testing.assert_allclose(recording.signal_mv, expected_mv, atol=1e-6)


def test_aecg_leaves_out_what_is_not_in_volts(tmp_path: Path) -> None:
    path = format_files.write_aecg(tmp_path / "ecg.xml", ecg_counts(["I", "II"]))
    edit(path, '<scale value="5" unit="uV"/>', '<scale value="5" unit="mmHg"/>')
    with pytest.warns(InputWarning, match="mmHg"), pytest.raises(InputError, match="no ECG lead"):
        read_input(path)


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("muse", "MICROVOLTS", "", "bad_unit"),
        ("muse", "<SampleBase>500", "<SampleBase>", "damaged"),
        ("muse", "<SampleExponent>0", "<SampleExponent>99", "damaged"),
        ("muse", "<LeadAmplitudeUnitsPerBit>5", "<LeadAmplitudeUnitsPerBit>0", "damaged"),
        ("muse", "<WaveFormData>", "<WaveFormData>!", "damaged"),
        ("muse", "</RestingECG>", "", "damaged"),
        ("aecg", 'value="0.002" unit="s"', 'value="0.002" unit="m"', "bad_sampling_rate"),
        ("aecg", "TIME_ABSOLUTE", "TIME", "missing_sampling_rate"),
        ("aecg", "<digits>", "<digits>x", "damaged"),
        ("aecg", "<series>", "<serious>", "damaged"),
        ("sierra", ">500</samplingrate>", ">5e99</samplingrate>", "bad_sampling_rate"),
        ("sierra", 'resolution="5"', 'resolution=""', "damaged"),
        ("sierra", 'durationperchannel="2000"', 'durationperchannel="-1"', "too_short"),
        ("sierra", 'durationperchannel="2000"', 'durationperchannel="2002000"', "damaged"),
        ("sierra", 'compression="XLI"', 'compression="ZIP"', "unknown_format"),
        ("sierra", 'numberofleads="12"', 'numberofleads="no"', "damaged"),
    ],
)
def test_a_file_that_does_not_state_what_it_must_is_refused(
    tmp_path: Path, name: str, old: str, new: str, code: str
) -> None:
    assert code_of(edit(WRITERS[name](tmp_path / "ecg.xml"), old, new)) == code


BOMBS = {
    "billion_laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
    "outside_file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "outside_address": '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd">%a;]>',
}


@pytest.mark.parametrize("root", ["RestingECG", "restingecgdata", "AnnotatedECG"])
@pytest.mark.parametrize("bomb", BOMBS)
def test_xml_bombs_do_not_go_off(tmp_path: Path, root: str, bomb: str) -> None:
    path = tmp_path / "bomb.xml"
    path.write_text(f'<?xml version="1.0"?>{BOMBS[bomb]}<{root}>&a;</{root}>')
    assert code_of(path) == "unsafe_xml"


def test_deep_nesting_is_refused_without_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "deep.xml"
    path.write_text("<RestingECG>" + "<a>" * 5_000)
    assert code_of(path) == "damaged"
    path.write_text("<RestingECG>" + "<a>" * 5_000 + "</a>" * 5_000 + "</RestingECG>")
    assert code_of(path) == "no_ecg"


def test_endless_elements_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_document, "MAX_ELEMENTS", 1000)
    (tmp_path / "many.xml").write_text("<RestingECG>" + "<a/>" * 5000 + "</RestingECG>")
    assert code_of(tmp_path / "many.xml") == "too_large"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b'<?xml version="1.0"?><!-- <x> --><!DOCTYPE a [<!ELEMENT a ANY>]><h:a b="1">', "a"),
        ("<restingecgdata>".encode("utf-16"), "restingecgdata"),
        (b"\xef\xbb\xbf<RestingECG>", "RestingECG"),
        (b"time_s,II\n<x>", None),
        (b"<", None),
    ],
)
def test_the_root_is_told_from_the_first_bytes(head: bytes, name: str | None) -> None:
    assert root_name(head) == name


def xli_lead(size: int, codes: bytes) -> bytes:
    return struct.pack("<ihh", size, 0, 0) + codes


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"\0" * 8,
        xli_lead(-8, b"\0" * 40),
        xli_lead(2**31 - 1, b"\0" * 40),
        xli_lead(40, b"\0" * 40),
        xli_lead(40, b"\xff" * 40),
    ],
)
def test_a_spoiled_xli_block_is_refused_at_once(packed: bytes) -> None:
    with pytest.raises(XliError):
        unpack_leads(packed, 12, 5500)


def test_xli_undoes_what_it_packs() -> None:
    leads = np.random.default_rng(3).integers(-300, 300, (3, 2000)).astype(np.int16)
    packed = format_files.pack_xli(list(leads))
    np.testing.assert_array_equal(unpack_leads(packed, 3, 2000), leads)


def test_a_sierra_file_of_version_1_03_states_its_resolution_before_the_waveforms(
    tmp_path: Path,
) -> None:
    path = format_files.write_sierra(tmp_path / "ecg.xml", ecg_counts(), packed=True)
    step = format_files.STEP_UV
    edit(path, f' resolution="{step}"', "")
    edit(path, "<acquisitiontype>", f"<signalresolution>{step}</signalresolution><acquisitiontype>")
    np.testing.assert_allclose(read_input(path).signal_mv, in_millivolts(ecg_counts()), atol=1e-6)
