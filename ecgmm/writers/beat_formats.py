"""The formats in which beats are written."""

from __future__ import annotations

from typing import Literal, get_args

BeatFormat = Literal["atr", "csv", "json"]
BEAT_FORMATS: tuple[BeatFormat, ...] = get_args(BeatFormat)
