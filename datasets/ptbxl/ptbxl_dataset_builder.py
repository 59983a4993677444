"""PTB-XL, twelve-lead ECGs with diagnoses, forms and rhythms."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import tensorflow_datasets as tfds
from tqdm import tqdm

from datasets import records
from datasets.archive import DamagedMemberError
from datasets.physionet_builder import PhysioNetBuilder
from datasets.ptbxl.publication import ArchivePublication, FolderPublication, Publication
from datasets.ptbxl.tables import (
    DATABASE,
    LABELS,
    STATEMENTS,
    Entry,
    entries_of_database,
    entries_of_labels,
)
from datasets.wfdb_record import NO_ANNOTATIONS, DamagedRecordError, read_signals
from ecgmm.errors import InputError

_RECORD_FOLDERS = {100: ("records100", "lr"), 500: ("records500", "hr")}
_RECORDS_A_FOLDER = 1000


class Builder(PhysioNetBuilder):
    """21,799 twelve-lead ECGs of 10 s, each with what cardiologists found in it.

    Where the publisher's archive or folder holds fewer records than its table, those are taken
    that are there.
    """

    ARCHIVE_URL: ClassVar[str] = (
        "https://physionet.org/static/published-projects/ptb-xl/"
        "ptb-xl-a-large-publicly-available-electrocardiography-dataset-1.0.3.zip"
    )
    HOMEPAGE: ClassVar[str] = "https://physionet.org/content/ptb-xl/1.0.3/"
    record_count = 21_799

    def __init__(self, *, sampling_rate_hz: int = 100, **kwargs: Any) -> None:
        """Names the records.

        Args:
            sampling_rate_hz: 100 or 500, which of the publisher's two forms of them.
            **kwargs: what the builders of PhysioNet's databases take.
        """
        super().__init__(**kwargs)
        self._record_folder, self._suffix = _RECORD_FOLDERS[sampling_rate_hz]

    def _info(self) -> tfds.core.DatasetInfo:
        features = tfds.features.FeaturesDict(
            {
                **records.features(),
                "fold": tfds.features.Scalar(np.int32),
                "conditions": tfds.features.Sequence(tfds.features.Text()),
                "age_years": tfds.features.Scalar(np.float32),
                "sex": tfds.features.Text(),
            }
        )
        return self.dataset_info_from_configs(
            features=features, homepage=self.HOMEPAGE, license="CC BY 4.0"
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> dict[str, Any]:
        publication = self._publication(dl_manager)
        return {records.SPLIT: self._generate_records(publication, _entries(publication))}

    def _publication(self, dl_manager: tfds.download.DownloadManager) -> Publication:
        """The folder of `--archive-dir` that holds records, else the publisher's archive."""
        if self._archive_dir is not None:
            stem = self.ARCHIVE_URL.rsplit("/", 1)[-1].removesuffix(".zip")
            for folder in (self._archive_dir, self._archive_dir / stem):
                if (folder / self._record_folder).is_dir():
                    return FolderPublication(folder)
        return ArchivePublication(self.fetch(self.ARCHIVE_URL, dl_manager))

    def _generate_records(
        self, publication: Publication, entries: list[Entry]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        good = 0
        present = [entry for entry in entries if f"{self._stem(entry)}.hea" in publication]
        if len(present) < len(entries):
            print(f"{self.name}: {len(entries) - len(present)} records of the table are missing")
        for entry in tqdm(present, desc=self.name, unit=" records"):
            name = Path(self._stem(entry)).name
            try:
                yield name, self._labelled(publication, entry)
                good += 1
            except (DamagedMemberError, DamagedRecordError) as error:
                tqdm.write(f"{self.name}: record {name} is damaged and left out: {error}")
        if not good:
            raise InputError("no_records", f"there is no readable record of {self.name}")

    def _stem(self, entry: Entry) -> str:
        thousand = entry.ecg_id // _RECORDS_A_FOLDER * _RECORDS_A_FOLDER
        return f"{self._record_folder}/{thousand:05d}/{entry.ecg_id:05d}_{self._suffix}"

    def _labelled(self, publication: Publication, entry: Entry) -> dict[str, Any]:
        stem = self._stem(entry)
        with tempfile.TemporaryDirectory() as folder:
            for suffix in (".hea", ".dat"):
                path = Path(folder) / Path(stem + suffix).name
                path.write_bytes(publication.read(stem + suffix))
            record = read_signals(Path(folder), Path(stem).name, ".dat", has_checksums=True)
        example = records.example(record, NO_ANNOTATIONS, patient=entry.patient, rhythm_class="")
        return {
            **example,
            "fold": entry.fold,
            "conditions": sorted(entry.conditions),
            "age_years": entry.age_years,
            "sex": entry.sex,
        }


def _entries(publication: Publication) -> list[Entry]:
    """What the tables say; the publisher's are taken first."""
    try:
        if DATABASE in publication:
            database, statements = (
                publication.read(name).decode("utf-8") for name in (DATABASE, STATEMENTS)
            )
            return list(entries_of_database(database, statements))
        return list(entries_of_labels(publication.read(LABELS).decode("utf-8")))
    except (DamagedMemberError, ValueError, KeyError, SyntaxError) as error:
        raise InputError(
            "bad_archive",
            f"expected {DATABASE} and {STATEMENTS}, or {LABELS}, beside the records; "
            f"they cannot be read ({error})",
        ) from error
