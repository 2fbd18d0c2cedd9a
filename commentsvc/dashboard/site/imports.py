"""The owner's page of one import: its dry run, progress and result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request, url_for

from ...core.errors import DomainError, Invalid
from ...core.locale import number, say
from ...exchange.importing.report import Report, example
from ...exchange.uploads import commands as uploads
from ...exchange.uploads import undoing
from ...exchange.uploads.models import BUSY
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ...web.proving import fresh
from ..blueprints import dashboard
from ..desk.health import counted
from ..page import go, language, my_site, refused, staff_page, text_of, wants_json
from .exchange import SHOWN, exchange_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...exchange.uploads.models import Import

_REFRESH_SECONDS = 3  # without scripts; with them static/dashboard/imports.js polls


@dashboard.post("/sites/<key>/import")
@limit("manage")
@requires("manage_site")
def import_comments(key: str) -> Response:
    """Store a file and say what importing it would do; with `do`, import it as well."""
    site, form = my_site(key, "manage_site"), request.form
    options = uploads.Options(
        format=text_of(form, "format", 20) or None,
        base=text_of(form, "base") or None,
        page=text_of(form, "page") or None,
        foreign="foreign" in form,
        queue="queue" in form,
        private="private" in form,
        part="part" in form,
    )
    try:
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise Invalid("invalid.no_file", field="file")
        name = text_of({"name": sent.filename}, "name", 100)
        row = uploads.try_file(site, sent.save, options, name=name, by=signed_in())
        if "do" in form:
            uploads.start(site, row.public_id, by=signed_in())
    except DomainError as error:
        if isinstance(error, Invalid):
            error.field = error.field or "file"
        return refused(error, url_for("dashboard.moving", key=key))
    return _to(key, row)


@dashboard.get("/sites/<key>/imports/<import_id>")
@limit("read")
@requires("manage_site")
def import_page(key: str, import_id: str) -> Response:
    """One import; for a script, its progress."""
    site = my_site(key, "manage_site")
    row = uploads.find(site, import_id)
    if wants_json():
        running = row.standing in BUSY
        words, state = progress_words(row), state_words(row)
        answer = jsonify(
            seen=row.seen,
            total=row.total or 1,
            words=words,
            state=state,
            title=f"{words} · {state}",
            running=running,
        )
    else:
        report = Report.from_dict(row.report)
        # an import that ended early is described only if it took comments
        begun = row.standing in ("tried", "done") or report.taken["comments"] > 0
        answer = staff_page(
            "dashboard/import.html",
            section="sites",
            site=site,
            tab="moving",
            row=row,
            progress=progress_words(row),
            state=state_words(row),
            error=_why(row),
            report=report,
            sentences=report.sentences(language()) if begun else [],
            shown=SHOWN,
            example=example,
            refresh=_REFRESH_SECONDS,
            by=undoing.whose(row),
            scoring=row.state == "done" and counted([site]).imported > 0,
            can_undo=undoing.can_undo(row),
            plan=undoing.plan(row) if "undo" in request.args and undoing.can_undo(row) else None,
        )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@dashboard.post("/sites/<key>/imports/<import_id>/start")
@limit("manage")
@requires("manage_site")
def import_start(key: str, import_id: str) -> Response:
    """Import the stored file."""
    return _done(key, import_id, uploads.start)


@dashboard.post("/sites/<key>/imports/<import_id>/cancel")
@limit("manage")
@requires("manage_site")
def import_cancel(key: str, import_id: str) -> Response:
    """Stop an import, or delete a file after a dry run."""
    return _done(key, import_id, uploads.cancel)


@dashboard.post("/sites/<key>/imports/<import_id>/undo")
@limit("manage")
@requires("manage_site")
@fresh
def import_undo(key: str, import_id: str) -> Response:
    """Delete the comments it added, except those that people have since acted on."""
    return _done(key, import_id, undoing.start)


@dashboard.get("/sites/<key>/imports/<import_id>/report")
@limit("manage")
@requires("manage_site")
def import_report(key: str, import_id: str) -> Response:
    """The report on the import, as a file."""
    row = uploads.find(my_site(key, "manage_site"), import_id)
    answer = jsonify(undoing.facts(row))
    answer.headers["Content-Disposition"] = f'attachment; filename="import-{row.public_id}.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _done(key: str, import_id: str, act: Callable[..., Import | None]) -> Response:
    """Act on one import and show it, or the form if nothing of it is left."""
    site = my_site(key, "manage_site")
    try:
        row = act(site, import_id, by=signed_in())
    except DomainError as error:
        return refused(error, url_for("dashboard.moving", key=key))
    return go("dashboard.moving", key=key) if row is None else _to(key, row)


def progress_words(row: Import) -> str:
    """The progress, in words."""
    if row.state == "waiting":
        return exchange_words("import.waiting")
    seen, total = (number(each, locale=language()) for each in (row.seen, row.total))
    return exchange_words("import.progress", seen=seen, total=total)


def state_words(row: Import) -> str:
    """What it is doing, or what became of it."""
    return exchange_words(f"import.state_{row.standing}")


def _why(row: Import) -> str | None:
    if row.error is None:
        return None
    return say(f"errors.{row.error['key']}", language(), **row.error["values"])


def _to(key: str, row: Any) -> Response:
    return go("dashboard.import_page", key=key, import_id=row.public_id)
