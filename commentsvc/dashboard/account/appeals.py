"""Answer the moderators from one's own account: appeal, or acknowledge a warning."""

from __future__ import annotations

from flask import Response, request, url_for

from ...core.errors import DomainError
from ...moderation.cases import appeals, sanction_appeals, sanctions
from ...sites.queries import by_key
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import account
from ..page import account_words, go, refused, tell, text_of


@account.post("/comments/<comment_id>/appeal")
@limit("flag")
@requires()
def appeal(comment_id: str) -> Response:
    """Appeal a decision about one's own comment."""
    me = signed_in()
    try:
        appeals.appeal(comment_id, text_of(request.form, "text", 5000), by=me)
    except DomainError as error:
        return refused(error, url_for("account.home"))
    tell("good", account_words("appeal.done"))
    return go("account.home")


@account.post("/sanctions/<key>/appeal")
@limit("flag")
@requires()
def appeal_sanction(key: str) -> Response:
    """Appeal the suspension or ban on a site."""
    try:
        sanction_appeals.appeal(by_key(key), text_of(request.form, "text", 5000), by=signed_in())
    except DomainError as error:
        return refused(error, url_for("account.home"))
    tell("good", account_words("appeal.done"))
    return go("account.home")


@account.post("/warnings/<warning_id>/acknowledge")
@limit("flag")
@requires()
def acknowledge(warning_id: str) -> Response:
    """Acknowledge a warning, which lets its person comment again."""
    try:
        sanctions.acknowledge(warning_id, user=signed_in())
    except DomainError as error:
        return refused(error, url_for("account.home"))
    tell("good", account_words("warning.done"))
    return go("account.home")
