"""Files made to do harm: one clear error each, in little time and memory, and nothing touched.

A process of its own reads them all, one after the other, as a batch does (`sandbox.py`).
"""

from __future__ import annotations

import io
import json
import os
import socket
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from patience import PATIENCE_S
from sandbox import Outcome
from test_image_file import png_that_claims

SANDBOX = Path(__file__).with_name("sandbox.py")
CORPUS = Path(__file__).parents[1] / "corpus"
MOST_SECONDS = 10.0
"""Of processor time; the busiest of these files takes a tenth of it."""
MOST_MEGABYTES = 250.0
ZEROS_MB = 300

Write = Callable[[Path], object]


def record(header: str, samples: int = 3600, name: str = "r") -> Write:
    """A header and a signal file of zeros."""

    def write(path: Path) -> None:
        path.write_text(header)
        (path.parent / f"{name}.dat").write_bytes(bytes(2 * samples))

    return write


def record_with_pipe(path: Path) -> None:
    path.write_text("r 1 360 3600\npipe.dat 16 200\n")
    os.mkfifo(path.parent / "pipe.dat")


def record_linked_to(target: str) -> Write:
    def write(path: Path) -> None:
        path.write_text("r 1 360 3600\nlink.dat 16 200\n")
        (path.parent / "link.dat").symlink_to(target)

    return write


def xml(root: str, declarations: str, body: str = "&a;") -> Write:
    text = f'<?xml version="1.0"?><!DOCTYPE {root} [{declarations}]><{root}>{body}</{root}>'
    return lambda path: path.write_text(text)


def laughs(levels: int) -> str:
    defined = ['<!ENTITY a0 "ha">']
    defined += [f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, levels)]
    return "".join(defined) + f'<!ENTITY a "&a{levels - 1};">'


def zip_bomb(path: Path) -> None:
    stream = io.BytesIO()
    claim = {"shape": (ZEROS_MB * 1_000_000,), "fortran_order": False, "descr": "|i1"}
    np.lib.format.write_array_header_1_0(stream, claim)
    packed = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with packed as archive, archive.open("signal_mv.npy", "w") as member:
        member.write(stream.getvalue())
        for _ in range(ZEROS_MB):
            member.write(bytes(1_000_000))


