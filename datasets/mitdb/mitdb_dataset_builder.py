"""The MIT-BIH Arrhythmia Database."""

from typing import ClassVar

from datasets.physionet_builder import PhysioNetBuilder

_RECORDS = (
    "100 101 102 103 104 105 106 107 108 109 111 112 113 114 115 116 117 118 119 121 122 123 124 "
    "200 201 202 203 205 207 208 209 210 212 213 214 215 217 219 220 221 222 223 228 230 231 232 "
    "233 234"
)


class Builder(PhysioNetBuilder):
    """48 half-hour, two-lead recordings with every beat and rhythm annotated."""

    ARCHIVE_URL: ClassVar[str] = (
        "https://physionet.org/static/published-projects/mitdb/"
        "mit-bih-arrhythmia-database-1.0.0.zip"
    )
    HOMEPAGE: ClassVar[str] = "https://physionet.org/content/mitdb/1.0.0/"
    RECORDS: ClassVar[tuple[str, ...]] = tuple(_RECORDS.split())

    def patient_of(self, record_name: str) -> str:
        """The record's name, but `"201"` for 202: the two are of one man."""
        return "201" if record_name == "202" else record_name
