"""Where the server listens, and granian's configuration: one process or several, and as many
connections as there are file descriptors."""

from __future__ import annotations

import os
import resource
import socket
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..settings import Settings

_HEADER_MS = 10_000  # a client that takes longer for its headers is disconnected
_KILL_SECONDS = 7  # for each of several processes when the server stops
_MOST_CONNECTIONS = 16_384  # and file descriptors, if allowed: 1024, the default, is soon used up
_SPARE_FILES = 256
_FOR_PROXIES = 0o660  # mode of a Unix socket: for our user and the proxy in our group


def socket_of(given: Settings) -> Path | None:
    """The Unix socket to listen on, if HOST names one."""
    return Path(given.host.removeprefix("unix:")) if given.host.startswith("unix:") else None


def granian_server(given: Settings, one: bool, *, bare: bool = False) -> Any:
    """The granian server for these settings, in this process or in several. `bare` serves a WSGI
    application without a `Door`, for comparison (bench/bare.py)."""
    from granian.constants import HTTPModes, Interfaces, RuntimeModes
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import MPServer

    from . import loop

    loop.install()
    return (_one_process() if one else MPServer)(
        "commentsvc",
        address=given.host,
        port=given.port,
        uds=socket_of(given),
        uds_permissions=_FOR_PROXIES,
        interface=Interfaces.WSGI if bare else Interfaces.RSGI,
        blocking_threads=given.threads if bare else 1,
        workers=given.workers,
        runtime_mode=RuntimeModes.mt,  # its network thread never waits for Python
        backlog=2048,
        backpressure=_connections(),
        http=HTTPModes.http1,  # the proxy does TLS and HTTP/2
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MS),
        websockets=False,
        respawn_failed_workers=not one,
        workers_kill_timeout=None if one else _KILL_SECONDS,
        log_level=LogLevels.error,
        # its log lines go where ours go
        log_dictconfig={"formatters": {}, "handlers": {}, "loggers": {"_granian": {}}},
    )


def _one_process() -> Any:
    from granian.server import MTServer

    class OneProcess(MTServer):
        """Granian's threaded server. It is meant for Python without a GIL, but one application also
        runs with it, and this saves the 28 MB of a supervising process."""

        door: Any = None

        def _check_gil(self) -> None:
            pass

        def signal_handler_interrupt(self, *_: Any) -> None:
            stop: Any = super().signal_handler_interrupt
            stop() if self.door is None else self.door.stop(stop)

    return OneProcess


def _connections() -> int:
    """The maximum number of open connections: the file descriptors allowed, minus a reserve."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_CONNECTIONS + _SPARE_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if 0 <= soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    return max(64, min(_MOST_CONNECTIONS, soft - _SPARE_FILES))


class CannotListen(Exception):
    """The server cannot listen on the address; the text says what to do."""


def listening_at(given: Settings) -> Settings:
    """The same settings with a free port; port 0 means any. Raises `CannotListen`."""
    if (path := socket_of(given)) is not None:
        _check_free(path)
        return given
    family = socket.AF_INET6 if ":" in given.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((given.host, given.port))
        except OSError as error:
            raise CannotListen(
                f"Cannot listen on {given.host}, port {given.port} ({error.strerror}). "
                "Stop the program that uses it, or set PORT to another port."
            ) from error
        port = probe.getsockname()[1]
    if port == given.port:
        return given
    default = given.public_url == f"http://127.0.0.1:{given.port}"
    return replace(given, port=port, public_url="" if default else given.public_url).checked()


def _check_free(path: Path) -> None:
    """Raises `CannotListen` if a program listens on the socket. A stale one will be replaced."""
    if not os.access(path.parent, os.W_OK):
        raise CannotListen(f"Cannot write to the folder {path.parent}. Create it, or change HOST.")
    with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
        probe.connect(str(path))
        raise CannotListen(f"Another program is listening on {path}. Stop it, or change HOST.")


def when_ready(given: Settings, ready: Callable[[], None]) -> None:
    """Poll /readyz until it succeeds. Without an HTTP library, which takes a megabyte."""
    name = urlsplit(given.public_url).netloc
    question = f"GET /readyz HTTP/1.0\r\nHost: {name}\r\n\r\n".encode()
    while True:
        with suppress(OSError), _line_to(given) as line:
            line.sendall(question)
            if b" 200 " in line.recv(64):
                ready()
                return
        threading.Event().wait(0.05)


def _line_to(given: Settings) -> socket.socket:
    if (path := socket_of(given)) is not None:
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(5)
        line.connect(str(path))
        return line
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(given.host, given.host)
    return socket.create_connection((host, given.port), timeout=5)
