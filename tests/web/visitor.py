"""What a visitor of the page does again and again."""

from collections.abc import Callable
from typing import Any

OpenPage = Callable[..., Any]


def file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def read(page: Any, name: str, content: bytes) -> None:
    """Upload a file and open its reading."""
    page.set_input_files("#pick", [file(name, content)])
    page.click(f".upload a:has-text('{name}')")
    page.wait_for_selector("#headline")
