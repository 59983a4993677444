"""`ecgmm serve`: the web app."""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecgmm.commands.exit_status import EXIT_OK
from ecgmm.commands.runtime_arguments import add_runtime_arguments, runtime_opener
from ecgmm.errors import InputError

if TYPE_CHECKING:
    from ecgmm.monitor.frames import Frame
    from ecgmm.web.settings import Settings

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8000
"""Nobody but this machine can reach it."""
LARGEST_PORT = 65535
"""Of TCP."""
MOST_USUAL_WORKERS = 4
"""A gigabyte of memory; whoever has more visitors says so."""
GRACE_S = 2
"""What open requests have left to finish when the server is told to stop."""
KEEP_ALIVE_S = 75
"""Longer than a client waits after a 503: a connection must not close as it comes back."""

_DESCRIPTION = """\
Open the web app: upload or photograph ECGs, see their readings. Nothing leaves this machine."""

_EPILOG = """\
Beyond this machine (--host) every request has to bear the secret in the environment variable
ECGMM_TOKEN, and whoever sets that up puts a TLS proxy in front. Not a medical device."""


def add_parser(subparsers: Any) -> None:
    """Add `serve` to the subcommands of `ecgmm`."""
    parser = subparsers.add_parser(
        "serve", help="open the web app", description=_DESCRIPTION, epilog=_EPILOG
    )
    parser.add_argument(
        "--host", default=DEFAULT_HOST, help="address to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--port",
        type=_whole(LARGEST_PORT),
        default=DEFAULT_PORT,
        help="port to listen on (default: %(default)s)",
    )
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument(
        "--keep",
        default="24h",
        metavar="TIME",
        help="how long results are kept: 90s, 30m, 24h, 7d (default: %(default)s)",
    )
    kept.add_argument(
        "--no-store",
        action="store_true",
        help="write no result to disk; each is held in memory for ten minutes to be shown",
    )
    parser.add_argument(
        "--store",
        type=Path,
        metavar="FILE",
        help="SQLite file of the results (default: readings.sqlite in the user's data folder)",
    )
    parser.add_argument(
        "--workers",
        type=_whole(64),
        default=min(len(os.sched_getaffinity(0)), MOST_USUAL_WORKERS),
        metavar="N",
        help="processes that read ECGs, each with its own model (default: one a core, up to "
        f"{MOST_USUAL_WORKERS})",
    )
    parser.add_argument(
        "--monitor",
        metavar="SOURCE",
        help="watch a live source at /monitor; SOURCE is what `ecgmm monitor` takes",
    )
    add_runtime_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted.

    Returns:
        0 after an orderly stop.

    Raises:
        InputError: when the server cannot be started as asked.
    """
    app_module, uvicorn = _web_libraries()
    settings = _settings(args)
    sources = {args.monitor: _open_source(args.monitor)} if args.monitor else {}
    listener = _listen(args.host, args.port)
    app = app_module.create_app(settings, runtime_opener(args), sources)
    print(f"ecgmm: http://{_in_url(args.host)}:{args.port} (Ctrl-C stops it)", flush=True)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="info" if sys.flags.dev_mode else "critical",
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        ws_max_size=settings.limits.message_bytes,
        ws_per_message_deflate=False,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
    return EXIT_OK


def _web_libraries() -> tuple[Any, Any]:
    try:
        import uvicorn

        from ecgmm.web import app
    except ModuleNotFoundError as error:
        raise InputError(
            "missing_extra", f"The web app needs {error.name}: pip install 'ecgmm[web]'."
        ) from error
    return app, uvicorn


def _open_source(name: str) -> AsyncIterator[Frame]:
    from ecgmm.monitor.sources.choice import open_source

    return open_source(name)


def _settings(args: argparse.Namespace) -> Settings:
    from ecgmm.web.settings import (
        UNSTORED_BYTES,
        UNSTORED_S,
        Limits,
        Settings,
        default_store,
        parse_duration_s,
        token_from_environment,
    )

    try:
        keep_s = parse_duration_s(args.keep)
    except ValueError as error:
        raise InputError("bad_duration", f"--keep: {error}") from error
    common = {
        "host": args.host,
        "port": args.port,
        "token": token_from_environment(),
        "workers": args.workers,
    }
    if args.no_store:
        return Settings(**common, keep_s=UNSTORED_S, limits=Limits(stored_bytes=UNSTORED_BYTES))
    return Settings(**common, store=args.store or default_store(), keep_s=keep_s)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise InputError(
            "cannot_listen",
            f"Cannot listen on {host}, port {port}: {error.strerror}. Choose another --port.",
        ) from error


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _whole(largest: int) -> Any:
    def whole(text: str) -> int:
        with contextlib.suppress(ValueError):
            if 1 <= int(text) <= largest:
                return int(text)
        raise argparse.ArgumentTypeError(f"Expected 1 to {largest}. Received '{text}'.")

    return whole
