"""The shared data sets for tests, which are next to the repository and never shipped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared(path: str) -> Path | None:
    """The file or folder of that name in the shared data, or None if it does not exist."""
    found = _DATA / path
    return found if found.exists() else None


def shared_lines(path: str) -> list[Any]:
    """The rows of a JSON-lines file of the shared data; empty if it does not exist."""
    found = shared(path)
    if found is None:
        return []
    return [json.loads(line) for line in found.read_text("utf-8").splitlines() if line.strip()]
