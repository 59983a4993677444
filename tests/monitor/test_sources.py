"""Every source gives the frames that were sent, and says in one line why it cannot."""

import asyncio
import io
import json
import math
import os
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from ecgmm.errors import InputError
from ecgmm.monitor.sources import chest_strap, lab_streaming_layer, optional_library
from ecgmm.monitor.sources.choice import open_source
from ecgmm.monitor.sources.replay import open_recording, replay
from ecgmm.monitor.sources.standard_input import read_lines
from ecgmm.monitor.sources.websocket import receive
from ecgmm.simulator import simulate
from ecgmm.writers.recording_csv import csv_file

RATE_HZ = 250.0


def frames_from(source, most=10_000):
    async def run():
        frames = []
        async for frame in source:
            frames.append(frame)
            if len(frames) == most:
                break
        await source.aclose()
        return frames

    return asyncio.run(run())


def joined(frames):
    return np.concatenate([frame.samples_mv for frame in frames])


@pytest.fixture
def recording():
    return simulate("NNV", duration_s=3.0, sampling_rate_hz=RATE_HZ, leads=("II", "V1"))


@pytest.fixture
def csv_path(recording, tmp_path):
    path = tmp_path / "heart.csv"
    path.write_bytes(csv_file(recording))
    return path


def test_a_replay_gives_the_recording(csv_path, recording):
    frames = frames_from(open_source(str(csv_path), speed=math.inf))
    np.testing.assert_array_equal(joined(frames), recording.signal_mv)
    assert [frame.sequence for frame in frames] == list(range(len(frames)))
    assert frames[0].lead_names == ("II", "V1")


def test_a_replay_keeps_its_pace(csv_path):
    async def run():
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        async for _ in replay(open_recording(csv_path), speed=20.0):
            pass
        return loop.time() - begun_s

    assert asyncio.run(run()) >= 3.0 / 20.0 - 0.01


def test_a_picture_cannot_be_replayed(tmp_path):
    import cv2

    path = tmp_path / "page.png"
    cv2.imwrite(str(path), np.full((200, 300), 255, np.uint8))
    with pytest.raises(InputError, match="Expected a signal"):
        open_source(str(path))


@pytest.mark.parametrize("with_rate", [True, False])
def test_csv_lines_give_the_recording(csv_path, recording, with_rate):
    lines = csv_path.read_text().splitlines(keepends=True)
    text = "".join(lines if with_rate else lines[1:])
    frames = frames_from(read_lines(io.StringIO(text)))
    np.testing.assert_allclose(joined(frames), recording.signal_mv, atol=1e-6)
    assert frames[0].sampling_rate_hz == RATE_HZ


def test_units_of_csv_are_obeyed_and_an_empty_field_is_a_lead_that_is_off():
    text = "II (uV),V1 (mV)\n500,1\n,2\n"
    (frame,) = frames_from(read_lines(io.StringIO(text), sampling_rate_hz=100.0))
    np.testing.assert_allclose(frame.samples_mv, [[0.5, 1.0], [np.nan, 2.0]])


def test_json_lines_are_frames():
    lines = [
        {"sampling_rate_hz": 250, "leads": ["II"], "samples_mv": [0.1, None], "sequence": 4},
        {"samples_mv": [0.2], "sequence": 5, "start_s": 0.008},
    ]
    text = "\n".join(json.dumps(line) for line in lines) + "\n\n"
    first, second = frames_from(read_lines(io.StringIO(text)))
    assert np.isnan(first.samples_mv[1, 0])
    assert (second.sequence, second.start_s, second.lead_names) == (5, 0.008, ("II",))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_frame"),
        ("{}", "bad_frame"),
        ("{broken", "bad_frame"),
        ("time_s,II (mV)\n0,0.1\n0.004,0.1,0.2\n", "bad_frame"),
        ("time_s,II (mV)\n0,0.1\n0.004,high\n", "bad_frame"),
        ("time_s,II\n0,0.1\n0.004,0.1\n", "missing_unit"),
        ("II (mV)\n0.1\n0.1\n", "missing_sampling_rate"),
        ("0,0.1\n0.004,0.1\n", "bad_frame"),
    ],
)
def test_lines_that_are_no_frames_are_refused(text, code):
    with pytest.raises(InputError) as refused:
        frames_from(read_lines(io.StringIO(text)))
    assert refused.value.code == code


