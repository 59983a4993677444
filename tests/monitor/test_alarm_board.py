"""Alarms are raised once, acknowledged by name, cleared when their cause has gone, and logged."""

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from ecgmm.errors import InputError
from ecgmm.monitor.alarms.board import USUAL_HOLD_S, AlarmBoard
from ecgmm.monitor.alarms.log import AlarmLog
from ecgmm.monitor.alarms.rules import CODES
from ecgmm.monitor.alarms.situation import Cause
from ecgmm.monitor.limits import AlarmLimits, parse_limits

FAST = Cause("tachycardia", "warning", 1.0, "Fast.", (1, 2))


def states(events):
    return [(event.code, event.state) for event in events]


def test_an_alarm_is_raised_once_however_long_its_cause_lasts():
    board = AlarmBoard()
    assert states(board.update([FAST], 1.0, CODES)) == [("tachycardia", "raised")]
    assert board.update([FAST], 2.0, CODES) == []


def test_an_alarm_is_cleared_when_its_cause_has_been_gone_for_a_while():
    board = AlarmBoard()
    board.update([FAST], 1.0, CODES)
    assert board.update([], 1.0 + USUAL_HOLD_S - 0.1, CODES) == []
    cleared = board.update([], 1.0 + USUAL_HOLD_S, CODES)
    assert states(cleared) == [("tachycardia", "cleared")]
    assert board.standing == ()


def test_an_acknowledged_alarm_says_by_whom_and_stands_until_its_cause_has_gone():
    board = AlarmBoard()
    (raised,) = board.update([FAST], 1.0, CODES)
    seen = board.acknowledge(raised.id, "nurse", 5.0)
    assert (seen.state, seen.who, seen.id) == ("acknowledged", "nurse", raised.id)
    assert board.acknowledge(raised.id, "doctor", 6.0).who == "nurse"
    assert board.standing == (seen,)
    assert states(board.update([], 9.0, CODES)) == [("tachycardia", "cleared")]


def test_an_alarm_that_does_not_stand_cannot_be_acknowledged():
    with pytest.raises(InputError, match="No alarm of number 7"):
        AlarmBoard().acknowledge(7, "nurse", 1.0)


def test_a_new_episode_is_a_new_alarm():
    board = AlarmBoard()
    (first,) = board.update([FAST], 1.0, CODES)
    board.update([], 20.0, CODES)
    (second,) = board.update([FAST], 30.0, CODES)
    assert second.id != first.id


def test_an_alarm_that_becomes_graver_is_raised_anew():
    board = AlarmBoard()
    board.update([Cause("lead_off", "info", 1.0, "One lead off.")], 1.0, CODES)
    graver = board.update([Cause("lead_off", "warning", 2.0, "All leads off.")], 2.0, CODES)
    assert states(graver) == [("lead_off", "cleared"), ("lead_off", "raised")]


def test_alarms_that_were_not_looked_at_stay():
    board = AlarmBoard()
    board.update([Cause("signal_lost", "warning", 1.0, "Nothing arrives.")], 1.0, ["signal_lost"])
    assert board.update([], 60.0, CODES) == []


def test_the_log_is_only_ever_added_to(tmp_path):
    path = tmp_path / "alarms.jsonl"
    for stream in ("bed 1", "bed 2"):
        log = AlarmLog(path, stream)
        log.write({"code": "asystole"})
        log.close()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["stream"] for line in lines] == ["bed 1", "bed 2"]
    assert all(line["at"].endswith("+00:00") for line in lines)


def test_a_log_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(InputError, match="Cannot write the alarm log"):
        AlarmLog(tmp_path / "no folder" / "alarms.jsonl", "bed")


def test_limits_are_read_from_text():
    limits = parse_limits("high_bpm=130, vt_beats=6")
    assert limits == AlarmLimits(high_bpm=130.0, vt_beats=6)
    assert parse_limits("") == AlarmLimits()


@pytest.mark.parametrize(
    "text",
    ["fast=1", "high_bpm", "high_bpm=x", "high_bpm=1000", "high_bpm=nan", "vt_beats=4.5",
     "low_bpm=110,high_bpm=100", "high_bpm=150"],
)  # fmt: skip
def test_limits_that_make_no_sense_are_refused(text):
    with pytest.raises(InputError) as refused:
        parse_limits(text)
    assert refused.value.code == "bad_limits"


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_line_that_a_full_disk_cuts_off_is_told_and_spoils_no_other(tmp_path):
    path = tmp_path / "alarms.jsonl"
    log = AlarmLog(path, "bed 7")
    with files_of_at_most(100):
        log.write({"id": 1})
        with pytest.raises(OSError, match="No space"):
            log.write({"id": 2, "text": "long " * 20})
    log.write({"id": 3})
    log.close()
    whole = []
    for line in path.read_text().splitlines():
        with suppress(json.JSONDecodeError):
            whole.append(json.loads(line)["id"])
    assert whole == [1, 3]
