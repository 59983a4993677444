from typing import ClassVar

import tensorflow_datasets as tfds

from datasets.svdb import svdb_dataset_builder


class SvdbTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = svdb_dataset_builder.Builder
    SPLITS: ClassVar[dict[str, int]] = {"records": 2}
    DL_DOWNLOAD_RESULT = "mit-bih-supraventricular-arrhythmia-database-1.0.0.zip"
    SKIP_CHECKSUMS = True  # the publisher states no checksum of its archive

    def test_the_data_set_has_78_records(self) -> None:
        assert len(set(self.builder.RECORDS)) == 78
