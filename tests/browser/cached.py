"""What a cache in front of the service does: files that never change are asked for once."""

from __future__ import annotations

from contextlib import closing, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask

Answer = tuple[str, list[tuple[str, str]], bytes]


class Cache:
    """Keeps responses that say they are `immutable`. Every test's browser is a new one and asks for
    all files of a page, some thirty."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], Answer] = {}

    def answer(
        self, app: Flask, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """The app's response, or the same one from an earlier request."""
        asked = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "HTTP_HOST", "HTTP_ORIGIN")
        varying = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_RANGE")
        key = tuple(environ.get(name, "") for name in (*asked, *varying))
        if found := self._kept.get(key):
            start_response(found[0], found[1])
            return [found[2]]
        said: list[Any] = []

        def heard(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            said[:] = status, headers
            return start_response(status, headers, *more)

        body: Any = app(environ, heard)
        if not said or not said[0].startswith("200") or not _is_for_ever(said[1]):
            return body
        with closing(body) if hasattr(body, "close") else nullcontext():
            whole = b"".join(body)
        self._kept[key] = (said[0], said[1], whole)
        return [whole]


def _is_for_ever(headers: list[tuple[str, str]]) -> bool:
    return any(name == "Cache-Control" and "immutable" in value for name, value in headers)
