"""The appeals that a moderator may decide: each with its comment, and a form for the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, request, url_for

from ...accounts.commands import by_id as account_by_id
from ...accounts.commands import names_of
from ...core.errors import DomainError
from ...moderation.cases import appeals as hearing
from ...moderation.cases import notice_appeals as of_notices
from ...moderation.cases import notices as given
from ...moderation.cases import sanction_appeals as of_sanctions
from ...moderation.desk import queue
from ...moderation.judging.reasons import title
from ...sites.queries import by_id
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import dashboard
from ..desk.cards import Shown, precedents_of, shown
from ..desk.queue import tools
from ..page import chosen_sites, go_back, language, refused, tell, text_of
from .canned import message_of
from .pages import case_words, cases_page, kind_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...moderation.cases.models import Sanction, SanctionAppeal
    from ...moderation.models import Appeal
    from ...sites.models import Site

_MOST = 20


@dataclass(frozen=True)
class Case:
    """An appeal with the comment as it stands, and why it was restricted."""

    appeal: Appeal
    one: Shown
    code: str | None
    reason: str | None
    decided_by: str | None


@dataclass(frozen=True)
class SanctionCase:
    """An appeal against a suspension or ban, and why it was given."""

    appeal: SanctionAppeal
    led: Sanction
    name: str
    person_id: str
    site: Site
    reason: str | None
    decided_by: str | None


@dashboard.get("/appeals")
@limit("read")
@requires("moderate")
def appeals() -> Response:
    """The appeals against other people's decisions that wait for the viewer, oldest first."""
    sites, site = chosen_sites()
    me = signed_in()
    waiting = hearing.waiting(me, sites, limit=_MOST + 1)
    left_up = of_notices.waiting(me, sites)
    read = given.read([notice for _, notice in left_up])
    return cases_page(
        "dashboard/appeals.html",
        section="appeals",
        site=site,
        cases=[_case(each, sites) for each in waiting[:_MOST]],
        more=len(waiting) > _MOST,
        sanctions=[_sanction_case(*each) for each in of_sanctions.waiting(me, sites)],
        left_up=[(made, one) for (made, _), one in zip(left_up, read, strict=True)],
        kind_of=kind_words,
        **tools(),
    )


@dashboard.post("/notice-appeals/<appeal_id>")
@limit("moderate")
@requires("moderate")
def hear_notice(appeal_id: str) -> Response:
    """Leave a comment up or reject it after all, with an answer to whoever sent the notice."""
    return _heard(of_notices.hear, appeal_id, "appeals.notice_")


@dashboard.post("/appeals/<appeal_id>")
@limit("moderate")
@requires("moderate")
def hear(appeal_id: str) -> Response:
    """Uphold the decision or put the comment back, with an answer to whoever appealed."""
    return _heard(hearing.hear, appeal_id, "appeals.done_")


@dashboard.post("/sanction-appeals/<appeal_id>")
@limit("moderate")
@requires("sanction")
def hear_sanction(appeal_id: str) -> Response:
    """Uphold a suspension or ban, or lift it, with an answer to whoever appealed."""
    return _heard(of_sanctions.hear, appeal_id, "appeals.sanction_")


def _heard(hear: Callable[..., object], appeal_id: str, said: str) -> Response:
    """Decide one appeal as the form says; `said` is the start of the key of the success message."""
    here = url_for("dashboard.appeals")
    form = request.form
    outcome = text_of(form, "outcome", 12)
    about = {name: form[name] for name in ("comment", "person") if name in form}
    try:
        answer = (message_of(form, "answer", **about) or "").strip()
        hear(appeal_id, outcome=outcome, answer=answer, by=signed_in())
    except DomainError as error:
        return refused(error, here)
    tell("good", case_words(f"{said}{outcome}"))
    return go_back(here)


def _sanction_case(appeal: SanctionAppeal, led: Sanction) -> SanctionCase:
    names = names_of({each for each in (appeal.user_id, led.by_id) if each})
    return SanctionCase(
        appeal=appeal,
        led=led,
        name=names.get(appeal.user_id, ""),
        person_id=account_by_id(appeal.user_id).public_id,
        site=by_id(appeal.site_id),
        reason=title(led.reason, language()) if led.reason else None,
        decided_by=names.get(led.by_id or 0),
    )


def _case(appeal: Appeal, sites: list[Site]) -> Case:
    about = hearing.about(appeal)
    card = queue.card(about.comment_id, sites, locale=language())
    return Case(
        appeal=appeal,
        one=shown(card, by_id(card.site_id), precedents=precedents_of([card])[card.id]),
        code=about.reason,
        reason=title(about.reason, language()) if about.reason else None,
        decided_by=about.decided_by,
    )
