"""Headers of every response: who may frame it, run in it, read it and cache it."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, request
from markupsafe import Markup

from ..core.errors import DomainError
from ..core.remembering import remembered
from ..settings import settings
from ..sites.queries import framers, may_embed
from .assets import text_of
from .csrf import is_plain_host, own_origins

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..sites.models import Site

#: What our pages may do by default; `allow` adds sources for one response. Inline scripts and
#: styles run only if their hash is listed (ASVS 5.0 V3.4.3): hashes, not nonces, because finished
#: pages are sent to many readers.
POLICY: dict[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
#: For responses that are not pages: if a browser shows one all the same, nothing in it runs or
#: loads.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"
_PERMISSIONS = (
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), "
    "gyroscope=(), interest-cohort=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)
_HSTS = "max-age=31536000; includeSubDomains"
_ADDED = "commentsvc.csp"
_ANY_HOST = ("/healthz", "/readyz", "/metrics")


class WrongHost(DomainError):
    """The request names a host that is not this service's."""


def register(app: Flask) -> None:
    """Check the host of every request, and set the headers of every response."""
    app.before_request(_check_host)
    app.after_request(_finish)
    app.jinja_env.globals.update(inline_sheet=inline_sheet, inline_script=inline_script)


# --- for views and templates ----------------------------------------------------------------------


def allow(directive: str, *sources: str) -> None:
    """Allow more for this response: `allow("frame-src", "'self'")`."""
    added: dict[str, list[str]] = request.environ.setdefault(_ADDED, {})
    known = added.setdefault(directive, [])
    known.extend(source for source in sources if source not in known)


def framed_by(site: Site, *pages: str) -> None:
    """Let pages of the site's origins (and ours) show this response in a frame; `pages` are further
    allowed origins (`may_embed`)."""
    allow("frame-ancestors", "'self'", *framers(site), *pages)


def named_pages(query: Mapping[str, str]) -> list[str]:
    """The origins of the page that shows the frame and of those around it, as the loader lists
    them: separated by commas, or by blanks in older copies of the loader."""
    return query.get("page", "").replace(",", " ").split()


def framed_by_anybody() -> None:
    """Let every page show this response, which contains nothing personal, in a frame. `*` does not
    match pages from a file or in a sandbox, so it is left out if the loader names one (`null`)."""
    named = named_pages(request.args)
    allow("frame-ancestors", *([] if "null" in named or "file://" in named else ["*"]))


def inline_style(css: str) -> Markup:
    """A <style> element whose hash this response's policy allows."""
    allow("style-src", _hash(css))
    return Markup(f"<style>{css}</style>")


def inline_sheet(*paths: str) -> Markup:
    """Files of static/ as one <style> element, for pages that must not need a second request."""
    return inline_style("".join(map(text_of, paths)))


def inline_script(text: str, kind: str = "") -> Markup:
    """A <script> element (for example, an import map) whose hash this response's policy allows."""
    allow("script-src", _hash(text))
    opening = Markup('<script type="{}">').format(kind) if kind else Markup("<script>")
    return opening + Markup(text) + Markup("</script>")


def share_with(site: Site) -> None:
    """Let pages of the site's origins read this public response (CORS). Other pages get no header
    and cannot read it."""
    origin = request.headers.get("Origin")
    if origin and (origin in own_origins() or may_embed(site, origin)):
        request.environ["commentsvc.shared_with"] = origin


@remembered(256, longest=64_000)
def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


# --- on every request -----------------------------------------------------------------------------


def _check_host() -> None:
    """Refuse a foreign Host. It would end up in links, caches and emails of software that trusts
    it; we also build every address from PUBLIC_URL."""
    host = request.host
    if request.path in _ANY_HOST or is_plain_host(host) or "Host" not in request.headers:
        return  # HTTP/1.0 names no host
    if host.lower() != urlsplit(settings().public_url).netloc.lower():
        raise WrongHost("bad_request.host", host=host[:100])


def _finish(answer: Response) -> Response:
    headers = answer.headers
    page = answer.mimetype == "text/html"
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault(
        "Referrer-Policy", "strict-origin-when-cross-origin" if page else "no-referrer"
    )
    headers.setdefault("Cache-Control", "no-store")
    if (
        settings().is_https and not settings().prefix
    ):  # HSTS concerns the whole host, which is ours only without a path
        headers.setdefault("Strict-Transport-Security", _HSTS)
    if page:
        _finish_page(answer)
    else:
        headers.setdefault("Content-Security-Policy", DATA_POLICY)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if request.path.startswith("/api/") or "commentsvc.shared_with" in request.environ:
        _finish_api(answer)
    return answer


def _finish_page(answer: Response) -> None:
    headers = answer.headers
    added: dict[str, list[str]] = request.environ.get(_ADDED, {})
    headers.setdefault(
        "Content-Security-Policy",
        _policy(tuple((each, tuple(more)) for each, more in added.items())),
    )
    headers.setdefault("Permissions-Policy", _PERMISSIONS)
    if "frame-ancestors" not in added:
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    else:  # isolated pages (COEP) frame only responses with both
        headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
        headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
    if not request.path.startswith("/embed/"):
        # the sign-in window signals its frame, if the page around it allows that
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")


@remembered(1024, longest=2000)
def _policy(allowed: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    parts, added = [], dict(allowed)
    for directive in [*POLICY, *(each for each in added if each not in POLICY)]:
        if directive == "frame-ancestors" and not added.get(directive, (directive,)):
            continue
        base = POLICY.get(directive, "")
        more = added.get(directive, ())
        if base == "'none'" and more:
            base = ""
        sources = [*base.split(), *(each for each in more if each not in base.split())]
        parts.append(f"{directive} {' '.join(sources)}")
    return "; ".join(parts)


def _finish_api(answer: Response) -> None:
    answer.vary.update(("Origin", "Authorization"))
    shared: str | None = request.environ.get("commentsvc.shared_with")
    if shared and request.method in ("GET", "HEAD"):
        answer.headers["Access-Control-Allow-Origin"] = shared
        answer.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
