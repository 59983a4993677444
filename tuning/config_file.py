"""Training configurations as the TOML files that `ecgmm.training.config.load_config` reads."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ecgmm.training.config import TrainingConfig


def config_toml(config: TrainingConfig, heading: str) -> str:
    """Every value of a configuration as TOML.

    Args:
        config: what is written down.
        heading: lines of comment to begin with.
    """
    values = asdict(config)
    stages = values.pop("stages")
    tables = {name: values.pop(name) for name in list(values) if isinstance(values[name], dict)}
    blocks = [
        "\n".join(f"# {line}".rstrip() for line in heading.splitlines()),
        _lines(values),
        *(f"[[stages]]\n{_lines(stage)}" for stage in stages),
        *(f"[{name}]\n{_lines(table)}" for name, table in tables.items()),
    ]
    return "\n\n".join(blocks) + "\n"


def _lines(values: dict[str, Any]) -> str:
    return "\n".join(f"{name} = {json.dumps(value)}" for name, value in values.items())
