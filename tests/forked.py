"""Processes of the product that start with everything imported: forks of one process that did so
once.

Importing it again takes longer than most of what tests do with a process, and they start dozens.
The start of a process that does its own imports is tested by tests/test_start.py,
tests/cli/test_wheel.py and the benchmarks. Run as a program, this is that one process: it answers
each line of its input, a request, with a line.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class _Origin:
    """The forking process, from the outside."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", __file__]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._lock = threading.Lock()

    def ask(self, **request: Any) -> Any:
        assert self._process.stdin and self._process.stdout
        with self._lock:
            self._process.stdin.write(json.dumps(request) + "\n")
            return json.loads(self._process.stdout.readline())


@functools.cache
def _origin() -> _Origin:
    """One per test process; it ends with that one, as its input closes."""
    return _Origin()


class Child:
    """A running command, with the methods of `subprocess.Popen` that tests use. It leads a process
    group of its own. Its output goes to `out`, its errors to `err` or there too."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        environ: Mapping[str, str],
        folder: Path,
        out: Path,
        err: Path | None = None,
    ) -> None:
        self.returncode: int | None = None
        said = [str(out), str(err or out)]
        self.pid: int = _origin().ask(
            arguments=[*arguments], environ={**environ}, folder=str(folder), said=said
        )

    def poll(self) -> int | None:
        """The exit status, once it has ended; negative: the signal that ended it."""
        if self.returncode is None:
            self.returncode = _origin().ask(ended=self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The same, within a timeout in seconds. Raises `subprocess.TimeoutExpired`."""
        until = time.monotonic() + timeout if timeout is not None else None
        while (status := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("commentsvc", timeout or 0)
            time.sleep(0.01)
        return status

    def send_signal(self, which: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, which)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def run(
    arguments: Sequence[str], *, environ: Mapping[str, str], folder: Path, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, like `subprocess.run` with captured output."""
    with tempfile.TemporaryDirectory() as kept:
        out, err = Path(kept) / "out", Path(kept) / "err"
        child = Child(arguments, environ=environ, folder=folder, out=out, err=err)
        try:
            status = child.wait(timeout)
        finally:
            child.kill()
        said, wrong = (each.read_text("utf-8") for each in (out, err))
        return subprocess.CompletedProcess([*arguments], status, said, wrong)


# --- in the forking process -----------------------------------------------------------------------


def _main() -> None:
    """Answer requests until the input closes; a child returns from here and runs its command."""
    _import_all()
    gc.freeze()
    for line in iter(functools.partial(_line, 0), b""):
        asked = json.loads(line)
        if "ended" in asked:
            pid, status = os.waitpid(asked["ended"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        else:
            answer = os.fork()
            if not answer:
                _become(**asked)
                return
            os.setpgid(answer, answer)  # here too: the caller may kill the group at once
        os.write(1, json.dumps(answer).encode() + b"\n")
    os._exit(0)


def _line(descriptor: int) -> bytes:
    """One line, and no byte of the next: a child must not take other requests."""
    found = b""
    while not found.endswith(b"\n") and (byte := os.read(descriptor, 1)):
        found += byte
    return found


def _import_all() -> None:
    from commentsvc import app, cli, server
    from commentsvc.gate import door
    from commentsvc.moderation.judging import facts
    from commentsvc.settings import Settings

    for name in (*app.MODELS, *app.PARTS.values(), *app.HANDLERS, *app.SURFACES):
        importlib.import_module(f"commentsvc.{name}")
    cli.cli.list_commands(None)
    facts.prepare()
    with tempfile.TemporaryDirectory() as folder:  # a surface imports its pages for the first app
        app.create_app(Settings(data_dir=Path(folder), secret_key="x" * 32))
    assert server and door
    assert threading.active_count() == 1, "a fork has no other threads"


def _become(*, arguments: list[str], environ: dict[str, str], folder: str, said: list[str]) -> None:
    """Make this process look like one that was started for this request."""
    os.setpgid(0, 0)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    tempfile.tempdir = None
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor, path in enumerate(said, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), descriptor)
    sys.argv = ["commentsvc", *arguments]


def _run() -> None:
    if sys.argv[1] == "-c":
        del sys.argv[:2]
        exec(sys.argv[0], {"__name__": "__main__"})
        return
    from commentsvc.cli import main

    main()


def _end(status: int) -> None:
    """End like any interpreter, but without freeing its memory. Most of that is the origin's: to be
    freed, it would be copied first, which took longer than most commands."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for each in gc.get_objects():  # they write what they keep beside a database into it
        if isinstance(each, sqlite3.Connection):
            with suppress(sqlite3.Error):
                each.close()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _run_and_end() -> None:
    try:
        _run()
    except SystemExit as ended:
        if not isinstance(ended.code, int | None):
            raise
        _end(ended.code or 0)
    _end(0)


if __name__ == "__main__":
    _main()
    _run_and_end()
