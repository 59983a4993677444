"""What several addresses answer in the place of what was asked, as their documentation has it."""

from __future__ import annotations

from typing import Any

from ecgmm.web.schemas import Refusal

Responses = dict[int | str, dict[str, Any]]

NOT_FOUND: Responses = {404: {"model": Refusal}}
TOO_BUSY: Responses = {
    503: {"model": Refusal, "description": "Too busy; come back after `Retry-After` seconds."}
}
