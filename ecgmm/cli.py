"""The console script `ecgmm`: parse, call the command, turn its outcome into an exit status."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, TextIO

from ecgmm import __version__
from ecgmm.commands import (
    analyze,
    compare,
    convert,
    correct,
    digitize,
    draw,
    evaluate,
    export,
    monitor,
    serve,
    train,
)
from ecgmm.commands.exit_status import (
    EXIT_BAD_INPUT,
    EXIT_BROKEN_PIPE,
    EXIT_INTERNAL_ERROR,
    EXIT_INTERRUPTED,
)
from ecgmm.commands.hints import with_option
from ecgmm.errors import InputError
from ecgmm.workers.faults import disk_fault_words, fault_words, missing_library_words

COMMANDS = (
    analyze,
    correct,
    compare,
    monitor,
    digitize,
    convert,
    draw,
    train,
    evaluate,
    export,
    serve,
)


class _OneLineParser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_BAD_INPUT, f"{self.prog}: {message} (see '{self.prog} --help')\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of `ecgmm` and of every subcommand; `args.run` is the command to call."""
    parser = _OneLineParser(
        prog="ecgmm",
        description="Read an ECG from a signal or a picture: beats, rhythm, findings, verdict.",
        epilog="Not a medical device.",
    )
    parser.add_argument("--version", action="version", version=f"ecgmm {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Every failure is one line on stderr. `python -X dev -m ecgmm` shows the traceback of an
    error in the program itself.

    Args:
        argv: the words after `ecgmm`; those of the process by default.

    Returns:
        0 on success, 2 for bad usage, unreadable input or a full disk, 1 for an error in the
        program, 130 after Ctrl-C, 141 when whoever read the output has gone (128 + the signal's
        number).
    """
    _make_streams_safe()
    try:
        args = build_parser().parse_args(argv)
        status = _run(args)
        sys.stdout.flush()
        return status
    except InputError as error:
        return _complain(error.message, EXIT_BAD_INPUT)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return EXIT_BROKEN_PIPE
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        missing = missing_library_words(error)
        if missing is not None:
            return _complain(missing, EXIT_BAD_INPUT)
        words = disk_fault_words(error)
        if words is None:
            return _complain(fault_words(error), EXIT_INTERNAL_ERROR)
        try:
            sys.stdout.flush()
        except OSError:
            _forget_stdout()
        return _complain(words, EXIT_BAD_INPUT)


def _run(args: argparse.Namespace) -> int:
    try:
        return args.run(args)
    except InputError as error:
        raise (with_option(error) if "unit" in args else error) from error


def _make_streams_safe() -> None:
    """Nowhere for a stream that the caller closed; no name of a file is unprintable."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def _complain(message: str, status: int) -> int:
    print(f"ecgmm: {' '.join(message.split())}", file=sys.stderr)
    return status


def _forget_stdout() -> None:
    """Keep the interpreter from flushing once more, as it leaves, to what takes no more."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
