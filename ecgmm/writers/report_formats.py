"""The formats in which clinics' systems take a reading."""

from __future__ import annotations

from typing import Literal, get_args

ReportFormat = Literal["fhir", "gdt", "edf", "dicom", "aecg"]
REPORT_FORMATS: tuple[ReportFormat, ...] = get_args(ReportFormat)