def test_a_websocket_is_followed_through_a_broken_connection():
    from websockets.asyncio.server import serve

    sent = {"sampling_rate_hz": 250, "leads": ["II"], "samples_mv": [0.1] * 25}

    async def run():
        connections = []

        async def talk(socket):
            connections.append(socket)
            await socket.send(json.dumps({**sent, "sequence": len(connections)}))
            if len(connections) == 1:
                await asyncio.sleep(0.05)
                socket.transport.abort()
            else:
                await socket.close()

        async with serve(talk, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return [frame async for frame in receive(f"ws://127.0.0.1:{port}")]

    first, second = asyncio.run(run())
    assert (first.connection, second.connection) == (0, 1)
    assert (first.sequence, second.sequence) == (1, 2)


def test_a_websocket_that_is_not_there_is_an_error():
    with pytest.raises(InputError, match="Cannot connect to ws://127"):
        frames_from(receive("ws://127.0.0.1:9"))


def test_a_lab_streaming_layer_outlet_on_this_machine_is_read():
    pylsl = pytest.importorskip("pylsl")
    name = f"ecgmm test {os.getpid()}"
    info = pylsl.StreamInfo(name, "ECG", 2, RATE_HZ, "float32", name)
    info.set_channel_labels(["II", "V1"])
    info.set_channel_units(["microvolts", "millivolts"])
    outlet = pylsl.StreamOutlet(info)
    is_over = threading.Event()

    def play():
        while not is_over.wait(0.05):
            outlet.push_chunk([[500.0, 0.25]] * 12)

    thread = threading.Thread(target=play, daemon=True)
    thread.start()
    try:
        frames = frames_from(lab_streaming_layer.receive(name), most=5)
    finally:
        is_over.set()
        thread.join()
    np.testing.assert_allclose(joined(frames)[:, 0], 0.5)
    np.testing.assert_allclose(joined(frames)[:, 1], 0.25)
    assert frames[0].lead_names == ("II", "V1")
    assert frames[0].sampling_rate_hz == RATE_HZ


def test_a_lab_streaming_layer_stream_that_is_not_there_is_an_error(monkeypatch):
    pytest.importorskip("pylsl")
    monkeypatch.setattr(lab_streaming_layer, "FIND_WITHIN_S", 0.2)
    with pytest.raises(InputError, match="'no such heart' was found"):
        frames_from(lab_streaming_layer.receive("no such heart"))


def packet(microvolts, time_ns, form=0):
    body = b"".join(value.to_bytes(3, "little", signed=True) for value in microvolts)
    return bytes([0]) + time_ns.to_bytes(8, "little") + bytes([form]) + body


def test_the_chest_strap_is_asked_for_its_ecg_as_its_specification_says():
    assert chest_strap.START_ECG.hex() == "02000001820001010e00"


def test_a_packet_of_the_chest_strap_is_a_frame_in_millivolts():
    frame = chest_strap.decode_packet(packet([0, 1000, -1000, 8_388_607, -8_388_608], 10**9))
    np.testing.assert_allclose(
        frame.samples_mv[:, 0], [0.0, 1.0, -1.0, 8388.607, -8388.608], rtol=1e-6
    )
    assert frame.start_s == pytest.approx(1.0 - 4 / 130)
    assert chest_strap.decode_packet(packet([1], 1, form=1)) is None
    assert chest_strap.decode_packet(b"\x00\x01") is None


class FakeStrap:
    """Stands where bleak meets the radio: it answers, sends two packets, and goes out of reach."""

    answer = bytes([0xF0, 0x02, 0x00, 0x00, 0x00])
    connections = 0

    def __init__(self, device, disconnected_callback):
        self._disconnected = disconnected_callback
        self._heard = {}

    async def __aenter__(self):
        type(self).connections += 1
        return self

    async def __aexit__(self, *_):
        pass

    async def start_notify(self, characteristic, callback):
        self._heard[characteristic] = callback

    async def write_gatt_char(self, characteristic, data, response):
        assert (characteristic, data, response) == (
            chest_strap.CONTROL,
            chest_strap.START_ECG,
            True,
        )
        self._heard[chest_strap.CONTROL](None, bytearray(self.answer))
        for number in range(2):
            sent = packet([100 * number] * 73, (1 + number) * 561_538_462)
            self._heard[chest_strap.DATA](None, bytearray(sent))
        self._disconnected(self)


@pytest.fixture
def fake_bleak(monkeypatch):
    async def found(*_, **__):
        return SimpleNamespace(name="Polar H10 1234")

    scanner = SimpleNamespace(find_device_by_address=found, find_device_by_filter=found)
    errors = SimpleNamespace(BleakError=RuntimeError)
    bleak = SimpleNamespace(BleakClient=FakeStrap, BleakScanner=scanner, exc=errors)
    monkeypatch.setitem(sys.modules, "bleak", bleak)
    monkeypatch.setattr(FakeStrap, "connections", 0)
    return bleak


def test_a_chest_strap_is_followed_out_of_reach_and_back(fake_bleak):
    frames = frames_from(open_source("polar:"), most=4)
    assert [frame.connection for frame in frames] == [0, 0, 1, 1]
    assert frames[1].samples_mv[0, 0] == pytest.approx(0.1)
    assert frames[1].start_s - frames[0].start_s == pytest.approx(73 / 130, abs=0.001)


def test_a_chest_strap_that_refuses_is_an_error(fake_bleak, monkeypatch):
    monkeypatch.setattr(FakeStrap, "answer", bytes([0xF0, 0x02, 0x00, 0x05]))
    with pytest.raises(InputError, match="answers f0020005"):
        frames_from(open_source("polar:00:11"))


def test_a_chest_strap_out_of_reach_is_an_error(fake_bleak):
    async def nothing(*_, **__):
        return None

    fake_bleak.BleakScanner.find_device_by_filter = nothing
    with pytest.raises(InputError, match="is in reach"):
        frames_from(open_source("polar:"))


@pytest.mark.parametrize(
    ("module", "source", "extra"),
    [("bleak", "polar:", "bluetooth"), ("pylsl", "lsl:", "lsl"),
     ("websockets.asyncio.client", "ws://localhost", "monitor")],
)  # fmt: skip
def test_a_missing_library_is_named_with_its_extra(monkeypatch, module, source, extra):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(optional_library.importlib, "import_module", missing)
    with pytest.raises(InputError, match=rf"pip install 'ecgmm\[{extra}\]'"):
        frames_from(open_source(source))
