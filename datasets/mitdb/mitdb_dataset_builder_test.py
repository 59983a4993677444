from typing import ClassVar

import tensorflow_datasets as tfds

from datasets.mitdb import mitdb_dataset_builder


class MitdbTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = mitdb_dataset_builder.Builder
    SPLITS: ClassVar[dict[str, int]] = {"records": 3}
    DL_DOWNLOAD_RESULT = "mit-bih-arrhythmia-database-1.0.0.zip"
    SKIP_CHECKSUMS = True  # the publisher states no checksum of its archive

    def test_records_201_and_202_are_one_person(self) -> None:
        assert self.builder.patient_of("202") == "201"
        people = {self.builder.patient_of(name) for name in self.builder.RECORDS}
        assert (len(self.builder.RECORDS), len(people)) == (48, 47)
