"""TensorFlow Serving's two interfaces on loopback, in Python, before the real SavedModel.

The messages are those of `tensorflow-serving-api`; paths and JSON follow TensorFlow Serving's REST
interface (https://www.tensorflow.org/tfx/serving/api_rest). By hand:

    python tests/serving/loopback_server.py saved_models/ecgmm
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import re
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import tensorflow as tf
from google.protobuf import any_pb2
from loopback_batching import Batcher, BatchingParameters
from loopback_models import MODEL, Models, RefusalError
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)
from tensorflow_serving.apis.model_pb2 import ModelSpec

PATH = re.compile(
    r"/v1/models/(?P<name>[^/:]+)(?:/versions/(?P<version>\d+)|/labels/(?P<label>[^/:]+))?"
    r"(?P<rest>:predict|/metadata)?"
)
HTTP_STATUS = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.INTERNAL: 500,
    grpc.StatusCode.UNAVAILABLE: 503,
}

INPUT_NAMES = {
    "signal_bytes": "signal_bytes",
    "image": "image_bytes",
    "digitize": "image_bytes",
    "leads": "leads",
    "leads_bytes": "leads_bytes",
    "page": "lead_images",
}


@dataclass
class Behaviour:
    """What a test wants of the server, and what the server saw.

    Attributes:
        refusals: answers to give, one a request, before the model is asked.
        may_answer: each prediction waits until it is set.
        lacking: a signature that the version does not have.
        token: bearer token to insist on.
        requests: signature and rows of each prediction that was asked for.
        batches: signature and rows of each run of the model.
    """

    refusals: list[RefusalError] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)
    lacking: str = ""
    token: str | None = None
    requests: list[tuple[str, int]] = field(default_factory=list)
    batches: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.may_answer.set()

    def admit(self, authorization: str | None) -> None:
        """Turn away whoever lacks the token."""
        if self.token is not None and authorization != f"Bearer {self.token}":
            raise RefusalError(grpc.StatusCode.UNAUTHENTICATED, "Jwt is missing")


class Server:
    """Answers requests of either interface.

    Args:
        models: the versions to ask.
        batching: how requests that come at the same time are run as one.
    """

    def __init__(self, models: Models, batching: BatchingParameters) -> None:
        self.models = models
        self.batcher = Batcher(batching)
        self.behaviour = Behaviour()

    def predict(
        self, spec: ModelSpec, inputs: dict[str, np.ndarray]
    ) -> tuple[int, dict[str, np.ndarray]]:
        """Run a signature of the version that is asked for."""
        name = spec.signature_name or "serving_default"
        self.behaviour.requests.append((name, len(next(iter(inputs.values())))))
        self.behaviour.may_answer.wait()
        if self.behaviour.refusals:
            raise self.behaviour.refusals.pop(0)
        with self.models.version(spec) as (number, signatures):
            if name not in signatures or name == self.behaviour.lacking:
                said = f'Serving signature name: "{name}" not found in signature def'
                raise RefusalError(grpc.StatusCode.INVALID_ARGUMENT, said)
            ((input_name, rows),) = inputs.items()
            outputs = self.batcher.run(
                (number, name), partial(self._run, name, signatures[name], input_name), rows
            )
        return number, outputs

    def _run(
        self, name: str, signature: Any, input_name: str, rows: np.ndarray
    ) -> dict[str, np.ndarray]:
        self.behaviour.batches.append((name, len(rows)))
        tensor = tf.constant(rows, tf.string if rows.dtype == object else tf.float32)
        try:
            outputs = signature(**{input_name: tensor})
        except tf.errors.InvalidArgumentError as error:
            raise RefusalError(grpc.StatusCode.INVALID_ARGUMENT, error.message) from error
        return {key: value.numpy() for key, value in outputs.items()}

    def status(self, spec: ModelSpec) -> get_model_status_pb2.GetModelStatusResponse:
        """State of each version, or of the one that is asked for."""
        response = get_model_status_pb2.GetModelStatusResponse()
        names = get_model_status_pb2.ModelVersionStatus.State
        for number, state in sorted(self.models.states().items()):
            if not spec.HasField("version") or spec.version.value == number:
                response.model_version_status.add(version=number, state=names.Value(state))
        if spec.name != MODEL or not response.model_version_status:
            said = f"Could not find any versions of model {spec.name}"
            raise RefusalError(grpc.StatusCode.NOT_FOUND, said)
        return response

    def metadata(self, spec: ModelSpec) -> get_model_metadata_pb2.GetModelMetadataResponse:
        """Which version answers, and its signatures by name."""
        with self.models.version(spec) as (number, signatures):
            described = get_model_metadata_pb2.SignatureDefMap()
            for name in signatures:
                described.signature_def[name].method_name = "tensorflow/serving/predict"
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        response.model_spec.name = spec.name
        response.model_spec.version.value = number
        packed = any_pb2.Any()
        packed.Pack(described)
        response.metadata["signature_def"].CopyFrom(packed)
        return response


class GrpcFront(
    prediction_service_pb2_grpc.PredictionServiceServicer,
    model_service_pb2_grpc.ModelServiceServicer,
):
    """The gRPC services."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def Predict(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        with _as_status(self._server, context):
            inputs = {name: tf.make_ndarray(value) for name, value in request.inputs.items()}
            number, outputs = self._server.predict(request.model_spec, inputs)
            response = predict_pb2.PredictResponse()
            response.model_spec.name = request.model_spec.name
            response.model_spec.version.value = number
            for name, value in outputs.items():
                response.outputs[name].CopyFrom(tf.make_tensor_proto(value))
            return response

    def GetModelStatus(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        with _as_status(self._server, context):
            return self._server.status(request.model_spec)

    def GetModelMetadata(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        with _as_status(self._server, context):
            return self._server.metadata(request.model_spec)


@contextlib.contextmanager
def _as_status(server: Server, context: grpc.ServicerContext) -> Iterator[None]:
    try:
        server.behaviour.admit(dict(context.invocation_metadata()).get("authorization"))
        yield
    except RefusalError as refusal:
        context.abort(refusal.code, refusal.said)


class RestFront(BaseHTTPRequestHandler):
    """The REST interface; a subclass carries the server."""

    protocol_version = "HTTP/1.1"
    server_behind: Server

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def _answer(self, body: bytes) -> None:
        try:
            self.server_behind.behaviour.admit(self.headers.get("Authorization"))
            status, content = 200, self._content(body)
        except RefusalError as refusal:
            status, content = HTTP_STATUS[refusal.code], {"error": refusal.said}
        answer = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(answer)

    def _content(self, body: bytes) -> Any:
        found = PATH.fullmatch(self.path)
        if found is None or (self.command == "POST") != (found["rest"] == ":predict"):
            said = f"Malformed request: {self.command} {self.path}"
            raise RefusalError(grpc.StatusCode.INVALID_ARGUMENT, said)
        spec = ModelSpec(name=found["name"], version_label=found["label"] or None)
        if found["version"]:
            spec.version.value = int(found["version"])
        if found["rest"] == ":predict":
            return self._predict(spec, json.loads(body))
        if found["rest"] == "/metadata":
            spec_found = self.server_behind.metadata(spec).model_spec
            return {"model_spec": {"name": spec.name, "version": str(spec_found.version.value)}}
        names = get_model_status_pb2.ModelVersionStatus.State
        versions = self.server_behind.status(spec).model_version_status
        return {
            "model_version_status": [
                {"version": str(entry.version), "state": names.Name(entry.state)}
                for entry in versions
            ]
        }

    def _predict(self, spec: ModelSpec, body: dict[str, Any]) -> dict[str, Any]:
        spec.signature_name = body.get("signature_name", "")
        input_name = INPUT_NAMES.get(spec.signature_name, "signal")
        if "instances" in body:
            rows = [
                row.get(input_name, row) if isinstance(row, dict) else row
                for row in body["instances"]
            ]
        else:
            rows = body["inputs"]
            rows = rows[input_name] if isinstance(rows, dict) else rows
        _, outputs = self.server_behind.predict(spec, {input_name: _tensor(rows)})
        columns = {name: _json(value) for name, value in outputs.items()}
        if "instances" not in body:
            return {"outputs": columns}
        values = zip(*columns.values(), strict=True)
        return {"predictions": [dict(zip(columns, row, strict=True)) for row in values]}


def _tensor(rows: list[Any]) -> np.ndarray:
    if rows and isinstance(rows[0], dict):
        return np.array([base64.b64decode(row["b64"]) for row in rows], object)
    if rows and rows[0] and isinstance(rows[0][0], dict):
        return np.stack([_tensor(row) for row in rows])
    return np.asarray(rows, np.float32)


def _json(value: np.ndarray) -> list[Any]:
    """An output as JSON has it: texts are texts, unless their name ends in `_bytes`."""
    return [text.decode() for text in value] if value.dtype == object else value.tolist()


@dataclass(frozen=True)
class Certificate:
    """A server's certificate and its key, PEM."""

    chain: bytes
    key: bytes
    file: Path


class LoopbackServer:
    """Both interfaces on free ports of loopback, until it is closed.

    Args:
        models: the versions to serve.
        certificate: serve TLS with it.
        host: address to listen on.
        ports: of gRPC and REST; 0 for any that is free.
        batching: how requests that come at the same time are run as one.
        grpc_max_threads: gRPC calls at a time; beyond that the answer is RESOURCE_EXHAUSTED.
    """

    def __init__(
        self,
        models: Models,
        certificate: Certificate | None = None,
        *,
        host: str = "127.0.0.1",
        ports: tuple[int, int] = (0, 0),
        batching: BatchingParameters | None = None,
        grpc_max_threads: int = 8,
    ) -> None:
        self._server = Server(models, batching or BatchingParameters())
        self._grpc = grpc.server(
            ThreadPoolExecutor(grpc_max_threads), maximum_concurrent_rpcs=grpc_max_threads
        )
        front = GrpcFront(self._server)
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(front, self._grpc)
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(front, self._grpc)
        handler = type("Rest", (RestFront,), {"server_behind": self._server})
        self._rest = ThreadingHTTPServer((host, ports[1]), handler)
        self._rest.daemon_threads = True
        if certificate is None:
            port = self._grpc.add_insecure_port(f"{host}:{ports[0]}")
        else:
            pair = ((certificate.key, certificate.chain),)
            credentials = grpc.ssl_server_credentials(pair)
            port = self._grpc.add_secure_port(f"{host}:{ports[0]}", credentials)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.file)
            self._rest.socket = context.wrap_socket(self._rest.socket, server_side=True)
        suffix = "s" if certificate else ""
        self.addresses = {
            "grpc": f"grpc{suffix}://{host}:{port}",
            "http": f"http{suffix}://{host}:{self._rest.server_address[1]}",
        }
        self._grpc.start()
        self._thread = threading.Thread(target=self._rest.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def behaviour(self) -> Behaviour:
        """What the server is told to do."""
        return self._server.behaviour

    def behave(self, behaviour: Behaviour) -> Behaviour:
        """Tell the server what to do from now on."""
        self._server.behaviour = behaviour
        return behaviour

    def close(self) -> None:
        """Stop both interfaces."""
        self._server.batcher.close()
        self._grpc.stop(None).wait()
        self._rest.shutdown()
        self._rest.server_close()
        self._thread.join()


def main() -> None:
    """Serve a folder of versions until killed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8500)
    parser.add_argument("--rest-api-port", type=int, default=8501)
    parser.add_argument("--grpc-max-threads", type=int, default=128)
    parser.add_argument("--batch-rows", type=int, default=16, help="the most in a batch")
    parser.add_argument("--batch-timeout-s", type=float, default=0.002)
    arguments = parser.parse_args()
    models = Models(arguments.folder)
    models.labels = dict.fromkeys(("stable", "canary"), max(models.states()))
    loopback = LoopbackServer(
        models,
        host=arguments.host,
        ports=(arguments.port, arguments.rest_api_port),
        grpc_max_threads=arguments.grpc_max_threads,
        batching=BatchingParameters(
            max_execution_batch_size=arguments.batch_rows, batch_timeout_s=arguments.batch_timeout_s
        ),
    )
    print(*loopback.addresses.values(), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
