"""The queue: cards in an order, decisions on them, undo, and what changes while one looks."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request, url_for

from ...core.errors import DomainError, Invalid
from ...core.locale import say
from ...moderation import commands, undoing
from ...moderation.desk import log, looking, queue
from ...moderation.judging.reasons import PEOPLE, REASONS, label_name, title
from ...sites.queries import by_id, policy_of
from ...toxicity.labels import LABELS
from ...web import csrf
from ...web.auth import requires, signed_in, viewer
from ...web.limits import limit
from ..account import keyboard
from ..blueprints import dashboard
from ..page import (
    chosen_sites,
    go_back,
    language,
    mine,
    refused,
    staff_page,
    tell,
    text_of,
    wants_json,
    words_of,
)
from . import health
from .cards import cards_of

if TYPE_CHECKING:
    from ...moderation.models import Decision

_FILTERS = (
    "reason",
    "label",
    "at_least",
    "at_most",
    "author",
    "thread",
    "language",
    "since",
    "until",
)
#: A card on somebody's screen: its comment's id and version.
SEEN = re.compile(r"([a-z0-9]{1,16}):(\d{1,9})")
_MOST_SEEN = 100


@dashboard.get("/")
@limit("read")
@requires("moderate")
def queue_page() -> Response:
    """What waits for a moderator: pending first, the most urgent on top."""
    sites, site = chosen_sites()
    name = request.args.get("queue", "pending")
    order = request.args.get("order", "urgent")
    filters, given = chosen_filters()
    searched = given.pop("q", "")
    counts = queue.counts(sites)
    return staff_page(
        "dashboard/queue.html",
        section="queue",
        site=site,
        queue=name,
        queues=list(queue.QUEUES),
        order=order,
        orders=queue.ORDERS,
        counts=counts,
        page=cards_of(sites, name, order=order, after=request.args.get("after"), filters=filters),
        filters=_filter_fields(given),
        filtered=len(given),
        filter_names=_FILTERS,
        no_filters={each: None for each in (*_FILTERS, "q", "after")},
        searched=searched,
        set_filters={**given, **({"q": searched} if searched else {})},
        bulk_form=True,
        page_data={
            "queue": name,
            "counts": counts,
            "live": url_for("dashboard.live", site=site.key if site else None),
        },
        **tools(),
    )


def tools() -> dict[str, Any]:
    """What templates with cards need: reasons, keys, where undo is sent."""
    locale = language()
    user = viewer().user
    keys = keyboard.keys_of(user)
    return {
        "reason_list": PEOPLE,
        "label_name": lambda label: label_name(label, locale),
        "keys": keys,
        "key_list": keyboard.listed(keys),
        "card_data": {
            "keys": {key: name for name, key in keys.items() if key},
            "undo": url_for("dashboard.undo", decision_id="_ID_"),
            "csrf": {"name": csrf.FIELD, "value": csrf.token()},
        },
    }


@dashboard.post("/comments/<comment_id>/decisions")
@limit("moderate")
@requires("moderate")
def decide(comment_id: str) -> Response:
    """One decision on one comment, as the form or its script sends it."""
    me = signed_in()
    form = request.form
    try:
        decision = commands.decide(
            comment_id,
            action=text_of(form, "action"),
            reason=text_of(form, "reason") or None,
            note=form.get("note"),
            message=form.get("message"),
            by=me,
            seen_version=_version(form.get("seen_version")),
        )
    except DomainError as error:
        return refused(error, url_for("dashboard.queue_page"))
    sentence = words_of(f"done.{decision.action}")
    if not wants_json():
        tell("good", sentence, undo=decision.public_id)
        return go_back(url_for("dashboard.queue_page"))
    return jsonify(
        id=decision.public_id,
        action=decision.action,
        sentence=sentence,
        undo_seconds=_undo_seconds(decision),
    )


@dashboard.post("/decisions/<decision_id>/undo")
@limit("moderate")
@requires("moderate")
def undo(decision_id: str) -> Response:
    """Take a decision back."""
    me = signed_in()
    try:
        decision = undoing.undo(decision_id, by=me)
    except DomainError as error:
        return refused(error, url_for("dashboard.queue_page"))
    sentence = words_of("done.undone")
    if not wants_json():
        tell("good", sentence)
        return go_back(url_for("dashboard.queue_page"))
    return jsonify(sentence=sentence, version=log.version_of(decision))


@dashboard.get("/live")
@limit("read")
@requires("moderate")
def live() -> Response:
    """Counts, alarms, what became of the cards that are on somebody's screen (`shown` is a list of
    id:version), and who else has one of them open (`at` is the one that is open here)."""
    sites, _ = chosen_sites()
    seen = {id_: int(version) for id_, version in SEEN.findall(request.args.get("shown", ""))}
    changed = log.changed_since(dict(list(seen.items())[:_MOST_SEEN]), sites)
    locale = language()
    alarms = health.alarms(mine("moderate"), locale)
    me = signed_in()
    others = looking.look(me, request.args.get("at", "")[:32] or None, mine("moderate"))
    answer = jsonify(
        looking={
            id_: words_of("queue.looking", names=", ".join(names), count=len(names))
            for id_, names in others.items()
            if id_ in seen
        },
        counts=queue.counts(sites),
        settled={id_: _became(entry, locale) for id_, entry in changed.items()},
        alarms=[asdict(each) for each in alarms],
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _became(entry: log.Entry | None, locale: str) -> str:
    if entry is None:
        return say("dashboard.became.changed", locale)
    at = f"{entry.at:%H:%M} UTC"
    return say(f"errors.already_decided.{entry.action}", locale, name=entry.by_name, time=at)


def _undo_seconds(decision: Decision) -> int:
    return policy_of(by_id(decision.site_id)).undo_seconds


def _version(raw: str | None) -> int | None:
    if not raw:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", raw):
        raise Invalid("invalid.reload", field="seen_version")
    return int(raw)


# --- filters --------------------------------------------------------------------------------------


def chosen_filters() -> tuple[queue.Filters, dict[str, str]]:
    """The filter of the address, and the fields of it that are set. Raises `Invalid`."""
    names = (*_FILTERS, "q")
    given = {name: request.args[name].strip()[:200] for name in names if request.args.get(name)}
    ranged = "label" in given
    filters = queue.Filters(
        reason=given.get("reason"),
        label=given.get("label"),
        at_least=_share(given.get("at_least"), "at_least") if ranged else None,
        at_most=_share(given.get("at_most"), "at_most") if ranged else None,
        author=given.get("author"),
        thread=given.get("thread"),
        language=given.get("language"),
        since=_day(given.get("since"), "since"),
        until=_day(given.get("until"), "until", days=1),
        words=given.get("q"),
    )
    return filters, given


def _share(raw: str | None, name: str) -> float | None:
    if not raw:
        return None
    try:
        value = float(raw.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise Invalid("invalid.share", field=name)
    return value


def _day(raw: str | None, name: str, *, days: int = 0) -> datetime | None:
    if not raw:
        return None
    try:
        day = datetime.strptime(raw, "%Y-%m-%d").replace(tzinfo=UTC)
        return day + timedelta(days=days)
    except (ValueError, OverflowError):
        raise Invalid("invalid.date", field=name) from None


def _filter_fields(given: dict[str, str]) -> list[dict[str, Any]]:
    locale = language()
    codes = [code for code in REASONS if code != "disagree"]
    reasons = [(code, title(code, locale)) for code in codes]
    labels = [(label, label_name(label, locale)) for label in LABELS]
    score = {"min": "0", "max": "1", "step": "0.01", "inputmode": "decimal"}
    fields: list[tuple[str, str, list[tuple[str, str]] | None, dict[str, str]]] = [
        ("reason", "text", reasons, {}),
        ("label", "text", labels, {}),
        ("at_least", "number", None, score),
        ("at_most", "number", None, score),
        ("language", "text", None, {"maxlength": "8", "size": "4"}),
        ("since", "date", None, {}),
        ("until", "date", None, {}),
    ]
    return [
        {
            "name": name,
            "kind": kind,
            "options": options,
            "extra": extra,
            "title": words_of(f"filter.{name}"),
            "value": given.get(name, ""),
        }
        for name, kind, options, extra in fields
    ]
