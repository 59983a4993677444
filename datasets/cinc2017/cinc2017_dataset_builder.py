"""The training set of the PhysioNet/CinC Challenge 2017."""

import csv
from typing import ClassVar

import tensorflow_datasets as tfds

from datasets.archive import Archive, DamagedMemberError
from datasets.physionet_builder import PhysioNetBuilder
from ecgmm.errors import InputError
from ecgmm.labels import RHYTHM_CLASS_OF_CINC2017_LABEL

_FILES_URL = "https://physionet.org/files/challenge-2017/1.0.0"
_LABELS_FILE = "REFERENCE-v3.csv"


class Builder(PhysioNetBuilder):
    """8,528 short recordings from a hand-held device, each with one rhythm class."""

    ARCHIVE_URL: ClassVar[str] = f"{_FILES_URL}/training2017.zip"
    HOMEPAGE: ClassVar[str] = "https://physionet.org/content/challenge-2017/1.0.0/"
    RECORDS: ClassVar[tuple[str, ...]] = tuple(f"A{number:05d}" for number in range(1, 8529))
    SIGNAL_SUFFIX: ClassVar[str] = ".mat"
    HAS_CHECKSUMS: ClassVar[bool] = False
    HAS_ANNOTATIONS: ClassVar[bool] = False

    def rhythm_classes(
        self, archive: Archive, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, str]:
        """Each record's class, from the third and last revision of the labels.

        The publisher offers that revision beside the archive, which itself holds older
        ones; a copy inside the archive is taken first.

        Raises:
            InputError: there is no such list, or it cannot be read.
        """
        try:
            if _LABELS_FILE in archive:
                content = archive.read(_LABELS_FILE)
            else:
                content = self.fetch(f"{_FILES_URL}/{_LABELS_FILE}", dl_manager).read_bytes()
            rows = csv.reader(content.decode("ascii").splitlines())
            return {name: RHYTHM_CLASS_OF_CINC2017_LABEL[label] for name, label in rows}
        except (DamagedMemberError, ValueError, KeyError, csv.Error) as error:
            raise InputError(
                "bad_archive", f"{archive.path}: its {_LABELS_FILE} cannot be read ({error})"
            ) from error
