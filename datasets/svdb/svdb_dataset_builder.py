"""The MIT-BIH Supraventricular Arrhythmia Database."""

from typing import ClassVar

from datasets.physionet_builder import PhysioNetBuilder


class Builder(PhysioNetBuilder):
    """78 half-hour, two-lead recordings with every beat annotated."""

    ARCHIVE_URL: ClassVar[str] = (
        "https://physionet.org/static/published-projects/svdb/"
        "mit-bih-supraventricular-arrhythmia-database-1.0.0.zip"
    )
    HOMEPAGE: ClassVar[str] = "https://physionet.org/content/svdb/1.0.0/"
    RECORDS: ClassVar[tuple[str, ...]] = tuple(
        str(number) for number in (*range(800, 813), *range(820, 830), *range(840, 895))
    )
