"""One process that fuzzes one parser: `python -m benchmarks.fuzz.worker NAME FOLDER SECONDS SEED`.

Atheris (coverage of the Python code, libFuzzer's mutations) makes the inputs. An exception that is
no `InputError` and an input that takes too long are noted and kept, and the fuzzing goes on; a
crash of native code ends the process, and libFuzzer keeps the input. What came of the inputs so
far is in FOLDER/tally.json at any time.
"""

from __future__ import annotations

import hashlib
import resource
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import atheris

from benchmarks.fuzz.tally import CRASH_FOLDER, TALLY_FILE, Tally

if TYPE_CHECKING:
    from benchmarks.fuzz.targets import Target

TIME_LIMIT_S = 20
NATIVE_TIME_LIMIT_S = 120
MEMORY_LIMIT_MB = 4000
LARGEST_INPUT_BYTES = 40_000
INSTRUMENTED = [
    *("ecgmm.readers", "ecgmm.serving", "ecgmm.training", "wfdb.io", "edfio", "pydicom"),
    *("defusedxml", "PIL", "pillow_heif", "zipfile", "tomllib"),
]
_WRITE_EVERY_S = 1.0
_KILOBYTES_PER_MB = 1000


class TooSlowError(BaseException):
    """The input takes longer than any may; no parser's `except Exception` swallows this."""


def main(name: str, folder: Path, seconds: int, seed: int) -> None:
    """Fuzz one parser until the time is over; libFuzzer ends the process."""
    target = _warm(name)
    bench = _Bench(target, folder)
    signal.signal(signal.SIGPROF, bench.stop_input)
    options = {
        "max_total_time": seconds,
        "seed": seed,
        "timeout": NATIVE_TIME_LIMIT_S,
        "rss_limit_mb": MEMORY_LIMIT_MB,
        "max_len": LARGEST_INPUT_BYTES,
        "artifact_prefix": f"{folder / CRASH_FOLDER}/native-",
    }
    flags = [f"-{option}={value}" for option, value in options.items()]
    corpora = [str(folder / "found"), str(target.seeds()[0].parent)]
    atheris.Setup([sys.argv[0], *flags, *corpora], bench.try_input)
    atheris.Fuzz()


def _warm(name: str) -> Target:
    """The parser, all that it imports instrumented."""
    with atheris.instrument_imports(include=INSTRUMENTED):
        from benchmarks.fuzz.targets import TARGETS

        for sound in TARGETS[name].seeds():
            with tempfile.TemporaryDirectory() as folder:
                TARGETS[name].refusal(sound.read_bytes(), Path(folder))
    return TARGETS[name]


class _Bench:
    """Hands inputs to a parser and notes what comes of each."""

    def __init__(self, target: Target, folder: Path) -> None:
        self._target = target
        self._folder = folder
        self._tally = Tally()
        self._written_s = 0.0
        self._memory_before_mb = _peak_memory_mb()
        for name in (CRASH_FOLDER, "found"):
            (folder / name).mkdir(exist_ok=True)

    def try_input(self, content: bytes) -> None:
        """Try one input."""
        start_s = _processor_s()
        signal.setitimer(signal.ITIMER_PROF, TIME_LIMIT_S)
        try:
            with tempfile.TemporaryDirectory(dir=self._folder) as place:
                refused = self._target.refusal(content, Path(place))
        except (Exception, TooSlowError) as error:
            self._note_crash(error, content)
        else:
            self._tally.read += refused is None
            self._tally.refused += refused is not None
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        self._note_cost(_processor_s() - start_s)

    def stop_input(self, number: int, frame: FrameType | None) -> None:
        """Called when the time of an input is over."""
        raise TooSlowError

    def _note_crash(self, error: BaseException, content: bytes) -> None:
        place = traceback.extract_tb(error.__traceback__)[-1]
        described = f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"
        if described not in self._tally.crashes:
            digest = hashlib.sha256(content).hexdigest()[:12]
            (self._folder / CRASH_FOLDER / digest).write_bytes(content)
        self._tally.crashes[described] += 1

    def _note_cost(self, processor_s: float) -> None:
        tally = self._tally
        tally.worst_s = max(tally.worst_s, processor_s)
        tally.worst_memory_mb = _peak_memory_mb() - self._memory_before_mb
        if time.monotonic() - self._written_s > _WRITE_EVERY_S:
            tally.write(self._folder / TALLY_FILE)
            self._written_s = time.monotonic()


def _processor_s() -> float:
    """Seconds of processor that this process and the children it has waited for have used."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _peak_memory_mb() -> float:
    """The most that this process or one of its children ever had in memory."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in whose) / _KILOBYTES_PER_MB


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
