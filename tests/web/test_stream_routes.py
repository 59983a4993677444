"""Live streams over the wire: who sends, who watches, what each is told and refused."""

import base64
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from patience import PATIENCE_S
from spike_runtime import open_nothing, open_runtime
from starlette.testclient import WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from ecgmm.monitor.frames import Frame
from ecgmm.web.app import create_app
from ecgmm.web.settings import Limits, Settings

TOKEN = "a-long-enough-secret"
RATE_HZ = 250
FAST_BPM = 150
MESSAGE_BYTES = 400_000
ADDRESS = "ws://127.0.0.1:8000/api/v1/stream"


@pytest.fixture(scope="module")
def small() -> Iterator[TestClient]:
    """A client of an app with room for two streams and two viewers."""
    limits = Limits(streams=2, viewers=2, message_bytes=MESSAGE_BYTES)
    with TestClient(
        create_app(Settings(limits=limits), open_runtime), "http://127.0.0.1"
    ) as client:
        yield client


@pytest.fixture
def produce(client: TestClient) -> Iterator[Callable[[str], WebSocketTestSession]]:
    """Opens a producer of a stream; every stream ends with the test."""
    ids = []

    def open_stream(stream_id: str) -> WebSocketTestSession:
        ids.append(stream_id)
        return client.websocket_connect(f"{ADDRESS}?id={stream_id}&title=Bed")

    yield open_stream
    for stream_id in ids:
        client.delete(f"/api/v1/streams/{stream_id}")


def watch(client: TestClient, stream_id: str) -> WebSocketTestSession:
    return client.websocket_connect(f"{ADDRESS}/{stream_id}")


def frame(seconds: float, bpm: float = 60.0, **fields: Any) -> dict[str, Any]:
    """Narrow peaks of 1 mV in regular intervals, which the runtime calls normal beats."""
    samples_mv = np.zeros(round(seconds * RATE_HZ))
    samples_mv[:: round(RATE_HZ * 60 / bpm)] = 1.0
    return {
        "sampling_rate_hz": RATE_HZ,
        "leads": ["II"],
        "samples_mv": samples_mv.tolist(),
        **fields,
    }


def told(socket: WebSocketTestSession, **wanted: Any) -> dict[str, Any]:
    """The next message with these fields."""
    while True:
        message: dict[str, Any] = socket.receive_json()
        if wanted.items() <= message.items():
            return message


def test_a_producer_is_told_beats_and_heart_rate(produce: Callable[..., Any]) -> None:
    with produce("told") as socket:
        assert told(socket, type="stream")["id"] == "told"
        socket.send_json(frame(20.0))
        beat = told(socket, type="beat")
        assert beat["label"] == "N"
        assert beat["time_s"] % 1.0 == pytest.approx(0.0, abs=0.06)
        assert told(socket, type="heart_rate", bpm=60.0)


def test_several_viewers_see_the_same(client: TestClient, produce: Callable[..., Any]) -> None:
    with (
        produce("shared") as socket,
        watch(client, "shared") as one,
        watch(client, "shared") as other,
    ):
        socket.send_json(frame(15.0))
        first = [told(viewer, type="trace") for viewer in (one, other)]
        assert first[0] == first[1]
        assert [told(viewer, type="beat")["label"] for viewer in (one, other)] == ["N", "N"]


def test_whoever_comes_late_sees_the_last_seconds(
    client: TestClient, produce: Callable[..., Any]
) -> None:
    with produce("late") as socket:
        for number in range(20):
            socket.send_json(frame(1.0, sequence=number))
        told(socket, type="heart_rate", bpm=60.0)
        with watch(client, "late") as viewer:
            assert told(viewer, type="stream")["heart_rate_bpm"] == 60.0
            first = told(viewer, type="trace")
            assert first["time_s"] <= 6.0
            assert first["at"] > 1e9


def test_binary_frames_follow_one_in_json(client: TestClient, produce: Callable[..., Any]) -> None:
    with produce("binary") as socket, watch(client, "binary") as viewer:
        socket.send_json(frame(0.2))
        told(viewer, type="trace")
        head = np.array([1], "<u4").tobytes() + np.array([np.nan], "<f8").tobytes()
        units = np.repeat([500, -32768], RATE_HZ).astype("<i2")
        socket.send_bytes(head + units.tobytes())
        rows = [row for _ in range(3) for row in told(viewer, type="trace")["samples_mv"]]
        assert [0.5] in rows
        assert [None] in rows


