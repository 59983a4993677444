"""Every parser that takes bytes from outside, as a call that one hostile input is handed to."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ecgmm.errors import InputError
from ecgmm.readers.route import read_input

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "corpus"
_RATE_HZ = 250.0
_UNIT = "mV"

Parse = Callable[[bytes, Path], object]
"""Takes the hostile bytes and an empty folder to put them in."""


@dataclass(frozen=True)
class Target:
    """A parser under fire.

    Attributes:
        name: also the name of its folder in the corpus.
        library: what parses the bytes beside our own code; empty where nothing does.
        parse: reads one input. It may raise `InputError`, and nothing else.
    """

    name: str
    library: str
    parse: Parse

    def seeds(self) -> list[Path]:
        """The corpus: sound files, and what once broke the parser."""
        return sorted(path for path in (CORPUS / self.name).iterdir() if path.is_file())

    def refusal(self, content: bytes, folder: Path) -> InputError | None:
        """Hand one input over; why it was refused, or None when it was read.

        Args:
            content: any bytes.
            folder: an empty folder.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self.parse(content, folder)
            except InputError as error:
                return error
        return None


def _read_file(content: bytes, folder: Path, name: str = "input") -> object:
    (folder / name).write_bytes(content)
    return read_input(folder / name, sampling_rate_hz=_RATE_HZ, unit=_UNIT)


def _read_record(content: bytes, folder: Path, *, spoiled: str) -> object:
    """A WFDB record, one of whose files is the hostile one."""
    for part in (CORPUS / "wfdb_record").iterdir():
        shutil.copyfile(part, folder / part.name)
    (folder / spoiled).write_bytes(content)
    return read_input(folder / "r.hea")


def _read_packed_record(content: bytes, folder: Path) -> object:
    """A signal file in each of two packed formats, chosen by its first byte."""
    packing, samples = ("212", content[1:]) if content[:1] < b"\x80" else ("516", content[1:])
    (folder / "r.dat").write_bytes(samples)
    (folder / "r.hea").write_text(f"r 2 360 720\nr.dat {packing} 200 12 0\nr.dat {packing} 200\n")
    return read_input(folder / "r.hea")


def _read_mitdb_annotations(content: bytes, folder: Path) -> object:
    shutil.copyfile(CORPUS / "mitdb_table" / "100.csv", folder / "100.csv")
    (folder / "100annotations.txt").write_bytes(content)
    return read_input(folder / "100.csv")


def _parse_address(content: bytes, folder: Path) -> object:
    from ecgmm.serving.address import parse_address

    return parse_address(content.decode("utf-8", errors="surrogateescape"))


def _load_config(content: bytes, folder: Path) -> object:
    from ecgmm.training.config import load_config

    (folder / "config.toml").write_bytes(content)
    return load_config(folder / "config.toml")


def _file(name: str, library: str = "") -> Target:
    return Target(name, library, _read_file)


def _record_part(name: str, spoiled: str) -> Target:
    return Target(name, "wfdb", partial(_read_record, spoiled=spoiled))


_ALL = (
    _record_part("wfdb_header", "r.hea"),
    _record_part("wfdb_signal", "r.dat"),
    _record_part("wfdb_annotations", "r.atr"),
    Target("wfdb_packed", "wfdb, soundfile", _read_packed_record),
    _file("csv", "pandas"),
    Target("mitdb_annotations", "", _read_mitdb_annotations),
    _file("apple"),
    _file("heartbeats", "pandas"),
    _file("numpy", "numpy, zipfile"),
    _file("edf", "edfio"),
    _file("edf_gaps", "edfio"),
    _file("bdf", "edfio"),
    _file("mat", "zlib"),
    _file("hdf5", "h5py, in a process of its own"),
    _file("biopac", "bioread, in a process of its own"),
    _file("parquet", "PyArrow"),
    _file("json"),
    _file("opensignals", "numpy"),
    _file("dicom", "pydicom"),
    _file("alivecor"),
    _file("ishne"),
    _file("scp"),
    _file("muse", "defusedxml"),
    _file("sierra", "defusedxml"),
    _file("aecg", "defusedxml"),
    _file("png", "Pillow"),
    _file("jpeg", "Pillow"),
    _file("webp", "Pillow"),
    _file("tiff", "Pillow"),
    _file("bmp", "Pillow"),
    _file("heif", "pillow-heif"),
    _file("pdf", "pypdfium2, in a process of its own"),
    Target("serving_address", "", _parse_address),
    Target("training_config", "tomllib", _load_config),
)
TARGETS: Mapping[str, Target] = {target.name: target for target in _ALL}
"""Every parser by its name."""
