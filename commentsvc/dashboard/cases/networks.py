"""Blocked networks: the list, and the form that blocks the network a comment came from."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import Response, request, url_for

from ...core import clock
from ...core.errors import DomainError
from ...core.locale import until
from ...moderation.cases import networks as blocks
from ...moderation.desk import queue
from ...moderation.judging.reasons import PEOPLE, title
from ...threads.commands import comment_by_public_id
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ...web.network import network_of
from ...web.proving import fresh
from ..blueprints import dashboard
from ..page import (
    chosen_sites,
    go_back,
    language,
    local_address,
    mine,
    refused,
    tell,
    text_of,
    wants_json,
)
from ..site.roles import end_of
from .pages import case_words, cases_page
from .reasons import own_here

if TYPE_CHECKING:
    from ...moderation.desk.card import Card

DAYS = (1, 7, 30)


@dashboard.get("/networks")
@limit("read")
@requires("sanction")
def networks() -> Response:
    """The blocks in force, newest first, each with a button that lifts it."""
    sites, site = chosen_sites("sanction")
    locale = language()
    return cases_page(
        "dashboard/networks.html",
        section="people",
        tab="networks",
        site=site,
        page=blocks.active(sites, after=request.args.get("after")),
        reason_title=lambda code: title(code, locale),
    )


@dashboard.post("/networks/<block_id>/lift")
@limit("manage")
@requires("sanction")
def lift_network(block_id: str) -> Response:
    """Let a network post again."""
    here = url_for("dashboard.networks")
    try:
        blocks.lift(block_id, by=signed_in())
    except DomainError as error:
        return refused(error, here)
    tell("good", case_words("networks.lifted"))
    return go_back(here)


@dashboard.get("/comments/<comment_id>/network")
@limit("read")
@requires("sanction")
def network_form(comment_id: str) -> Response:
    """Ask for how long and why; or say that the comment's network is no longer stored."""
    return _form(_card(comment_id))


@dashboard.post("/comments/<comment_id>/network")
@limit("manage")
@requires("sanction")
@fresh
def block_network(comment_id: str) -> Response:
    """Block the network that a comment came from, on that comment's site."""
    card = _card(comment_id)
    try:
        row = blocks.block(
            comment_by_public_id(comment_id),
            until=_end(),
            reason=text_of(request.form, "reason", 40),
            by=signed_in(),
        )
    except DomainError as error:
        if wants_json():
            raise
        return _form(card, error)
    tell(
        "good", case_words("networks.done", site=card.site_name, until=until(row.until, language()))
    )
    return go_back(url_for("dashboard.comment", comment_id=comment_id))


def _card(comment_id: str) -> Card:
    return queue.card(comment_id, mine("sanction"), locale=language())


def _end() -> datetime | None:
    days = text_of(request.form, "days", 4)
    if days in map(str, DAYS):
        return clock.now() + timedelta(days=int(days))
    return end_of(text_of(request.form, "until", 10))


def _form(card: Card, error: DomainError | None = None) -> Response:
    comment = comment_by_public_id(card.id)
    typed = request.form if error else request.args
    return cases_page(
        "dashboard/network_form.html",
        status=422 if error else 200,
        section="people",
        switch=False,
        card=card,
        is_known=comment.network is not None,
        is_own=comment.network == network_of(request),
        blocked_until=blocks.blocked_until(comment),
        reason_list=(*PEOPLE, *own_here().get(card.site_id, ())),
        day_counts=DAYS,
        typed=typed,
        back=local_address(typed.get("back"), ""),
        error=error.say(language()) if error else "",
        at_fault=error.field if error else None,
    )
