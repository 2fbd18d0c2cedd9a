"""Signing in from inside the frame, and the data of the signed-in person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from ..accounts import frames, mutes, proofs
from ..accounts.vouching.claims import WrongToken
from ..accounts.vouching.keys import KeysMissing
from ..core.errors import NotAllowed, NotFound
from ..moderation.cases import appeals
from ..moderation.cases.in_force import InForce, answers, in_force, note_shown, seconds_left
from ..moderation.cases.sanctions import open_warning
from ..moderation.judging.reasons import title
from ..moderation.outcomes import outcomes
from ..notifications import guests
from ..notifications.following.commands import rhythm_of
from ..notifications.queries import unread_count
from ..posting.bots.effort import form_token
from ..posting.commands import check_may_post
from ..sites import own_sign_in
from ..sites.permissions import PERMISSIONS
from ..sites.queries import Banned, by_id, by_key, policy_of, refusal, role_of
from ..sites.sections.tags import tags_in
from ..threads import pages
from ..threads.commands import by_public_id, public_ids
from ..threads.reactions import pages as of_pages
from ..threads.rules import policy_at
from ..web import auth
from ..web.auth import viewer
from ..web.limits import count, count_site_token
from ..web.network import network_of
from ..web.problems import Unauthorized
from ..web.render import comment_html
from . import shapes
from .operation import json_bytes, operation
from .schemas import own, requests, responses

if TYPE_CHECKING:
    from ..accounts.frames import Tokens
    from ..accounts.models import User
    from ..moderation.cases.models import SanctionAppeal
    from ..sites.models import Site
    from ..sites.policy import Policy
    from ..threads.models import Comment, Thread

sign_in = Blueprint("api_sign_in", __name__)


@operation(
    sign_in,
    "POST",
    "/sign-in/exchange",
    limit="sign_in_wait",
    body=requests.VerifierIn,
    answers={200: responses.Tokens, 202: responses.NotYet},
    problems=(404,),
)
def exchange_verifier(body: dict[str, Any]) -> dict[str, Any] | Response:
    """Exchange a verifier for tokens.

    The frame creates the verifier and passes its SHA-256 as `nonce` in the address of the sign-in
    window. When someone has signed in there, the verifier gets their tokens, once. Until then,
    the response is 202: ask again.
    """
    site = by_key(body["site"])
    try:
        made = frames.exchange(body["verifier"], site_id=site.id)
    except frames.EndedSignIn as error:
        raise Unauthorized(error.key, **error.values) from error
    if made is not None:
        return _tokens(made)
    waiting = json_bytes(responses.NotYet, {"retry_after": 2})
    return Response(waiting, 202, {"Retry-After": "2"}, content_type="application/json")


@operation(
    sign_in,
    "POST",
    "/sign-in/refresh",
    limit="read",
    body=requests.RefreshIn,
    answers={200: responses.Tokens},
    problems=(403,),
)
def refresh_token(body: dict[str, Any]) -> dict[str, Any]:
    """Renew an access token.

    The refresh token stays the same until the person signs out. If a ban has ended the sign-in,
    the response is 403 with `sanction`.
    """
    try:
        return _tokens(frames.renew(body["refresh_token"]))
    except frames.EndedSignIn as error:
        was = frames.whose(body["refresh_token"])
        why = refusal(was[0], "post", by_id(was[1])) if was else None
        if isinstance(why, Banned):
            raise why from error
        raise Unauthorized(error.key, **error.values) from error


@operation(
    sign_in,
    "POST",
    "/sign-in/site",
    limit="read",
    body=requests.SiteTokenIn,
    answers={200: responses.Tokens},
    problems=(403, 404),
)
def sign_in_by_site(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in with a token from the site's own sign-in.

    A token from the site's own sign-in has the site's key as `aud`, and is valid for a few minutes. An
    ID token from its OpenID provider has the client ID as `aud`.
    """
    site = by_key(body["site"])
    try:
        user = own_sign_in.sign_in(site, body["token"])
    except (WrongToken, KeysMissing) as error:
        # Guesses, and tokens that cannot be verified, count by network. An office shares one
        # network, so valid tokens count by person; tokens signed by the site that came too late, or
        # while its keys were being fetched, lock nobody out.
        if not (isinstance(error, WrongToken) and error.signed):
            count("sign_in")
        raise
    count_site_token(user.public_id)
    family = frames.family_of(user, site.id, body.get("refresh_token") or "")
    return _tokens(frames.grant(user, site_id=site.id, family=family))


@operation(
    sign_in,
    "POST",
    "/sign-in/out",
    limit="read",
    body=requests.SignOutIn,
    answers={204: None},
)
def sign_out(body: dict[str, Any]) -> None:
    """Sign out.

    This revokes the token you send and all tokens of the same sign-in. You can safely repeat
    this.
    """
    seen = viewer()
    if seen.kind == "bearer" and seen.credential is not None:
        frames.end(seen.credential)
    refresh = body.get("refresh_token")
    credential = proofs.find("refresh", refresh) if refresh else None
    if credential is not None:
        frames.end(credential)


