"""The end of a search by the clock."""

from __future__ import annotations

import math
import signal
import time
from typing import Any

import keras


class TimeUp(BaseException):
    """The time of a search is up; like `KeyboardInterrupt`, no failure of whatever runs."""


class TimeBox(keras.callbacks.Callback):
    """Ends a search between two batches once its time is up.

    The trial that is cut off stays open, and the next start of the search takes it up where
    its last epoch left it.

    Args:
        hours: how long the search may run from now on; None, as long as it takes.
    """

    def __init__(self, hours: float | None) -> None:
        super().__init__()
        self._end_s = math.inf if hours is None else time.monotonic() + 3600 * hours

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Look at the clock."""
        self.check()

    def check(self) -> None:
        """Look at the clock.

        Raises:
            TimeUp: if time is up.
        """
        if time.monotonic() >= self._end_s:
            raise TimeUp

    def alarm(self, grace_s: float) -> None:
        """Raise `TimeUp` in the main thread, whatever it waits for, some time after the end."""
        if math.isinf(self._end_s):
            return
        signal.signal(signal.SIGALRM, _raise_time_up)
        left_s = max(self._end_s - time.monotonic(), 0.0)
        signal.setitimer(signal.ITIMER_REAL, left_s + grace_s)


def _raise_time_up(number: int, frame: Any) -> None:
    raise TimeUp
