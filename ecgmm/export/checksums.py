"""A list of checksums inside an exported model, so that a copy of it can be checked anywhere."""

from __future__ import annotations

import hashlib
from pathlib import Path

CHECKSUM_FILE = Path("assets.extra") / "SHA256SUMS"


def write_checksums(model_dir: Path) -> None:
    """List every file of a model, as `sha256sum -c assets.extra/SHA256SUMS` reads it there."""
    files = sorted(path for path in model_dir.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(model_dir)}\n"
        for path in files
    ]
    (model_dir / CHECKSUM_FILE).write_text("".join(lines), encoding="utf-8")
