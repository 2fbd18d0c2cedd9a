"""Converts granian's requests to a WSGI environ, and WSGI responses to three values."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes]

_BASE: dict[str, Any] = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "commentsvc",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": False,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
}
_NAMES: dict[str, str] = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_MOST_NAMES = 512
_LONGEST_NAME = 64  # characters of one that is remembered
_VERSIONS = {"1": "HTTP/1.0", "1.0": "HTTP/1.0", "1.1": "HTTP/1.1"}


def environ_of(scope: Any) -> dict[str, Any]:
    """The environ of a request, with an empty body until `with_body` sets one.

    Headers with an underscore in the name are dropped: WSGI cannot tell `X_Forwarded_For`, which
    anyone can send, from the `X-Forwarded-For` that a proxy sets.
    """
    client, _, port = scope.client.rpartition(":")
    host, _, own_port = scope.server.rpartition(":")
    environ = {
        **_BASE,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": _VERSIONS.get(scope.http_version, "HTTP/1.1"),
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": own_port,
        "REMOTE_ADDR": client.strip("[]"),
        "REMOTE_PORT": port,
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(),
    }
    for name, value in scope.headers.items():
        key = _NAMES.get(name) or _key(name)
        if not key:
            continue
        if key in environ:
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    return environ


def _key(name: str) -> str:
    key = "" if "_" in name else f"HTTP_{name.upper().replace('-', '_')}"
    # clients choose the names, so the cache is bounded
    if len(_NAMES) < _MOST_NAMES and len(name) <= _LONGEST_NAME:
        _NAMES[name] = key
    return key


def with_body(environ: dict[str, Any], body: IO[bytes], size: int) -> None:
    """Put a complete body into the environ."""
    environ["wsgi.input"] = body
    environ["CONTENT_LENGTH"] = str(size)
    environ.pop("HTTP_TRANSFER_ENCODING", None)


def answer_of(app: Any, environ: dict[str, Any]) -> Answer:
    """Call a WSGI application and return its complete response."""
    begun: list[Any] = []
    written: list[bytes] = []

    def begin(status: str, headers: Headers, _exc_info: Any = None) -> Any:
        begun[:] = [status, headers]
        return written.append

    found: Iterable[bytes] = app(environ, begin)
    try:
        if isinstance(found, list) and not written:
            body = found[0] if len(found) == 1 else b"".join(found)
        else:
            body = b"".join([*written, *found])
    finally:
        if hasattr(found, "close"):
            found.close()
    return int(begun[0][:3]), begun[1], body
