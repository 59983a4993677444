"""When a call is made again, and when it is given up."""

from __future__ import annotations

import pytest

from ecgmm.serving.retries import CallError, Failure, Patience, with_retries


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.pauses_s: list[float] = []

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, pause_s: float) -> None:
        self.pauses_s.append(pause_s)
        self.now_s += pause_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("ecgmm.serving.retries.time", clock)
    return clock


def busy(timeout_s: float) -> None:
    raise CallError(Failure.UNREACHABLE, "busy", is_passing=True)


def test_pauses_double_and_are_never_the_same(clock: Clock) -> None:
    for _ in range(2):
        with pytest.raises(CallError, match="busy"):
            with_retries(busy, Patience(attempts=5, first_pause_s=0.2))
    first, second = clock.pauses_s[:4], clock.pauses_s[4:]
    assert first != second
    for pauses_s in (first, second):
        for number, pause_s in enumerate(pauses_s):
            assert 0.1 * 2**number <= pause_s <= 0.2 * 2**number


def test_no_pause_outlasts_the_deadline(clock: Clock) -> None:
    with pytest.raises(CallError):
        with_retries(busy, Patience(deadline_s=0.5, attempts=50))
    assert clock.now_s < 0.5


def test_each_attempt_gets_the_time_that_is_left(clock: Clock) -> None:
    left_s: list[float] = []

    def attempt(timeout_s: float) -> str:
        left_s.append(timeout_s)
        clock.now_s += 1.0
        if len(left_s) < 3:
            busy(timeout_s)
        return "answer"

    assert with_retries(attempt, Patience(deadline_s=10.0)) == "answer"
    assert left_s[0] == 10.0
    assert left_s[2] == pytest.approx(8.0 - sum(clock.pauses_s))


def test_a_busy_server_is_asked_until_the_deadline(clock: Clock) -> None:
    def turned_away(timeout_s: float) -> None:
        raise CallError(Failure.UNREACHABLE, "no thread", is_busy=True)

    with pytest.raises(CallError, match="no thread"):
        with_retries(turned_away, Patience(deadline_s=30.0, attempts=5))
    assert len(clock.pauses_s) > 10
    assert max(clock.pauses_s) <= Patience.longest_pause_s
    assert clock.now_s < 30.0


def test_a_failure_that_stays_is_not_tried_again(clock: Clock) -> None:
    def refused(timeout_s: float) -> None:
        raise CallError(Failure.REFUSED, "Expected millivolts")

    with pytest.raises(CallError, match="Expected millivolts"):
        with_retries(refused, Patience())
    assert clock.pauses_s == []
