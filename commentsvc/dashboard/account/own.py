"""One's own account: comments and their outcomes, name, password, data, deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, request, url_for

from ...accounts import commands as accounts
from ...accounts.leaving import has_address, stay
from ...accounts.mutes import muted
from ...accounts.ways.password import authenticate
from ...core.errors import DomainError, NotAllowed
from ...exchange.exporting.personal import personal_data
from ...moderation.cases.in_force import answers, in_force
from ...moderation.cases.sanctions import open_warnings
from ...moderation.judging.reasons import title
from ...moderation.outcomes import own_comments
from ...notifications import choices
from ...notifications.following.commands import followed
from ...notifications.following.rhythm import RHYTHMS
from ...notifications.mail import mailer
from ...notifications.sending import refused_since
from ...notifications.signed import read_stay
from ...posting.claiming import claim, claimable
from ...posting.leaving import ask_to_leave, leave
from ...posting.naming import rename
from ...sites import providers, staff
from ...sites.queries import by_id, sites_banned_from, sites_of
from ...web import sessions
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ...web.proving import count_proof, may_offer_passkey, require_fresh
from ..blueprints import account
from ..chosen import display_of, keys_of
from ..page import account_words, channel_words, go, language, page, tell, text_of
from .comments import all_shown
from .joining import closed, private

if TYPE_CHECKING:
    from ...accounts.models import User


@account.get("/")
@limit("read")
@requires()
def home() -> Response:
    """Own comments with their outcomes, and forms for everything a person can change."""
    return home_page()


@account.post("/name")
@limit("manage")
@requires()
def change_name() -> Response:
    """Change one's name."""
    try:
        rename(signed_in(), text_of(request.form, "name", 200))
    except DomainError as error:
        return home_page(status=422, errors={"name": error.say(language())})
    tell("good", account_words("profile.done"))
    return go("account.home")


@account.post("/password")
@limit("sign_in")
@requires()
def change_password() -> Response:
    """Set another password; other sessions end, this one stays."""
    me = signed_in()
    count_proof(me)
    try:
        old, new = (request.form.get(each, "")[:1024] for each in ("old", "new"))
        accounts.change_password(me, old, new)
    except DomainError as error:
        field = "old" if error.field == "old" else "new"
        return home_page(status=422, errors={field: error.say(language())})
    staff.did(me, "password_changed")
    sessions.begin(me)
    tell("good", account_words("password.done"))
    return go("account.home")


@account.get("/data")
@limit("score")
@requires()
def data() -> Response:
    """Download everything that is stored about the person."""
    body = orjson.dumps(personal_data(signed_in()), option=orjson.OPT_INDENT_2)
    answer = Response(body, content_type="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="my-comments.json"'
    return answer


@account.post("/claim")
@limit("manage")
@requires()
def claim_comments() -> Response:
    """Add the comments written as a guest with the same address."""
    claim(signed_in())
    tell("good", account_words("claim.done"))
    return go("account.home")


@account.post("/delete")
@limit("sign_in")
@requires()
def delete() -> Response:
    """Delete the account in a day, or `now`; this takes its password or, if it has none, another
    fresh proof. `withdraw` deletes the comments' texts too."""
    me = signed_in()
    if me.password_hash:
        count_proof(me)
    else:
        require_fresh()
    try:
        if me.password_hash:
            authenticate(me.member_email or "", request.form.get("password", ""))
        later = _may_undo(me) and "now" not in request.form
        (ask_to_leave if later else leave)(me, withdraw_comments="withdraw" in request.form)
    except DomainError as error:
        return home_page(status=422, errors={"delete": error.say(language())})
    sessions.sign_out()
    tell("good", account_words("delete.asked" if later else "delete.done"))
    return go("account.sign_in")


@account.get("/letters/stay")
@limit("read")
def stay_page() -> Response:
    """Ask; a link must not change anything."""
    token = request.args.get("token", "")
    try:
        read_stay(token)
    except NotAllowed:
        return closed("stay")
    return private(page("account/stay.html", token=token))


@account.post("/letters/stay")
@limit("sign_in")
def keep_account() -> Response:
    """Cancel the deletion of the account."""
    try:
        stay(read_stay(request.form.get("token", "")))
    except NotAllowed:
        return closed("stay")
    tell("good", account_words("stay.done"))
    return go("account.sign_in")


def _may_undo(me: User) -> bool:
    """Whether the email with the undo link would arrive."""
    return has_address(me) and mailer().reaches_people


def home_page(
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    keys: dict[str, str] | None = None,
) -> Response:
    """The account page, with the errors of a form on it."""
    me = signed_in()
    found = own_comments(me, after=request.args.get("after"))
    return page(
        "account/home.html",
        status=status,
        errors=errors or {},
        warnings=[
            (row, site, title(row.reason or "other", language())) for row, site in open_warnings(me)
        ],
        barred=[
            (site, shown)
            for site in sites_banned_from(me)
            if (shown := in_force(me, site, language())) is not None
        ],
        answers=[(by_id(each.site_id), each) for each in answers(me)],
        own=all_shown(found.items),
        next_page=url_for("account.home", after=found.next) if found.next else None,
        is_staff=bool(sites_of(me)),
        channels_link=channel_words("account"),
        muted=muted(me),
        keys=keys or keys_of(me),
        display=display_of(me),
        follows=followed(me),
        claimable=claimable(me),
        may_undo=_may_undo(me),
        # whom only a site vouches for comes back through that site
        may_offer_passkey=sessions.is_everywhere() and may_offer_passkey(me),
        follow_rhythms=RHYTHMS,
        **_emails(me),
    )


def _emails(me: User) -> dict[str, Any]:
    reach = mailer().reaches_people
    return {
        "may_set_password": reach,
        "may_add_email": reach and providers.may_add_address(me),
        "refused": refused_since(me.member_email) if me.member_email else None,
        "emails": choices.chosen(me),
        "replies": choices.reply_rhythm(me),
        "reply_rhythms": choices.REPLY_RHYTHMS,
        "rhythm": choices.rhythm(me),
        "rhythms": choices.RHYTHMS,
    }
