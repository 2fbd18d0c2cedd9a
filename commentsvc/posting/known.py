"""What posting needs from the database: first the site, which is kept for a moment, and in the unit
everything else in one statement, also whether the site has changed since.

On SQLite, readers lose their cached pages with every commit, so reading the site before each post
took a tenth of the post.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, event, select
from sqlalchemy.orm.attributes import set_committed_value

from ..accounts.models import User
from ..core import clock
from ..core.db import AtOnce, NextId, after_commit, db, execute
from ..core.errors import Invalid, NotAllowed, NotFound
from ..core.rows import taken, whole
from ..core.typed import clean_name
from ..core.writing.commits import TRUST_SECONDS
from ..core.writing.unit import in_hand
from ..moderation.cases.blocked import BLOCKED
from ..moderation.cases.sanctions import WARNING, acknowledge_first
from ..moderation.judging.authors import RECORD, first_name_of, staff_like, standing_in, window
from ..moderation.judging.facts import Asked
from ..moderation.judging.spam.lessons import VERSION as LEARNED
from ..moderation.judging.spam.lessons import learned_at
from ..sites import permissions
from ..sites.models import Membership, Origin, Site
from ..sites.queries import (
    MEMBER,
    OF_KEY,
    STAFF_NAMES,
    VERSION,
    anew,
    in_force,
    names_in,
    policy_of,
    refusal,
    role_by,
)
from ..threads import commands as threads
from ..threads.models import Comment, Thread
from ..threads.views import view_of_new

if TYPE_CHECKING:
    from ..sites.policy import Policy
    from ..threads.models import Revision
    from ..threads.views import CommentView
    from .new import NewComment

# --- the site --------------------------------------------------------------------------------------


class _Kept(NamedTuple):
    row: Any
    until: float  # of `time.monotonic`


_MOST_KEPT = 500  # sites
_kept: dict[tuple[Any, str], _Kept] = {}
_changes = 0  # of sites, by this process


def site_lately(key: str) -> Site:
    """Like `sites.queries.by_key`, but other processes' changes may be half a second old, so a unit
    must check the version. Raises `NotFound`."""
    at, changes = (db.engine, key), _changes
    kept = _kept.get(at)
    if kept is None or kept.until < time.monotonic():
        row = execute(OF_KEY, {"key": key}).first()
        if row is None or row.closed_at is not None:
            raise NotFound("not_found.site", field="site")
        kept = _Kept(row, time.monotonic() + TRUST_SECONDS)
        if changes == _changes and in_hand.get() is None:
            _keep(at, kept)  # else it may have been read before a change, or with one to be undone
    site = taken(Site, kept.row, anew=False)
    assert site is not None
    return site


def _keep(at: tuple[Any, str], kept: _Kept) -> None:
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[at] = kept


def _forget() -> None:
    global _changes
    _changes += 1
    _kept.clear()


def _changed(*_: object) -> None:
    """Forget now, and again when others can read the change."""
    _forget()
    if in_hand.get() is not None:
        after_commit(_forget)


for _model in (Site, Origin):
    for _kind in ("after_insert", "after_update", "after_delete"):
        event.listen(_model, _kind, _changed)


# --- everything else -------------------------------------------------------------------------------

_PARTS = {
    "site": VERSION,
    "thread": threads.AT,
    "block": BLOCKED,
    "staff": STAFF_NAMES,
    "learned": LEARNED,
    "ids": select(NextId("comment").label("comment"), NextId("revision").label("revision")),
    # for a known author
    "author": select(User.id, User.name, User.kind, User.is_admin, User.erased_at).where(
        User.id == bindparam("user")
    ),
    "member": MEMBER,
    "warning": WARNING,
    "record": RECORD,
    # for a reply
    "parent": whole(Comment).where(Comment.public_id == bindparam("parent")),
    "answered": select(User.id, User.name, User.erased_at)
    .join(Comment, Comment.author_id == User.id)
    .where(Comment.public_id == bindparam("parent")),
}
_OF_ANYBODY = ("site", "thread", "block", "staff", "learned", "ids")
_OF_AUTHOR = ("author", "member", "warning", "record")
_OF_PARENT = ("parent", "answered")


@dataclass(frozen=True)
class Known:
    """The site's current policy, the article's thread if there is one, the parent, what the rules
    need to know, and the IDs of the new comment and revision. `found` is the raw result."""

    policy: Policy
    thread: Thread | None
    parent: Comment | None
    staff: list[str]
    asked: Asked
    rows: tuple[int, int]
    found: dict[str, Any]

    def view(
        self, comment: Comment, revision: Revision, thread: Thread, author: User
    ) -> CommentView:
        """The comment as its author sees it once it is added."""
        row, answered = self.found.get("member"), self.found.get("answered")
        role = row.role if row is not None else None
        return view_of_new(
            comment,
            revision,
            thread,
            author=author,
            role=role,
            parent=self.parent,
            answered=answered,
        )


def known_of(new: NewComment) -> Known:
    """Query all of it. Inside a unit only. Raises `NotFound` for a site that is gone."""
    policy, found = _ask(new, new.address, new.tags)
    if found["site"] is None or found["site"].version != new.site.version:
        anew(new.site)  # changed while the text was scored
        policy, found = _ask(new, new.address, new.tags)
    thread = threads.called(new.site, new.href, taken(Thread, found["thread"]))
    if thread is not None and policy_of(new.site, thread.address, thread.tags) != policy:
        # its page has moved to another section, or its tags are no longer the page's
        policy, found = _ask(new, thread.address, thread.tags)
    _renew(new.user, found.get("author"))
    staff = names_in(new.site, found["staff"])
    learned = found["learned"] if policy.spam != "off" and policy.spam_learning else None
    return Known(
        policy=policy,
        thread=thread,
        parent=taken(Comment, found.get("parent")),
        staff=staff,
        asked=Asked(
            standing=standing_in(found, new.site) if new.user is not None else None,
            learned=learned_at(new.site.id, learned.version) if learned is not None else None,
            like="" if new.user else first_name_of(staff, new.name or "", is_guest=True) or "",
        ),
        rows=tuple(found["ids"]),
        found=found,
    )


def _ask(new: NewComment, address: str, tags: tuple[str, ...]) -> tuple[Policy, dict[str, Any]]:
    policy = policy_of(new.site, address, tags)
    of_author = _OF_AUTHOR if new.user is not None else ()
    of_parent = _OF_PARENT if new.parent else ()
    asked = {
        **_who(new.site, new.user, new.network),
        **window(policy),
        "address": new.address,
        "parent": new.parent,
    }
    return policy, _at_once(*_OF_ANYBODY, *of_author, *of_parent).ask(asked)


def check_may_post(site: Site, user: User | None, network: str | None, policy: Policy) -> None:
    """Raises `NotAllowed` if this person may not post anything on the site."""
    of_author = ("member", "warning") if user is not None else ()
    asked = {**_who(site, user, network), "moment": clock.now()}
    check_known(site, user, policy, _at_once("block", *of_author).ask(asked))


def check_known(site: Site, user: User | None, policy: Policy, found: dict[str, Any]) -> None:
    """The same check on rows already read."""
    require_known(site, user, "post", found)
    if (warning := found.get("warning")) is not None:
        raise acknowledge_first(warning)
    if found["block"] is not None:
        raise NotAllowed("network_blocked")
    if (user is None or user.is_guest) and not policy.guests_may_post:
        raise NotAllowed("sign_in_first")


def check_name(staff: list[str], name: str) -> None:
    """Raises `Invalid` for a name that resembles one of the staff: nobody may borrow those."""
    if staff_like(staff, clean_name(name)):
        raise Invalid("invalid.name_of_staff", field="name")


def known_to_like(site: Site, user: User | None, network: str | None) -> dict[str, Any]:
    """What decides whether somebody may like something, read again even for objects loaded before.
    Inside a unit only. Raises `NotFound` for a site that is gone."""
    of_author = ("author", "member") if user is not None else ()
    asked = {**_who(site, user, network), "moment": clock.now()}
    found = _at_once("site", "block", *of_author).ask(asked)
    if found["site"] is None or found["site"].version != site.version:
        anew(site)
    _renew(user, found.get("author"))
    return found


def require_known(site: Site, user: User | None, action: str, found: dict[str, Any]) -> None:
    """Raises `NotAllowed` if the person, with the membership in `found`, may not do this, or was
    erased meanwhile: nothing could remove what they leave now."""
    if user is not None and user.erased_at is not None:
        raise NotAllowed("sign_in_first")
    row = in_force(taken(Membership, found.get("member")))
    if not permissions.may(role_by(user, row), action):
        raise refusal(user, action, site)


def _renew(user: User | None, row: Any) -> None:
    """Update the person in the session from the row just read."""
    if user is not None and row is not None:
        for name, value in zip(row._fields, row, strict=True):
            set_committed_value(user, name, value)


def _who(site: Site, user: User | None, network: str | None) -> dict[str, Any]:
    return {"site": site.id, "user": user.id if user is not None else None, "network": network}


@cache
def _at_once(*names: str) -> AtOnce:
    return AtOnce(**{name: _PARTS[name] for name in names})
