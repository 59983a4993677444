"""Which runtime the user wants: the model in this process, or a server."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ecgmm.serving.address import parse_address
from ecgmm.serving.engines import Engine, open_model
from ecgmm.serving.released import released_model

if TYPE_CHECKING:
    from ecgmm.serving.runtime import OpenRuntime

SERVING_VARIABLE = "ECGMM_SERVING"


def choose_runtime(
    model: Path | None, serving: str | None, engine: Engine | None = None
) -> OpenRuntime:
    """How to open the runtime that was asked for.

    The first of these that is given: `model`, `serving`, the environment variable `ECGMM_SERVING`,
    what `released_model` finds.

    Args:
        model: a SavedModel folder or a folder of numbered versions.
        serving: the address of a server, such as `grpc://host:8500`.
        engine: what runs a model in this process; see `engines.open_model`.

    Returns:
        A call that opens it, which can be pickled and made in another process.

    Raises:
        InputError: if there is no such model, or the address is none.
    """
    address = serving_address(model, serving)
    if address:
        from ecgmm.serving.remote import connect

        return partial(connect, parse_address(address))
    return partial(open_model, released_model(model), engine)


def serving_address(model: Path | None, serving: str | None) -> str | None:
    """The server that `choose_runtime` chooses, as it was written; None for a model."""
    return None if model is not None else serving or os.environ.get(SERVING_VARIABLE)
