"""The queue: cards in an order, decisions on them, undo, and live updates."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request, url_for

from ...core.errors import DomainError, Invalid
from ...core.locale import all_of, say
from ...moderation import commands, undoing
from ...moderation.cases.waiting import CASES, count_waiting
from ...moderation.desk import log, looking, people, queue
from ...moderation.judging.reasons import PEOPLE, label_name, title
from ...sites.queries import by_id, policy_of
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..cases.canned import canned_here, message_of
from ..cases.reasons import own_here
from ..chosen import display_of, keys_of
from ..once import Once
from ..page import (
    chosen_sites,
    go_back,
    language,
    link,
    mine,
    refused,
    staff_page,
    tell,
    text_of,
    wants_json,
    words_of,
)
from ..page import page as fragment
from . import filters, health
from .cards import Shown, cards_of, record_line, records_now, these_cards
from .saved import counts_now, saved_here
from .taken import marks
from .unread import unread_here

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...moderation.models import Decision
    from ...sites.models import Site

PUBLIC_ID = re.compile(r"[a-z0-9]{1,16}")
#: A card on somebody's screen: its comment's id and version.
SEEN = re.compile(rf"({PUBLIC_ID.pattern}):([0-9]{{1,9}})")
MOST_SHOWN = 100  # cards on a screen
MOST_AUTHORS = 20  # whose records are read for one response


@dashboard.get("/")
@limit("read")
@requires("moderate")
def queue_page() -> Response:
    """The comments that wait for a moderator: by default the pending ones, most urgent first. With
    `_cards`, only the cards of these comments, as this page shows them."""
    sites, site = chosen_sites()
    if "_cards" in request.args:
        return _cards_anew(sites, site)
    name = request.args.get("queue", "pending")
    order = request.args.get("order", "urgent")
    given, counts = filters.given(), queue.counts(sites)
    page, matches, wrong = _found(sites, name, order, given, counts)
    chips, saved = filters.chips(given, sites), saved_here(sites)
    return staff_page(
        "dashboard/queue.html",
        status=422 if wrong else 200,
        section="queue",
        site=site,
        queue=name,
        queues=list(queue.QUEUES),
        order=order,
        orders=queue.ORDERS,
        counts=counts,
        most_counted=queue.MOST_COUNTED,
        page=page,
        matches=matches,
        wrong=wrong,
        fields=filters.fields(given, sites),
        given=given,
        chips=chips,
        without_filters=filters.without() if chips else None,
        searched=given.get("q", ""),
        bulk_form=True,
        saved=saved,
        go={each.digit: each.href for each in saved if each.digit},
        **unread_here(site, mine("moderate")),
        page_data=_page_data(name, counts, filtered=bool(given)),
        **tools(),
    )


def _page_data(name: str, counts: dict[str, int], *, filtered: bool) -> dict[str, Any]:
    live = link(endpoint="dashboard.live", after=None, order=None)
    most = queue.MOST_COUNTED
    return {"queue": name, "counts": counts, "most": most, "filtered": filtered, "live": live}


def _cards_anew(sites: list[Site], site: Site | None) -> Response:
    """The cards that `_cards` names as they are now: a fragment, for what has changed on a page."""
    ids = PUBLIC_ID.findall(request.args["_cards"])[:MOST_SHOWN]
    given, me = filters.given(), signed_in()
    chosen = queue.looked_up(filters.chosen(given), sites) if given else None
    answer = fragment(
        "dashboard/cards.html",
        site=site,
        many_sites=len(mine("moderate")) > 1,
        queue=request.args.get("queue", "pending"),
        order=request.args.get("order", "urgent"),
        given=given,
        cards=these_cards(ids, sites, chosen),
        bulk_form=True,
        display=display_of(me),
        keys=keys_of(me),
        link=link,
        here=link(),
        **tools(),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _found(
    sites: list[Site], name: str, order: str, given: dict[str, str], counts: dict[str, int]
) -> tuple[queue.Searched[Shown], str | None, Invalid | None]:
    """The page of cards, how many match the filter, and the filter's error for the page."""
    try:
        chosen = queue.looked_up(filters.chosen(given), sites) if given else None
        after, size = request.args.get("after"), counts.get(name)
        page = cards_of(sites, name, order=order, after=after, filters=chosen, fold=True, size=size)
        shown, ended = len(page.items), page.next is None and not after
        ended = ended and not any(each.company and each.company.like for each in page.items)
        matches = (
            filters.matches(sites, name, chosen, counts, shown=shown, ended=ended)
            if chosen
            else None
        )
    except Invalid as error:
        if error.field not in filters.NAMES:
            raise
        return queue.Searched([], None), None, error
    return page, matches, None


def tools() -> dict[str, Any]:
    """What templates with cards need: reasons, canned messages, the address that undoes."""
    locale, own, canned = language(), own_here(), canned_here()
    return {
        "reason_list": PEOPLE,
        "own_reasons": own,
        "canned": canned,
        # the site whose choices a card's forms offer: None for all that have none of their own
        "choices_of": lambda site_id: site_id if site_id in own or site_id in canned else None,
        "label_name": lambda label: label_name(label, locale),
        "once": Once(),
        "record_line": record_line,
        "card_data": {"undo": url_for("dashboard.undo", decision_id="_ID_")},
    }


