"""Which process holds a job, and whether it certainly is no more."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path
from typing import Any

_BEATS = threading.Event()


def begin_beating() -> None:
    """From now on this process says regularly of the jobs it holds that it lives (`jobs.beat`)."""
    _BEATS.set()


def this_process() -> dict[str, Any] | None:
    """This process, so that another with its number is not taken for it; None where that cannot be told.
    `beats`: it says regularly that it lives."""
    try:
        here = f"{socket.gethostname()} {Path('/proc/self/ns/pid').readlink()}"
        me = {"host": here, "pid": os.getpid(), "began": _began(os.getpid())}
    except OSError:
        return None
    return {**me, "beats": True} if _BEATS.is_set() else me


def _began(number: int) -> str:
    """When a process of this machine began, in its own measure. Raises `FileNotFoundError` for none."""
    return Path(f"/proc/{number}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[19]


def has_ended(process: dict[str, Any] | None) -> bool:
    """Whether a process of this machine is certainly no more: nobody needs to wait for it."""
    here = this_process()
    if process is None or here is None or process["host"] != here["host"]:
        return False
    try:
        return _began(process["pid"]) != str(process["began"])
    except FileNotFoundError:
        return True
    except OSError:
        return False
