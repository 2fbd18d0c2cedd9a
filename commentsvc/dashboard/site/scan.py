"""/migrate: scan old pages for Facebook's markup, before their owner changes anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Response, request

from ...core.addresses import joined
from ...core.calling import CallFailed, call
from ...core.errors import Invalid
from ...exchange.scan.page import MOST_BYTES
from ...exchange.scan.report import Scan, scan
from ...settings import settings
from ...threads.addresses.whose import is_of
from ...threads.urls import site_rules
from ...web.auth import requires
from ...web.limits import limit
from ..blueprints import migrate
from ..page import language, mine, my_site, staff_page, tell, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...sites.models import Site

MOST_FILES = 500


@migrate.get("/migrate")
@limit("read")
@requires("manage_site")
def ask() -> Response:
    """The form for pages."""
    return _page(None)


@migrate.post("/migrate")
@limit("manage")
@requires("manage_site")
def look() -> Response:
    """What the scan of the pages found."""
    site = my_site(text_of(request.form, "site"), "manage_site")
    try:
        found = scan(
            _pages(),
            server=settings().public_url,
            rules=site_rules(site),
            is_of=lambda origin: is_of(site, origin),
        )
    except Invalid as error:
        tell("bad", error.say(language()))
        return _page(None, chosen=site, status=422)
    return _page(found, chosen=site)


def _page(found: Scan | None, chosen: Site | None = None, *, status: int = 200) -> Response:
    return staff_page(
        "dashboard/migrate.html",
        status=status,
        section="sites",
        found=found,
        chosen=chosen,
        typed=request.form,
        own=mine("manage_site"),
    )


def _pages() -> Iterator[tuple[str, str | None, str]]:
    """The uploaded files, and the page at the given address."""
    base, url = text_of(request.form, "base"), text_of(request.form, "url")
    files = [each for each in request.files.getlist("files") if each.filename][:MOST_FILES]
    if not files and not url:
        raise Invalid("invalid.no_pages")
    for each in files:
        name = (each.filename or "").lstrip("/")
        page = re.sub(r"(^|/)index\.html?$", r"\1", name)
        where = joined(base if base.endswith("/") else f"{base}/", page) if base else None
        yield name, where, each.read(MOST_BYTES).decode("utf-8", "replace")
    if url:
        yield url, url, _fetched(url)


def _fetched(url: str) -> str:
    """One page, following up to two redirects; never a private address."""
    for _ in range(3):
        try:
            answer = call(url, private=settings().webhook_private, most=MOST_BYTES)
        except CallFailed as error:
            raise Invalid(error.key, field="url", **error.values) from error
        if not 300 <= answer.status < 400:
            return answer.body.decode("utf-8", "replace")
        url = joined(url, answer.headers.get("location", ""))
    raise Invalid("invalid.address_leads", field="url")