@dashboard.post("/comments/<comment_id>/decisions")
@limit("moderate")
@requires("moderate")
def decide(comment_id: str) -> Response:
    """Decide on one comment, as the form or its script asks."""
    me = signed_in()
    form = request.form
    try:
        decision = commands.decide(
            comment_id,
            action=text_of(form, "action"),
            reason=text_of(form, "reason") or None,
            note=form.get("note"),
            message=message_of(form, comment=comment_id),
            by=me,
            seen_version=seen_in(form),
        )
    except DomainError as error:
        return refused(error, url_for("dashboard.queue_page"))
    sentence = _done(decision)
    if not wants_json():
        again = url_for("dashboard.undo", decision_id=decision.public_id)
        tell("good", sentence, undo=again, seconds=_undo_seconds(decision))
        return go_back(url_for("dashboard.queue_page"))
    return jsonify(
        id=decision.public_id,
        action=decision.action,
        sentence=sentence,
        version=log.version_of(decision),
        undo_seconds=_undo_seconds(decision),
    )


def _done(decision: Decision) -> str:
    """What was decided, in a sentence, with the reason's title."""
    if decision.reason:
        return words_of("done.reject_for", reason=title(decision.reason, language()))
    kept = decision.action == "approve" and decision.status_before == "published"
    return words_of("done.keep" if kept else f"done.{decision.action}")


@dashboard.post("/decisions/<decision_id>/undo")
@limit("moderate")
@requires("moderate")
def undo(decision_id: str) -> Response:
    """Undo a decision."""
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
    """Counts, alarms, what became of the cards on the screen (`shown`, a list of id:version), and
    who else has one of them open (`at` is the one that is open here)."""
    sites, _ = chosen_sites()
    seen = {id_: int(version) for id_, version in SEEN.findall(request.args.get("shown", ""))}
    changed = log.changed_since(dict(list(seen.items())[:MOST_SHOWN]), sites)
    locale = language()
    alarms = health.alarms(mine("moderate"), locale)
    me = signed_in()
    others = looking.look(me, request.args.get("at", "")[:32] or None, mine("moderate"))
    on_it = marks(list(seen)[:MOST_SHOWN], mine("moderate"))
    counts, waits = queue.counts(sites), count_waiting(me, sites)
    answer = jsonify(
        looking={
            id_: words_of("queue.looking", names=all_of(names, locale), count=len(names))
            for id_, names in others.items()
            if id_ in seen
        }
        | {id_: mark.words for id_, mark in on_it.items()},
        taken={id_: mark.mine for id_, mark in on_it.items()},
        claimed=[id_ for id_, mark in on_it.items() if mark.claimed],
        counts=counts,
        waiting={name: waits[name] for name in CASES},
        matches=_matches_now(sites, counts),
        saved=counts_now(sites) if "matches" in request.args else None,
        figures=_figures_of(request.args.get("person"), sites),
        records=records_now(_authors(), sites),
        **_became(changed, me.public_id),
        alarms=[asdict(each) for each in alarms],
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _figures_of(person_id: str | None, sites: list[Site]) -> dict[str, int]:
    """The counts above the comments on a person's page."""
    if not person_id or not mine("see_people"):
        return {}
    record = people.one(person_id, sites).record
    return {name: getattr(record, name) for name in ("published", "pending", "rejected", "flags")}


def _authors() -> list[str]:
    """The authors of cards on the screen whose records may have changed."""
    return PUBLIC_ID.findall(request.args.get("authors", ""))[:MOST_AUTHORS]


def _matches_now(sites: list[Site], counts: dict[str, int]) -> str | None:
    """How many match the page's filter, if its script asks, which says how many it shows."""
    given, name = filters.given(), request.args.get("queue", "pending")
    if "matches" not in request.args or not given:
        return None
    raw = request.args["matches"]
    shown = int(raw) if re.fullmatch(r"[0-9]{1,5}", raw) else 0
    return filters.matches(sites, name, filters.chosen(given), counts, shown=shown)


def _became(changed: Mapping[str, log.Changed], my_id: str) -> dict[str, Any]:
    """What became of cards: `settled` by others, or by the author, in words; decided by this person
    elsewhere (`own`); or to be read anew (`anew`), with what to say if it is the text that changed."""
    settled, own, anew, locale = {}, [], {}, language()
    for id_, now in changed.items():
        made = now.decision
        if now.status == "withdrawn":
            settled[id_] = say("errors.withdrawn", locale)
        elif made is None:
            anew[id_] = say("errors.changed", locale)
        elif made.by_id == my_id:
            own.append(id_)
        else:
            at = f"{made.at:%H:%M} UTC"
            key = f"errors.already_decided.{made.action}"
            settled[id_] = say(key, locale, name=made.by_name, time=at)
    return {"settled": settled, "own": own, "anew": anew}


def _undo_seconds(decision: Decision) -> int:
    return policy_of(by_id(decision.site_id)).undo_seconds


def seen_in(form: Mapping[str, str]) -> int | None:
    """The version of the comment that the form was made for. Raises `Invalid`."""
    raw = form.get("seen_version")
    if not raw:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", raw):
        raise Invalid("invalid.reload", field="seen_version")
    return int(raw)
