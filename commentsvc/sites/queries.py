"""Finding sites, their policies and origins, and who may do what on them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import orjson
from sqlalchemy import Select, and_, bindparam, func, inspect, or_, select, union

from ..accounts.models import User
from ..core import clock
from ..core.addresses import origin_matches, www_twin
from ..core.db import db, execute
from ..core.errors import NotAllowed, NotFound
from ..core.remembering import remembered
from ..core.rows import get, load, taken, whole
from . import permissions
from .models import Membership, Origin, Site
from .policy import Policy, from_dict
from .sections.queries import section_at

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from .permissions import Role


class Banned(NotAllowed):
    """A suspended or banned person tried to write. `membership` has the end and their message."""

    def __init__(self, key: str, /, *, membership: Membership, **values: Any) -> None:
        super().__init__(key, **values)
        self.membership = membership


_RANKED: dict[str, Role] = {
    "owner": "owner",
    "moderator": "moderator",
    "trusted": "trusted",
    "banned": "banned",
    "premoderated": "reader",
}


def by_key(key: str) -> Site:
    """The open site with this `data-site` key. Raises `NotFound`."""
    site = load(Site, OF_KEY, {"key": key})
    if site is None or site.closed_at is not None:
        raise NotFound("not_found.site", field="site")
    return site


OF_KEY = whole(Site).where(Site.key == bindparam("key"))
_OF_ID = whole(Site).where(Site.id == bindparam("id"))
_OF_USER = whole(User).where(User.id == bindparam("id"))
#: To check whether a loaded site is still current.
VERSION = select(Site.id, Site.version).where(Site.id == bindparam("site"))


def anew(site: Site) -> Site:
    """Reload a site of the session. Raises `NotFound`."""
    identity = inspect(site).identity  # no query, unlike `site.id`
    found = taken(Site, execute(_OF_ID, {"id": identity[0]}).first()) if identity else None
    if found is None:
        raise NotFound("not_found.site_gone")
    return found


def by_id(site_id: int) -> Site:
    """The site with this row id. Raises `NotFound`."""
    site = get(Site, _OF_ID, site_id)
    if site is None:
        raise NotFound("not_found.site_gone")
    return site


def only_site() -> Site | None:
    """The only open site, if there is exactly one."""
    found = db.session.scalars(select(Site).where(Site.closed_at.is_(None)).limit(2)).all()
    return found[0] if len(found) == 1 else None


def may_sign_up(site: Site | None) -> bool:
    """Whether people can create accounts: at this site, or (None) at any site."""
    if site is not None:
        return policy_of(site).sign_up_open
    sites = db.session.scalars(select(Site).where(Site.closed_at.is_(None))).all()
    return not sites or any(policy_of(each).sign_up_open for each in sites)


def by_origin(origin: str) -> Site | None:
    """The open site that lists this origin, if exactly one does. An exact match takes precedence
    over one with or without `www.`."""
    rows = db.session.execute(select(Origin.site_id, Origin.origin)).all()
    found = {row.site_id for row in rows if origin_matches(origin, row.origin)}
    found = found or {row.site_id for row in rows if _is_twin(origin, row.origin)}
    if len(found) != 1:
        return None
    site = db.session.get(Site, found.pop())
    return site if site and site.closed_at is None else None


def _is_twin(origin: str, listed: str) -> bool:
    twin = www_twin(listed)
    return bool(twin) and origin_matches(origin, twin)


def by_app_id(app_id: str) -> Site | None:
    """The open site with this Facebook app id, if exactly one has it."""
    if not app_id or app_id == "0":
        return None
    sites = db.session.scalars(select(Site).where(Site.closed_at.is_(None))).all()
    found = [site for site in sites if app_id in site.facebook_app_ids]
    return found[0] if len(found) == 1 else None


def origins(site: Site) -> list[str]:
    """The origins that may embed the site, in the order they were added."""
    return list(
        db.session.scalars(
            select(Origin.origin).where(Origin.site_id == site.id).order_by(Origin.id)
        )
    )


def may_embed(site: Site, origin: str) -> bool:
    """Whether a page of this origin may show the site's threads: the origin is listed, possibly
    with or without `www.`, because both have one owner and readers type either."""
    return any(
        origin_matches(origin, allowed) or _is_twin(origin, allowed) for allowed in framers(site)
    )


def framers(site: Site) -> list[str]:
    """The site's listed origins, unordered; loaded with the site, without a query."""
    return (site.listed or "").split()


def policy_of(site: Site, address: str | None = None, tags: tuple[str, ...] = ()) -> Policy:
    """The site's policy, parsed once per state and cached. With a canonical address, and the tags
    of its thread or page, the policy of its section, if it is in one."""
    section = section_at(site, address, tags) if site.sections else None
    stored, code = site.policy, section.code if section is not None else None
    kept: tuple[Any, Any, dict[str | None, Policy]] | None = site.__dict__.get(_KEPT)
    if kept is None or kept[0] is not stored or kept[1] is not site.sections:
        # comparing identity is enough: JSON columns are replaced, never mutated
        kept = site.__dict__[_KEPT] = (stored, site.sections, {})
    if code not in kept[2]:
        own = section.policy if section is not None else {}
        kept[2][code] = _parsed(*(orjson.dumps(each, option=_SORTED) for each in (stored, own)))
    return kept[2][code]


_SORTED = orjson.OPT_SORT_KEYS
_KEPT = "_policy_of"  # in the __dict__ of a loaded site


@remembered(512, longest=16_000, few=32)
def _parsed(stored: bytes, own: bytes) -> Policy:
    return from_dict({**orjson.loads(stored), **orjson.loads(own)})


