"""What is known about an author at the time of writing: role, recent record, look-alike name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, func, select

from ...core import clock
from ...core.db import AtOnce, execute
from ...core.rows import table_of, taken
from ...sites.models import Membership
from ...sites.queries import MEMBER, STAFF_NAMES, in_force, names_in
from ...threads.models import Comment, Revision
from .lists.insults import insults_in_name
from .names import borrows, is_title, looks, pretends
from .traits import similarity
from .verdict import Author

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ...accounts.models import User
    from ...sites.models import Site
    from ...sites.policy import Policy
    from .facts import Read
    from .lists.words import WordList

HISTORY = timedelta(days=7)
_STAFF = ("owner", "moderator", "trusted")

# A repeat has the same words within an hour; a long text may differ slightly and be a day old.
RECENT_TEXTS = 5
_SAME_WITHIN = timedelta(hours=1)
ALIKE_WITHIN = timedelta(days=1)
_ALIKE = 0.85
_LONG = 40


@dataclass(frozen=True)
class Standing:
    """What is stored about an author on a site: their membership row if it is in force, their
    recent record (`RECORD`), and the names of the site and its staff."""

    row: Membership | None
    record: Any
    staff: list[str]


def standing_of(user: User, site: Site, policy: Policy, comment: Comment | None = None) -> Standing:
    """An author's standing on a site. One query. `comment` is not counted."""
    asked = {"site": site.id, "user": user.id, **window(policy, comment)}
    return standing_in(_STANDING.ask(asked), site)


def standing_in(found: Mapping[str, Any], site: Site) -> Standing:
    """The same from rows that a combined query has returned."""
    row = taken(Membership, found["member"])
    return Standing(in_force(row), found["record"], names_in(site, found["staff"]))


def window(policy: Policy, comment: Comment | None = None) -> dict[str, Any]:
    """The parameters of `RECORD` other than the author and the site."""
    moment = clock.now()
    return {
        "moment": moment,
        "since": moment - HISTORY,
        "flood": moment - timedelta(minutes=policy.flood_minutes),
        "day": moment - ALIKE_WITHIN,
        "few": policy.premoderate_first,
        "but": comment.id if comment is not None else 0,
    }


def author_of(
    user: User | None,
    standing: Standing | None,
    site: Site,
    policy: Policy,
    read: Read,
    comment: Comment | None,
    language: str | None,
    like: str = "",
) -> Author:
    """The author's facts, or those of a new guest, who borrows the name of `like`; `language`:
    that of the text. At most one query."""
    if user is None or standing is None:
        new = Author(resembles=like)
        return _with_name(new, user.name if user else read.name, read.lists, policy, language)
    row, record = standing.row, standing.record
    kind = "guest" if user.is_guest else "reader"
    if row is not None and row.role in _STAFF:
        kind = row.role
    if user.is_admin:
        kind = "admin"
    resembles = None
    if kind in ("guest", "reader"):
        resembles = staff_like(standing.staff, user.name) or first_name_of(
            standing.staff, user.name, is_guest=user.is_guest
        )
    asks_repeats = comment is None and policy.hold_repeats and record.today
    author = Author(
        kind=kind,
        approved=record.approved,
        recent_published=record.published or 0,
        recent_rejected=record.rejected or 0,
        recent_posts=record.posts or 0,
        premoderated=row is not None and row.role == "premoderated",
        resembles=resembles or "",
        repeats=bool(asks_repeats) and _repeats(user, site, read.text),
    )
    return _with_name(author, user.name, read.lists, policy, language)


def _with_name(
    author: Author,
    name: str | None,
    lists: tuple[WordList, WordList],
    policy: Policy,
    language: str | None,
) -> Author:
    """The author with what is listed in a guest's name: banned words, suspect words, and insults in
    the site's language or that of the text. Members' names are left to moderators."""
    if author.kind != "guest" or not name:
        return author
    banned, suspect = (tuple(dict.fromkeys(e.entry for e in each.find(name))) for each in lists)
    wanted = policy.common_insults != "off"
    insults = insults_in_name(name, policy.locale, language) if wanted else ()
    return replace(author, name_banned=banned, name_others=(*suspect, *insults))


def staff_like(staff: Sequence[str], name: str) -> str | None:
    """The site or staff name that readers would mistake this one for, or the name itself if it is
    just a staff title. None if neither applies."""
    seen = looks(name)
    alike = (
        each for each in staff if not seen.isdisjoint(looks(each)) or pretends(name, staff[0], each)
    )
    return next(alike, name if is_title(name) else None)


def first_name_of(staff: Sequence[str], name: str, *, is_guest: bool) -> str | None:
    """The staff member whose first name this is, written so that it is not simply anybody's
    (`borrows`). Too little to refuse a name, enough to read its comments first. Members may have a
    number behind theirs, as many do."""
    people = staff[1:]  # the first is the site
    return next((each for each in people if borrows(name, each, adorned=is_guest)), None)


_comments, _revisions = table_of(Comment), table_of(Revision)
_own = (
    _comments.c.author_id == bindparam("user"),
    _comments.c.site_id == bindparam("site"),
    _comments.c.id != bindparam("but"),
)
_approved = (
    select(_comments.c.id)
    .where(*_own, _comments.c.status == "published")
    .limit(bindparam("few"))
    .subquery()
)
_at = _comments.c.created_at
#: The author's recent comments here (bounded by an index range), how many were approved, and when
#: the last was written.
RECORD = select(
    func.count().label("lately"),
    func.sum(case((_comments.c.status == "published", 1), else_=0)).label("published"),
    func.sum(case((_comments.c.status == "rejected", 1), else_=0)).label("rejected"),
    func.sum(case((_at > bindparam("flood"), 1), else_=0)).label("posts"),
    func.sum(case((_at > bindparam("day"), 1), else_=0)).label("today"),
    select(func.count()).select_from(_approved).scalar_subquery().label("approved"),
    select(func.max(_at)).where(*_own[:2]).scalar_subquery().label("last"),
).where(*_own, _at > bindparam("since"))
_STANDING = AtOnce(member=MEMBER, record=RECORD, staff=STAFF_NAMES)


def _repeats(user: User, site: Site, text: str) -> bool:
    moment = clock.now()
    asked = {"user": user.id, "site": site.id, "day": moment - ALIKE_WITHIN}
    rows = execute(_TEXTS, asked).all()
    return is_repeat(text, [(row.text, row.created_at) for row in rows], moment)


_TEXTS = (
    select(_revisions.c.text, _at)
    .join(_revisions, _revisions.c.id == _comments.c.revision_id)
    .where(*_own[:2], _at > bindparam("day"), _comments.c.status != "withdrawn")
    .order_by(_at.desc())
    .limit(RECENT_TEXTS)
)


def is_repeat(text: str, earlier: Sequence[tuple[str, datetime]], moment: datetime) -> bool:
    """Whether a text repeats an `earlier` one of its author's last day: (text, when)."""
    folded = _folded(text)
    for before, written_at in earlier:
        if _folded(before) == folded and moment - written_at <= _SAME_WITHIN:
            return True
        if min(len(text), len(before)) >= _LONG and similarity(text, before) >= _ALIKE:
            return True
    return False


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
