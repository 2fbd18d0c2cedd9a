"""Static files: read and compressed once, at addresses that change when any file does."""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

import brotli
from flask import Flask, Response, request
from jinja2.ext import Extension
from jinja2.lexer import Token

from ..core.errors import NotFound
from ..core.parts import Part
from ..settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jinja2.lexer import TokenStream

Encoding = Literal["br", "gzip", "identity"]

TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
_TEXT = (".js", ".mjs", ".css", ".html", ".json", ".svg", ".txt", ".map", ".webmanifest")
_FOR_EVER = "public, max-age=31536000, immutable"
_LOOK_AGAIN = "public, no-cache"
_FOR_A_DAY = "public, max-age=86400"
_BLOCK_COMMENT = re.compile(r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
_TYPE_COMMENT = re.compile(r"/\*\* @type[^*]*\*/ ?")
#: In this order: a plain word that an attribute is compared with, without its quotes; other
#: strings; comments; the end of a block with the semicolon before it; other delimiters, each with
#: the blanks around it; the blank after a property's colon; line breaks; zeros before a decimal
#: point.
_CSS_BLANKS = re.compile(
    r"""(?<==)"([a-z]\w*)"(?=\])|("[^"]*"|'[^']*')|/\*.*?\*/\s*|;?\s*(\})\s*"""
    r"""|\s*([{;,>~!]|/(?!\*))\s*|(:)\s(?=[^{}]*[;}])|(\n)|(?<![\w.])0(?=\.\d)""",
    re.DOTALL,
)
_INDENTATION = re.compile(r"\n\s+")
_KEPT = re.compile(r"(<pre\b|</pre>)")
_TAG = re.compile(r"(<(?=[a-z])|>)")  # the beginning and end of a tag
_MOST_ACCEPTED = 300  # characters of Accept-Encoding
_SMALL = 64 * 1024  # bytes; brotli's best quality only for small files, as a request waits for it


@dataclass
class _File:
    body: bytes
    kind: str
    etag: str
    packed: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Assets:
    """The static folder of one app. `version` is one for all files, so that modules can import each
    other by relative addresses."""

    folder: Path
    version: str
    files: dict[str, _File] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


assets: Part[Assets] = Part("assets")


_WORKER = "embed/work.js"


def register(app: Flask, folder: Path) -> None:
    """Serve `folder` under /static/, and offer `asset(path)` and `prefix` to templates."""
    assets.install(app, Assets(folder, _version(folder)))
    app.add_url_rule("/static/<version>/<path:path>", "static_file", static_file)
    app.add_url_rule("/favicon.ico", "favicon", favicon)
    app.jinja_env.add_extension(Unindented)
    app.jinja_env.globals.update(asset=asset, prefix=settings.of(app).prefix)


def asset(path: str) -> str:
    """The address of a static file, which can be cached forever."""
    return f"{settings().prefix}/static/{assets().version}/{path}"


def state() -> str:
    """The version of all files."""
    return assets().version


def text_of(path: str) -> str:
    """The text of a static file, for styles that a page contains. Raises `NotFound`."""
    return _file(path).body.decode("utf-8")


@lru_cache(maxsize=64)
def lean(source: str) -> str:
    """A script or style without comments on lines of their own and without indentation."""
    text = _TYPE_COMMENT.sub("", _BLOCK_COMMENT.sub("", source))
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


def tight(style: str) -> str:
    """A style on one line, without unnecessary blanks. Strings are not changed."""
    return _CSS_BLANKS.sub(
        lambda found: " " if found[6] else next(filter(None, found.groups()), ""), style
    )


class Unindented(Extension):
    """Removes indentation from templates when they are compiled, so that responses are smaller at
    no cost. Line breaks stay, because they separate words, except in tags; so does the content of
    `<pre>`."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Jinja's tokens, with indentation removed from text."""
        is_kept = is_tag = False
        for token in stream:
            if token.type != "data":
                yield token
                continue
            parts = []
            for part in _KEPT.split(token.value):
                if _KEPT.fullmatch(part):
                    is_kept = part != "</pre>"
                parts.append(part if is_kept else _INDENTATION.sub("\n", part))
            text, is_tag = _tags("".join(parts), is_tag)
            yield Token(token.lineno, "data", text)


def _tags(text: str, is_tag: bool) -> tuple[str, bool]:
    """A piece of a template with each tag on one line, and whether it ends within a tag. It begins
    within one if `is_tag`."""
    parts = _TAG.split(text)
    for at, part in enumerate(parts):
        if at % 2:
            is_tag = part == "<"
        elif is_tag:
            line = part.replace("\n", " ")
            parts[at] = line.rstrip() if parts[at + 1 : at + 2] == [">"] else line
    return "".join(parts), is_tag


def keep(name: str, make: Callable[[], str]) -> None:
    """Register a file built from others for `send`, once: its name contains its version."""
    if name not in assets().files:
        data = make().encode("utf-8")
        mark = hashlib.sha256(data).hexdigest()[:20]
        assets().files[name] = _File(data, TYPES[PurePosixPath(name).suffix], mark)


def static_file(version: str, path: str) -> Response:
    """A file under its versioned address; an older version's address returns the current file."""
    current = version == assets().version
    answer = send(path, cache=_FOR_EVER if current else _LOOK_AGAIN)
    if path == _WORKER:
        answer.headers["Cross-Origin-Embedder-Policy"] = (
            "require-corp"  # the frame's own or stricter
        )
    return answer


def favicon() -> Response:
    """The icon at the address where browsers look by default."""
    return send("dashboard/icon.svg", cache=_FOR_A_DAY)


def send(path: str, *, cache: str = _LOOK_AGAIN) -> Response:
    """A static file as a response, also for fixed addresses such as /embed.js. Raises
    `NotFound`."""
    file = _file(path)
    encoding = best_encoding(request.headers.get("Accept-Encoding", ""))
    if PurePosixPath(path).suffix not in _TEXT:
        encoding = "identity"
    body = _packed(file, encoding)
    answer = Response(body, content_type=file.kind)
    answer.headers["Cache-Control"] = cache
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Access-Control-Allow-Origin"] = "*"  # tags with crossorigin="anonymous"
    answer.vary.add("Accept-Encoding")
    if encoding != "identity":
        answer.headers["Content-Encoding"] = encoding
    answer.set_etag(file.etag if encoding == "identity" else f"{file.etag}-{encoding}")
    return answer.make_conditional(request.environ)  # type: ignore[return-value]


def _file(path: str) -> _File:
    kept = assets().files.get(path)
    if kept is not None:
        return kept
    suffix = PurePosixPath(path).suffix
    root = assets().folder.resolve()
    plain = len(path) < 200 and "\x00" not in path and suffix in TYPES
    found = (root / path).resolve() if plain else root
    if not found.is_relative_to(root) or not found.is_file():
        raise NotFound("not_found.file")
    body = found.read_bytes()
    if suffix == ".css":
        body = tight(lean(body.decode("utf-8"))).encode("utf-8")
    file = _File(body, TYPES[suffix], hashlib.sha256(body).hexdigest()[:20])
    assets().files[path] = file
    return file


def _packed(file: _File, encoding: str) -> bytes:
    if encoding == "identity":
        return file.body
    with assets().lock:
        if encoding not in file.packed:
            if encoding == "br":
                quality = 11 if len(file.body) <= _SMALL else 7
                file.packed[encoding] = brotli.compress(file.body, quality=quality)
            else:
                file.packed[encoding] = gzip.compress(file.body, 9, mtime=0)
        return file.packed[encoding]


def _version(folder: Path) -> str:
    """A hash of the names and contents of all files."""
    digest = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\x00")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def best_encoding(accepted: str) -> Encoding:
    """The smallest encoding that an Accept-Encoding header accepts (RFC 9110, 12.5.3). Only its
    beginning is read, and remembered: strangers choose its length."""
    return _best(accepted[:_MOST_ACCEPTED])


@lru_cache(maxsize=512)
def _best(accepted: str) -> Encoding:
    weights: dict[str, float] = {}
    for entry in accepted.lower().split(","):
        name, _, parameter = entry.strip().partition(";")
        key, _, value = parameter.strip().partition("=")
        try:
            weights[name.strip()] = float(value) if key.strip() == "q" else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    anything = weights.get("*", 0.0)
    if weights.get("br", anything) > 0:
        return "br"
    if weights.get("gzip", anything) > 0:
        return "gzip"
    return "identity"
