"""The error that a person is shown when an input cannot be read."""


class InputError(Exception):
    """An input that cannot be read, with a code for programs and a sentence for people.

    Attributes:
        code: stable machine-readable name in snake case, such as `"not_found"`.
        message: one line that says what is wrong and, where possible, what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class InputWarning(UserWarning):
    """An input was read, but not all of it or not without a doubt; the message says what."""
