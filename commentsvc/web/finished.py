"""A finished response in the cache: its body, headers, ETag and encodings."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import brotli

if TYPE_CHECKING:
    from .assets import Encoding
    from .freshness import Versions

MAX_AGE = 60.0  # seconds until changes by time alone (a thread that closes by age) are noticed
CACHE_CONTROL = "public, max-age=0, s-maxage=1"
_BROTLI_QUALITY = 5
_MOST_ASKED = 4000  # characters of If-None-Match
_NOT_KEPT = frozenset(
    ("content-length", "etag", "date", "set-cookie", "vary", "cache-control", "retry-after")
)
_ON_304 = frozenset(
    ("etag", "cache-control", "vary", "access-control-allow-origin", "content-location")
)

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Mark:
    """What a finished response depends on: one thread and its site, or (None) anything written."""

    kind: str
    thread_id: int | None
    versions: Versions | None
    seconds: float = MAX_AGE  # until it changes by time alone


@dataclass
class Form:
    """One encoding of a response."""

    headers: Headers
    headers_304: Headers
    body: bytes
    etag: str


@dataclass
class Entry:
    """A finished response in all encodings requested so far."""

    mark: Mark
    body: bytes
    headers: Headers
    vary: str
    etag: str
    expires_at: float
    used_at: float
    seen: int = -1  # the watch's state for which the response is known to be fresh …
    recheck_at: float = 0.0  # … and until when to trust that
    forms: dict[Encoding, Form] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Approximate size in bytes."""
        return len(self.body) + sum(len(form.body) for form in self.forms.values()) + 2048

    def form(self, encoding: Encoding) -> Form:
        """The response in one encoding, newly compressed."""
        body, etag = self.body, f'"{self.etag}"'
        headers = [*self.headers, ("Cache-Control", CACHE_CONTROL), ("Vary", self.vary)]
        if encoding != "identity":
            etag = f'"{self.etag}-{encoding}"'
            headers.append(("Content-Encoding", encoding))
            if encoding == "br":
                body = brotli.compress(body, quality=_BROTLI_QUALITY)
            else:
                body = gzip.compress(body, 6, mtime=0)
        headers += [("ETag", etag), ("Content-Length", str(len(body)))]
        short = [each for each in headers if each[0].lower() in _ON_304]
        return Form(headers, short, body, etag)


def kept(mark: Mark, body: bytes, headers: Headers, *, by_language: bool, moment: float) -> Entry:
    """The cache entry for a new response; the watch has not confirmed it yet."""
    vary = {"accept-encoding": "Accept-Encoding"}
    for name, value in headers:
        if name.lower() == "vary":
            # The response was built without a session, so it does not vary by cookie.
            parts = (part.strip() for part in value.split(","))
            vary.update({part.lower(): part for part in parts if part.lower() != "cookie"})
    if by_language:
        vary["accept-language"] = "Accept-Language"
    own = [
        (name, value)
        for name, value in headers
        if name.lower() not in _NOT_KEPT and not name.lower().startswith("ratelimit-")
    ]
    return Entry(
        mark=mark,
        body=body,
        headers=own,
        vary=", ".join(vary.values()),
        etag=hashlib.blake2b(body, digest_size=12).hexdigest(),
        expires_at=moment + min(MAX_AGE, mark.seconds),
        used_at=moment,
    )


def matches(asked: str, etag: str, base: str) -> bool:
    """Whether If-None-Match names this response in any encoding. Proxies that compress mark ETags
    as weak."""
    if asked == etag or asked.strip() == "*":
        return True
    tags = (part.strip().removeprefix("W/").strip('"') for part in asked[:_MOST_ASKED].split(","))
    return any(tag.partition("-")[0] == base for tag in tags)
