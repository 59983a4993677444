"""PTB-XL's files, in the publisher's archive or unpacked in a folder."""

from pathlib import Path, PurePosixPath
from typing import Protocol

from datasets.archive import UNPACKING_ERRORS, DamagedMemberError, open_zip


class Publication(Protocol):
    """Files of the publication by their path in it, such as `records100/00000/00001_lr.hea`."""

    def __contains__(self, name: str) -> bool: ...

    def read(self, name: str) -> bytes:
        """The content of a file.

        Raises:
            DamagedMemberError: it is missing or cannot be read.
        """
        ...


class FolderPublication:
    """The publication unpacked in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __contains__(self, name: str) -> bool:
        return (self._folder / name).is_file()

    def read(self, name: str) -> bytes:
        """The content of a file; see `Publication`."""
        try:
            return (self._folder / name).read_bytes()
        except OSError as error:
            raise DamagedMemberError(f"{name} cannot be read ({error.strerror})") from error


class ArchivePublication:
    """The publisher's zip archive: one folder, with folders of records in it.

    No path from inside the archive is used to write.

    Args:
        path: the zip file.

    Raises:
        InputError: it is no complete zip archive.
    """

    def __init__(self, path: Path) -> None:
        self._zip = open_zip(path)
        self._members = {
            "/".join(PurePosixPath(info.filename).parts[1:]): info
            for info in self._zip.infolist()
            if not info.is_dir()
        }

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """The content of a file, checked against the archive's own CRC; see `Publication`."""
        if name not in self._members:
            raise DamagedMemberError(f"{name} is missing")
        try:
            return self._zip.read(self._members[name])
        except UNPACKING_ERRORS as error:
            raise DamagedMemberError(f"{name} cannot be unpacked ({error})") from error
