from typing import ClassVar

import tensorflow_datasets as tfds

from datasets.cinc2017 import cinc2017_dataset_builder


class Cinc2017Test(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = cinc2017_dataset_builder.Builder
    SPLITS: ClassVar[dict[str, int]] = {"records": 4}
    DL_DOWNLOAD_RESULT = "training2017.zip"
    SKIP_CHECKSUMS = True  # the publisher states no checksum of its archive

    def test_the_data_set_has_8528_records(self) -> None:
        assert len(set(self.builder.RECORDS)) == 8528
