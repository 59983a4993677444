"""The error that a person is shown when an input cannot be read."""

import os
import re
from typing import Literal

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


Missing = Literal["sampling_rate_hz", "unit"]
"""What a file may leave unsaid and its reader be told."""


class InputError(Exception):
    """An input that cannot be read, with a code for programs and a sentence for people.

    Attributes:
        code: stable machine-readable name in snake case, such as `"not_found"`.
        message: one line that says what is wrong and, where possible, what to do; control
            characters that came from a file are spaces in it.
        missing: what the caller may state to have the input read, `"unit"` or
            `"sampling_rate_hz"`; None where nothing of that kind helps.
    """

    def __init__(self, code: str, message: str, missing: Missing | None = None) -> None:
        self.code = code
        self.missing = missing
        self.message = _CONTROL_CHARACTERS.sub(" ", message)
        super().__init__(self.message)


def cannot_write(path: os.PathLike[str], error: OSError) -> InputError:
    """What is said of a file or a folder that cannot be written."""
    return InputError("cannot_write", f"Cannot write {path}: {error.strerror or error}.")


class InputWarning(UserWarning):
    """An input was read, but not all of it or not without a doubt; the message says what."""
