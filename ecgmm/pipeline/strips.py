"""Which strips the network sees: random places, rare classes more often than life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SAMPLES_PER_STEP
from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES
from ecgmm.pipeline.records import UNKNOWN_RHYTHM, GridRecord


@dataclass(frozen=True)
class Strip:
    """A stretch of one lead with its truth.

    Attributes:
        signal_mv: `[samples]` float32, millivolts at 125 Hz.
        beat_position: `[beats]` float64, samples from the strip's start.
        beat_class: `[beats]` int64, index into `labels.STEP_CLASSES`.
        has_beats: whether beats are annotated.
        rhythm: index into `labels.RHYTHM_CLASSES`, or -1.
    """

    signal_mv: NDArray[np.float32]
    beat_position: NDArray[np.float64]
    beat_class: NDArray[np.int64]
    has_beats: bool
    rhythm: int


@dataclass(frozen=True)
class SamplingConfig:
    """How often a strip is drawn for what is in it; the shares add up to 1.

    Attributes:
        anywhere: a random place of a random record with annotated beats.
        s_beat: a place with an S beat; likewise the other beat classes.
        normal: a recording of CinC 2017 of that class; likewise the other rhythms.
    """

    anywhere: float = 0.25
    s_beat: float = 0.25
    v_beat: float = 0.15
    f_beat: float = 0.07
    normal: float = 0.08
    af: float = 0.08
    other: float = 0.08
    noise: float = 0.04


class StripSampler:
    """Draws random strips from records.

    Places of a rare beat class are chosen record first, in proportion to the square root of
    its beats of that class, so that one patient with a thousand of them does not
    become the class.

    Args:
        records: the records to draw from.
        config: shares of what is looked for. A share that no record can serve
            is spread over the others.
        mixed_leads: of the strips of records with several leads, the share that shows a random
            mixture of two of them, as an electrode at another place would record.

    Raises:
        ValueError: if there is nothing to draw from.
    """

    def __init__(
        self, records: Sequence[GridRecord], config: SamplingConfig, mixed_leads: float = 0.0
    ) -> None:
        self._records = records
        self._mixed_leads = mixed_leads
        pools = {
            "anywhere": (config.anywhere, [float(r.has_beats) for r in records]),
            **{
                f"{name}_beat": (
                    getattr(config, f"{name.lower()}_beat"),
                    [_root_count(r, STEP_CLASSES.index(name)) for r in records],
                )
                for name in ("S", "V", "F")
            },
            **{
                name: (getattr(config, name), [_is_recording_of(r, name) for r in records])
                for name in RHYTHM_CLASSES
            },
        }
        usable = {k: v for k, v in pools.items() if v[0] > 0 and sum(v[1]) > 0}
        if not usable:
            raise ValueError("Expected records to draw strips from. Received none that fit.")
        self._targets = list(usable)
        shares = np.array([share for share, _ in usable.values()])
        self._shares = shares / shares.sum()
        self._record_shares = [np.array(w) / np.sum(w) for _, w in usable.values()]

    def draw(self, rng: np.random.Generator, steps: int) -> Strip:
        """Draw a strip of `steps` steps of a random lead."""
        target = rng.choice(len(self._targets), p=self._shares)
        record = self._records[rng.choice(len(self._records), p=self._record_shares[target])]
        samples = steps * SAMPLES_PER_STEP
        name = self._targets[target]
        if name.endswith("_beat"):
            wanted = np.flatnonzero(record.beat_class == STEP_CLASSES.index(name[0]))
            start = record.beat_position[rng.choice(wanted)] - rng.uniform(0.05, 0.95) * samples
        else:
            start = rng.uniform(0, max(len(record.signal_mv) - samples, 0) + 1)
        leads = record.signal_mv.shape[1]
        lead = int(rng.integers(leads))
        strip = cut_strip(record, int(start), steps, lead)
        if leads == 1 or rng.random() >= self._mixed_leads:
            return strip
        other = cut_strip(record, int(start), steps, (lead + int(rng.integers(1, leads))) % leads)
        return mix_leads(strip, other, rng.uniform(0, 2 * np.pi))


def cut_strip(record: GridRecord, start: int, steps: int, lead: int) -> Strip:
    """Cut a strip that begins at sample `start`, moved inside the record where it sticks out.

    A record shorter than the strip is continued by its last value.
    """
    samples = steps * SAMPLES_PER_STEP
    start = max(0, min(start, len(record.signal_mv) - samples))
    signal = record.signal_mv[start : start + samples, lead]
    if len(signal) < samples:
        signal = np.pad(signal, (0, samples - len(signal)), mode="edge")
    first, last = np.searchsorted(record.beat_position, [start, start + samples])
    beat_class = record.beat_class[first:last]
    return Strip(
        signal_mv=signal,
        beat_position=record.beat_position[first:last] - start,
        beat_class=beat_class,
        has_beats=record.has_beats,
        rhythm=_strip_rhythm(record, start // SAMPLES_PER_STEP, steps, beat_class),
    )


def mix_leads(strip: Strip, other: Strip, angle_rad: float) -> Strip:
    """What an electrode would see whose axis lies between those of two leads of one record."""
    mixture = np.cos(angle_rad) * strip.signal_mv + np.sin(angle_rad) * other.signal_mv
    return replace(strip, signal_mv=mixture.astype(np.float32))


def only_visible(strip: Strip, visible: NDArray[np.bool_]) -> Strip:
    """A strip with the beats whose samples are visible."""
    last = len(strip.signal_mv) - 1
    seen = visible[np.clip(strip.beat_position.astype(int), 0, last)]
    return replace(
        strip, beat_position=strip.beat_position[seen], beat_class=strip.beat_class[seen]
    )


def _strip_rhythm(
    record: GridRecord, first_step: int, steps: int, beat_class: NDArray[np.int64]
) -> int:
    """The one rhythm of a strip, or -1 where it changes or sinus rhythm is disturbed."""
    rhythm = record.rhythm[first_step : first_step + steps]
    if len(rhythm) == 0 or (rhythm != rhythm[0]).any():
        return UNKNOWN_RHYTHM
    name = int(rhythm[0])
    disturbed = (beat_class != STEP_CLASSES.index("N")).any()
    if record.has_beats and name == RHYTHM_CLASSES.index("normal") and disturbed:
        return UNKNOWN_RHYTHM
    return name


def _root_count(record: GridRecord, class_index: int) -> float:
    return float(np.sqrt(np.count_nonzero(record.beat_class == class_index)))


def _is_recording_of(record: GridRecord, rhythm_name: str) -> float:
    whole = not record.has_beats and len(record.rhythm) > 0
    return float(whole and record.rhythm[0] == RHYTHM_CLASSES.index(rhythm_name))
