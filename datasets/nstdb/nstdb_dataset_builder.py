"""The noise records of the MIT-BIH Noise Stress Test Database."""

from typing import ClassVar

from datasets.physionet_builder import PhysioNetBuilder


class Builder(PhysioNetBuilder):
    """The noise records of the MIT-BIH Noise Stress Test Database."""

    ARCHIVE_URL: ClassVar[str] = (
        "https://physionet.org/static/published-projects/nstdb/"
        "mit-bih-noise-stress-test-database-1.0.0.zip"
    )
    HOMEPAGE: ClassVar[str] = "https://physionet.org/content/nstdb/1.0.0/"
    RECORDS: ClassVar[tuple[str, ...]] = ("bw", "em", "ma")
    HAS_ANNOTATIONS: ClassVar[bool] = False
