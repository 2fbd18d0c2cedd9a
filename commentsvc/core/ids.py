"""Opaque ids for addresses, secrets and their stored hashes, and identities of processes."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import threading
from pathlib import Path
from typing import Any

# No vowels and no look-alikes: an id never spells a word and can be read aloud.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def new_id(length: int = 13) -> str:
    """A random public id; 13 characters carry 61 bits."""
    drawn, letters = secrets.randbelow(len(ALPHABET) ** length), []
    for _ in range(length):
        drawn, one = divmod(drawn, len(ALPHABET))
        letters.append(ALPHABET[one])
    return "".join(letters)


def new_secret() -> str:
    """A random secret of 192 bits, safe in a header or an address."""
    return secrets.token_urlsafe(24)


def secret_hash(secret: str) -> str:
    """The stored form of a secret: SHA-256, which is enough for 192 random bits (ASVS 11.4.1)."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


# --- processes --------------------------------------------------------------------------------------

_BEATS = threading.Event()


def begin_beating() -> None:
    """Note that this process sends regular heartbeats for the jobs it holds (`jobs.beat`)."""
    _BEATS.set()


def this_process() -> dict[str, Any] | None:
    """The identity of this process, distinct from later ones with the same pid; None if unknown.
    `beats`: it sends regular heartbeats."""
    try:
        here = f"{socket.gethostname()} {Path('/proc/self/ns/pid').readlink()}"
        me = {"host": here, "pid": os.getpid(), "began": _began(os.getpid())}
    except OSError:
        return None
    return {**me, "beats": True} if _BEATS.is_set() else me


def _began(number: int) -> str:
    """The start time of a process in ticks since boot. Raises `FileNotFoundError` if it is gone."""
    return Path(f"/proc/{number}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[19]


def has_ended(process: dict[str, Any] | None) -> bool:
    """Whether a process of this machine has certainly ended, so that nobody must wait for it."""
    here = this_process()
    if process is None or here is None or process["host"] != here["host"]:
        return False
    try:
        return _began(process["pid"]) != str(process["began"])
    except FileNotFoundError:
        return True
    except OSError:
        return False
