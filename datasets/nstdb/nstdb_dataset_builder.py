"""The noise records of the MIT-BIH Noise Stress Test Database."""

from typing import ClassVar

from datasets.physionet_builder import PhysioNetBuilder


class Builder(PhysioNetBuilder):
    """Half an hour each of baseline wander, electrode motion and muscle noise, two leads.

    The publisher's mixtures of this noise with MIT-BIH 118 and 119 are not taken: training
    mixes its own, and the mixtures would carry people of MIT-BIH into a second data set.
    """

    ARCHIVE_URL: ClassVar[str] = (
        "https://physionet.org/static/published-projects/nstdb/"
        "mit-bih-noise-stress-test-database-1.0.0.zip"
    )
    HOMEPAGE: ClassVar[str] = "https://physionet.org/content/nstdb/1.0.0/"
    RECORDS: ClassVar[tuple[str, ...]] = ("bw", "em", "ma")
    HAS_ANNOTATIONS: ClassVar[bool] = False
