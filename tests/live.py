"""Real processes of the product for tests: servers and workers on free ports, and a plain client."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any

from tests import forked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ORIGIN = "https://news.example.org"
HREF = f"{ORIGIN}/2026/bridge"
MODERATOR = "mona@example.org"
KEY = "harbour"
MANY = "post=1000000/minute;read=1000000/minute;like=1000000/minute;score=1000000/minute;guest_posts=off"

#: A program that sets the policy in its first argument, and prints an API key of the moderator.
_POLICY_AND_KEY = f"""
import json, sys
from commentsvc.accounts.commands import by_email
from commentsvc.accounts.keys import add_key
from commentsvc.app import create_app
from commentsvc.sites.commands import set_policy
from commentsvc.sites.queries import by_key

with create_app().app_context():
    site, user = by_key({KEY!r}), by_email({MODERATOR!r})
    set_policy(site, json.loads(sys.argv[1]), by=None)
    print(add_key(label="test", scopes=["moderate", "read"], site_id=site.id, user=user))
"""


def free_port() -> int:
    """A free port of the loopback address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Answer:
    """A status, the headers (names in lowercase) and the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    port: int,
    method: str,
    path: str,
    body: Any = None,
    *,
    headers: dict[str, str] | None = None,
    timeout: float = 15,
) -> Answer:
    """One request on a connection of its own. Raises OSError if there is no answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    sent = dict(headers or {})
    payload = None
    if body is not None:
        payload = json.dumps(body).encode()
        sent["Content-Type"] = "application/json"
    try:
        connection.request(method, path, payload, sent)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read())
    except HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def comment(port: int, text: str, *, key: str = "", name: str = "Ann", **more: Any) -> Answer:
    """Post a comment as a guest."""
    headers = {"Idempotency-Key": key} if key else {}
    timeout = more.pop("timeout", 15)
    body = {"site": KEY, "href": HREF, "text": text, "name": name, **more}
    return ask(port, "POST", "/api/v1/comments", body, headers=headers, timeout=timeout)


def thread_page(port: int) -> str:
    """The first page inside the frame."""
    return ask(port, "GET", f"/embed/thread?site={KEY}&href={HREF}").body.decode()


@dataclass
class Process:
    """A running command of the product."""

    child: forked.Child
    log: Path
    port: int = 0

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self, how: signal.Signals = signal.SIGTERM, seconds: float = 20) -> int:
        """Ask it to stop (or kill it); returns its status."""
        if self.child.poll() is None:
            self.child.send_signal(how)
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise AssertionError(f"it did not stop:\n{self.text()[-3000:]}") from None


@dataclass
class House:
    """One installation: its environment, and its processes."""

    folder: Path
    environ: dict[str, str]
    running: list[Process] = field(default_factory=list)

    def command(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; with `-c`, a Python program."""
        given = {**self.environ, **environ}
        return forked.run(arguments, environ=given, folder=self.folder, timeout=120)

    def start(self, *arguments: str, port: int | None = None, **environ: str) -> Process:
        """Start a command in the background; returns once a server is ready."""
        name = f"{arguments[0]}-{len(self.running)}"
        log = self.folder / f"{name}.log"
        if port is None and arguments[0] == "run":
            port = free_port()
        extra = ["--port", str(port)] if port else []
        given = {**self.environ, **environ}
        child = forked.Child([*arguments, *extra], environ=given, folder=self.folder, out=log)
        process = Process(child, log, port or 0)
        self.running.append(process)
        if port:
            wait_ready(process)
        return process

    def set_up(self, origin: str = ORIGIN, **policy: Any) -> None:
        """Create the first owner, a site for the article, and its policy."""
        owner = ("--email", MODERATOR, "--name", "Mona", "--password", "correct horse")
        site = ("--site", "The Post", "--origin", origin, "--key", KEY)
        made = self.command("init", "--yes", *owner, *site)
        assert made.returncode == 0, made.stderr
        done = self.command("-c", _POLICY_AND_KEY, json.dumps({"slow_seconds": 0, **policy}))
        assert done.returncode == 0, done.stderr
        self.key = done.stdout.strip().splitlines()[-1]

    key: str = ""

    def stop(self) -> None:
        for process in self.running:
            if process.child.poll() is None:
                process.child.kill()
                process.child.wait()


def wait_ready(process: Process, seconds: float = 60) -> float:
    """Wait until the server reports that it is ready; returns the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if process.child.poll() is not None:
            raise AssertionError(f"it ended at once:\n{process.text()[-3000:]}")
        try:
            if ask(process.port, "GET", "/readyz", timeout=2).status == 200:
                return time.monotonic() - began
        except OSError:
            time.sleep(0.03)
    raise AssertionError(f"it is not ready:\n{process.text()[-3000:]}")


@contextmanager
def house(folder: Path, **environ: str) -> Iterator[House]:
    """An installation in `folder`; everything started is stopped at the end."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT", "PYTHONPATH", "LD_LIBRARY_PATH")
    }
    given = {
        "DATA_DIR": str(folder / "data"),
        "SECRET_KEY": "a key for tests only, 32 characters",
        "LIMITS": MANY,
        **environ,
    }
    made = House(folder, {**plain, **given})
    try:
        yield made
    finally:
        made.stop()
