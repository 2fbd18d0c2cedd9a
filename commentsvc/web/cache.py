"""Finished responses: bytes that are the same for every reader, sent before Flask.

A view declares with `finished(...)` that its response depends only on the address, the language and
the state of a thread (or of any thread). The response is cached, compressed once per encoding, and
sent again after a cheap check for writes (freshness.py). Requests with a token or key never use the
cache. Cached reads count towards no limit: they cost a few microseconds; a proxy limits connections
(docs/scaling.md).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from flask import Flask, request

from ..core import clock
from ..core.locale import pick_locale
from ..core.parts import Part
from ..observe import cached_answer
from .assets import Encoding, best_encoding
from .finished import MAX_AGE, Entry, Form, Headers, Mark, kept, matches
from .freshness import Unknown, Watch, watch_of

if TYPE_CHECKING:
    from datetime import datetime

    from ..sites.models import Site
    from ..threads.models import Thread

#: Paths of cached responses. All others go straight to Flask.
PREFIXES = (
    "/embed/thread",
    "/embed/replies",
    "/embed/comment",
    "/api/v1/threads",
    "/api/v1/counts",
    "/feeds/",
    "/threads",
)
#: Query parameters that these views read. Others are removed before: they would create another
#: cache entry for the same response.
PARAMETERS = frozenset(
    (
        *("site", "href", "title", "sort", "order-by", "numposts", "colorscheme", "locale", "lang"),
        *("tags", "after", "comment", "hint", "page", "app_id", "disqus", "part", "id"),
        *("1", "2"),
        *("include", "limit", "parent", "since"),
    )
)
MOST_BYTES = 32 * 1024 * 1024
MOST_QUERY = 16 * 1024
_MOST_REMEMBERED = 512  # characters of a query; bounds the memory for strangers' queries
_MOST_LANGUAGES = 500  # characters of Accept-Language
WAIT_SECONDS = 5.0  # for another request that builds the same response

_MARK = "commentsvc.finished"
StartResponse = Callable[..., Any]
Key = tuple[str, str, str, str]


def finished(
    kind: str, *, site: Site, thread: Thread | None = None, until: datetime | None = None
) -> None:
    """Declare that this response may be sent to everybody until `thread` (without one: anything)
    changes, or at most until `until`. Call it before reading what the response shows. `kind` names
    it in the metrics."""
    versions = (thread.version, site.version) if thread is not None else None
    left = (until - clock.now()).total_seconds() if until is not None else MAX_AGE
    request.environ[_MARK] = Mark(kind, thread.id if thread is not None else None, versions, left)


def is_finished() -> bool:
    """Whether this response will be cached, and so compressed, by the layer."""
    return _MARK in request.environ and answers() is not None


def _is_kept(path: str) -> bool:
    return path.startswith(PREFIXES) or path.endswith("/count-data.js")


class FinishedAnswers:
    """The WSGI layer that caches responses of the application."""

    def __init__(self, app: Any, watch: Watch) -> None:
        self._app = app
        self._watch = watch
        self._entries: dict[Key, Entry] = {}
        self._flights: dict[Key, threading.Event] = {}
        self._lock = threading.Lock()
        self._bytes = 0

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method != "GET" and method != "HEAD":
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        if not _is_kept(environ["PATH_INFO"]):
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        key = _key(environ)
        if key is None:
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        entry = self._entries.get(key)
        if entry is not None and self._is_fresh(entry):
            return self._give(entry, environ, start_response)
        if method == "HEAD":
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        environ["QUERY_STRING"] = key[1]
        return self._make(key, environ, start_response)

    def quick(self, environ: dict[str, Any]) -> tuple[int, Headers, bytes] | None:
        """A cached response that is known to be fresh without asking the database, or None; for our
        own server, which then needs no thread."""
        if not _is_kept(environ["PATH_INFO"]):
            return None
        key = _key(environ)
        entry = self._entries.get(key) if key is not None else None
        moment = time.monotonic()
        if entry is None or moment >= entry.expires_at:
            return None
        try:
            if entry.seen != self._watch.state() or moment >= entry.recheck_at:
                return None
        except Unknown:
            return None
        entry.used_at = moment
        return self._chosen(entry, environ)

    def clear(self) -> None:
        """Clear the cache."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def figures(self) -> dict[str, int]:
        """The size of the cache, for /metrics."""
        return {"entries": len(self._entries), "bytes": self._bytes}

    def _is_fresh(self, entry: Entry) -> bool:
        moment = time.monotonic()
        if moment >= entry.expires_at:
            return False
        entry.used_at = moment
        try:
            state = self._watch.state()
            if entry.seen == state and moment < entry.recheck_at:
                return True
            mark = entry.mark
            if mark.thread_id is None or self._watch.versions(mark.thread_id) != mark.versions:
                return False
        except Unknown:
            return True  # what cannot be read cannot have been written; it ends with expires_at
        entry.seen, entry.recheck_at = state, moment + self._watch.trust
        return True

    def _give(
        self, entry: Entry, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        status, headers, body = self._chosen(entry, environ)
        start_response("304 Not Modified" if status == 304 else "200 OK", headers)
        return [body] if status == 200 and environ["REQUEST_METHOD"] == "GET" else ()

    def _chosen(self, entry: Entry, environ: dict[str, Any]) -> tuple[int, Headers, bytes]:
        """The response in the encoding that this client accepts, or 304 if it has it already."""
        encoding = best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        form = entry.forms.get(encoding) or self._form(entry, encoding)
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked is not None and matches(asked, form.etag, entry.etag):
            cached_answer(entry.mark.kind, 304)
            return 304, form.headers_304.copy(), b""
        cached_answer(entry.mark.kind, 200)
        return 200, form.headers.copy(), form.body

    def _make(
        self, key: Key, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """Let the application respond, once for all concurrent requests with the same key."""
        with self._lock:
            flight = self._flights.get(key)
            first = flight is None
            if flight is None:
                flight = self._flights[key] = threading.Event()
        if not first:
            flight.wait(WAIT_SECONDS)
            entry = self._entries.get(key)
            if entry is not None and self._is_fresh(entry):
                return self._give(entry, environ, start_response)
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        try:
            return self._ask(key, environ, start_response)
        finally:
            with self._lock:
                del self._flights[key]
            flight.set()

    def _ask(
        self, key: Key, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        moment = time.monotonic()
        try:
            state = self._watch.state()  # before the response, so that it can only be too old
        except Unknown:
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        begun: list[Any] = []
        written: list[bytes] = []

        def begin(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], None]:
            begun[:] = [status, headers, exc_info]
            return written.append

        answer = self._app(environ, begin)
        status, headers, exc_info = begun
        mark: Mark | None = environ.get(_MARK)
        private = any(name.lower() == "set-cookie" for name, _ in headers)
        if mark is None or private or not status.startswith("200"):
            start_response(status, headers, *([exc_info] if exc_info else []))
            return [*written, *answer] if written else answer
        try:
            body = b"".join([*written, *answer])
        finally:
            if hasattr(answer, "close"):
                answer.close()
        entry = kept(mark, body, headers, by_language=bool(key[3]), moment=moment)
        entry.seen, entry.recheck_at = state, moment + self._watch.trust
        self._keep(key, entry)
        return self._give(entry, environ, start_response)

    def _keep(self, key: Key, entry: Entry) -> None:
        with self._lock:
            before = self._entries.get(key)
            self._bytes += _size(key, entry) - (_size(key, before) if before else 0)
            self._entries[key] = entry
            if self._bytes > MOST_BYTES:
                self._make_room()

    def _make_room(self) -> None:
        """Drop the least recently used entries, a quarter at once so that it happens rarely."""
        by_use = sorted(self._entries.items(), key=lambda each: each[1].used_at)
        self._bytes = sum(_size(*each) for each in by_use)
        for key, entry in by_use:
            if self._bytes <= MOST_BYTES * 3 // 4:
                break
            del self._entries[key]
            self._bytes -= _size(key, entry)

    def _form(self, entry: Entry, encoding: Encoding) -> Form:
        form = entry.form(encoding)
        with self._lock:
            if encoding not in entry.forms:
                entry.forms[encoding] = form
                self._bytes += len(form.body)
        return form


def _size(key: Key, entry: Entry) -> int:
    return entry.size + sum(map(len, key))


def _key(environ: dict[str, Any]) -> Key | None:
    """The cache key; None for a request with a viewer's token or key."""
    if "HTTP_AUTHORIZATION" in environ or "HTTP_X_API_KEY" in environ:
        return None
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    if len(query) > MOST_QUERY:
        return None
    if query:
        query = _read_of(query) if len(query) <= _MOST_REMEMBERED else _read_of.__wrapped__(query)
    if path.startswith("/api/"):
        return (path, query, environ.get("HTTP_ORIGIN", ""), "")
    return (path, query, "", _language(environ.get("HTTP_ACCEPT_LANGUAGE", "")[:_MOST_LANGUAGES]))


@lru_cache(maxsize=2048)
def _read_of(query: str) -> str:
    """The parameters of a query that any view reads, unchanged."""
    parts = query.split("&")
    known = [each for each in parts if unquote_plus(each.partition("=")[0]) in PARAMETERS]
    return query if len(known) == len(parts) else "&".join(known)


@lru_cache(maxsize=1024)
def _language(header: str) -> str:
    return pick_locale(header)


answers: Part[FinishedAnswers | None] = Part("answers")


def register(app: Flask) -> None:
    """Put the layer around `app`, if its database allows it."""
    watch = watch_of(app)
    layer = FinishedAnswers(app.wsgi_app, watch) if watch is not None else None
    answers.install(app, layer)
    if layer is not None:
        app.wsgi_app = layer  # type: ignore[method-assign]
