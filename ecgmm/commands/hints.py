"""Which option settles what a file leaves unsaid."""

from __future__ import annotations

from ecgmm.errors import InputError

_OPTION_FOR = {"sampling_rate_hz": "--sampling-rate HZ", "unit": "--unit uV, mV or V"}


def with_option(error: InputError) -> InputError:
    """The error as a command that has `arguments.add_statements` reports it."""
    if error.missing is None:
        return error
    message = f"{error.message} Give it with {_OPTION_FOR[error.missing]}."
    return InputError(error.code, message, error.missing)
