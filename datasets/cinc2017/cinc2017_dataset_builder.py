"""The training set of the PhysioNet/CinC Challenge 2017."""

import csv
from typing import ClassVar

from datasets.archive import Archive, DamagedMemberError
from datasets.physionet_builder import PhysioNetBuilder
from ecgmm.errors import InputError
from ecgmm.labels import RHYTHM_CLASS_OF_CINC2017_LABEL

_LABELS_FILE = "REFERENCE-v3.csv"


class Builder(PhysioNetBuilder):
    """The training set of the PhysioNet/CinC Challenge 2017."""

    ARCHIVE_URL: ClassVar[str] = (
        "https://physionet.org/files/challenge-2017/1.0.0/training2017.zip"
    )
    HOMEPAGE: ClassVar[str] = "https://physionet.org/content/challenge-2017/1.0.0/"
    RECORDS: ClassVar[tuple[str, ...]] = tuple(f"A{number:05d}" for number in range(1, 8529))
    SIGNAL_SUFFIX: ClassVar[str] = ".mat"
    HAS_ANNOTATIONS: ClassVar[bool] = False
    HAS_CHECKSUMS: ClassVar[bool] = False

    def rhythm_classes(self, archive: Archive) -> dict[str, str]:
        """Class of each record, from the third and last revision of the labels.

        Raises:
            InputError: the archive has no readable `REFERENCE-v3.csv`.
        """
        try:
            text = archive.read(_LABELS_FILE).decode("ascii")
            return {
                name: RHYTHM_CLASS_OF_CINC2017_LABEL[label]
                for name, label in csv.reader(text.splitlines())
            }
        except (DamagedMemberError, UnicodeDecodeError, ValueError, KeyError) as error:
            raise InputError(
                "bad_archive", f"{archive.path}: no readable {_LABELS_FILE} ({error})"
            ) from error