def test_an_alarm_is_seen_acknowledged_and_logged(
    client: TestClient, produce: Callable[..., Any]
) -> None:
    with produce("alarm") as socket, watch(client, "alarm") as viewer:
        socket.send_json(frame(30.0, bpm=FAST_BPM))
        alarm = told(viewer, code="extreme_tachycardia", state="raised")
        viewer.send_json({"type": "acknowledge", "alarm_id": alarm["id"], "who": "Night nurse"})
        seen = told(socket, type="alarm", state="acknowledged")
        assert (seen["id"], seen["who"]) == (alarm["id"], "Night nurse")
        log = client.get("/api/v1/streams/alarm/log").json()["events"]
        states = [event["state"] for event in log if event.get("id") == alarm["id"]]
        assert states == ["raised", "acknowledged"]
        standing = client.get("/api/v1/streams/alarm").json()["alarms"]
        assert alarm["id"] in [each["id"] for each in standing]


def test_an_alarm_is_acknowledged_over_http(
    client: TestClient, produce: Callable[..., Any]
) -> None:
    with produce("http") as socket:
        socket.send_json(frame(30.0, bpm=FAST_BPM))
        alarm = told(socket, code="extreme_tachycardia", state="raised")
        path = f"/api/v1/streams/http/alarms/{alarm['id']}/acknowledge"
        assert client.post(path, json={"who": "Ward"}).status_code == 204
        assert told(socket, type="alarm", state="acknowledged")["who"] == "Ward"
        assert client.post("/api/v1/streams/http/alarms/99/acknowledge", json={}).status_code == 400


def test_limits_are_changed_for_everybody(client: TestClient, produce: Callable[..., Any]) -> None:
    with produce("limits") as socket, watch(client, "limits") as viewer:
        viewer.send_json({"type": "limits", "changes": {"high_bpm": 130}})
        assert told(socket, type="limits")["limits"]["high_bpm"] == 130
        response = client.post("/api/v1/streams/limits/limits", json={"low_bpm": 45})
        assert (response.json()["low_bpm"], response.json()["high_bpm"]) == (45, 130)
        assert told(viewer, type="limits", limits=response.json())
        bad = client.post("/api/v1/streams/limits/limits", json={"high_bpm": 5})
        assert (bad.status_code, bad.json()["error"]["code"]) == (400, "bad_limits")


def test_a_stream_goes_on_after_a_lost_connection(
    client: TestClient, produce: Callable[..., Any]
) -> None:
    with produce("again") as socket:
        socket.send_json(frame(3.0))
        told(socket, type="beat")
    with watch(client, "again") as viewer:
        assert told(viewer, type="stream")["state"] == "waiting"
        with produce("again") as socket:
            socket.send_json(frame(5.0))
            assert told(viewer, type="condition", code="reconnected")
            assert told(viewer, type="trace")["time_s"] >= 2.9


def test_the_latest_connection_of_a_producer_counts(produce: Callable[..., Any]) -> None:
    with produce("twice") as old:
        told(old, type="stream")
        with produce("twice") as new:
            told(new, type="stream")
            with pytest.raises(WebSocketDisconnect) as closed:
                told(old, type="never")
            assert closed.value.code == 4001


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("no JSON", "bad_message"),
        ("[1]", "bad_message"),
        ("[" * 100_000, "bad_message"),
        ('{"type": "dance"}', "bad_message"),
        ('{"samples_mv": [1]}', "bad_frame"),
        ('{"sampling_rate_hz": 1, "leads": ["II"], "samples_mv": [1]}', "bad_frame"),
        ('{"type": "limits", "changes": {"high_bpm": "x"}}', "bad_limits"),
        (f'{{"type": "limits", "changes": {{"high_bpm": 1{"0" * 400}}}}}', "bad_limits"),
        ('{"type": "acknowledge", "alarm_id": 7}', "no_such_alarm"),
    ],
)
def test_what_makes_no_sense_is_answered_and_the_stream_stays(
    produce: Callable[..., Any], message: str, code: str
) -> None:
    with produce("sense") as socket:
        socket.send_text(message)
        assert told(socket, type="error")["code"] == code
        socket.send_json({"type": "limits", "changes": {}})
        assert told(socket, type="limits")


def test_a_viewer_sends_no_samples(client: TestClient, produce: Callable[..., Any]) -> None:
    with produce("onlooker"), watch(client, "onlooker") as viewer:
        viewer.send_json(frame(1.0))
        assert told(viewer, type="error")["code"] == "bad_message"
        viewer.send_bytes(b"\0" * 20)
        assert told(viewer, type="error")["code"] == "bad_message"


def test_a_message_has_a_size(small: TestClient) -> None:
    with small.websocket_connect(f"{ADDRESS}?id=large") as socket:
        socket.send_text("x" * (MESSAGE_BYTES + 1))
        with pytest.raises(WebSocketDisconnect) as closed:
            told(socket, type="never")
        assert closed.value.code == 1009
    assert small.delete("/api/v1/streams/large").status_code == 204


