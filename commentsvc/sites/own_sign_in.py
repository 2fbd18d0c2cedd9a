"""A site's own sign-in: where its tokens are valid, and which roles they can give."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, get_args

from ..accounts.acts import record
from ..accounts.ways import Place, ways
from ..core.addresses import allowed_origin, origin_matches, origin_of
from ..core.db import unit_of_work
from ..core.errors import Invalid
from ..core.remembering import remembered
from .commands import put_role
from .policy import TokenRole
from .queries import framers, membership, policy_of

if TYPE_CHECKING:
    from ..accounts.models import User
    from .models import Site
    from .policy import Policy

_RANKS: tuple[str, ...] = get_args(TokenRole)


def place_of(site: Site) -> Place:
    """The site as a `Place` for the ways to sign in."""
    policy = policy_of(site)
    return Place(
        site.key,
        tuple(site.secrets),
        disqus_secret=site.disqus_secret,
        site_id=site.id,
        keys_url=policy.keys_url,
        issuer=policy.issuer,
        client_id=policy.client_id,
        origins=tuple(framers(site)),
        pictures=tuple(picture_origins(policy)),
    )


def picture_origins(policy: Policy) -> list[str]:
    """The origins allowed for readers' pictures; none unless an owner lists them."""
    found = []
    for line in policy.picture_origins:
        with suppress(Invalid):
            found.append(allowed_origin(line))
    return found


def may_show(policy: Policy, picture: str) -> bool:
    """Whether a reader's picture, as given in an earlier token, may be shown now."""
    return bool(picture and policy.picture_origins) and _is_among(picture, policy.picture_origins)


@remembered(4096, longest=1000)
def _is_among(picture: str, origins: tuple[str, ...]) -> bool:
    return any(origin_matches(origin_of(picture), each) for each in origins)


def sign_in(site: Site, token: str) -> User:
    """The user of a token from the site's own sign-in, given its role. Raises `NotAllowed`."""
    user = ways()["site_token"].prove({"token": token}, place_of(site))
    _give_role(site, user)
    return user


def _give_role(site: Site, user: User) -> None:
    """Give the role that the token requests, within the owner's limit. Decisions by people stand: a
    token only changes roles given by a token, and lifts no ban. Only roles given are noted."""
    if not _has_more_to_give(site, user):
        return
    with unit_of_work():
        if not _has_more_to_give(site, user):  # another request was faster
            return
        gives = _gives(site, user)
        role = None if gives == "none" else gives
        was = put_role(site, user, role, by=None)
        if was != role:
            said: dict[str, Any] = {"was": was, "role": role, "until": None, "via": "token"}
            record("role", site_id=site.id, by=None, about=user, **said)
        row = membership(user, site)
        given_at = row.set_at.isoformat() if row is not None else None
        user.profile = {**(user.profile or {}), "gave": gives, "gave_at": given_at}


def _has_more_to_give(site: Site, user: User) -> bool:
    """Whether the token gives a different role than before, and no person has decided since."""
    profile = user.profile or {}
    gave = profile.get("gave", "none")
    if _gives(site, user) == gave:
        return False
    row = membership(user, site)
    if row is None or (row.earned is not None and _gives(site, user) == "moderator"):
        return True
    is_by_token = row.set_by_id is None and row.set_at.isoformat() == profile.get("gave_at")
    return is_by_token and row.role == gave


def _gives(site: Site, user: User) -> str:
    asked: str = (user.profile or {}).get("role", "none")
    return min(asked, policy_of(site).token_role, key=_RANKS.index)
