"""Choose one's emails, and the pages behind links in emails: decide about a comment, unsubscribe.
Opening a link changes nothing, since mail scanners open them all; a button does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request, url_for

from ...core.errors import Conflict, DomainError, NotAllowed, NotFound
from ...core.locale import say
from ...moderation.commands import decide
from ...moderation.desk import queue
from ...moderation.judging.own import of_sites
from ...moderation.judging.reasons import PEOPLE
from ...notifications import choices, guests, signed, stopping
from ...notifications.following import commands as following
from ...notifications.sending import wake
from ...sites import second_factor
from ...sites.queries import sites_of
from ...threads.commands import by_public_id
from ...web.auth import requires, signed_in
from ...web.csrf import no_csrf
from ...web.limits import limit
from ..blueprints import account
from ..chosen import display_of
from ..page import account_words, go, language, page, tell, text_of
from .joining import closed, private

if TYPE_CHECKING:
    from ...moderation.desk.card import Card


@account.post("/letters")
@limit("manage")
@requires()
def choose_emails() -> Response:
    """Save the form on the account page; only moderators have emails about their queues."""
    emails = {name: name in request.form for name in choices.CHOICES}
    queue, replies = request.form.get("queue"), request.form.get("replies")
    try:
        choices.choose(signed_in(), emails=emails, queue=queue, replies=replies)
    except DomainError as error:
        tell("bad", error.say(language()))
    else:
        tell("good", account_words("emails.done"))
    return go("account.home")


@account.post("/letters/again")
@limit("email_network")
@requires()
def try_again() -> Response:
    """The person says that their address takes emails again."""
    wake(signed_in().member_email or "")
    tell("good", account_words("refused.done"))
    return go("account.home")


@account.post("/follows/<thread_id>")
@limit("manage")
@requires()
def change_follow(thread_id: str) -> Response:
    """Change how often a followed conversation sends emails, or unfollow it."""
    try:
        thread = by_public_id(thread_id)
        if "end" in request.form:
            following.unfollow(signed_in(), thread.id)
            tell("good", account_words("follows.done"))
        else:
            following.follow(signed_in(), thread, request.form.get("rhythm", ""))
            tell("good", account_words("emails.done"))
    except DomainError as error:
        tell("bad", error.say(language()))
    return go("account.home")


# --- decide by email -----------------------------------------------------------------------------


@account.get("/letters/decide")
@limit("read")
def decide_page() -> Response:
    """The comment as it stands, and buttons, for the moderator who got the email."""
    return _decide_page(request.args.get("token", ""), wanted=request.args.get("do", ""))


@account.post("/letters/decide")
@limit("moderate")
def decide_by_email() -> Response:
    """Decide as the moderator who got the email, if the comment is still as it was there."""
    token, action = request.form.get("token", ""), request.form.get("action", "")
    found = _asked(token)
    if found is None:
        return closed("decide")
    mailed, _ = found
    if second_factor.is_missing(mailed.by):
        return _without_factor()
    try:
        decide(
            mailed.comment_id,
            action=action if action in ("approve", "reject") else "",
            by=mailed.by,
            reason=text_of(request.form, "reason", 40) or None,
            seen_version=mailed.version,
        )
    except (NotAllowed, NotFound):
        return closed("decide")
    except Conflict as error:
        return _decide_page(token, said=error.say(language()), status=409)
    except DomainError as error:
        return _decide_page(token, wanted=action, error=error.say(language()), status=422)
    return _decide_page(token, done=action)


def _decide_page(
    token: str,
    *,
    wanted: str = "",
    done: str = "",
    said: str = "",
    error: str = "",
    status: int = 200,
) -> Response:
    found = _asked(token)
    if found is None:
        return closed("decide")
    mailed, card = found
    if second_factor.is_missing(mailed.by):
        return _without_factor()
    fresh = card.version == mailed.version and card.status in ("pending", "published")
    return private(
        page(
            "account/decide.html",
            status=status,
            by=mailed.by,
            card=card,
            display=display_of(mailed.by),
            token=token,
            wanted="reject" if wanted == "reject" else "approve",
            done=done if done in ("approve", "reject") else "",
            said=said or ("" if fresh or done else _what_happened(card)),
            error=error,
            reasons=(*PEOPLE, *of_sites([card.site_id]).get(card.site_id, ())),
            queue=url_for("dashboard.queue_page", site=card.site_key),
        )
    )


def _without_factor() -> Response:
    """A link decides nothing for a moderator who lacks the required second factor."""
    why = say("errors.not_allowed.set_up_second_factor", language())
    return private(page("account/closed.html", status=403, kind="factor", why=why))


def _asked(token: str) -> tuple[signed.Mailed, Card] | None:
    """Who may decide by this link, and the comment; None if the link or the role is gone."""
    try:
        mailed = signed.read_decide(token)
        return mailed, queue.card(mailed.comment_id, sites_of(mailed.by), locale=language())
    except (NotAllowed, NotFound):
        return None


def _what_happened(card: Card) -> str:
    """Why there is nothing left to decide: who was faster, or that its author changed it."""
    if card.status == "withdrawn":
        return say("errors.withdrawn", language())
    told = [each for each in card.decisions if each.by is not None and not each.undone]
    told = [each for each in told if each.action in ("approve", "reject") and not each.undoes]
    if not told or not card.reviewed:
        return say("errors.changed", language())
    last = max(told, key=lambda each: each.at)
    time = f"{last.at:%H:%M} UTC"
    return say(f"errors.already_decided.{last.action}", language(), name=last.by, time=time)


# --- emails about replies, for guests ---------------------------------------------------------------


@account.get("/letters/on")
@limit("read")
def opt_in_page() -> Response:
    """Ask; a link must not turn anything on."""
    return _opt_in_page(request.args.get("token", ""))


@account.post("/letters/on")
@limit("manage")
@no_csrf  # the signed token is the proof, wherever the email is read
def opt_in() -> Response:
    """Confirm that a guest wants emails about replies to their comments."""
    token = request.args.get("token", "")
    try:
        guests.confirm(token)
    except NotAllowed:
        return closed("on")
    return _opt_in_page(token, done=True)


def _opt_in_page(token: str, *, done: bool = False) -> Response:
    try:
        guest = guests.asked_for(token)
    except NotAllowed:
        return closed("on")
    return private(page("account/on.html", email=guest.email, token=token, done=done))


# --- unsubscribe ----------------------------------------------------------------------------------


@account.get("/letters/off")
@limit("read")
def stop_page() -> Response:
    """Ask; a link must not turn anything off."""
    token = request.args.get("token", "")
    try:
        choice = stopping.choice_of(token)
    except NotAllowed:
        return closed("off")
    return private(page("account/off.html", choice=choice, token=token, done=False))


@account.post("/letters/off")
@limit("manage")
@no_csrf  # a mail program asks, without a session (RFC 8058): the signed token is the proof
def stop() -> Response:
    """Unsubscribe from emails like the one with this link."""
    token = request.args.get("token", "")
    try:
        choice = stopping.stop(token)
    except NotAllowed:
        return closed("off")
    return private(page("account/off.html", choice=choice, token=token, done=True))
