"""Calls the process that writes to chats (child.py), with a timeout."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from ...core.errors import Invalid
from ...settings import settings

SECONDS = 30  # its calls take 20 at most, and starting takes a moment


@dataclass(frozen=True)
class Message:
    """A chat message in plain text."""

    title: str
    body: str


def service_of(address: str) -> str:
    """The service of an address. Raises `Invalid` if none of our services understands it, or if it
    asks for more than writing to one place."""
    found = _ask({"address": address})
    if found["service"]:
        return str(found["service"])
    why = found["why"]
    key = why["key"] if why["key"].startswith("invalid.") else "invalid.channel_address"
    raise Invalid(key, field="address", **why["values"])


def send(address: str, message: Message) -> dict[str, Any] | None:
    """Send the message. Returns the error's key and values, or None. Not inside a unit: it calls a
    server."""
    said = {"title": message.title, "body": message.body, "private": settings().webhook_private}
    why: dict[str, Any] | None = _ask({"address": address, **said})["why"]
    return why


def _ask(asked: dict[str, Any]) -> dict[str, Any]:
    command = [sys.executable, "-m", f"{__package__}.child"]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=SECONDS,
            env={},  # it needs no secrets of ours
            check=True,
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return {"service": None, "why": {"key": "unavailable.channel_refused", "values": {}}}
    return found
