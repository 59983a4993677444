"""Whatever speaks TensorFlow Serving's interfaces gives what the model in this process gives."""

from __future__ import annotations

import numpy as np
import pytest

from ecgmm.errors import InputError
from ecgmm.export.examples import example_pictures, example_signals
from ecgmm.serving.address import parse_address
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.remote import RemoteRuntime, connect
from ecgmm.serving.runtime import Probabilities

TOLERANCE = 1e-5


@pytest.fixture
def remote(address: str) -> RemoteRuntime:
    return connect(parse_address(address))


def assert_alike(answer: Probabilities, expected: Probabilities) -> None:
    np.testing.assert_allclose(answer.beats, expected.beats, atol=TOLERANCE)
    np.testing.assert_allclose(answer.rhythm, expected.rhythm, atol=TOLERANCE)


def test_signals_get_the_same_probabilities(
    remote: RemoteRuntime, local_runtime: LocalRuntime
) -> None:
    signals = example_signals()
    assert_alike(remote.signal(signals), local_runtime.signal(signals))


def test_pictures_get_the_same_probabilities(
    remote: RemoteRuntime, local_runtime: LocalRuntime
) -> None:
    pictures = example_pictures()
    assert_alike(remote.image(pictures), local_runtime.image(pictures))


def test_a_request_larger_than_a_message_comes_back_whole_and_in_order(
    remote: RemoteRuntime, local_runtime: LocalRuntime
) -> None:
    signals = np.concatenate([example_signals() * gain for gain in np.linspace(0.5, 2, 30)])
    signals = signals.astype(np.float32)
    assert_alike(remote.signal(signals), local_runtime.signal(signals))


def test_the_runtime_knows_name_and_version(remote: RemoteRuntime) -> None:
    assert remote.model_name == "ecgmm"
    assert int(remote.model_version) >= 1


def test_a_version_can_be_asked_for(remote: RemoteRuntime, address: str) -> None:
    pinned = connect(parse_address(f"{address}/v1/models/ecgmm/versions/{remote.model_version}"))
    pinned.signal(example_signals())
    assert pinned.model_version == remote.model_version


def test_a_version_that_is_not_served_is_said_with_the_servers_words(address: str) -> None:
    with pytest.raises(InputError, match=r"does not serve.*It said: .*ecgmm") as caught:
        connect(parse_address(f"{address}/v1/models/ecgmm/versions/999"))
    assert caught.value.code == "serving_model_missing"
    assert address in caught.value.message


def test_a_model_that_is_not_served_is_named(address: str) -> None:
    with pytest.raises(InputError, match="does not serve the model 'eegmm'") as caught:
        connect(parse_address(f"{address}/v1/models/eegmm"))
    assert caught.value.code == "serving_model_missing"


@pytest.mark.parametrize(
    "signal",
    [
        np.zeros((1, 1245), np.float32),
        np.zeros((1, 1251), np.float32),
        np.full((1, 1250), np.nan, np.float32),
        np.full((1, 1250), -np.inf, np.float32),
    ],
    ids=["too short", "off the grid", "NaN", "infinite"],
)
def test_a_signal_that_the_graph_refuses_is_the_same_error_here_and_there(
    remote: RemoteRuntime, local_runtime: LocalRuntime, signal: np.ndarray, address: str
) -> None:
    with pytest.raises(InputError) as here:
        local_runtime.signal(signal)
    with pytest.raises(InputError) as there:
        remote.signal(signal)
    assert here.value.code == there.value.code == "refused_by_model"
    assert here.value.message.startswith("Expected ")
    assert there.value.message == f"{address} refused the input: {here.value.message}"


def test_a_broken_picture_is_the_same_error_here_and_there(
    remote: RemoteRuntime, local_runtime: LocalRuntime, address: str
) -> None:
    pictures = [example_pictures()[0][:-400], b"no picture"]
    for picture in pictures:
        with pytest.raises(InputError) as here:
            local_runtime.image([picture])
        with pytest.raises(InputError) as there:
            remote.image([picture])
        assert here.value.code == there.value.code == "refused_by_model"
        assert there.value.message == f"{address} refused the input: {here.value.message}"