def mat_bomb(path: Path) -> None:
    """MATLAB 5: one compressed element."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(ZEROS_MB)) + packer.flush()
    head = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<HH", 0x0100, 0x4D49)
    path.write_bytes(head + struct.pack("<II", 15, len(packed)) + packed)


def tiff_that_claims(width: int, height: int) -> Write:
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1)]
    entries += [(262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, 9)]
    table = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    content = b"II*\0" + struct.pack("<IH", 8, len(entries)) + table + bytes(64)
    return lambda path: path.write_bytes(content)


def tiff_without_end(path: Path) -> None:
    """Its second page is followed by its first."""
    content = (CORPUS / "tiff" / "sound").read_bytes()
    (first,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, first)
    (second,) = struct.unpack_from("<I", content, first + 2 + 12 * entries)
    (entries,) = struct.unpack_from("<H", content, second)
    end = second + 2 + 12 * entries
    path.write_bytes(content[:end] + struct.pack("<I", first) + content[end + 4 :])


def pdf(pages: int, box: str = "0 0 120 100") -> Write:
    """So many times one empty page."""
    kids = " ".join(["3 0 R"] * pages)
    parts = (
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]>>",
    )
    body = "%PDF-1.4\n" + "".join(f"{i} 0 obj{part}endobj\n" for i, part in enumerate(parts, 1))
    return lambda path: path.write_text(f"{body}trailer<</Root 1 0 R>>")


def edf_with(at: int, text: bytes) -> Write:
    content = (CORPUS / "edf" / "sound").read_bytes()
    return lambda path: path.write_bytes(content[:at] + text + content[at + len(text) :])


def content(stored: bytes) -> Write:
    return lambda path: path.write_bytes(stored)


def unix_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        folder = os.open(path.parent, os.O_RDONLY)
        listener.bind(f"/proc/self/fd/{folder}/{path.name}")
        os.close(folder)


APPLE_FACTS = b"Name,Test\nDevice,Watch\nSample Rate,512 hertz\n\nUnit,mV\n\n"
AECG = (CORPUS / "aecg" / "sound").read_bytes()
LONG_NUMBER = b"1" * 200_000
ELEPHANT = np.random.default_rng(0).bytes(70_000)

HOSTILE: dict[str, tuple[Write, str]] = {
    "outside.hea": (record("r 1 360 3600\n../secret.dat 16 200\n"), "damaged"),
    "absolute.hea": (record("r 1 360 3600\n/etc/passwd 16 200\n"), "damaged"),
    "outside_segment.hea": (record("r/1 1 360 3600\n../secret 3600\n"), "damaged"),
    "pipe.hea": (record_with_pipe, "missing_file"),
    "linked.hea": (record_linked_to("../secret.dat"), "unsafe_path"),
    "device.hea": (record_linked_to("/dev/zero"), "unsafe_path"),
    "long.hea": (record("r 1 360 1000000000000\nr.dat 16 200\n"), "damaged"),
    "wide.hea": (record("r 10000 360 3600\n" + "r.dat 16 200\n" * 10_000), "damaged"),
    "pieces.hea": (record("r/1000000000 1 360 3600\nr 3600\n"), "damaged"),
    "many_pieces.hea": (record("r/9999 1 360 3600\n" + "r 3600\n" * 9_999), "damaged"),
    "null.hea": (record("r 1 360 3600\nr\0.dat 16 200\n"), "damaged"),
    "laughs.xml": (xml("RestingECG", laughs(12)), "unsafe_xml"),
    "quadratic.xml": (
        xml("AnnotatedECG", f'<!ENTITY a "{"x" * 2_000}">', "&a;" * 100_000),
        "unsafe_xml",
    ),
    "outside.xml": (xml("restingecgdata", '<!ENTITY a SYSTEM "file:///etc/passwd">'), "unsafe_xml"),
    "fetched.xml": (xml("RestingECG", '<!ENTITY a SYSTEM "http://127.0.0.1:9/">'), "unsafe_xml"),
    "deep.xml": (content(b"<RestingECG>" + b"<a>" * 90_000), "damaged"),
    "elements.xml": (content(b"<RestingECG>" + b"<a/>" * 500_000 + b"</RestingECG>"), "too_large"),
    "bomb.npz": (zip_bomb, "too_large"),
    "bomb.mat": (mat_bomb, "too_large"),
    "bomb.png": (content(png_that_claims(60_000, 60_000)), "too_large"),
    "bomb.tif": (tiff_that_claims(60_000, 60_000), "too_large"),
    "vast.pdf": (pdf(1, box="0 0 99999999 99999999"), "read"),
    "100000_pages.pdf": (pdf(100_000), "read"),
    "endless.tif": (tiff_without_end, "read"),
    "negative.edf": (edf_with(236, b"-7      "), "damaged"),
    "endless.edf": (edf_with(236, b"99999999"), "damaged"),
    "wide.edf": (edf_with(252, b"9999"), "damaged"),
    "nan.edf": (edf_with(244, b"nan     "), "damaged"),
    "empty.csv": (content(b""), "empty_file"),
    "random.edf": (content(ELEPHANT), "unknown_format"),
    "picture_cut_off.png": (content((CORPUS / "png" / "sound").read_bytes()[:300]), "damaged"),
    "one_line.csv": (content(b"1," * 5_000_000), "unknown_format"),
    "columns.csv": (content(b",".join([b"a"] * 9_000) + b"\n" + b"1," * 9_000), "unknown_format"),
    "digits.csv": (content(APPLE_FACTS + b"-1\n" * 3000 + LONG_NUMBER), "read"),
    "digits.xml": (content(AECG.replace(b"<digits>", b"<digits>" + LONG_NUMBER + b" ")), "read"),
    "mislabelled.hea": (content((CORPUS / "png" / "sound").read_bytes()), "read"),
    "mislabelled.png": (content((CORPUS / "csv" / "table").read_bytes()), "read"),
    "fifo.csv": (os.mkfifo, "unknown_format"),
    "socket.csv": (unix_socket, "unknown_format"),
    "folder.csv": (Path.mkdir, "is_a_directory"),
    "loop.csv": (lambda path: path.symlink_to(path), "not_found"),
    "zeros.csv": (lambda path: path.symlink_to("/dev/zero"), "unknown_format"),
    "memory.csv": (lambda path: path.symlink_to("/proc/self/mem"), "unreadable"),
    os.fsdecode(b"latin_\xe9\xff.csv"): (content(b"no table"), "unknown_format"),
    "line\nfeed\x1b[31m.csv": (content(b"no table"), "unknown_format"),
    "last.csv": (content((CORPUS / "csv" / "table").read_bytes()), "read"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of its own for each hostile file, beside a secret."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "secret.dat").write_bytes(bytes(7200))
    for number, (name, (write, _)) in enumerate(HOSTILE.items()):
        (folder / str(number)).mkdir()
        write(folder / str(number) / name)
    return folder


@pytest.fixture(scope="module")
def outcomes(folder: Path) -> dict[str, Outcome]:
    """What became of each file in one run over all of them."""
    paths = [str(folder / str(number) / name) for number, name in enumerate(HOSTILE)]
    done = subprocess.run(
        [sys.executable, SANDBOX, *paths],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=PATIENCE_S,
        check=True,
    )
    lines = [Outcome(**json.loads(line)) for line in done.stdout.splitlines()]
    return dict(zip(HOSTILE, lines, strict=True))


@pytest.mark.parametrize("name", HOSTILE)
def test_each_gets_one_clear_line_and_the_batch_goes_on(
    outcomes: dict[str, Outcome], name: str
) -> None:
    assert outcomes[name].code == HOSTILE[name][1], outcomes[name].message
    assert outcomes[name].message.isprintable() or "\udce9" in outcomes[name].message


@pytest.mark.parametrize("name", HOSTILE)
def test_none_takes_much_time_or_memory(outcomes: dict[str, Outcome], name: str) -> None:
    assert outcomes[name].processor_s < MOST_SECONDS
    assert outcomes[name].grown_mb < MOST_MEGABYTES


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_outside_its_own_folder_is_touched(
    outcomes: dict[str, Outcome], name: str, folder: Path
) -> None:
    own = folder / str(list(HOSTILE).index(name))
    assert {path for path in outcomes[name].opened if not Path(path).is_relative_to(own)} == set()
    assert outcomes[name].changed == []
