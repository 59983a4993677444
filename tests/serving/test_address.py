"""How the address of a served model is written."""

from __future__ import annotations

import pytest

from ecgmm.errors import InputError
from ecgmm.serving.address import ServerAddress, parse_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grpc://host", ServerAddress("grpc", "host", 8500)),
        ("grpcs://host:443/", ServerAddress("grpcs", "host", 443)),
        ("http://[::1]:9000", ServerAddress("http", "::1", 9000)),
        ("https://host/v1/models/other", ServerAddress("https", "host", 8501, "other")),
        (
            "grpc://host/v1/models/ecgmm/versions/12",
            ServerAddress("grpc", "host", 8500, version=12),
        ),
        (
            "https://host:443/heart/v1/models/ecgmm/labels/stable",
            ServerAddress("https", "host", 443, label="stable", prefix="/heart"),
        ),
    ],
)
def test_an_address_names_server_model_and_version(text: str, expected: ServerAddress) -> None:
    assert parse_address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "host:8500",
        "ftp://host",
        "grpc://",
        "grpc://host:port",
        "http://host/models/ecgmm",
        "http://host/v1/models/ecgmm/versions/latest",
        "http://host/v1/models/ecgmm:predict",
        "grpc://host/heart/v1/models/ecgmm",
        "http://host?label=stable",
    ],
)
def test_what_is_no_address_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError, match="grpc://host:8500") as caught:
        parse_address(text)
    assert caught.value.code == "serving_address"


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(InputError) as caught:
        parse_address("https://me:hunter2@host:8501")
    assert "hunter2" not in caught.value.message


def test_an_address_is_shown_without_its_model() -> None:
    assert str(parse_address("https://[::1]/heart/v1/models/a")) == "https://[::1]:8501/heart"
