"""How many threads read at once is for the environment to say."""

import os

import pytest

from ecgmm.serving.engines import open_model
from ecgmm.serving.released import released_model
from ecgmm.serving.threads import threads_asked_for


@pytest.mark.parametrize(("said", "threads"), [("3", 3), ("4,2", 4), (" 2 , 2", 2)])
def test_the_first_number_counts(said: str, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    assert threads_asked_for("OMP_NUM_THREADS") == threads


@pytest.mark.parametrize("said", ["", "0", "-1", "many", ","])
def test_what_is_no_number_is_one_a_core(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    assert threads_asked_for("OMP_NUM_THREADS") == len(os.sched_getaffinity(0))


def test_a_list_for_nested_threads_keeps_no_model_from_being_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1,1")
    assert open_model(released_model(), "light").model_version
