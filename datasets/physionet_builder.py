"""What the builders of PhysioNet's databases have in common."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import requests
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


class PhysioNetBuilder(  # type: ignore[call-arg]
    tfds.core.GeneratorBasedBuilder, skip_registration=True
):
    """Turns a publisher's zip archive into one split of whole records.

    A data set says where its archive is, which records it has and how to know a person;
    the rest is here. What is missing from the archive, or damaged in it, is printed by
    name and left out.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "Whole records, as stored."}

    ARCHIVE_URL: ClassVar[str]
    HOMEPAGE: ClassVar[str]
    RECORDS: ClassVar[tuple[str, ...]]
    SIGNAL_SUFFIX: ClassVar[str] = ".dat"
    HAS_CHECKSUMS: ClassVar[bool] = True
    HAS_ANNOTATIONS: ClassVar[bool] = True

    def __init__(self, *, archive_dir: Path | None = None, **kwargs: Any) -> None:
        """Names the data set's folder and where its archive is.

        Args:
            archive_dir: folder that holds the archive under the publisher's file name;
                the archive is downloaded when it is None.
            **kwargs: what TFDS's builders take, such as `data_dir`.
        """
        super().__init__(**kwargs)
        self._archive_dir = archive_dir

    @property
    def record_count(self) -> int:
        """Records that the data set has when nothing is missing."""
        return len(self.RECORDS)

    def patient_of(self, record_name: str) -> str:
        """Identity of the person; the record's own name where no more is known."""
        return record_name

    def rhythm_classes(
        self, archive: Archive, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, str] | None:
        """Each record's rhythm class by its name, or None where the data set has none."""
        return None

    def fetch(self, url: str, dl_manager: tfds.download.DownloadManager) -> Path:
        """The publisher's file: in the archive folder where one is given, else downloaded.

        Raises:
            InputError: it is not in the folder, or cannot be downloaded.
        """
        if self._archive_dir is not None:
            path = self._archive_dir / url.rsplit("/", 1)[-1]
            if not path.is_file():
                raise InputError(
                    "not_found",
                    f"{path}: no such file; get it from {url}, "
                    "or leave --archive-dir out to have it downloaded",
                )
            return path
        try:
            return Path(dl_manager.download(url))
        except (requests.RequestException, tfds.download.DownloadError) as error:
            raise InputError(
                "download_failed",
                f"{url}: cannot be downloaded ({' '.join(str(error).split())}); "
                "get it by other means and name its folder with --archive-dir",
            ) from error

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=records.features(), homepage=self.HOMEPAGE, license="ODC-By 1.0"
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> dict[str, Any]:
        path = self.fetch(self.ARCHIVE_URL, dl_manager)
        with Archive(path) as archive:
            classes = self.rhythm_classes(archive, dl_manager)
        return {records.SPLIT: self._generate_examples(path, classes)}

    def _generate_examples(
        self, path: Path, classes: dict[str, str] | None
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        good = 0
        with Archive(path) as archive:
            present = [name for name in self.RECORDS if f"{name}.hea" in archive]
            missing = sorted(set(self.RECORDS) - set(present))
            if missing:
                print(f"{self.name}: missing from the archive: {_shortened(missing)}")
            for name in tqdm(present, desc=self.name, unit=" records"):
                try:
                    yield name, self._example(archive, name, classes)
                    good += 1
                except (DamagedMemberError, DamagedRecordError) as error:
                    tqdm.write(f"{self.name}: record {name} is damaged and left out: {error}")
        if not good:
            raise InputError("no_records", f"{path}: holds no readable record of {self.name}")

    def _example(
        self, archive: Archive, name: str, classes: dict[str, str] | None
    ) -> dict[str, Any]:
        if classes is not None and name not in classes:
            raise DamagedRecordError("it has no label")
        suffixes = [".hea", self.SIGNAL_SUFFIX] + [".atr"] * self.HAS_ANNOTATIONS
        annotations = NO_ANNOTATIONS
        with tempfile.TemporaryDirectory() as folder:
            for suffix in suffixes:
                (Path(folder) / (name + suffix)).write_bytes(archive.read(name + suffix))
            record = read_signals(
                Path(folder), name, self.SIGNAL_SUFFIX, has_checksums=self.HAS_CHECKSUMS
            )
            if self.HAS_ANNOTATIONS:
                annotations = read_annotations(Path(folder), name, record.sig_len)
        return records.example(
            record,
            annotations,
            patient=self.patient_of(name),
            rhythm_class="" if classes is None else classes[name],
        )


def _shortened(names: list[str]) -> str:
    if len(names) <= _LONGEST_LIST:
        return ", ".join(names)
    return f"{', '.join(names[:_LONGEST_LIST])}, ... ({len(names)} in all)"
