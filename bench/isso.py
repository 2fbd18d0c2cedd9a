"""Isso from PyPI with the same threads: what small sites compare us with."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from . import corpus
from .tools import ROOT, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VENV = ROOT / ".venv-bench"
SIZES = (100, 1_000, 10_000)


def install() -> bool:
    """Install Isso in its own environment; False if that fails."""
    if (VENV / "bin" / "isso").exists():
        return True
    print("Installing Isso into .venv-bench …", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    pip = [
        str(VENV / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "isso==0.14.0",
        "gunicorn",
    ]
    return subprocess.run(pip, check=False).returncode == 0


@contextmanager
def server(folder: Path) -> Iterator[int]:
    """Isso behind gunicorn with two processes, as in its manual; yields the port."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    config = folder / "isso.cfg"
    config.write_text(
        f"[general]\ndbpath = {folder / 'isso.db'}\nhost = {corpus.ORIGIN}\n"
        "[moderation]\nenabled = false\n[guard]\nenabled = false\n"
        "[server]\nlisten = http://127.0.0.1\ntrusted-proxies = 127.0.0.1\n[hash]\nalgorithm = none\n"
    )
    command = [str(VENV / "bin" / "gunicorn"), "-w", "2", "-b", f"127.0.0.1:{port}", "isso.run"]
    environ = {"ISSO_SETTINGS": str(config)}
    with running(command, port, "/info", environ=environ, pinned=False):
        pass  # creates its tables
    _fill(folder / "isso.db")
    with running(command, port, "/info", environ=environ):
        yield port


def _fill(database: Path) -> None:
    chance = random.Random(1)
    connection = sqlite3.connect(database)
    number = 0
    for thread, size in enumerate(SIZES, start=1):
        connection.execute(
            "INSERT INTO threads VALUES (?, ?, ?)", (thread, f"/{size}", "An article")
        )
        tops: list[int] = []
        for _ in range(size):
            number += 1
            answers = bool(tops) and chance.random() < 0.4
            parent = chance.choice(tops[-100:]) if answers else None
            if parent is None:
                tops.append(number)
            row = (thread, number, parent, time.time() - 1e6 + number, corpus.words(chance))
            connection.execute(
                "INSERT INTO comments (tid, id, parent, created, mode, remote_addr, text, author, voters)"
                " VALUES (?, ?, ?, ?, 1, '127.0.0.0', ?, 'Reader', zeroblob(256))",
                row,
            )
    connection.commit()
    connection.close()
