"""What a start loads and leaves alone, in a process of its own, since nothing else shows it."""

from __future__ import annotations

import gc
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from commentsvc import server
from commentsvc.settings import WrongSettings, settings

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

_STARTS = """
import gc, sys, threading
import click
usual = gc.get_threshold()
from commentsvc.cli import cli
cli.get_command(click.Context(cli), "run")
print(sorted(name for name in sys.modules if name.startswith("commentsvc.cli.")))
from commentsvc import server
from commentsvc.settings import Settings
from werkzeug.routing import Rule
made, compiled = [], Rule._get_func_code
Rule._get_func_code = staticmethod(lambda *given: made.append(given) or compiled(*given))
server._load(Settings.from_env(), None, None, None)
for each in threading.enumerate():
    if each.name == "settle":
        each.join()
large = {"jwt", "cryptography", "webauthn", "alembic", "numpy.random", "segno"}
print(sorted(large & set(sys.modules)))
print(len(made), "addresses")
print(gc.isenabled(), gc.get_freeze_count() > 0, gc.get_threshold() == usual)
print({"add", "export", "fetch", "score"} <= set(cli.get_command(click.Context(cli), "toxicity").commands))
print(gc.get_threshold() > usual)
"""


def test_a_start_loads_what_it_needs_and_collects_again(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _STARTS],
        env={"DATA_DIR": str(tmp_path), "SECRET_KEY": "a key for tests only, 32 characters"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    commands, large, built, collector, whole, seldom = done.stdout.splitlines()[-6:]
    assert commands == "['commentsvc.cli.asking', 'commentsvc.cli.serve']"
    assert large == "[]"
    assert built == "0 addresses"
    assert collector == "True True True"
    assert whole == "True", "a group misses commands of modules that add to it"
    assert seldom == "True", "a short command looks for garbage as often as a server"


def test_a_start_that_fails_collects_again(app: Flask) -> None:
    with pytest.raises(WrongSettings):
        server._load(replace(settings.of(app), sign_in_providers="[{}]"), None, None, None)
    assert gc.isenabled()
