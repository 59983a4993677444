"""Beats and situations made by hand, and a runtime that finds tall peaks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import numpy as np

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.reading import Rhythm
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.errors import InputError
from ecgmm.grid import SAMPLES_PER_STEP
from ecgmm.monitor.alarms.situation import Situation
from ecgmm.monitor.engine import MonitorEngine
from ecgmm.monitor.frames import Frame
from ecgmm.monitor.heart_rate import displayed_rate_bpm
from ecgmm.monitor.limits import AlarmLimits
from ecgmm.recording import Recording
from ecgmm.serving.runtime import Digitized, Probabilities

BEAT_MV = 0.7
ECTOPIC_MV = 1.3
FRAME_S = 0.1


class PeakRuntime:
    """Calls tall peaks N and taller ones V; fails while `is_broken`."""

    model_name = "peaks"
    model_version = "1"

    def __init__(self) -> None:
        self.is_broken = False
        self.batches: list[int] = []

    def signal(self, signal: np.ndarray) -> Probabilities:
        if self.is_broken:
            raise InputError("unavailable", "The server does not answer.")
        self.batches.append(len(signal))
        centred = np.abs(signal - np.median(signal, axis=1, keepdims=True))
        height = centred.reshape(len(signal), -1, SAMPLES_PER_STEP).max(axis=2)
        padded = np.pad(height, ((0, 0), (5, 5)))
        around = np.lib.stride_tricks.sliding_window_view(padded, 11, axis=1).max(axis=2)
        peak = np.where((height == around) & (height > BEAT_MV), 0.95, 0.0)
        beats = np.zeros((*height.shape, 6), np.float32)
        beats[..., 0] = 1 - peak
        beats[..., 1] = np.where(height > ECTOPIC_MV, 0, peak)
        beats[..., 3] = np.where(height > ECTOPIC_MV, peak, 0)
        rhythm = np.tile(np.float32([0.9, 0.02, 0.06, 0.02]), (len(signal), 1))
        return Probabilities(beats, rhythm)

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        raise NotImplementedError

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        raise NotImplementedError


def frames_of(recording: Recording, frame_s: float = FRAME_S) -> list[Frame]:
    """A recording as counted frames."""
    length = round(frame_s * recording.sampling_rate_hz)
    return [
        Frame(
            recording.signal_mv[start : start + length],
            recording.sampling_rate_hz,
            recording.lead_names,
            sequence=start // length,
        )
        for start in range(0, len(recording.signal_mv), length)
    ]


def monitored(frames: Sequence[Frame], *, limits=None, log=None, runtime=None) -> list[dict]:
    """What a monitor says of a stream, from its first frame to its end."""

    async def run() -> list[dict]:
        async with MonitorEngine(runtime or PeakRuntime()) as engine:
            stream = engine.open_stream("bed", limits=limits, log=log, every_hop=True)
            seen = asyncio.create_task(collected(stream.events()))
            for frame in frames:
                await stream.push(frame)
            await stream.end()
            return await seen

    return asyncio.run(run())


async def collected(events: AsyncIterator) -> list[dict]:
    return [event.to_json() async for event in events]


def of_type(said: Sequence[dict], kind: str, **fields: object) -> list[dict]:
    """The events of one type whose fields have these values."""
    return [
        event
        for event in said
        if event["type"] == kind and all(event[name] == value for name, value in fields.items())
    ]


def situation(
    beats: Sequence[tuple[float, str]],
    now_s: float,
    *,
    gaps: Sequence[tuple[float, float]] = (),
    limits: AlarmLimits | None = None,
    **changes: object,
) -> Situation:
    """A situation with these beats, as a `StreamReader` would describe it."""
    times_s = np.array([time_s for time_s, _ in beats], np.float64)
    read = BeatList(times_s, "".join(label for _, label in beats), np.ones(len(beats)))
    evidence = Evidence(read, Rhythm("noise", {}), now_s, gaps)
    since_s = max([*times_s[-1:], *[end_s for _, end_s in gaps[-1:]], 0.0])
    fields = {
        "read_to_s": now_s,
        "evidence": evidence,
        "ids": tuple(range(len(beats))),
        "bpm": displayed_rate_bpm(evidence.rr_s),
        "silent_since_s": since_s if since_s < now_s else None,
        "is_fibrillating": False,
        "af_share": None,
        "leads_off": (),
        "all_off": False,
        "limits": limits or AlarmLimits(),
    }
    return Situation(**{**fields, **changes})


def regular(labels: str, rr_s: float, start_s: float = 0.5) -> list[tuple[float, str]]:
    """Beats at one distance."""
    return [(start_s + number * rr_s, label) for number, label in enumerate(labels)]


@contextlib.asynccontextmanager
async def engine_of(runtime=None, **options):
    """An engine with a runtime of its own."""
    async with MonitorEngine(runtime or PeakRuntime(), **options) as engine:
        yield engine
