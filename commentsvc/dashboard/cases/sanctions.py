"""Sanctions, from a person's page: warn, suspend, ban, pre-moderate, trust, lift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request, url_for

from ...accounts.commands import names_of
from ...core import clock
from ...core.errors import Conflict, DomainError, Invalid, NotAllowed
from ...moderation.cases import sanctions
from ...moderation.cases.standing import undone_among
from ...moderation.cases.sweeping import is_undoable, sanction_shortly, send_away, undo_sanction
from ...moderation.desk import people as records
from ...moderation.desk import queue
from ...moderation.judging.reasons import title
from ...sites.queries import by_id, policy_of, role_of
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..desk.queue import MOST_SHOWN, seen_in
from ..page import (
    go_back,
    language,
    lasting,
    mine,
    my_site,
    refused,
    tell,
    text_of,
    wants_json,
    words_of,
)
from ..site.roles import end_of
from .canned import message_of
from .pages import case_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ...accounts.models import User
    from ...moderation.cases.models import Bulk, Sanction
    from ...moderation.cases.sweeping import Rejecting
    from ...sites.models import Site


DAYS = ("1", "7", "30")  # lengths of a suspension, one key each


@dataclass(frozen=True)
class Measure:
    """One row of a person's history. `undone`: it was; `undo_id`: the row's ID if it can be, before
    the person is notified."""

    site_id: int
    kind: str
    at: datetime
    until: datetime | None
    by: str | None
    reason: str | None
    message: str | None
    note: str | None
    unread: str  # "" | unread | next_visit
    undone: bool
    undone_by: str | None  # if it was somebody else
    undo_id: str | None


@dashboard.post("/people/<person_id>/measures")
@limit("manage")
@requires("sanction")
def take_measure(person_id: str) -> Response:
    """Sanction a person on one site; they are notified with the reason and the message."""
    form = request.form
    site = my_site(text_of(form, "site"), "sanction")
    found = records.one(person_id, mine("see_people"))
    me = signed_in()
    here = url_for("dashboard.person", person_id=person_id, site=site.key)
    try:
        kind, until = _term()
        said: dict[str, Any] = {
            "by": me,
            "reason": text_of(form, "reason", 40) or None,
            "message": message_of(form, person=person_id),
            "note": text_of(form, "note") or None,
            "until": until,
        }
        name = found.user.name
        if kind in sanctions.AWAY:
            rejecting = _rejecting()
            bulk = send_away(site, found.user, kind, **said, rejecting=rejecting)
            words = _done(kind, until, name, rejecting, bulk.total - bulk.skipped)
            return _answer(words, here, bulk, stays="stay" in form)
        trusted = kind == "lift" and role_of(found.user, site) == "trusted"
        row = sanction_shortly(site, found.user, kind, **said)
    except DomainError as error:
        return refused(error, here)
    done = case_words(f"sanctions.done.{'end_trust' if trusted else kind}", name=name)
    return _answer_undoable(done, here, row, found.user)


@dashboard.post("/measures/<measure_id>/undo")
@limit("manage")
@requires("sanction")
def undo_measure(measure_id: str) -> Response:
    """Undo a sanction, trust or a lift, while nobody was notified of it."""
    try:
        undone = undo_sanction(measure_id, by=signed_in())
    except (Conflict, NotAllowed) as error:
        return refused(error, url_for("dashboard.people"))
    words = words_of("done.undone")
    if wants_json():
        return jsonify(sentence=words, versions={})
    tell("good", words)
    return go_back(url_for("dashboard.people", site=by_id(undone.site_id).key))


@dashboard.post("/comments/<comment_id>/ban")
@limit("manage")
@requires("sanction")
def ban_author(comment_id: str) -> Response:
    """Reject a comment, ban its author for the same reason and reject their waiting comments."""
    here = url_for("dashboard.queue_page")
    try:
        card = queue.card(comment_id, mine("sanction"), locale=language())
        site = by_id(card.site_id)
        person = records.one(card.author.id, [site]).user
        bulk = send_away(
            site,
            person,
            "ban",
            by=signed_in(),
            reason=text_of(request.form, "reason", 40) or None,
            message=message_of(request.form, comment=card.id),
            note=text_of(request.form, "note") or None,
            rejecting="waiting",
            also=(card.id, seen_in(request.form) or card.version),
        )
    except DomainError as error:
        return refused(error, here)
    words = _done("ban", None, person.name, "waiting", bulk.total - bulk.skipped)
    return _answer(words, here, bulk, stays=True)


def _answer(words: str, here: str, bulk: Bulk, *, stays: bool) -> Response:
    """Say what a bulk did, and how to undo it."""
    said: dict[str, Any] = {
        "id": bulk.public_id,
        "sentence": words,
        "undo": url_for("dashboard.bulk_undo", bulk_id=bulk.public_id),
        "undo_seconds": policy_of(by_id(bulk.site_ids[0])).undo_seconds,
        "rejected": [each for each, _ in bulk.targets[:MOST_SHOWN]],
    }
    return _said(said, here, stays=stays)


def _answer_undoable(words: str, here: str, row: Sanction, user: User) -> Response:
    """Say what was done, and how to undo it, or that the person has been notified."""
    undoable = is_undoable(row, user)
    said: dict[str, Any] = {
        "id": row.public_id,
        "sentence": words if undoable else f"{words} {case_words('sanctions.notified')}",
        "undo": url_for("dashboard.undo_measure", measure_id=row.public_id) if undoable else None,
        "undo_seconds": policy_of(by_id(row.site_id)).undo_seconds if undoable else 0,
        "rejected": [],
    }
    return _said(said, here, stays="stay" in request.form)


def _said(said: dict[str, Any], here: str, *, stays: bool) -> Response:
    """At once to a script whose page `stays`; else on the next page."""
    if stays and wants_json():
        return jsonify(said)
    tell("good", said["sentence"], undo=said["undo"], seconds=said["undo_seconds"])
    return go_back(here)


def _rejecting() -> Rejecting:
    """Which comments a suspension or ban rejects."""
    if "reject_existing" in request.form:
        return "everything"
    return "waiting" if "reject_waiting" in request.form else "nothing"


def _done(kind: str, until: datetime | None, name: str, rejecting: Rejecting, count: int) -> str:
    """What was done, in sentences, without “notified” while it can still be undone."""
    length = lasting(until, language()) if until else ""
    done = case_words(f"sanctions.done.{kind}", name=name, until=length)
    if rejecting == "everything":
        return f"{done} {case_words('sanctions.rejecting')}"
    return f"{done} {case_words('sanctions.rejected', count=count)}" if count else done


def _term() -> tuple[str, datetime | None]:
    """The sanction, and until when: a length of time decides both. Raises `Invalid`."""
    kind, length = text_of(request.form, "kind", 12), text_of(request.form, "length", 12)
    if kind not in sanctions.AWAY or not length:
        return kind, end_of(text_of(request.form, "until", 10))
    if length == "forever":
        return "ban", None
    if length not in DAYS:
        raise Invalid("invalid.not_a_choice", field="length")
    return "suspend", clock.now() + timedelta(days=int(length))


def measures_of(user: User, sites: list[Site]) -> list[Measure]:
    """A person's sanctions on these sites, newest first, in the page's language: one that was undone
    is one row."""
    rows = sanctions.history(user, sites)
    names = names_of({row.by_id for row in rows if row.by_id})
    undone = undone_among(rows)
    undos = {(row.site_id, row.batch): row for row in rows if undone.get(row.id) == "undo"}
    newest: dict[int, int] = {}
    for row in rows:
        if row.kind != "warn" and row.id not in undone:
            newest.setdefault(row.site_id, row.id)
    return [
        Measure(
            site_id=row.site_id,
            kind=row.kind,
            at=row.created_at,
            until=row.until,
            by=names.get(row.by_id or 0),
            reason=title(row.reason, language()) if row.reason else None,
            message=row.message,
            note=row.note,
            unread="" if row.id in undone else _unread(row, newest, user),
            undone=row.id in undone,
            undone_by=_other(row, undos, names),
            undo_id=row.public_id
            if not sanctions.is_final(row) and is_undoable(row, user)
            else None,
        )
        for row in rows
        if undone.get(row.id) != "undo"
    ]


def _other(
    row: Sanction, undos: Mapping[tuple[int, str | None], Sanction], names: Mapping[int, str]
) -> str | None:
    """Who undid a sanction, unless it was its author."""
    undo = undos.get((row.site_id, row.batch))
    return names.get(undo.by_id or 0) if undo and undo.by_id != row.by_id else None


def _unread(row: Sanction, newest: Mapping[int, int], user: User) -> str:
    """Whether the person has yet to see it: a warning until it is acknowledged; for a guest, who
    gets no email, also the suspension or ban in force."""
    if row.acknowledged_at is not None:
        return ""
    if row.kind == "warn":
        return "next_visit" if user.is_guest else "unread"
    over = row.until is not None and row.until <= clock.now()
    stands = row.kind in sanctions.AWAY and newest.get(row.site_id) == row.id and not over
    return "next_visit" if user.is_guest and stands else ""
