"""Static files: read once, compressed once, at addresses that change when any of them does."""

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
#: A plain word that an attribute is compared with, without its quotes; other quoted words; comments; what
#: ends a block, and the semicolon before it; what ends other things, each with the blanks around it; the
#: blank after a property's colon; line breaks; zeros before a point.
_CSS_BLANKS = re.compile(
    r"""(?<==)"([a-z]\w*)"(?=\])|("[^"]*"|'[^']*')|/\*.*?\*/\s*|;?\s*(\})\s*"""
    r"""|\s*([{;,>]|/(?!\*))\s*|(:)\s(?=[^{}]*[;}])|(\n)|(?<![\w.])0(?=\.\d)""",
    re.DOTALL,
)
_INDENTATION = re.compile(r"\n\s+")
_KEPT = re.compile(r"(<pre\b|</pre>)")
_TAG = re.compile(r"(<(?=[a-z])|>)")  # where one begins, and where it ends
_SMALL = 64 * 1024  # brotli's best quality is for small files: it is done on somebody's request


@dataclass
class _File:
    body: bytes
    kind: str
    etag: str
    packed: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Assets:
    """The static folder of one app. `version` names the state of all files together, so that modules
    can import each other by relative addresses."""

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
    """The address of a static file, good for ever."""
    return f"{settings().prefix}/static/{assets().version}/{path}"


def state() -> str:
    """A word for the state of all files."""
    return assets().version


def text_of(path: str) -> str:
    """What a static file says: for styles that a page carries inside. Raises `NotFound`."""
    return _file(path).body.decode("utf-8")


@lru_cache(maxsize=64)
def lean(source: str) -> str:
    """A script or style without comments of their own lines and without indentation."""
    text = _TYPE_COMMENT.sub("", _BLOCK_COMMENT.sub("", source))
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


def tight(style: str) -> str:
    """A style on one line, without the blanks that mean nothing. What stands in quotes stays."""
    return _CSS_BLANKS.sub(
        lambda found: " " if found[6] else next(filter(None, found.groups()), ""), style
    )


class Unindented(Extension):
    """Templates without their indentation: it is taken out when they are compiled, so no answer pays for it.
    Line breaks stay, because they part words, except in tags; so does what stands in `<pre>`."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Jinja's tokens, those that are text without the blanks around line breaks."""
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
    """A piece of a template with each tag on one line, and whether it ends within one. It begins within one
    if `is_tag`."""
    parts = _TAG.split(text)
    for at, part in enumerate(parts):
        if at % 2:
            is_tag = part == "<"
        elif is_tag:
            line = part.replace("\n", " ")
            parts[at] = line.rstrip() if parts[at + 1 : at + 2] == [">"] else line
    return "".join(parts), is_tag


def keep(name: str, make: Callable[[], str]) -> None:
    """Let `send` know a file that is made of others, once: its name carries its state."""
    if name not in assets().files:
        data = make().encode("utf-8")
        mark = hashlib.sha256(data).hexdigest()[:20]
        assets().files[name] = _File(data, TYPES[PurePosixPath(name).suffix], mark)


def static_file(version: str, path: str) -> Response:
    """A file under its versioned address; an older page's address gives the file of today."""
    current = version == assets().version
    answer = send(path, cache=_FOR_EVER if current else _LOOK_AGAIN)
    if path == _WORKER:
        answer.headers["Cross-Origin-Embedder-Policy"] = (
            "require-corp"  # as the frame's own, or stricter
        )
    return answer


def favicon() -> Response:
    """The icon, where browsers look for one that a page does not name."""
    return send("dashboard/icon.svg", cache=_FOR_A_DAY)


def send(path: str, *, cache: str = _LOOK_AGAIN) -> Response:
    """A static file as an answer, also for fixed addresses such as /embed.js. Raises `NotFound`."""
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
    """A word for the state of all files: their names and contents."""
    digest = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\x00")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=512)
def best_encoding(accepted: str) -> Encoding:
    """The smallest form that an Accept-Encoding header takes (RFC 9110, 12.5.3)."""
    weights: dict[str, float] = {}
    for entry in accepted.lower()[:300].split(","):
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
