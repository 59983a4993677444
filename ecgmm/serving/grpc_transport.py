"""TensorFlow Serving's gRPC interface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import grpc
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from ecgmm.serving.address import ServerAddress
from ecgmm.serving.retries import CallError, Failure
from ecgmm.serving.rows import row_groups
from ecgmm.serving.transport import (
    ROWS_PER_REQUEST,
    Answer,
    Credentials,
    Rows,
    has_no_place,
    is_others_fault,
    latest_available,
    row_bytes,
)

MESSAGE_BYTES = 3_500_000
"""Under the 4 MB that gRPC servers and proxies take unless they are told otherwise."""

ANSWER_BYTES_PER_SIGNAL_BYTE = 1.25
"""Six float32 probabilities for five float32 samples, and a little; pictures get less."""

_OPTIONS = (
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    ("grpc.lb_policy_name", "round_robin"),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
)
"""Messages as large as the server takes; servers in turn; one that restarts is found in two
seconds."""
_FAILURES = {
    grpc.StatusCode.UNAVAILABLE: Failure.UNREACHABLE,
    grpc.StatusCode.RESOURCE_EXHAUSTED: Failure.UNREACHABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED: Failure.LATE,
    grpc.StatusCode.INVALID_ARGUMENT: Failure.REFUSED,
    grpc.StatusCode.NOT_FOUND: Failure.NOT_SERVED,
    grpc.StatusCode.UNAUTHENTICATED: Failure.DENIED,
    grpc.StatusCode.PERMISSION_DENIED: Failure.DENIED,
}
_TOO_LARGE = "larger than max"
"""A message over a limit has the status of a server that has no thread left."""


class GrpcTransport:
    """A channel to a server's prediction and model services.

    Args:
        address: the server and the model on it.
        credentials: for `grpcs`.
    """

    def __init__(self, address: ServerAddress, credentials: Credentials) -> None:
        credentials.check_for(address)
        self.address = address
        channel = _open_channel(address, credentials)
        self._predictions = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        self._models = model_service_pb2_grpc.ModelServiceStub(channel)

    def ready_version(self, timeout_s: float) -> int:
        """The version that the server would answer with now."""
        if self.address.label is not None:
            return self._labelled_version(timeout_s)
        request = get_model_status_pb2.GetModelStatusRequest(model_spec=self._model_spec())
        response = _call(self._models.GetModelStatus, request, timeout_s)
        names = get_model_status_pb2.ModelVersionStatus.State
        states = {entry.version: names.Name(entry.state) for entry in response.model_version_status}
        return latest_available(states)

    def predict(self, signature: str, input_name: str, rows: Rows, timeout_s: float) -> Answer:
        """Run a signature."""
        request = predict_pb2.PredictRequest(model_spec=self._model_spec(signature))
        request.inputs[input_name].CopyFrom(tf.make_tensor_proto(rows))
        response = _call(self._predictions.Predict, request, timeout_s)
        outputs = {name: tf.make_ndarray(value) for name, value in response.outputs.items()}
        return Answer(outputs, response.model_spec.version.value)

    def groups(self, rows: Rows) -> Sequence[slice]:
        """The rows that go into each request."""
        sizes = [int(row_bytes(row) * ANSWER_BYTES_PER_SIGNAL_BYTE) for row in rows]
        return list(row_groups(sizes, most_bytes=MESSAGE_BYTES, most_rows=ROWS_PER_REQUEST))

    def _labelled_version(self, timeout_s: float) -> int:
        request = get_model_metadata_pb2.GetModelMetadataRequest(
            model_spec=self._model_spec(), metadata_field=["signature_def"]
        )
        response = _call(self._predictions.GetModelMetadata, request, timeout_s)
        return response.model_spec.version.value

    def _model_spec(self, signature: str = "") -> model_pb2.ModelSpec:
        spec = model_pb2.ModelSpec(name=self.address.model, signature_name=signature)
        if self.address.version is not None:
            spec.version.value = self.address.version
        elif self.address.label is not None:
            spec.version_label = self.address.label
        return spec


def _open_channel(address: ServerAddress, credentials: Credentials) -> grpc.Channel:
    if not address.is_encrypted:
        return grpc.insecure_channel(address.netloc, _OPTIONS)
    channel = grpc.ssl_channel_credentials(credentials.ca_certificates)
    if credentials.token:
        bearer = grpc.access_token_call_credentials(credentials.token)
        channel = grpc.composite_channel_credentials(channel, bearer)
    return grpc.secure_channel(address.netloc, channel, _OPTIONS)


def _call(method: Callable[..., Any], request: Any, timeout_s: float) -> Any:
    try:
        return method(request, timeout=timeout_s)
    except grpc.RpcError as error:
        code, said = error.code(), error.details() or error.code().name
        raise CallError(
            _FAILURES.get(code, Failure.FAILED),
            said,
            is_passing=code == grpc.StatusCode.UNAVAILABLE or is_others_fault(said),
            is_busy=has_no_place(said)
            or (code == grpc.StatusCode.RESOURCE_EXHAUSTED and _TOO_LARGE not in said),
        ) from error
