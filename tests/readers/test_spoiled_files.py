"""Whatever happens to the bytes of a file, it is read or refused with one clear line."""

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import format_files
import numpy as np
import pytest
from format_files import ecg_counts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from refusal import read_or_refuse

from ecgmm.readers.route import identify

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF")
STATEMENTS = {"sampling_rate_hz": 250.0, "unit": "mV"}


def write_npz(path: Path) -> None:
    stream = io.BytesIO()
    np.savez_compressed(stream, signal_mv=np.ones((300, 2), np.float32), fs=np.array(250.0))
    path.write_bytes(stream.getvalue())


def write_apple(path: Path) -> None:
    facts = "Name,Test\nDevice,Watch\nSample Rate,512 hertz\n\nLead,Lead I\nUnit,µV\n\n"
    path.write_text(facts + "-12.5\n" * 600, encoding="utf-8")


def write_beats(path: Path) -> None:
    path.write_text(f"{','.join(['0.5'] * 187)},0\n" * 3)


def write_tiff(path: Path) -> None:
    page = Image.new("RGB", (30, 20), "white")
    page.save(path, format="TIFF", save_all=True, append_images=[page])


def write_picture(format_: str) -> Callable[[Path], None]:
    return lambda path: Image.new("RGB", (30, 20), "red").save(path, format=format_)


WRITERS: dict[str, Callable[[Path], object]] = {
    "muse": lambda path: format_files.write_muse(path, ecg_counts(LEADS)),
    "aecg": lambda path: format_files.write_aecg(path, ecg_counts(LEADS)),
    "sierra": lambda path: format_files.write_sierra(path, ecg_counts(LEADS), packed=True),
    "alivecor": lambda path: format_files.write_atc(path, ecg_counts(LEADS), {5: 1}),
    "ishne": lambda path: format_files.write_ishne(path, ecg_counts(LEADS)),
    "dicom": lambda path: format_files.write_dicom(path, ecg_counts(LEADS)),
    "edf": lambda path: format_files.write_edf(path, ecg_counts(LEADS)),
    "numpy": write_npz,
    "apple": write_apple,
    "heartbeats": write_beats,
    "image": write_tiff,
}
PICTURES = ("WEBP", "BMP")


@cache
def sound_bytes(name: str, folder: Path) -> bytes:
    path = folder / f"sound_{name}"
    write_picture(name)(path) if name in PICTURES else WRITERS[name](path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sound")


quick = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("name", WRITERS)
def test_the_sound_file_is_known(folder: Path, name: str) -> None:
    sound_bytes(name, folder)
    assert identify(folder / f"sound_{name}") == name


@pytest.mark.parametrize("name", [*WRITERS, *PICTURES])
@quick
@given(data=st.data())
def test_spoiled_bytes(folder: Path, name: str, data: st.DataObject) -> None:
    content = bytearray(sound_bytes(name, folder))
    near_start = st.integers(0, min(len(content), 1000) - 1)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(near_start | st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    (folder / "spoiled").write_bytes(content)
    read_or_refuse(folder / "spoiled", **STATEMENTS)


@pytest.mark.parametrize("name", [*WRITERS, *PICTURES])
@quick
@given(data=st.data())
def test_files_that_are_cut_off_or_patched_together(
    folder: Path, name: str, data: st.DataObject
) -> None:
    content = sound_bytes(name, folder)
    end = data.draw(st.integers(1, len(content)))
    other = data.draw(st.sampled_from([b"", *(sound_bytes(o, folder) for o in sorted(WRITERS))]))
    (folder / "patched").write_bytes(content[:end] + other[end:])
    read_or_refuse(folder / "patched", **STATEMENTS)


@pytest.mark.parametrize(
    "start",
    [
        b"<RestingECG>",
        b"<AnnotatedECG>",
        b"<restingecgdata>",
        b"ALIVE\0\0\0\4\0\0\0",
        b"ISHNE1.0",
        b"\0" * 128 + b"DICM\2\0\0\0UL\4\0",
        b"0       ".ljust(252) + b"1   ",
        b"\x93NUMPY\1\0",
        b"RIFF\0\0\0\0WEBP",
        b"II*\0\x08\0\0\0",
        b"\0\0\0\x18ftypheic",
        b"BM",
    ],
)
@quick
@given(body=st.binary(max_size=600))
def test_a_right_beginning_with_random_bytes_after_it(
    folder: Path, start: bytes, body: bytes
) -> None:
    (folder / "random").write_bytes(start + body)
    read_or_refuse(folder / "random", **STATEMENTS)