def membership(user: User, site: Site) -> Membership | None:
    """The user's row on the site, if it is still in force."""
    return in_force(load(Membership, MEMBER, {"site": site.id, "user": user.id}))


MEMBER = whole(Membership).where(
    Membership.site_id == bindparam("site"), Membership.user_id == bindparam("user")
)


def in_force(row: Membership | None) -> Membership | None:
    """A membership row, unless it has expired."""
    over = row is not None and row.until is not None and row.until <= clock.now()
    return None if over else row


def not_over() -> ColumnElement[bool]:
    """The same as a condition; every query for people with a role needs it."""
    return or_(Membership.until.is_(None), Membership.until > clock.now())


def role_of(user: User | None, site: Site) -> Role:
    """The user's role on this site."""
    state = inspect(user) if user is not None else None
    if state is not None and state.expired and state.identity:
        load(User, _OF_USER, {"id": state.identity[0]})  # at a third of the cost of a refresh
    is_plain = user is not None and not (user.is_admin and user.erased_at is None)
    return role_by(user, membership(user, site) if user is not None and is_plain else None)


def role_by(user: User | None, row: Membership | None) -> Role:
    """The same when the user's membership in force, if any, is known."""
    if user is None:
        return "anonymous"
    if user.is_admin and user.erased_at is None:
        return "admin"
    if row is not None and row.role != "premoderated":
        return _RANKED[row.role]
    return "guest" if user.is_guest else "reader"


def is_banned_address(email: str, site: Site) -> bool:
    """Whether a member with this email address, from an account here or the site's own sign-in, is
    suspended or banned on the site."""
    own = and_(User.kind == "member", User.email == email, User.email_verified_at.is_not(None))
    people = select(User).where(or_(User.member_email == email, own))
    return any(role_of(each, site) == "banned" for each in db.session.scalars(people))


def is_staff(user: User, site: Site) -> bool:
    """Whether the user speaks for the site: moderator, owner or administrator."""
    return role_of(user, site) in ("moderator", "owner", "admin")


def staff_names(site: Site) -> list[str]:
    """The names of the site and its staff, in one query."""
    row = execute(STAFF_NAMES, {"site": site.id, "moment": clock.now()}).one()
    return names_in(site, row)


def names_in(site: Site, row: Any) -> list[str]:
    """The same from a result row of `STAFF_NAMES`."""
    return [site.name, *(row.names.split("\n") if row.names else ())]


_MOST_STAFF = 500
_staff = (
    union(
        select(User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.site_id == bindparam("site"))
        .where(or_(Membership.role == "owner", Membership.role == "moderator"))
        .where(or_(Membership.until.is_(None), Membership.until > bindparam("moment"))),
        select(User.name).where(User.is_admin.is_(True)),
    )
    .limit(_MOST_STAFF)
    .subquery()
)
#: All names in one text, one per line.
STAFF_NAMES: Select[Any, Any] = select(
    func.count().label("count"), func.aggregate_strings(_staff.c.name, "\n").label("names")
)


def can(user: User | None, action: str, site: Site) -> bool:
    """Whether the user may do this on the site."""
    return permissions.may(role_of(user, site), action)


def require(user: User | None, action: str, site: Site) -> Role:
    """The user's role, if it may do this. Raises `NotAllowed`."""
    role = role_of(user, site)
    if not permissions.may(role, action):
        raise refusal(user, action, site)
    return role


def require_hidden(
    user: User, action: str, site: Site, what: Literal["webhook", "delivery", "move"]
) -> None:
    """Like `require`, for things whose existence only the site's staff may know. Raises
    `NotAllowed` for staff, `NotFound` for everyone else."""
    if not can(user, "moderate", site):
        raise NotFound(f"not_found.{what}")
    require(user, action, site)


def refusal(user: User | None, action: str, site: Site) -> NotAllowed:
    """The error to raise if the user may not do this: `Banned` if a ban is the reason."""
    row = membership(user, site) if user is not None and action in BANNED_FROM else None
    if row is None or row.role != "banned":
        return NotAllowed(f"may_not_{action}")
    if row.until is None:
        return Banned(f"may_not_{action}.banned", membership=row)
    last = (row.until - timedelta(seconds=1)).date()
    return Banned(f"may_not_{action}.suspended", membership=row, day=last)


#: Actions that a ban takes away.
BANNED_FROM = ("flag", "like", "post")


def sites_banned_from(user: User) -> list[Site]:
    """The sites on which the user is banned or suspended now, by name."""
    query = (
        select(Site)
        .join(Membership, Membership.site_id == Site.id)
        .where(Membership.user_id == user.id, Membership.role == "banned")
        .where(not_over())
        .order_by(Site.name, Site.id)
    )
    return list(db.session.scalars(query))


def sites_of(user: User, action: str = "moderate") -> list[Site]:
    """The sites on which the user may do this, by name."""
    return [site for site, role in roles_of(user) if permissions.may(role, action)]


def real(sites: list[Site]) -> list[Site]:
    """Those that are no examples; all of them if there are only examples."""
    return [each for each in sites if not each.example] or sites


def roles_of(user: User) -> list[tuple[Site, Role]]:
    """The open sites on which the user has a role, by name, with the role, in one query."""
    query = select(Site).where(Site.closed_at.is_(None)).order_by(Site.name, Site.id)
    if user.is_admin and user.erased_at is None:
        return [(site, "admin") for site in db.session.scalars(query)]
    here = query.join(Membership, Membership.site_id == Site.id)
    rows = here.where(Membership.user_id == user.id, not_over()).add_columns(Membership.role)
    return [(site, _RANKED[role]) for site, role in db.session.execute(rows)]
