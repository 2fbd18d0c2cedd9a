"""Sending statements of reasons to the Transparency Database: off unless the settings
give its address.

What it has accepted or refused is stored, so that nothing is sent twice; after any other error,
sending is retried an hour later.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import exists, func, select

from ...core import clock
from ...core.calling import CallFailed, call
from ...core.db import db, release, unit_of_work
from ...core.errors import NotFound
from ...core.jobs import enqueue, handler, periodic
from ...settings import settings
from ...sites.queries import by_id, by_key
from .models import SentStatement
from .statements import statements_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...sites.models import Site

log = logging.getLogger("commentsvc.reporting")

AT_ONCE = 100  # the most that the database accepts in one call
SPAN = timedelta(days=30)  # older ones are no longer sent
_MOST_ANSWER = 4 * 1024 * 1024  # the response repeats every statement
_MOST_WHY = 500
_CREATED, _INVALID = 201, 422


@periodic("send_statements_of_sites", minutes=60)
def send_all() -> None:
    """Enqueue the sending of statements for each site in the settings."""
    given = settings()
    if not given.dsa_database_url:
        return
    with unit_of_work():
        for key in given.dsa_database_sites:
            try:
                enqueue("send_statements", site_id=by_key(key).id)
            except NotFound:
                log.error("DSA_DATABASE_SITES names a site that does not exist: %s", key)


@handler("send_statements", lane="calls", by=lambda site_id: "transparency database")
def send(site_id: int) -> None:
    """Send some of the statements that the database does not have, and enqueue the next ones if
    there are more."""
    site = by_id(site_id)
    if not _is_on(site):
        return
    now = clock.now()
    some = list(statements_of(site, now - SPAN, now, limit=AT_ONCE, without=_is_known))
    release()
    if not some:
        return
    answered = _posted(some)
    if not answered:
        return
    with unit_of_work():
        for each in answered:
            each["site_id"] = site_id
        db.session.add_all(SentStatement(**each) for each in answered)
        enqueue("send_statements", site_id=site_id)


def _is_on(site: Site) -> bool:
    given = settings()
    return bool(given.dsa_database_url) and site.key in given.dsa_database_sites


def _is_known(puid: Any) -> Any:
    return exists().where(SentStatement.puid == puid)


def _posted(some: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The database's answers about these, as rows to store; empty if it gave none."""
    given = settings()
    url = f"{given.dsa_database_url.rstrip('/')}/statements"
    headers = {
        "Authorization": f"Bearer {given.dsa_database_token}",
        "Accept": "application/json",
        "Content-Type": "application/json",
        "User-Agent": f"commentsvc/{version('commentsvc')} (+{given.public_url})",
    }
    body = orjson.dumps({"statements": list(some)})
    try:
        answer = call(
            url,
            method="POST",
            body=body,
            headers=headers,
            private=given.webhook_private,
            most=_MOST_ANSWER,
        )
        said = orjson.loads(answer.body)
    except (CallFailed, orjson.JSONDecodeError) as error:
        log.warning("The Transparency Database gave no answer: %s", error)
        return []
    if answer.status == _CREATED:
        return _taken(some, said)
    if answer.status == _INVALID:
        return _refused(some, said)
    log.warning("The Transparency Database returned %s.", answer.status)
    return []


def _taken(some: Sequence[dict[str, Any]], said: Any) -> list[dict[str, Any]]:
    names = {}
    for each in said.get("statements", ()) if isinstance(said, dict) else ():
        if isinstance(each, dict):
            names[str(each.get("puid"))] = str(each.get("uuid") or "")[:36]
    return [_row(each, "sent", uuid=names.get(each["puid"]) or None) for each in some]


def _refused(some: Sequence[dict[str, Any]], said: Any) -> list[dict[str, Any]]:
    """Of statements refused together, those with errors; the others are sent again without them. A
    puid that is taken is one of ours that arrived earlier."""
    errors = said.get("errors") if isinstance(said, dict) else None
    rows = []
    for place, each in enumerate(some):
        wrong = errors.get(f"statement_{place}") if isinstance(errors, dict) else None
        if not isinstance(wrong, dict):
            continue
        if set(wrong) == {"puid"}:
            rows.append(_row(each, "sent"))
        else:
            rows.append(_row(each, "refused", why=orjson.dumps(wrong).decode()[:_MOST_WHY]))
    if not rows:
        log.warning("The Transparency Database refused statements without naming any.")
    return rows


def _row(
    each: dict[str, Any], state: str, *, uuid: str | None = None, why: str | None = None
) -> dict[str, Any]:
    return {"puid": each["puid"], "state": state, "uuid": uuid, "why": why, "at": clock.now()}


def counts(site: Site) -> dict[str, int]:
    """How many of a site's statements were sent, and refused; empty if sending is off."""
    if not _is_on(site):
        return {}
    rows = db.session.execute(
        select(SentStatement.state, func.count())
        .where(SentStatement.site_id == site.id)
        .group_by(SentStatement.state)
    )
    return {"sent": 0, "refused": 0} | {row[0]: row[1] for row in rows}
