"""Processes by name, so that a later one with the same number is not taken for an earlier one."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any


def this() -> dict[str, Any] | None:
    """This process, so that another with its number is not taken for it; None where that cannot be told."""
    try:
        room = str(Path("/proc/self/ns/pid").readlink())
        here = f"{socket.gethostname()} {room}"
        return {"host": here, "pid": os.getpid(), "began": _began(os.getpid())}
    except OSError:
        return None


def _began(number: int) -> str:
    """When a process of this machine began, in its own measure. Raises `FileNotFoundError` for none."""
    return Path(f"/proc/{number}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[19]


def has_ended(process: dict[str, Any] | None) -> bool:
    """Whether a process of this machine is certainly no more: nobody needs to wait for it."""
    here = this()
    if process is None or here is None or process["host"] != here["host"]:
        return False
    try:
        return _began(process["pid"]) != str(process["began"])
    except FileNotFoundError:
        return True
    except OSError:
        return False
