"""Conditions through a server's interfaces are those of the same model in this process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from loopback_models import Models
from loopback_server import LoopbackServer
from tiny_model import TINY

from ecgmm.errors import InputError
from ecgmm.export.examples import example_leads, example_pages, example_signals
from ecgmm.export.saved_model import export_model
from ecgmm.model.multimodal import build_model
from ecgmm.serving.address import parse_address
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.remote import RemoteRuntime, connect

both = pytest.mark.parametrize("scheme", ["grpc", "http"])


@pytest.fixture(scope="module")
def model_dir(exported: Path) -> Path:
    return exported


@pytest.fixture
def remote(loopback: LoopbackServer, scheme: str) -> RemoteRuntime:
    return connect(parse_address(loopback.addresses[scheme]))


@both
def test_leads_and_pages_are_judged_as_in_this_process(
    remote: RemoteRuntime, model_dir: Path
) -> None:
    local = LocalRuntime(model_dir)
    for there, here in (
        (remote.conditions(example_leads()), local.conditions(example_leads())),
        (remote.page_conditions(example_pages()), local.page_conditions(example_pages())),
    ):
        np.testing.assert_allclose(there.probabilities, here.probabilities, atol=1e-5)
        np.testing.assert_allclose(there.thresholds, here.thresholds, atol=1e-6)
        assert there.problems == here.problems


@both
def test_a_bad_row_stays_in_its_row_there_too(remote: RemoteRuntime) -> None:
    leads = example_leads()
    leads[1, 0, 3] = np.nan
    answer = remote.conditions(leads)
    assert [bool(problem) for problem in answer.problems] == [False, True, False]
    assert np.isnan(answer.probabilities[1]).all()
    assert np.isfinite(answer.probabilities[::2]).all()


@both
def test_a_wrong_length_is_the_same_error_here_and_there(
    remote: RemoteRuntime, model_dir: Path
) -> None:
    short = example_leads()[:1, :, :305]
    with pytest.raises(InputError) as here:
        LocalRuntime(model_dir).conditions(short)
    with pytest.raises(InputError) as there:
        remote.conditions(short)
    assert there.value.code == here.value.code == "refused_by_model"
    assert there.value.message.endswith(f"refused the input: {here.value.message}")


@both
def test_a_lead_that_is_not_finite_is_refused_where_beats_are_read(remote: RemoteRuntime) -> None:
    with pytest.raises(InputError, match="finite"):
        remote.signal(np.full((1, 1250), np.nan, np.float32))


@both
def test_a_server_of_an_older_model_is_told_from_one_that_is_gone(
    tmp_path: Path, scheme: str
) -> None:
    build_model(TINY).save(tmp_path / "best.keras")
    models = Models(export_model(tmp_path / "best.keras", tmp_path / "ecgmm").parent)
    server = LoopbackServer(models)
    try:
        remote = connect(parse_address(server.addresses[scheme]))
        with pytest.raises(InputError) as raised:
            remote.conditions(example_leads())
        assert raised.value.code == "model_too_old"
        remote.signal(example_signals())
        assert server.behaviour.requests[-1] == ("signal_bytes", 3)
    finally:
        server.close()
        models.close()
