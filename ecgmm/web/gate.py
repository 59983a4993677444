"""What every request has to pass before anything of it is read, and every answer carries."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hmac
import re
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecgmm.web.metrics import Metrics
from ecgmm.web.settings import Limits, Settings, is_loopback

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
OPEN_PATHS = frozenset(
    (
        "/",
        "/monitor",
        "/docs",
        "/openapi.json",
        "/sample.csv",
        "/service_worker.js",
        "/healthz",
        "/readyz",
    )
)
OPEN_FOLDER = "/static/"
"""What shows nobody's ECG and changes nothing: all else needs the token, where one is set."""
TOKEN_PROTOCOL = "ecgmm.bearer."
"""Begins the WebSocket subprotocol that carries the token: a browser cannot set the header."""
DRAINING_S = 30.0
"""A body of 256 MB that is refused is read to its end at 70 Mbit/s."""

_DECIDING_HEADERS = ("host", "origin", "sec-fetch-site", "sec-fetch-mode", "authorization")
"""Given twice, a proxy in front may go by the one and this gate by the other."""
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s\[\]:/?#@\\]+)(?::\d{1,5})?")
_OWN_SITES = frozenset(("same-origin", "none"))
"""What `Sec-Fetch-Site` says of the server's own pages, and of an address that somebody typed."""
_SAFE_METHODS = frozenset(("GET", "HEAD"))


class TooLargeError(Exception):
    """A request's body is larger than it may be."""


class _Body:
    """A request's body, bounded.

    Args:
        receive: gives its parts.
        limit_bytes: how many bytes it may have.
    """

    def __init__(self, receive: Receive, limit_bytes: int) -> None:
        self._receive = receive
        self._left_bytes = limit_bytes
        self._is_read = False

    async def receive(self) -> Message:
        """The next part.

        Raises:
            TooLargeError: when it is one too many.
        """
        message = await self._next()
        self._left_bytes -= len(message.get("body", b""))
        if self._left_bytes < 0:
            raise TooLargeError
        return message

    async def drain(self) -> None:
        """Throw the rest away, for half a minute at most.

        A connection that closes on unread bytes is reset, and the answer may be lost with it.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAINING_S):
                while not self._is_read:
                    await self._next()

    async def _next(self) -> Message:
        message = await self._receive()
        self._is_read = not message.get("more_body", False)
        return message


class Gate:
    """Refuses strangers and floods, counts requests, and closes the answers' doors.

    - The `Host` must be the server's own: a page elsewhere that points its name at this machine
      (DNS rebinding) gets nothing.
    - A request that a browser sends for another origin is refused; there are no CORS headers. A
      link from elsewhere may be followed, and nothing more: no form is posted, no WebSocket opened.
    - With a token, all but `OPEN_PATHS` need `Authorization: Bearer TOKEN`, or, for a WebSocket
      of a browser, the subprotocol `ecgmm.bearer.` and the token in base64url.
    - A body may have so many bytes, whatever its `Content-Length` says.

    Args:
        app: the app behind it.
        settings: token, address and limits.
        metrics: counts every request.
    """

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            refusal = self._refusal(scope) if scope["type"] == "websocket" else None
            await (refusal or self._app)(scope, receive, send)
            return
        body = _Body(receive, self._settings.limits.upload_bytes)
        answer = self._closing(scope, send, body)
        app = self._refusal(scope) or self._app
        await app(scope, body.receive, answer)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers = Headers(scope=scope)
        if any(len(headers.getlist(name)) > 1 for name in _DECIDING_HEADERS):
            return refuse(400, "repeated_header", "Expected each header once.")
        if not self._is_own_host(headers.get("host", "")):
            return refuse(421, "wrong_host", "This server answers to its own name only.")
        if _is_from_elsewhere(headers, scope):
            return refuse(403, "cross_origin", "Requests from other sites' pages are refused.")
        if not (_is_open(scope["path"]) or self._bears_token(headers, scope)):
            return refuse(
                401,
                "needs_token",
                "Expected 'Authorization: Bearer TOKEN' with the server's token.",
                {"WWW-Authenticate": "Bearer"},
            )
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > self._settings.limits.upload_bytes:
            return refuse_too_large(self._settings.limits)
        return None

    def _is_own_host(self, host: str) -> bool:
        """Any name will do with a token, which a page elsewhere does not have."""
        if self._settings.token is not None:
            return True
        named = _HOST.fullmatch(host)
        return named is not None and is_loopback(named[1].strip("[]"))

    def _bears_token(self, headers: Headers, scope: Scope) -> bool:
        if self._settings.token is None:
            return True
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            offered = headers.get("sec-websocket-protocol", "")
            token = _token_in_protocols(offered) if scope["type"] == "websocket" else ""
        return hmac.compare_digest(token.strip().encode(), self._settings.token.encode())

    def _closing(
        self, scope: Scope, send: Send, body: _Body
    ) -> Callable[[Message], Awaitable[None]]:
        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start":
                await body.drain()
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                route = getattr(scope.get("route"), "path", "other")
                self._metrics.count_request(_known(scope["method"]), route, message["status"])
            await send(message)

        return closing


def refuse(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """An answer that says why there is no other."""
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


def refuse_too_large(limits: Limits) -> JSONResponse:
    """The answer to a body beyond the limit."""
    megabytes = limits.upload_bytes / 1e6
    return refuse(413, "too_large", f"Expected up to {megabytes:g} MB in one request.")


def _known(method: str) -> str:
    """The method, if it is one that HTTP has: a label must not be what a stranger makes up."""
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return method if method in known else "other"


def _token_in_protocols(offered: str) -> str:
    """The token that a browser's WebSocket bears among its subprotocols; empty without one."""
    for protocol in offered.split(","):
        encoded = protocol.strip().removeprefix(TOKEN_PROTOCOL)
        if encoded != protocol.strip():
            with contextlib.suppress(ValueError):
                return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    return ""


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDER)


def _is_from_elsewhere(headers: Headers, scope: Scope) -> bool:
    """Whether a page of another origin sends this, other than by a link that is followed."""
    if headers.get("sec-fetch-site", "none") not in _OWN_SITES:
        reads = scope["type"] == "http" and scope["method"] in _SAFE_METHODS
        return not (reads and headers.get("sec-fetch-mode") == "navigate")
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host")