@operation(
    sign_in,
    "GET",
    "/me",
    limit="read",
    query=requests.MeQuery,
    answers={200: own.Me},
    problems=(403, 404),
)
def get_me(query: dict[str, Any]) -> dict[str, Any]:
    """Get your account, your comments and likes, and what you can do.

    `can` lists what you can do on the site. For a conversation, you get your own comments and
    likes: `own` has comments of every status, with the decisions about them and the reasons in
    words. `warning` is a warning that you have not acknowledged, and `sanction` is a suspension
    or ban in force. `sanction_appeal` is your appeal of one that has ended. It is there until
    a week after the answer. `refused` is the error that any comment of yours would get.
    """
    site = by_key(query["site"])
    policy = policy_of(site)
    auth.require("read", site)
    user = viewer().user
    locale = shapes.language(query, policy)
    role, sanction = _standing(user, site, locale)
    can = sorted(action for action in PERMISSIONS if auth.may(action, site))
    found, follows, reaction = pages.Own([], []), None, None
    thread = _thread(query["thread"], site.id) if query.get("thread") else None
    here = _policy(site, thread, query)
    if user is not None and thread is not None:
        found, follows = pages.own(user, thread.id), rhythm_of(user, thread)
        reaction = of_pages.reaction_of(user, thread) if here.page_kinds else None
    return {
        "user": shapes.person(user) if user else None,
        "role": role,
        "own": _own(found.comments, here, locale, query.get("include")),
        "liked": found.liked,
        **({"reacted": found.reacted} if found.reacted else {}),
        "page_reaction": reaction,
        "muted": [shapes.person(each) for each in mutes.muted(user)] if user else [],
        "warning": _warning(user, site, locale),
        "sanction": sanction,
        "sanction_appeal": _answer(user, site),
        "refused": _refused(user, site, here, locale),
        "can": can,
        "form": form_token(site.key),
        "unread": unread_count(user, site) if user and not user.is_guest else 0,
        "follows": follows,
        "replies_email": guests.state(user),
    }


def _standing(user: User | None, site: Site, locale: str) -> tuple[str, InForce | None]:
    """The role on the site, and the sanction in force. One that can still be undone is
    not shown yet."""
    role = role_of(user, site)
    if user is None:
        return role, None
    sanction = in_force(user, site, locale)
    if sanction is not None:
        note_shown(user, site)
    elif role == "banned":
        return ("guest" if user.is_guest else "reader"), None
    return role, sanction


def _policy(site: Site, thread: Thread | None, query: dict[str, Any]) -> Policy:
    """The policy of this thread, or of an article that may have none."""
    if thread is not None:
        return policy_of(site, thread.address, thread.tags)
    return policy_at(site, query.get("href"), tags_in(query.get("tags")))


def _answer(user: User | None, site: Site) -> SanctionAppeal | None:
    """The appeal of a suspension or ban that is over."""
    found = answers(user) if user else []
    return next((each for each in found if each.site_id == site.id), None)


def _refused(user: User | None, site: Site, policy: Policy, locale: str) -> dict[str, str] | None:
    """The error that any comment would get, whatever its text."""
    try:
        check_may_post(site, user, network_of(request), policy)
    except NotAllowed as error:
        if isinstance(error, Banned) and seconds_left(error.membership):
            return None  # it can still be undone
        return {"code": error.code, "detail": error.say(locale)}
    return None


def _warning(user: User | None, site: Site, locale: str) -> dict[str, Any] | None:
    row = open_warning(user, site) if user else None
    if row is None:
        return None
    return {
        "id": row.public_id,
        "reason": title(row.reason or "other", locale),
        "message": row.message,
        "created_at": row.created_at,
    }


def _own(
    comments: list[Comment], policy: Policy, locale: str, include: str | None
) -> list[dict[str, Any]]:
    outcome = outcomes(comments, locale=locale)
    heard = appeals.of_comments([comment.id for comment in comments])
    parents = public_ids([comment.parent_id for comment in comments if comment.parent_id])

    def html(comment: Comment) -> str | None:
        # Published comments are already on the page.
        if include != "html" or comment.status == "published":
            return None
        return str(comment_html(pages.view(comment), locale, policy))

    return [
        {
            "id": comment.public_id,
            "parent_id": parents.get(comment.parent_id) if comment.parent_id else None,
            "status": outcome[comment.id].status,
            "reasons": outcome[comment.id].reasons,
            "message": outcome[comment.id].message,
            "automated": outcome[comment.id].automated,
            "decision": outcome[comment.id].decision,
            "html": html(comment),
            "can_edit_until": shapes.can_edit_until(
                comment, policy, status=outcome[comment.id].status
            ),
            "can_appeal": bool(appeals.appealable(comment)),
            "appeal": heard.get(comment.id),
        }
        for comment in comments
    ]


def _thread(thread_id: str, site_id: int) -> Thread:
    row = by_public_id(thread_id)
    if row.site_id != site_id:
        raise NotFound("not_found.thread")
    return row


def _tokens(made: Tokens) -> dict[str, Any]:
    return {
        "access_token": made.access,
        "expires_in": made.seconds,
        "refresh_token": made.refresh,
        "user": shapes.person(made.user),
    }
