"""Reading a publisher's zip archive without trusting what is in it."""

import lzma
import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from ecgmm.errors import InputError

MAX_MEMBER_BYTES = 32 * 2**20
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9]+)?")
UNPACKING_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
)


class DamagedMemberError(Exception):
    """A file of the archive cannot be unpacked; the message says which and why."""


def open_zip(path: Path) -> zipfile.ZipFile:
    """Open a zip archive.

    Raises:
        InputError: it is no complete one.
    """
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(
            "bad_archive",
            f"{path}: not a complete zip archive ({error}); delete it and get it again",
        ) from error


class Archive:
    """A zip archive that holds one folder of files, as PhysioNet packs its databases.

    Files are known by their bare name. Folders inside the archive's one folder
    (documentation, alternative annotations) are not looked at, and no path from inside
    the archive is ever used to write.
    """

    def __init__(self, path: Path) -> None:
        """Opens the archive and lists its files.

        Args:
            path: the zip file.

        Raises:
            InputError: the file is not there or is no complete zip archive.
        """
        if not path.is_file():
            raise InputError("not_found", f"{path}: no such file")
        self._zip = open_zip(path)
        self.path = path
        self._members = {
            PurePosixPath(info.filename).name: info
            for info in self._zip.infolist()
            if _is_file_of_the_one_folder(info)
        }

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *exception: object) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """The content of one file, checked against the archive's own CRC.

        Args:
            name: bare file name, such as `"100.hea"`.

        Raises:
            DamagedMemberError: the file is missing, is far larger than any file of these
                databases, or does not match its CRC.
        """
        info = self._members.get(name)
        if info is None:
            raise DamagedMemberError(f"{name} is missing")
        if info.file_size > MAX_MEMBER_BYTES:
            raise DamagedMemberError(f"{name} claims to unpack to {info.file_size} bytes")
        try:
            return self._zip.read(info)
        except UNPACKING_ERRORS as error:
            raise DamagedMemberError(f"{name} cannot be unpacked ({error})") from error


def _is_file_of_the_one_folder(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(info.filename)
    return (
        not info.is_dir()
        and len(path.parts) == 2
        and path.parts[0] not in ("/", "..")
        and _SAFE_NAME.fullmatch(path.name) is not None
    )
