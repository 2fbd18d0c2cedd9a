"""Fill an empty database with the newspaper's people and comments, through the same commands that
real readers and moderators use."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import select

from ..accounts import commands as accounts
from ..accounts.models import User
from ..core import clock, jobs
from ..core.db import db, unit_of_work
from ..core.errors import Conflict
from ..moderation import commands as moderation
from ..moderation.cases.appeals import appeal
from ..moderation.cases.models import Notice
from ..moderation.cases.notices import give_notice
from ..moderation.sharing import filters as saving
from ..posting.commands import NewComment, submit
from ..sites import commands as sites
from ..sites.forums import forums_of, set_forums
from ..sites.models import Site
from ..threads import commands as threads
from ..threads import likes
from ..threads.models import Comment, Thread
from ..threads.naming import with_name
from . import paper

OWNER, MODERATOR, READER = "owner@example.org", "moderator@example.org", "reader@example.org"
COLLEAGUE = (
    "colleague@example.org"  # whose decision is appealed: those who try the demo may hear it
)
_NAMES = {
    OWNER: "Olivia Hart",
    MODERATOR: "Mona Reyes",
    READER: "Rita Lindqvist",
    COLLEAGUE: "Ben Adeyemi",
}
_SUSPECT = ("casino", "crypto*", "essay service", "work from home")


def people(password: str) -> dict[str, User]:
    """The staff and a reader by email address. The addresses count as confirmed; the accounts are
    created at the first start."""
    found: dict[str, User] = {}
    for email, name in _NAMES.items():
        found[email] = accounts.by_email(email) or accounts.register(
            email=email, password=password, name=name, is_admin=email == OWNER
        )
    with unit_of_work():
        for each in found.values():
            each.email_verified_at = each.email_verified_at or clock.now()
    return found


def site(staff: dict[str, User], origins: list[str]) -> Site:
    """The newspaper's site; its origins are always those of this start."""
    found = db.session.scalar(select(Site).where(Site.key == paper.SITE_KEY))
    if found is None:
        found = sites.add_site(
            key=paper.SITE_KEY,
            name=paper.SITE_NAME,
            origins=origins,
            owner=staff[OWNER],
            policy={"suspect_words": list(_SUSPECT)},
        )
        for each in (MODERATOR, COLLEAGUE):
            sites.set_role(found, staff[each], "moderator", by=staff[OWNER])
    if not forums_of(found):
        set_forums(found, [paper.SITE_KEY])
    if not found.facebook_app_ids:
        sites.set_app_ids(found, [paper.APP_ID])
    return found


def conversations(site: Site, staff: dict[str, User], base: str) -> None:
    """Let everybody speak, at the times of the plot. Repeating it changes nothing."""
    now = clock.now()
    lines = sorted(paper.lines(), key=lambda line: _moment(line, now))
    made: dict[int, Comment] = {}
    cast: dict[str, User] = {staff[READER].name: staff[READER]}
    for line in lines:
        with clock.frozen(_moment(line, now)):
            made[line.number] = _say(line, site, made, cast, base)
            clock.move(timedelta(minutes=2 + line.number % 6))
            _decide(line, made[line.number], staff)
    with clock.frozen(now - timedelta(minutes=30)):
        for line in lines:
            _react(line, made[line.number], cast, staff)
    with clock.frozen(now - timedelta(minutes=20)):
        jobs.run_due()
        for line in lines:
            _object(line, made[line.number], cast)
        archive(site, staff, base)
    jobs.run_due()
    _share_filters(site, staff)


def move_to(site: Site, before: str, base: str) -> None:
    """Move the articles along when the demo runs at another port than last time."""
    with unit_of_work():
        for thread in db.session.scalars(select(Thread).where(Thread.site_id == site.id)):
            if thread.href.startswith(before):
                thread.href = base + thread.href.removeprefix(before)
                thread.address = threads.address_of(site, thread.href).canonical
                thread.version += 1


def _moment(line: paper.Line, now: datetime) -> datetime:
    at = line.article.published(now) + timedelta(minutes=line.at)
    return min(at, now - timedelta(hours=1, minutes=-line.number % 30))


def _say(
    line: paper.Line, site: Site, made: dict[int, Comment], cast: dict[str, User], base: str
) -> Comment:
    if line.by not in cast:
        known = db.session.scalar(select(User).where(User.kind == "guest", User.name == line.by))
        cast[line.by] = known or accounts.make_guest(line.by)[0]
    posted = submit(
        NewComment(
            site=site,
            href=f"{base}/demo/{line.article.slug}",
            title=line.article.title,
            text=line.text,
            parent=made[line.parent].public_id if line.parent is not None else None,
            user=cast[line.by],
            idempotency_key=f"demo-{line.number}",
        )
    )
    return posted.comment


def _decide(line: paper.Line, comment: Comment, staff: dict[str, User]) -> None:
    """Decide as the plot says. If the rules are stricter than the plot (for example in a language
    without scores), a moderator approves the comment before the first reply."""
    if line.decide is not None:
        action, reason = line.decide
        by = staff[COLLEAGUE if line.appeal else MODERATOR]
        moderation.decide(comment.public_id, action=action, reason=reason, by=by)
    elif comment.status == "pending" and line.expect == "published":
        moderation.decide(comment.public_id, action="approve", by=staff[MODERATOR])


def _react(
    line: paper.Line, comment: Comment, cast: dict[str, User], staff: dict[str, User]
) -> None:
    """The reactions of others: moderators feature and pin, readers like and report."""
    for mark in line.marks:
        moderation.decide(comment.public_id, action=mark, by=staff[MODERATOR])
    friends = [user for name, user in sorted(cast.items()) if name != line.by]
    for friend in friends[: line.likes]:
        likes.like(comment, friend)
    # readers report a comment that should wait according to the plot, but that the model let pass
    missed = line.expect == "pending" and comment.status == "published"
    reports = line.flags or ((("offensive", ""),) * 2 if missed else ())
    for (reason, note), friend in zip(reports, friends, strict=False):
        moderation.flag(comment.public_id, user=friend, reason=reason, note=note)


def archive(site: Site, staff: dict[str, User], base: str) -> None:
    """The conversation under the page written for Disqus."""
    href = f"{base}/demo/archive/{paper.DISQUS_PAGE}"
    said = submit(
        NewComment(
            site=site,
            href=with_name(href, paper.DISQUS_PAGE),
            title="The lighthouse goes dark",
            text=paper.DISQUS_COMMENT,
            user=staff[READER],
            idempotency_key="demo-disqus",
        )
    )
    if said.comment.status == "pending":
        moderation.decide(said.comment.public_id, action="approve", by=staff[MODERATOR])


def _share_filters(site: Site, staff: dict[str, User]) -> None:
    """A saved filter, for what a colleague looks after."""
    if not saving.of(staff[COLLEAGUE], [site]):
        what = saving.Narrowed("pending", "oldest", {"address": "night-ferry"})
        saving.save("Night ferry", what, site=site, shared=True, by=staff[COLLEAGUE])


def _object(line: paper.Line, comment: Comment, cast: dict[str, User]) -> None:
    """The reactions of people who disagree: an author appeals, somebody reports a
    comment as illegal."""
    if line.appeal:
        with suppress(Conflict):  # an earlier, interrupted start has appealed it
            appeal(comment.public_id, line.appeal, by=cast[line.by])
    if line.notice and not db.session.scalar(
        select(Notice.id).where(Notice.comment_id == comment.id)
    ):
        give_notice(comment.public_id, **line.notice, good_faith=True)
