"""What every reader owes whoever hands it a file that cannot be read."""

import warnings
from pathlib import Path

import pytest

from ecgmm.errors import InputError
from ecgmm.readers.route import read_input


def code_of(path: Path, **statements: object) -> str:
    """The code of the one clear line with which a file is refused."""
    with pytest.raises(InputError) as caught:
        read_input(path, **statements)
    assert "\n" not in caught.value.message
    assert path.stem in caught.value.message
    return caught.value.code


def read_or_refuse(path: Path, **statements: object) -> None:
    """Anything but a reading or an `InputError` of one line fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        refused = refusal_of(path, **statements)
    if refused is not None:
        assert refused.code
        assert "\n" not in refused.message


def refusal_of(path: Path, **statements: object) -> InputError | None:
    try:
        read_input(path, **statements)
    except InputError as error:
        return error
    return None
