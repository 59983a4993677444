"""A list of checksums inside an exported model, so that a copy of it can be checked anywhere."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ecgmm.errors import InputError

CHECKSUM_FILE = Path("assets.extra") / "SHA256SUMS"


def write_checksums(model_dir: Path) -> None:
    """List every file of a model, as `sha256sum -c assets.extra/SHA256SUMS` reads it there."""
    files = sorted(path for path in model_dir.rglob("*") if path.is_file())
    lines = [f"{sha256(path)}  {path.relative_to(model_dir)}\n" for path in files]
    (model_dir / CHECKSUM_FILE).write_text("".join(lines), encoding="utf-8")


def check_checksums(model_dir: Path) -> None:
    """Hold the files of a model against its list; a model that has none is taken as it is.

    Raises:
        InputError: `model_damaged` when a file is missing or not what was exported.
    """
    listed = model_dir / CHECKSUM_FILE
    if not listed.is_file():
        return
    for line in listed.read_text(encoding="utf-8", errors="replace").splitlines():
        digest, _, name = line.partition("  ")
        path = model_dir / name
        if not path.is_file() or sha256(path) != digest:
            raise InputError(
                "model_damaged",
                f"{model_dir} is damaged: {name or CHECKSUM_FILE} is not what was exported. "
                "Copy the model once more.",
            )


def sha256(path: Path) -> str:
    """The checksum of a file, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
