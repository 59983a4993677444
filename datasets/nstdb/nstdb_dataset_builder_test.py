from typing import ClassVar

import tensorflow_datasets as tfds

from datasets.nstdb import nstdb_dataset_builder


class NstdbTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = nstdb_dataset_builder.Builder
    SPLITS: ClassVar[dict[str, int]] = {"records": 3}
    DL_DOWNLOAD_RESULT = "mit-bih-noise-stress-test-database-1.0.0.zip"
    SKIP_CHECKSUMS = True  # the publisher states no checksum of its archive
