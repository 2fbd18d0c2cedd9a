"""Dispatches requests: answered immediately, refused, or passed whole to a thread of its lane.

The first part of `Door.__rsgi__` runs on granian's thread, before the event loop, so a cached
response costs no more than in a plain WSGI server (docs/decisions/0011-whole-requests.md).
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException

from ..core.db import patience
from ..core.errors import DomainError
from ..settings import settings
from ..web.auth import viewer
from ..web.bodies import larger_at
from ..web.cache import answers
from ..web.home import mount
from ..web.network import client_address, trusted_networks
from ..web.problems import plain
from .bodies import CutOff, TooLarge, TooSlow, Uploads, declared
from .environ import Answer, answer_of, environ_of, with_body
from .lanes import Busy, Lane
from .loop import EagerLoop, NextTurn

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 5.0  # write requests finish or are refused within this time
_LINE_SECONDS = 10.0  # a read request waits this long for a thread
_MOST_IN_LINE = 1000
MOST_ADDRESS = 16 * 1024  # characters of a path and its query; longer input belongs in a form
STOP_SECONDS = 6.0  # when the server stops, running requests may take this long …
_LINGER_SECONDS = 2.0  # until responses are read
END_SECONDS = 9.0  # … and everything together, before the process exits anyway
READY_SECONDS = 2.0  # /readyz fails after this time
_CLOSE = ("Connection", "close")
_SAFE = ("GET", "HEAD", "OPTIONS")


class Door:
    """An RSGI application around the WSGI one."""

    def __init__(self, app: Any, threads: int) -> None:
        self._app = app
        self._wsgi = app.wsgi_app
        self._quick = getattr(answers.of(app), "quick", None)
        self._urls = app.url_map.bind("localhost")
        self._most = int(app.config["MAX_CONTENT_LENGTH"])
        self._trusted = trusted_networks(settings.of(app).trusted_proxies)
        self._prefix = settings.of(app).prefix
        self._uploads = Uploads()
        # Writers have their own lane: when they wait for the database, readers do not.
        self._reads = Lane("read", threads, line=_MOST_IN_LINE, seconds=_LINE_SECONDS)
        self._writes = Lane(
            "write", max(2, threads - 1), line=_MOST_IN_LINE, seconds=PATIENCE_SECONDS
        )
        self._probes = Lane("probe", 1, line=20, seconds=READY_SECONDS)
        self._alive = {method: self._ask(_probe(method)) for method in ("GET", "HEAD")}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._in_hand = 0
        self.stopping = False
        self.at_end: list[Callable[[], None]] = []  # stops what runs beside it

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        if isinstance(loop, EagerLoop):
            loop.on_stop = self.stop

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        """Handle one request."""
        environ = environ_of(scope)
        if self._prefix:
            mount(environ, self._prefix)
        answer = self._at_once(environ)
        if answer is None:
            answer = await self._in_turn(environ, proto)
        status, headers, body = answer
        if self.stopping:
            headers = [*headers, _CLOSE]
        proto.response_bytes(status, headers, b"" if scope.method == "HEAD" else body)

    def stop(self, then: Callable[[], object]) -> None:
        """Drop unfinished uploads, finish running requests, then call `then`; from any thread. If
        called again, or before serving, it does not wait. The process always exits in time."""
        if self.stopping or self._loop is None:
            then()
            return
        self.stopping = True
        _after(END_SECONDS, lambda: _end(1))
        asyncio.run_coroutine_threadsafe(self._drained(then), self._loop)

    async def _drained(self, then: Callable[[], object]) -> None:
        self._uploads.give_up()
        until = time.monotonic() + STOP_SECONDS
        while self._in_hand and time.monotonic() < until:
            await asyncio.sleep(0.02)
        then()
        _after(_LINGER_SECONDS, self._over)

    def _over(self) -> None:
        """Exit, because granian would still wait for headers of open connections."""
        for work in self.at_end:
            work()
        _end(0)

    def _at_once(self, environ: dict[str, Any]) -> Answer | None:
        """The response, if it needs neither a thread nor the database."""
        method = environ["REQUEST_METHOD"]
        if method not in self._alive or declared(environ) != 0:
            return None
        if environ["PATH_INFO"] == "/healthz":
            return self._alive[method]
        return self._quick(environ) if self._quick is not None else None

    async def _in_turn(self, environ: dict[str, Any], proto: Any) -> Answer:
        if self.stopping:
            return _refusal(environ)(503, retry_after=1)
        if len(environ["PATH_INFO"]) + len(environ["QUERY_STRING"]) > MOST_ADDRESS:
            return _closing(_refusal(environ)(414))
        await NextTurn()
        self._in_hand += 1
        try:
            return await self._answer(environ, proto)
        except CutOff:
            return 400, [_CLOSE], b""
        finally:
            self._in_hand -= 1

    async def _answer(self, environ: dict[str, Any], proto: Any) -> Answer:
        refuse = _refusal(environ)
        began = time.monotonic()
        size = declared(environ)
        try:
            if size != 0:
                most = await self._allowed(environ)
                source = str(client_address(environ, self._trusted))
                body = await self._uploads.read(proto, size, most, source)
                with_body(environ, body, _length(body))
                began = time.monotonic()
            return await self._handed_on(environ, began)
        except TooLarge:
            return _closing(refuse(413))
        except TooSlow:
            return _closing(refuse(503 if self.stopping else 408))
        except Busy:
            return refuse(503, retry_after=2)
        except CutOff:
            raise
        except Exception:  # the application handles its own errors; this one is in handling them
            log.exception("request failed without a response")
            return refuse(500)

    async def _handed_on(self, environ: dict[str, Any], began: float) -> Answer:
        if environ["PATH_INFO"] == "/readyz":
            return await self._ready(environ)
        writes = environ["REQUEST_METHOD"] not in _SAFE
        lane = self._writes if writes else self._reads
        return await lane.run(lambda: self._ask(environ, began + PATIENCE_SECONDS))

    def _ask(self, environ: dict[str, Any], until: float | None = None) -> Answer:
        with patience(until):
            return answer_of(self._wsgi, environ)

    async def _ready(self, environ: dict[str, Any]) -> Answer:
        """The response of /readyz, from its own thread, so that it works when no other is free."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                return await self._probes.run(lambda: self._ask(environ))
        except (TimeoutError, Busy):
            return plain(503, accept="application/json", path="/readyz")

    async def _allowed(self, environ: dict[str, Any]) -> int:
        """The body limit for this request: larger only where a view allows it, and for whom."""
        try:
            path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
            endpoint, _ = self._urls.match(path, environ["REQUEST_METHOD"])
        except HTTPException:  # unknown address or redirect
            return self._most
        more = larger_at(endpoint)
        if more is None:
            return self._most
        if not more.sessions_only:
            return more.most
        asking = {**environ, "wsgi.input": None, "CONTENT_LENGTH": "0"}
        by_session = await self._reads.run(lambda: self._is_session(asking))
        return more.most if by_session else self._most

    def _is_session(self, environ: dict[str, Any]) -> bool:
        with self._app.request_context(environ):
            try:
                return viewer().kind == "session"
            except DomainError:
                return False


def _refusal(environ: dict[str, Any]) -> Callable[..., Answer]:
    return partial(plain, accept=environ.get("HTTP_ACCEPT", ""), path=environ["PATH_INFO"])


def _after(seconds: float, work: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, work)
    timer.daemon = True
    timer.start()


def _end(code: int) -> None:
    if code:
        log.error("shutdown took too long; unfinished work was abandoned")
    else:
        log.info("stopped")
    os._exit(code)


def _closing(answer: Answer) -> Answer:
    """The response with `Connection: close`, because the rest of the body is not read."""
    return answer[0], [*answer[1], _CLOSE], answer[2]


def _length(body: Any) -> int:
    size: int = body.seek(0, 2)
    body.seek(0)
    return size


def _probe(method: str) -> dict[str, Any]:
    """The /healthz request, answered once in advance."""
    return {
        **environ_of(_Plain(method)),
        "wsgi.input": None,
        "SERVER_PORT": "80",
    }


class _Plain:
    """A request of our own."""

    client = server = "127.0.0.1:80"
    path, query_string, scheme, http_version = "/healthz", "", "http", "1.1"
    headers: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, method: str) -> None:
        self.method = method
