"""Probabilities from a TensorFlow Serving cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.grid import SAMPLES_PER_STEP, STRIP_STEPS
from ecgmm.serving.address import ServerAddress
from ecgmm.serving.complaints import OF_SHAPE, refusal, refuse_problems
from ecgmm.serving.retries import CallError, Failure, Patience, with_retries
from ecgmm.serving.rows import MOST_SAMPLES, encoded_leads, encoded_signal
from ecgmm.serving.runtime import (
    Conditions,
    Digitized,
    Probabilities,
    conditions_of,
    of_no_rows,
)
from ecgmm.serving.transport import Answer, Credentials, Rows, Transport, read_ca_file

CA_FILE_VARIABLE = "ECGMM_SERVING_CA_FILE"
TOKEN_VARIABLE = "ECGMM_SERVING_TOKEN"
DEADLINE_VARIABLE = "ECGMM_SERVING_DEADLINE_S"

TOO_OLD = "model_too_old"
_LACKS_SIGNATURE = "not found in signature def"
_LACKS_LABEL = "version label"

Result = TypeVar("Result")


class RemoteRuntime:
    """Asks a server for what `LocalRuntime` computes.

    Requests that are too large for one message are split by rows. A server that switches
    versions meanwhile answers each request with the version it then serves;
    `model_version` is that of the last answer.

    Args:
        transport: the connection to the server.
        patience: how long to try.

    Raises:
        InputError: if the server does not serve the model now; the message says what it said.
    """

    def __init__(self, transport: Transport, patience: Patience | None = None) -> None:
        self._transport = transport
        self._patience = patience or Patience()
        self.model_name = transport.address.model
        self.model_version = ""
        self._takes_no_bytes = False
        self.check()

    def check(self) -> None:
        """See whether the server serves the model, and in which version.

        Raises:
            InputError: if it does not.
        """
        self.model_version = str(self._call(self._transport.ready_version))

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        """Read leads: `[batch, samples]` float32, millivolts at 125 Hz, 10 s or longer."""
        rows = np.asarray(signal, np.float32)
        answers = self._answers_to("signal", rows, encoded_signal)
        outputs = self._outputs(answers, steps=rows.shape[1] // SAMPLES_PER_STEP)
        return Probabilities(*self._refused_or(outputs, Probabilities._fields))

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        """Read encoded PNG or JPEG pictures of strips, 160 x 1000 px each."""
        outputs = self._outputs(self._answers("image", "image_bytes", image_bytes))
        return Probabilities(*self._refused_or(outputs, Probabilities._fields))

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        """Read the same pictures and give their signal back."""
        outputs = self._outputs(self._answers("digitize", "image_bytes", image_bytes))
        return Digitized(*self._refused_or(outputs, Digitized._fields))

    def conditions(self, leads_mv: NDArray[np.float32]) -> Conditions:
        """Judge sets of leads: `[batch, 12, samples]` float32, millivolts at 125 Hz."""
        rows = np.asarray(leads_mv, np.float32)
        read = conditions_of(self._outputs(self._answers_to("leads", rows, encoded_leads)))
        misshapen = [problem for problem in read.problems if problem.startswith(OF_SHAPE)]
        refuse_problems(misshapen, by=str(self._transport.address))
        return read

    def page_conditions(self, lead_images: Sequence[Sequence[bytes]]) -> Conditions:
        """Judge sets of leads from `[batch][12]` pictures, `b""` where a lead is absent."""
        rows = [list(images) for images in lead_images]
        return conditions_of(self._outputs(self._answers("page", "lead_images", rows)))

    def _answers_to(
        self, signature: str, rows: NDArray[np.float32], encoded: Callable[[NDArray], Any]
    ) -> list[Answer]:
        """Ask by bytes, which a server merges whatever their length; models up to 5 take none."""
        if self._takes_no_bytes or rows.shape[-1] > MOST_SAMPLES:
            return self._answers(signature, signature, rows)
        name = f"{signature}_bytes"
        try:
            return self._answers(name, name, [encoded(row) for row in rows])
        except InputError as error:
            if error.code != TOO_OLD:
                raise
        answers = self._answers(signature, signature, rows)
        self._takes_no_bytes = True
        return answers

    def _answers(self, signature: str, input_name: str, rows: Rows) -> list[Answer]:
        return [
            self._predict_group(signature, input_name, rows[group])
            for group in self._transport.groups(rows)
        ]

    def _predict_group(self, signature: str, input_name: str, rows: Rows) -> Answer:
        answer = self._call(
            lambda timeout_s: self._transport.predict(signature, input_name, rows, timeout_s)
        )
        self.model_version = str(answer.version)
        return answer

    def _outputs(self, answers: Sequence[Answer], steps: int = STRIP_STEPS) -> dict[str, NDArray]:
        """All answers as one, without the steps that the longer rows of another caller brought."""
        parts = [answer.outputs for answer in answers] or [of_no_rows(steps)]
        names = set(parts[0]).intersection(*parts)
        outputs = {
            name: [part[name][:, :steps] if name == "beats" else part[name] for part in parts]
            for name in names
        }
        return {name: np.concatenate(values) for name, values in outputs.items()}

    def _refused_or(self, outputs: dict[str, NDArray], names: Sequence[str]) -> list[NDArray]:
        refuse_problems(outputs.get("problem", ()), by=str(self._transport.address))
        return [outputs[name] for name in names]

    def _call(self, attempt: Callable[[float], Result]) -> Result:
        try:
            return with_retries(attempt, self._patience)
        except CallError as error:
            raise _for_people(error, self._transport.address) from error


def connect(address: ServerAddress) -> RemoteRuntime:
    """Connect as the environment says.

    `ECGMM_SERVING_CA_FILE` names the PEM file of a private certificate authority,
    `ECGMM_SERVING_TOKEN` holds a bearer token, `ECGMM_SERVING_DEADLINE_S` the seconds that
    a request may take, retries included.

    Raises:
        InputError: if one of these is no good, or the server does not serve the model.
    """
    ca_file = os.environ.get(CA_FILE_VARIABLE)
    credentials = Credentials(
        ca_certificates=read_ca_file(Path(ca_file)) if ca_file else None,
        token=os.environ.get(TOKEN_VARIABLE) or None,
    )
    return RemoteRuntime(_open_transport(address, credentials), _patience_asked_for())


def _open_transport(address: ServerAddress, credentials: Credentials) -> Transport:
    if address.scheme in ("http", "https"):
        from ecgmm.serving.rest_transport import RestTransport

        return RestTransport(address, credentials)
    try:
        from ecgmm.serving.grpc_transport import GrpcTransport
    except ModuleNotFoundError as error:
        raise InputError(
            "serving_not_installed",
            f"{address} needs a package that is missing: pip install 'ecgmm[serving]'.",
        ) from error
    return GrpcTransport(address, credentials)


def _patience_asked_for() -> Patience:
    text = os.environ.get(DEADLINE_VARIABLE)
    if not text:
        return Patience()
    try:
        deadline_s = float(text)
    except ValueError:
        deadline_s = 0.0
    if not 0 < deadline_s < float("inf"):
        raise InputError(
            "serving_deadline", f"Expected seconds in {DEADLINE_VARIABLE}. Received '{text}'."
        )
    return Patience(deadline_s=deadline_s)


def _for_people(error: CallError, address: ServerAddress) -> InputError:
    said = " ".join(error.said.split())
    match error.failure:
        case Failure.REFUSED if _LACKS_SIGNATURE in said:
            return InputError(
                TOO_OLD, f"{address} serves a version that cannot do this. It said: {said}"
            )
        case Failure.REFUSED if _LACKS_LABEL in said:
            return _not_served(said, address)
        case Failure.REFUSED:
            return refusal(error.said, by=str(address))
        case Failure.UNREACHABLE if error.is_busy:
            words = f"{address} was busy all the time; {DEADLINE_VARIABLE} gives it more."
        case Failure.UNREACHABLE:
            words = f"{address} cannot be reached. Is a TensorFlow Serving running there?"
        case Failure.LATE:
            words = f"{address} did not answer in time; {DEADLINE_VARIABLE} gives it more."
        case Failure.NOT_SERVED:
            return _not_served(said, address)
        case Failure.DENIED:
            words = f"{address} turned the request away; {TOKEN_VARIABLE} holds the token to send."
        case _:
            words = f"{address} failed."
    return InputError(error.failure.value, f"{words} It said: {said}")


def _not_served(said: str, address: ServerAddress) -> InputError:
    return InputError(
        Failure.NOT_SERVED.value,
        f"{address} does not serve the model '{address.model}' as asked for. It said: {said}",
    )
