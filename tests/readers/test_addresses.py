"""What is no file but the address of one."""

from pathlib import Path

import pytest

from ecgmm.errors import InputError
from ecgmm.readers.route import open_input


@pytest.mark.parametrize(
    "address", ["https://example.org/heart.edf?raw=1", "s3://bucket/heart.edf", "HTTP://host/a b"]
)
def test_an_address_is_called_one_and_told_in_full(address: str) -> None:
    with pytest.raises(InputError) as refused:
        open_input(Path(address))
    assert refused.value.code == "is_an_address"
    assert refused.value.message.startswith(f"{address} is an address")


@pytest.mark.parametrize("path", ["nowhere/heart.edf", "c:/heart.edf", "ward: 7/heart.edf"])
def test_a_path_that_only_looks_like_an_address_does_not_exist(path: str) -> None:
    with pytest.raises(InputError, match="does not exist"):
        open_input(Path(path))
