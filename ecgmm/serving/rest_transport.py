"""TensorFlow Serving's REST interface."""

from __future__ import annotations

import base64
import http
import json
import ssl
from collections.abc import Sequence
from typing import Any

import numpy as np
import urllib3
from numpy.typing import NDArray

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

BODY_BYTES = 1_000_000
"""What proxies such as nginx take unless they are told otherwise."""

JSON_BYTES_PER_SAMPLE = 22
"""A float32 written in full as a float64, with its comma."""

_FAILURES = {
    http.HTTPStatus.BAD_REQUEST: Failure.REFUSED,
    http.HTTPStatus.UNAUTHORIZED: Failure.DENIED,
    http.HTTPStatus.FORBIDDEN: Failure.DENIED,
    http.HTTPStatus.NOT_FOUND: Failure.NOT_SERVED,
    http.HTTPStatus.TOO_MANY_REQUESTS: Failure.UNREACHABLE,
    http.HTTPStatus.BAD_GATEWAY: Failure.UNREACHABLE,
    http.HTTPStatus.SERVICE_UNAVAILABLE: Failure.UNREACHABLE,
    http.HTTPStatus.GATEWAY_TIMEOUT: Failure.LATE,
}
_LONGEST_QUOTE = 500
"""What of a server's answer a person is shown."""


class RestTransport:
    """Connections to a server's REST interface, kept open between calls.

    Args:
        address: the server and the model on it.
        credentials: for `https`.
    """

    def __init__(self, address: ServerAddress, credentials: Credentials) -> None:
        credentials.check_for(address)
        self.address = address
        self._model_url = f"{address}/v1/models/{address.model}"
        self._headers = {"Content-Type": "application/json"}
        if credentials.token:
            self._headers["Authorization"] = f"Bearer {credentials.token}"
        self._connections = urllib3.PoolManager(
            maxsize=16,
            retries=False,
            ssl_context=_tls(credentials) if address.is_encrypted else None,
        )

    def ready_version(self, timeout_s: float) -> int:
        """The version that the server would answer with now."""
        if self.address.label is not None:
            metadata = self._get(f"/labels/{self.address.label}/metadata", timeout_s)
            return int(metadata["model_spec"]["version"])
        asked = self.address.version
        status = self._get("" if asked is None else f"/versions/{asked}", timeout_s)
        states = {int(entry["version"]): entry["state"] for entry in status["model_version_status"]}
        return latest_available(states)

    def predict(self, signature: str, input_name: str, rows: Rows, timeout_s: float) -> Answer:
        """Run a signature.

        An answer does not say which version gave it. So the version is asked for first
        and then named; one that is taken away in between is worth another attempt.
        """
        asked = self.address.version
        version = self.ready_version(timeout_s) if asked is None else asked
        body = {"signature_name": signature, "inputs": {input_name: _json_rows(rows)}}
        try:
            answer = self._request(
                "POST", f"/versions/{version}:predict", timeout_s, json.dumps(body).encode()
            )
        except CallError as error:
            if error.failure is Failure.NOT_SERVED and asked is None:
                error.is_passing = True
            raise
        outputs = {name: _array(value) for name, value in answer["outputs"].items()}
        return Answer(outputs, version)

    def groups(self, rows: Rows) -> Sequence[slice]:
        """The rows that go into each request."""
        if isinstance(rows, np.ndarray):
            sizes = [row.size * JSON_BYTES_PER_SAMPLE for row in rows]
        else:
            sizes = [4 * row_bytes(row) // 3 for row in rows]
        return list(row_groups(sizes, most_bytes=BODY_BYTES, most_rows=ROWS_PER_REQUEST))

    def _get(self, path: str, timeout_s: float) -> Any:
        return self._request("GET", path, timeout_s)

    def _request(self, method: str, path: str, timeout_s: float, body: bytes | None = None) -> Any:
        try:
            response = self._connections.request(
                method,
                self._model_url + path,
                body=body,
                headers=self._headers,
                timeout=urllib3.Timeout(total=timeout_s),
            )
        except urllib3.exceptions.NewConnectionError as error:
            raise CallError(Failure.UNREACHABLE, str(error), is_passing=True) from error
        except urllib3.exceptions.TimeoutError as error:
            raise CallError(Failure.LATE, str(error)) from error
        except urllib3.exceptions.SSLError as error:
            raise CallError(Failure.UNREACHABLE, str(error)) from error
        except urllib3.exceptions.HTTPError as error:
            raise CallError(Failure.UNREACHABLE, str(error), is_passing=True) from error
        return _content(response)


def _tls(credentials: Credentials) -> ssl.SSLContext:
    certificates = credentials.ca_certificates
    return ssl.create_default_context(cadata=certificates.decode() if certificates else None)


def _json_rows(rows: Rows) -> list[Any]:
    if isinstance(rows, np.ndarray):
        return rows.tolist()
    return [_json_pictures(row) for row in rows]


def _json_pictures(row: bytes | Sequence[bytes]) -> Any:
    if isinstance(row, bytes):
        return {"b64": base64.b64encode(row).decode()}
    return [_json_pictures(picture) for picture in row]


def _array(value: Any) -> NDArray:
    """An output as an array; numbers are float32, which JSON does not say."""
    array = np.asarray(value)
    return array.astype(np.float32) if array.dtype.kind in "fi" else array


def _content(response: urllib3.BaseHTTPResponse) -> Any:
    try:
        content = json.loads(response.data)
    except ValueError:
        content = response.data[:_LONGEST_QUOTE].decode(errors="replace")
    if response.status == http.HTTPStatus.OK and isinstance(content, dict):
        return content
    failure = _FAILURES.get(http.HTTPStatus(response.status), Failure.FAILED)
    said = str(content.get("error", content)) if isinstance(content, dict) else content
    raise CallError(
        failure,
        said or f"HTTP {response.status}",
        is_passing=failure is Failure.UNREACHABLE or is_others_fault(said),
        is_busy=has_no_place(said) or response.status == http.HTTPStatus.TOO_MANY_REQUESTS,
    )
