"""`ecgmm analyze` with a runtime of the tests, and with a kill -9 from inside.

    python analyze_with_spikes.py KILL_AFTER MOMENT READ_LOG WORD...

kills itself when it notes KILL_AFTER inputs as done, `before` or `after` the note is written (never
for 0), and writes a line into READ_LOG for every signal that is read.
"""

import functools
import os
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spike_runtime import SpikeRuntime

from ecgmm.bulk.journal import Journal
from ecgmm.cli import main
from ecgmm.commands import analyze
from ecgmm.serving.runtime import Probabilities


class LoggingRuntime(SpikeRuntime):
    def __init__(self, log: str) -> None:
        self._log = log

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        with Path(self._log).open("a") as log:
            log.write("read\n")
        return super().signal(signal)


def kill_at(noted: int, moment: str) -> None:
    add, left = Journal.add, noted

    def add_or_die(self: Journal, *what: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0 and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        add(self, *what)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    Journal.add = add_or_die


if __name__ == "__main__":
    kill_after, moment, log, *words = sys.argv[1:]
    analyze.runtime_opener = lambda args: functools.partial(LoggingRuntime, log)
    analyze.runtime_identity = lambda args: "spikes"
    kill_at(int(kill_after), moment)
    sys.exit(main(["analyze", *words]))
