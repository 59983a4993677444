"""Another attempt at a call that failed for a moment."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

Result = TypeVar("Result")


class Failure(Enum):
    """Why a call to a server failed; the value is the code of the error that a user sees."""

    UNREACHABLE = "serving_unreachable"
    LATE = "serving_late"
    REFUSED = "refused_by_model"
    NOT_SERVED = "serving_model_missing"
    DENIED = "serving_denied"
    FAILED = "serving_failed"


class CallError(Exception):
    """A call to a server that failed.

    Attributes:
        failure: what kind of failure it is.
        said: what the server, or the connection to it, said.
        is_passing: whether the same call may succeed a moment later.
        is_busy: whether somebody is there who says so; that passes.
    """

    def __init__(
        self, failure: Failure, said: str, *, is_passing: bool = False, is_busy: bool = False
    ) -> None:
        super().__init__(said)
        self.failure = failure
        self.said = said
        self.is_passing = is_passing or is_busy
        self.is_busy = is_busy


@dataclass(frozen=True)
class Patience:
    """How long to try.

    Attributes:
        deadline_s: time for a call, all attempts and pauses together.
        attempts: the most attempts at one call, but for those that a busy server turns away.
        first_pause_s: pause after the first attempt; each further one is twice as long.
        longest_pause_s: the longest pause.
    """

    deadline_s: float = 30.0
    attempts: int = 5
    first_pause_s: float = 0.2
    longest_pause_s: float = 2.0


def with_retries(attempt: Callable[[float], Result], patience: Patience) -> Result:
    """Call `attempt`, which gets the seconds that are left, until it succeeds.

    Pauses are drawn between half and all of their length, so that clients that one server
    turned away do not come back together.

    Raises:
        CallError: the last one, when it will not pass, or attempts or time have run out.
    """
    end_s = time.monotonic() + patience.deadline_s
    number = 0
    while True:
        number += 1
        try:
            return attempt(end_s - time.monotonic())
        except CallError as error:
            pause_s = min(patience.first_pause_s * 2 ** (number - 1), patience.longest_pause_s)
            pause_s *= random.uniform(0.5, 1.0)
            is_worth_it = error.is_busy or (error.is_passing and number < patience.attempts)
            if not is_worth_it or time.monotonic() + pause_s >= end_s:
                raise
        time.sleep(pause_s)
