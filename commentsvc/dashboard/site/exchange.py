"""The owner's page of moving: import and export, moved pages, merged conversations."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

from flask import Response, request, url_for

from ...core import clock
from ...core.errors import DomainError, Invalid, NotFound
from ...core.locale import say
from ...exchange.exporting.commands import export_site
from ...exchange.formats import FORMATS
from ...exchange.uploads import commands as uploads
from ...settings import settings
from ...sites.forums import forums_of
from ...threads import merging, naming, remap
from ...threads.commands import find_thread
from ...web.auth import requires, viewer
from ...web.limits import limit
from ...web.proving import fresh
from ..again import already_filled
from ..blueprints import LIST_BYTES, UPLOAD_BYTES, dashboard
from ..page import go, language, my_site, refused, staff_page, tell, text_of, wants_json

if TYPE_CHECKING:
    from ...sites.models import Site
    from ...threads.models import Thread

SHOWN = 20  # rows of what would move, and of what an import left out
_MOST_LISTED = 2000  # pages; more take too long for one request


def exchange_words(key: str, **values: Any) -> str:
    """A phrase of these pages in the page's language."""
    return say(f"exchange.{key}", language(), **values)


def _page(site: Site, **more: Any) -> Response:
    """The page with its forms, one of which may be filled as it was sent."""
    return staff_page(
        "dashboard/exchange.html",
        section="sites",
        site=site,
        tab="moving",
        formats=[(name, each.title) for name, each in FORMATS.items() if each.read],
        exports=[name for name, each in FORMATS.items() if each.write],
        megabytes=UPLOAD_BYTES // 1024 // 1024,
        rules=remap.aliases(site),
        moves=merging.moves(site.id, limit=50),
        latest=uploads.latest(site),
        forums=forums_of(site),
        conflicts=naming.conflicts(site),
        service=settings().public_url,
        **{"plan": None, "listed": None, "list_error": None, "sent": {}, **more},
    )


@dashboard.get("/sites/<key>/moving")
@limit("read")
@requires("manage_site")
def moving(key: str) -> Response:
    """Import, export, moved pages and merges of one site."""
    return _page(my_site(key, "manage_site"))


# --- import and export ----------------------------------------------------------------------------


@dashboard.get("/sites/<key>/export/<name>")
@limit("manage")
@requires("export")
@fresh
def export(key: str, name: str) -> Response:
    """Everything that was said on the site, as a file."""
    site = my_site(key, "export")
    form = FORMATS.get(name)
    if form is None or form.write is None:
        raise NotFound("not_found.format")
    me = viewer().user
    out = tempfile.TemporaryFile()  # noqa: SIM115  # closed when it is sent
    try:
        export_site(site, name, out, by=me)
    except BaseException:
        out.close()
        raise
    size = out.tell()
    out.seek(0)
    answer = Response(
        iter(lambda: out.read(64 * 1024), b""), content_type="application/octet-stream"
    )
    answer.call_on_close(out.close)
    answer.content_length = size
    day = f"{clock.now():%Y-%m-%d}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{site.key}-{day}.{form.suffix}"'
    return answer


# --- pages that have moved ------------------------------------------------------------------------


@dashboard.post("/sites/<key>/aliases")
@limit("manage")
@requires("manage_site")
def add_alias(key: str) -> Response:
    """Add a rule and move the pages it covers, or only show what would move."""
    site = my_site(key, "manage_site")
    old, new = text_of(request.form, "old"), text_of(request.form, "new")
    first = "first" in request.form
    trying = "do" not in request.form
    try:
        done = remap.add_alias(site, old, new, by=viewer().user, first=first, dry_run=trying)
    except DomainError as error:
        return refused(error, url_for("dashboard.moving", key=key))
    if trying:
        return _page(site, plan=done, sent=request.form, shown=SHOWN)
    tell("good", exchange_words("alias.did", moved=len(done.moved), merged=len(done.merged)))
    return go("dashboard.moving", key=key)


@dashboard.post("/sites/<key>/aliases/remove")
@limit("manage")
@requires("manage_site")
def remove_alias(key: str) -> Response:
    """Remove a rule."""
    site = my_site(key, "manage_site")
    try:
        remap.remove_alias(site, text_of(request.form, "old"), by=viewer().user)
    except DomainError as error:
        return refused(error, url_for("dashboard.moving", key=key))
    tell("good", exchange_words("alias.removed"))
    return go("dashboard.moving", key=key)


@dashboard.post("/sites/<key>/moved")
@limit("manage")
@requires("manage_site")
def move_listed(key: str) -> Response:
    """Move the pages of a list of old and new addresses, or only show what would move. A file is
    read into the form, so that it need not be chosen twice."""
    site, sent = my_site(key, "manage_site"), request.files.get("list")
    text = text_of(request.form, "pages", LIST_BYTES)
    if sent is not None and sent.filename:
        text = sent.read().decode("utf-8-sig", "replace").strip()
    trying = "do" not in request.form
    try:
        pages = remap.read_pages(text)
        if not pages:
            raise Invalid("invalid.list_empty", field="pages")
        if len(pages) > _MOST_LISTED:
            raise Invalid("invalid.map_many", n=_MOST_LISTED, field="pages")
        done = remap.move_pages(site, pages, by=viewer().user, dry_run=trying)
    except Invalid as error:
        return _list_refused(site, text, error)
    except DomainError as error:
        return refused(error, url_for("dashboard.moving", key=key))
    if trying:
        return _page(site, listed=done, sent={"pages": text}, shown=SHOWN)
    words = [
        exchange_words("alias.did", moved=len(done.moved), merged=len(done.merged)),
        exchange_words("listed.missing", n=len(done.missing)) if done.missing else "",
    ]
    tell("good", " ".join(filter(None, words)))
    return go("dashboard.moving", key=key)


def _list_refused(site: Site, text: str, error: Invalid) -> Response:
    """The page with the list in its field, also if it came as a file, and the error below."""
    if wants_json():
        raise error
    already_filled()
    return _page(site, sent={"pages": text}, list_error=error.say(language()), status=422)


@dashboard.post("/sites/<key>/merge")
@limit("manage")
@requires("manage_site")
def merge(key: str) -> Response:
    """Merge the conversation of one page into that of another."""
    site = my_site(key, "manage_site")
    try:
        one, other = (_thread(site, text_of(request.form, name)) for name in ("one", "into"))
        merging.merge(one, other, by=viewer().user)
    except DomainError as error:
        return refused(error, url_for("dashboard.moving", key=key))
    tell("good", exchange_words("merge.done"))
    return go("dashboard.moving", key=key)


def _thread(site: Site, href: str) -> Thread:
    found = find_thread(site, href)
    if found is None:
        raise NotFound("not_found.thread_at", address=href[:200])
    return found


@dashboard.post("/sites/<key>/moves/<move>/undo")
@limit("manage")
@requires("manage_site")
def undo_move(key: str, move: str) -> Response:
    """Undo one move or, with `batch`, all moves by its rule."""
    site = my_site(key, "manage_site")
    try:
        if not any(move in (each.id, each.batch) for each in merging.moves(site.id, limit=1000)):
            raise NotFound("not_found.move")
        if "batch" in request.form:
            merging.undo_batch(move, by=viewer().user)
        else:
            merging.undo(move, by=viewer().user)
    except DomainError as error:
        return refused(error, url_for("dashboard.moving", key=key))
    tell("good", exchange_words("moves.undone"))
    return go("dashboard.moving", key=key)
