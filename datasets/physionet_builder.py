"""What the builders of PhysioNet's databases have in common."""

import abc
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import tensorflow_datasets as tfds
from tqdm import tqdm

from datasets import records
from datasets.archive import Archive, DamagedMemberError
from datasets.wfdb_record import (
    NO_ANNOTATIONS,
    DamagedRecordError,
    read_annotations,
    read_signals,
)
from ecgmm.errors import InputError

_LONGEST_LIST = 20


class PhysioNetBuilder(tfds.core.GeneratorBasedBuilder):
    """Turns a publisher's zip archive into one split of whole records.

    A data set says where its archive is, which records it has and how to know a
    person; the rest is here. What is missing from the archive or damaged in it is
    printed by name and left out.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "Whole records, as stored."}

    ARCHIVE_URL: ClassVar[str]
    HOMEPAGE: ClassVar[str]
    RECORDS: ClassVar[tuple[str, ...]]
    SIGNAL_SUFFIX: ClassVar[str] = ".dat"
    HAS_ANNOTATIONS: ClassVar[bool] = True
    HAS_CHECKSUMS: ClassVar[bool] = True

    def __init__(self, *, archive_dir: Path | None = None, **kwargs: Any) -> None:
        """Names the data set's folder and where its archive is.

        Args:
            archive_dir: folder that holds the archive under the publisher's file name;
                the archive is downloaded when it is None.
            **kwargs: what TFDS's builders take, such as `data_dir`.
        """
        super().__init__(**kwargs)
        self._archive_dir = archive_dir

    def patient_of(self, record_name: str) -> str:
        """Identity of the person a record is of; the record's own name where none is known."""
        return record_name

    def rhythm_classes(self, archive: Archive) -> dict[str, str]:
        """Class of each record's rhythm, for the data sets that have one."""
        return {}

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=records.features(), homepage=self.HOMEPAGE, license="ODC-By 1.0"
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> dict[str, Any]:
        if self._archive_dir is None:
            path = Path(dl_manager.download(self.ARCHIVE_URL))
        else:
            path = self._archive_dir / self.archive_name()
        return {records.SPLIT: self._generate_examples(path)}

    @classmethod
    def archive_name(cls) -> str:
        """The publisher's file name of the archive."""
        return cls.ARCHIVE_URL.rsplit("/", 1)[-1]

    def _generate_examples(self, path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
        damaged: list[str] = []
        with Archive(path) as archive, tempfile.TemporaryDirectory() as folder:
            missing = [name for name in self.RECORDS if f"{name}.hea" not in archive]
            present = [name for name in self.RECORDS if f"{name}.hea" in archive]
            classes = self.rhythm_classes(archive)
            for name in tqdm(present, desc=self.name, unit="record"):
                try:
                    yield name, self._example(archive, name, classes.get(name, ""), Path(folder))
                except (DamagedMemberError, DamagedRecordError) as error:
                    damaged.append(name)
                    tqdm.write(f"{self.name}: record {name} is damaged and left out: {error}")
        if missing:
            tqdm.write(f"{self.name}: missing from the archive: {_shortened(missing)}")
        if len(damaged) == len(present):
            raise InputError("no_records", f"{path}: holds no readable record of {self.name}")

    def _example(
        self, archive: Archive, name: str, rhythm_class: str, folder: Path
    ) -> dict[str, Any]:
        suffixes = [".hea", self.SIGNAL_SUFFIX] + [".atr"] * self.HAS_ANNOTATIONS
        files = [name + suffix for suffix in suffixes]
        archive.extract(files, folder)
        record = read_signals(
            folder, name, self.SIGNAL_SUFFIX, has_checksums=self.HAS_CHECKSUMS
        )
        annotations = NO_ANNOTATIONS
        if self.HAS_ANNOTATIONS:
            annotations = read_annotations(folder, name, record.sig_len)
        for file in files:
            (folder / file).unlink()
        return records.example(record, annotations, self.patient_of(name), rhythm_class)


def _shortened(names: list[str]) -> str:
    if len(names) <= _LONGEST_LIST:
        return ", ".join(names)
    return f"{', '.join(names[:_LONGEST_LIST])}, ... ({len(names)} in all)"