def test_streams_and_viewers_are_counted(small: TestClient) -> None:
    def refusal(path: str) -> int:
        with pytest.raises(WebSocketDenialResponse) as refused, small.websocket_connect(path):
            pass
        return refused.value.status_code

    with (
        small.websocket_connect(f"{ADDRESS}?id=one"),
        small.websocket_connect(f"{ADDRESS}?id=two"),
        watch(small, "one"),
        watch(small, "two"),
    ):
        assert refusal(f"{ADDRESS}?id=three") == 503
        assert refusal(f"{ADDRESS}/one") == 503
        assert small.post("/api/v1/streams", json={}).status_code == 503
    assert refusal(f"{ADDRESS}/none") == 404
    for stream_id in ("one", "two"):
        small.delete(f"/api/v1/streams/{stream_id}")


def test_a_stream_ends_for_everybody(client: TestClient, produce: Callable[..., Any]) -> None:
    with produce("ends") as socket, watch(client, "ends") as viewer:
        socket.send_json({"type": "end"})
        for each in (socket, viewer):
            with pytest.raises(WebSocketDisconnect) as closed:
                told(each, type="never")
            assert closed.value.code == 1000
    assert client.get("/api/v1/streams/ends").status_code == 404


def test_a_reading_is_replayed(client: TestClient, signal_id: str) -> None:
    response = client.post("/api/v1/streams", json={"reading_id": signal_id})
    assert response.status_code == 201
    with watch(client, response.json()["id"]) as viewer:
        assert told(viewer, type="stream")["title"] == "heart.csv"
        assert told(viewer, type="trace")["time_s"] == 0.0
    assert client.delete(response.headers["location"]).status_code == 204


def test_nobody_sends_samples_into_a_replay(client: TestClient) -> None:
    replayed = client.post("/api/v1/streams", json={}).json()["id"]
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect(f"{ADDRESS}?id={replayed}"),
    ):
        pass
    assert refused.value.status_code == 409
    assert client.delete(f"/api/v1/streams/{replayed}").status_code == 204


def test_a_picture_is_not_replayed(client: TestClient, picture_id: str) -> None:
    response = client.post("/api/v1/streams", json={"reading_id": picture_id})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "no_signal")


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_other_sites_pages_watch_nothing(client: TestClient, origin: str) -> None:
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect(ADDRESS, headers={"Origin": origin}),
    ):
        pass
    assert refused.value.status_code == 403


def test_a_websocket_bears_the_token_in_a_header_or_as_a_browser_can() -> None:
    app = create_app(Settings(host="0.0.0.0", token=TOKEN), open_nothing)
    encoded = base64.urlsafe_b64encode(TOKEN.encode()).decode().rstrip("=")
    with TestClient(app, base_url="http://ecg.example") as client:
        header = {"Authorization": f"Bearer {TOKEN}"}
        with client.websocket_connect(f"{ADDRESS}?id=a", headers=header) as socket:
            assert socket.accepted_subprotocol is None
        offered = ["ecgmm.stream.v1", f"ecgmm.bearer.{encoded}"]
        with client.websocket_connect(f"{ADDRESS}/a", subprotocols=offered) as socket:
            assert socket.accepted_subprotocol == "ecgmm.stream.v1"
            assert json.loads(socket.receive_text())["id"] == "a"
        for wrong in ([], ["ecgmm.stream.v1"], ["ecgmm.bearer.!"], ["ecgmm.bearer.d3Jvbmc"]):
            with (
                pytest.raises(WebSocketDenialResponse) as refused,
                client.websocket_connect(f"{ADDRESS}/a", subprotocols=wrong),
            ):
                pass
            assert refused.value.status_code == 401


async def broken_source() -> AsyncIterator[Frame]:
    yield Frame(np.zeros((RATE_HZ, 1), np.float32), float(RATE_HZ), ("II",))
    raise OSError("The cable is out.")


def test_a_source_that_breaks_ends_its_stream(capsys: pytest.CaptureFixture[str]) -> None:
    """A monitor that nothing feeds any more must not look like one that watches."""
    app = create_app(Settings(), open_runtime, {"Bed 7": broken_source()})
    with TestClient(app, "http://127.0.0.1") as client:
        deadline_s = time.monotonic() + PATIENCE_S
        while client.get("/api/v1/streams").json()["streams"]:
            assert time.monotonic() < deadline_s
            time.sleep(0.05)
    assert "Bed 7: An error in the program itself" in capsys.readouterr().err
