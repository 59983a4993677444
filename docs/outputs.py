"""Puts what the documented commands and examples print into the documents: `make results`.

In a document, `<!-- printed by: COMMAND -->` stands before what a command prints, and `<!-- printed
by the example -->` before what the Python block above it prints. The block behind either is never
typed. Lists in the JSON of `--json` are shortened to two entries.

    python docs/outputs.py FILE...
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[1]
MOST_ENTRIES = 2
"""Of a list in JSON: enough to see that it is one."""
COMMAND = re.compile(
    r"<!-- printed by: (?P<command>[^\n]+) -->\n(?:\n```(?:text|json)\n.*?\n```\n)?", re.S
)
EXAMPLE = re.compile(
    r"```python\n(?P<code>(?:(?!```).)*)\n```\n\n<!-- printed by the example -->\n"
    r"(?:\n```text\n.*?\n```\n)?",
    re.S,
)


def renewed(text: str) -> str:
    """A document with what its commands and examples print today.

    Args:
        text: the document.

    Raises:
        subprocess.CalledProcessError: if a command or an example fails.
    """
    text = re.sub(COMMAND, _with_output_of_command, text)
    return re.sub(EXAMPLE, _with_output_of_example, text)


def main(paths: list[str]) -> None:
    """Renew documents where they lie."""
    for path in map(Path, paths):
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")


def _with_output_of_command(found: re.Match[str]) -> str:
    words = shlex.split(found["command"])
    printed = _printed([sys.executable, "-m", *words])
    marker = f"<!-- printed by: {found['command']} -->\n"
    if "--json" in words:
        return f"{marker}\n```json\n{_shortened(json.loads(printed))}\n```\n"
    return f"{marker}\n```text\n{printed}\n```\n"


def _with_output_of_example(found: re.Match[str]) -> str:
    code = found["code"]
    printed = _printed([sys.executable, "-c", code])
    return f"```python\n{code}\n```\n\n<!-- printed by the example -->\n\n```text\n{printed}\n```\n"


def _printed(words: list[str]) -> str:
    done = subprocess.run(words, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def _shortened(values: dict[str, Any]) -> str:
    lines = [f" {json.dumps(key)}: {_short(value)}" for key, value in values.items()]
    return "{" + ",\n".join(lines).removeprefix(" ") + "}"


def _short(value: Any) -> str:
    if isinstance(value, list):
        entries = [_short(entry) for entry in value[:MOST_ENTRIES]]
        return f"[{', '.join(entries + ['...'] * (len(value) > MOST_ENTRIES))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {_short(v)}" for k, v in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1:])
