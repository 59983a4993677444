"""Which model is used: the one asked for, or the newest that ships."""

from pathlib import Path

import pytest

from ecgmm.errors import InputError
from ecgmm.serving import released
from ecgmm.serving.released import released_model


def write_version(folder: Path, version: str) -> Path:
    model = folder / version
    model.mkdir(parents=True)
    (model / "saved_model.pb").write_bytes(b"")
    return model


@pytest.fixture(autouse=True)
def no_model_in_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ECGMM_MODEL", raising=False)


def test_the_highest_version_is_chosen_by_number_not_by_spelling(tmp_path: Path) -> None:
    for version in ("1", "9", "10"):
        write_version(tmp_path, version)
    assert released_model(tmp_path) == tmp_path / "10"


def test_a_version_may_be_named_itself(tmp_path: Path) -> None:
    write_version(tmp_path, "2")
    first = write_version(tmp_path, "1")
    assert released_model(first) == first


def test_half_written_and_unnumbered_folders_are_no_versions(tmp_path: Path) -> None:
    write_version(tmp_path, "1")
    write_version(tmp_path, "3.tmp")
    (tmp_path / "2").mkdir()
    assert released_model(tmp_path) == tmp_path / "1"


def test_the_argument_goes_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECGMM_MODEL", str(write_version(tmp_path / "environment", "1")))
    asked = write_version(tmp_path / "argument", "1")
    assert released_model(asked) == asked
    assert released_model() == tmp_path / "environment" / "1"


def test_the_packaged_copy_goes_before_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged, checkout = tmp_path / "packaged", tmp_path / "checkout"
    monkeypatch.setattr(released, "_SHIPPED", (packaged, checkout))
    in_checkout = write_version(checkout, "2")
    assert released_model() == in_checkout
    in_package = write_version(packaged, "1")
    assert released_model() == in_package


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_without_a_model_is_named(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path / "empty"
    if exists:
        folder.mkdir()
    with pytest.raises(InputError, match="empty") as caught:
        released_model(folder)
    assert caught.value.code == "model_not_found"


def test_no_shipped_model_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(released, "_SHIPPED", ())
    with pytest.raises(InputError, match="ECGMM_MODEL"):
        released_model()
