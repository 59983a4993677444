"""Workers that die, hang or are too few: the others' ECGs are read all the same."""

import io
import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from ecg_uploads import csv_bytes
from fastapi.testclient import TestClient
from patience import PATIENCE_S
from served_app import serving
from spike_runtime import SLEEPY_MV, open_nothing, open_runtime

from ecgmm.errors import InputError
from ecgmm.web.app import create_app
from ecgmm.web.settings import Limits, Settings
from ecgmm.workers.pool import OverloadedError, Pool
from ecgmm.workers.worker import Worker


class NoTask:
    name = "nothing"

    def run(self, runtime: Any, report: Any) -> dict[str, Any]:
        return {}


class SayingTask(NoTask):
    def run(self, runtime: Any, report: Any) -> dict[str, Any]:
        report(0.5, "Half way")
        return {"said": True}


class UnsendableTask(NoTask):
    def __reduce__(self) -> Any:
        raise TypeError("This cannot travel.")


def outcomes(*tasks: tuple[Any, Any]) -> list[Any]:
    """What a pool of one process makes of tasks, each with what takes its progress."""
    told: queue.Queue[Any] = queue.Queue()
    pool = Pool(open_runtime, workers=1, pending_limit=len(tasks), time_limit_s=PATIENCE_S)
    pool.start()
    try:
        given = []
        for task, report in tasks:
            pool.submit([(task, report, told.put)])
            given.append(told.get(timeout=PATIENCE_S))
        return given
    finally:
        pool.stop()


def no_report(share: float, stage: str) -> None: ...


def broken_report(share: float, stage: str) -> None:
    raise RuntimeError("Nobody is there.")


def test_whoever_waits_is_told_when_progress_cannot_be_and_the_next_gets_its_own_result() -> None:
    first, second = outcomes((SayingTask(), broken_report), (NoTask(), no_report))
    assert isinstance(first, InputError)
    assert "Nobody is there" in first.message
    assert second == {}


def test_whoever_waits_is_told_that_a_task_cannot_travel() -> None:
    first, second = outcomes((UnsendableTask(), no_report), (SayingTask(), no_report))
    assert isinstance(first, InputError)
    assert "This cannot travel" in first.message
    assert second == {"said": True}


def test_a_result_that_is_not_taken_is_logged_and_the_next_one_given(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pool = Pool(open_runtime, workers=1, pending_limit=2, time_limit_s=PATIENCE_S)
    given = threading.Event()

    def refuse(outcome: Any) -> None:
        raise KeyError("no room")

    pool.submit([(NoTask(), no_report, refuse), (NoTask(), no_report, lambda _: given.set())])
    pool.start()
    assert given.wait(PATIENCE_S)
    pool.stop()
    assert "no room" in caplog.text


def entries(count: int) -> Any:
    return [(NoTask(), lambda share, stage: None, lambda outcome: None)] * count


def test_the_queue_is_bounded_and_takes_all_of_a_request_or_none() -> None:
    pool = Pool(open_nothing, workers=1, pending_limit=3, time_limit_s=1.0)
    pool.submit(entries(2))
    with pytest.raises(OverloadedError):
        pool.submit(entries(2))
    pool.submit(entries(1))
    assert pool.pending == 3


def test_overload_is_503_with_the_time_to_come_back(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.app.state.services.pool, "_pending_limit", 0)  # type: ignore[attr-defined]
    files = {"files": ("a.csv", io.BytesIO(csv_bytes()))}
    response = client.post("/api/v1/analyze", files=files)
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert response.json()["error"]["code"] == "overloaded"


def test_an_answer_is_not_lost_with_the_upload_that_it_refuses() -> None:
    app = create_app(Settings(workers=0, limits=Limits(pending_inputs=0)), open_nothing)
    with serving(app) as address:
        files = {"files": ("long.csv", bytes(20_000_000))}
        response = httpx2.post(f"{address}/api/v1/analyze", files=files, timeout=PATIENCE_S)
    assert response.status_code == 503


def test_a_hanging_input_is_stopped(
    client: TestClient, analyze: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.app.state.services.pool, "_time_limit_s", 0.5)  # type: ignore[attr-defined]
    job = analyze({"slow.csv": csv_bytes(spike_mv=1.5 * SLEEPY_MV)})
    assert job["results"][0]["error"]["code"] == "too_slow"


def test_a_worker_killed_while_idle_costs_nobody_a_reading(
    client: TestClient, analyze: Callable[..., Any]
) -> None:
    analyze({"before.csv": csv_bytes()})
    (pid,) = client.app.state.services.pool.pids  # type: ignore[attr-defined]
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.1)
    assert analyze({"after.csv": csv_bytes()})["inputs"][0]["state"] == "done"


def test_a_model_that_cannot_be_loaded_is_said(client: TestClient) -> None:
    worker = Worker(open_nothing)
    with pytest.raises(InputError, match="There is no model here"):
        worker.wait_until_ready()
    worker.stop()


def end_while_loading() -> Any:
    os._exit(9)


def trip_while_loading() -> Any:
    raise RuntimeError("out of order")


@pytest.mark.parametrize(
    ("loading", "words"),
    [(end_while_loading, "ended while it loaded the model"), (trip_while_loading, "out of order")],
)
def test_a_process_that_ends_while_it_loads_is_no_fault_of_an_input(
    loading: Callable[[], Any], words: str
) -> None:
    worker = Worker(loading)
    with pytest.raises(InputError, match=words) as ended:
        worker.wait_until_ready()
    worker.stop()
    assert "input" not in ended.value.message


def test_figures_name_nobody(client: TestClient, analyze: Callable[..., Any]) -> None:
    analyze({"jane-doe.csv": csv_bytes()})
    text = client.get("/metrics").text
    assert 'ecgmm_readings_total{outcome="normal"}' in text
    assert 'route="/api/v1/analyze"' in text
    assert "jane" not in text


def test_a_worker_is_let_go_of_once_by_the_thread_that_used_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stopped: list[tuple[Worker, str]] = []
    stop = Worker.stop

    def noted_stop(worker: Worker) -> None:
        stopped.append((worker, threading.current_thread().name))
        stop(worker)

    monkeypatch.setattr(Worker, "stop", noted_stop)
    pool = Pool(open_nothing, workers=2, pending_limit=3, time_limit_s=1.0)
    pool.start()
    while len(pool.pids) < 2:
        time.sleep(0.01)
    pool.stop()
    assert len({worker for worker, _ in stopped}) == len(stopped) == 2
    assert threading.main_thread().name not in {thread for _, thread in stopped}
