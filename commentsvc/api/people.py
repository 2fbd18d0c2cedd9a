"""The people of a site: whom readers can mention, one person's card, muting, and a guest who becomes
a member."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from ..accounts import mutes
from ..core.errors import NotFound
from ..core.locale import say
from ..posting import claiming
from ..sites.badges import badges_among
from ..sites.own_sign_in import may_show
from ..sites.queries import by_id, by_key, policy_of
from ..threads.commands import by_public_id
from ..threads.people import people_of, person
from ..web.auth import acting, may, require, viewer
from ..web.problems import Unauthorized
from . import shapes
from .operation import operation
from .schemas import people as responses
from .schemas import requests

people = Blueprint("api_people", __name__)


@operation(
    people,
    "GET",
    "/threads/<id:thread_id>/people",
    limit="read",
    answers={200: responses.People},
    problems=(403, 404),
)
def list_people(thread_id: str) -> dict[str, Any]:
    """List the people whom a comment in a conversation can mention.

    These are the members who wrote there most recently, except you: up to 100.
    """
    row = by_public_id(thread_id)
    require("read", by_id(row.site_id))
    found = people_of(row, but=viewer().user)
    return {"items": [{"id": each.public_id, "name": each.name} for each in found]}


@operation(
    people,
    "GET",
    "/people/<id:person_id>",
    limit="read",
    query=requests.PersonQuery,
    answers={200: responses.PersonCard},
    problems=(403, 404),
)
def get_person(person_id: str, query: dict[str, Any]) -> dict[str, Any]:
    """Get the profile card of somebody who has commented on a site.

    The site's policy (`profile_cards`) says whether there are cards, and whether they show comments.
    Nothing on a card is private.
    """
    site = by_key(query["site"])
    require("read", site)
    policy = policy_of(site)
    if policy.profile_cards == "off":
        raise NotFound("not_found.person")
    view = person(site, person_id, with_comments=policy.profile_cards == "comments")
    locale, user = shapes.language(query, policy), viewer().user
    badges = [say(f"widget.badge.{each}", locale) for each in view.badges]
    return {
        "id": view.id,
        "name": view.name,
        "kind": view.kind,
        "badges": [*badges, *(each.name for each in badges_among(policy.badges, view.given))],
        "since": view.since,
        "count": view.count,
        "url": view.url or None,
        "picture": view.picture if may_show(policy, view.picture) else None,
        "comments": view.comments,
        "you": user is not None and user.public_id == view.id,
        "page": url_for("dashboard.person", person_id=view.id) if may("see_people", site) else None,
    }


@operation(
    people,
    "PUT",
    "/people/<id:person_id>/mute",
    limit="like",
    needs="somebody",
    answers={204: None},
    problems=(403, 404),
)
def mute_person(person_id: str) -> None:
    """Mute someone.

    Their comments are collapsed for you. Nobody else sees this, and nobody is notified. You can
    safely repeat this. `/me` lists the people you have muted.
    """
    mutes.mute(acting(), person_id)


@operation(
    people,
    "DELETE",
    "/people/<id:person_id>/mute",
    limit="like",
    needs="somebody",
    answers={204: None},
    problems=(403,),
)
def unmute_person(person_id: str) -> None:
    """Unmute someone. If they are not muted, nothing happens."""
    mutes.unmute(acting(), person_id)


@operation(
    people,
    "POST",
    "/me/claim",
    limit="like",
    needs="somebody",
    body=requests.ClaimIn,
    answers={200: responses.Claimed},
    problems=(403,),
)
def claim_comments(body: dict[str, Any]) -> dict[str, Any]:
    """Claim what you wrote as a guest.

    Send the guest's edit token. The guest's comments, reactions, reports and appeals become yours;
    the comments show your name. The token is then no longer valid. `count` is how many comments
    there were: 0 if the token is not valid, if moderators have sanctioned the guest, or if the
    guest did anything on a site that your own token is not for. With `preview`, nothing changes:
    `count` is how many there would be. You can safely repeat this.
    """
    user = acting()
    if user.is_guest:
        raise Unauthorized("sign_in_needed")
    act = claiming.claimable_with if body["preview"] else claiming.claim_with
    return {"count": act(user, body["edit_token"], site_id=viewer().site_id)}
