"""Open and close threads, add and revise comments, like them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm.util import identity_key

from ..accounts.acts import record as record_act
from ..core import clock
from ..core.db import IntegrityError, db, execute, unit_of_work
from ..core.errors import NotAllowed, NotFound
from ..core.rows import insert, load, made, table_of, whole
from ..core.shown import one_line
from ..sites.queries import may_embed
from . import naming
from . import text as texts
from .models import Comment, Revision, Thread
from .revisions import Judged, Written, new_revision
from .status import born
from .urls import Address, address_by, site_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from ..accounts.models import User
    from ..sites.models import Site


def address_of(site: Site, href: str) -> Address:
    """The article's address under the site's rules. Raises `Invalid`."""
    return address_by(href, site_rules(site))


def page_of(site: Site, href: str) -> Address:
    """The same without the name that a page may give its thread (naming.py)."""
    return address_of(site, naming.parted(href)[0])


def find_thread(site: Site, href: str) -> Thread | None:
    """The thread of an article, if it exists. Raises `Invalid` for an invalid address."""
    return called(site, href, _row(site, page_of(site, href).canonical))


def called(site: Site, href: str, own: Thread | None) -> Thread | None:
    """The thread of a page whose address belongs to `own`: if the page gives a name, the thread
    with that name, else `own` if it has none."""
    name = naming.parted(href)[1]
    found = naming.named(site, name) if name else None
    if found is not None:
        return where_it_went(found)
    if own is None or (name and naming.stands_apart(name, own)):
        return None
    return where_it_went(own)


def by_public_id(public_id: str) -> Thread:
    """The thread with this public id. Raises `NotFound`."""
    thread = load(Thread, _THREAD, {"public_id": public_id})
    if thread is None:
        raise NotFound("not_found.thread")
    return where_it_went(thread)


def where_it_went(thread: Thread) -> Thread:
    """The thread itself, or the one it was merged into."""
    while thread.merged_into_id is not None:
        thread = db.session.get_one(Thread, thread.merged_into_id)
    return thread


def thread_of(comment: Comment) -> Thread:
    """The comment's thread."""
    return db.session.get_one(Thread, comment.thread_id)


def comment_by_public_id(public_id: str) -> Comment:
    """The comment with this public id, whatever its status. Raises `NotFound`."""
    comment = load(Comment, _COMMENT, {"public_id": public_id})
    if comment is None:
        raise NotFound("not_found.comment")
    return comment


_THREAD = whole(Thread).where(Thread.public_id == bindparam("public_id"))
_COMMENT = whole(Comment).where(Comment.public_id == bindparam("public_id"))


def comment_by_id(comment_id: int) -> Comment:
    """The comment with this row id."""
    return db.session.get_one(Comment, comment_id)


def public_ids(comment_ids: Collection[int]) -> dict[int, str]:
    """The public ids of these comments, by row id."""
    if not comment_ids:
        return {}
    found = select(Comment.id, Comment.public_id).where(Comment.id.in_(comment_ids))
    return {row.id: row.public_id for row in db.session.execute(found)}


def open_thread(
    site: Site, href: str, *, title: str | None = None, tags: tuple[str, ...] = ()
) -> Thread:
    """The thread of an article, created for its first comment. Only for the site's own articles.

    Raises `Invalid` for an invalid address, `NotAllowed` for a page that is not the site's.
    """
    found = find_thread(site, href)
    return new_thread(site, href, title=title, tags=tags) if found is None else found


def new_thread(
    site: Site, href: str, *, title: str | None = None, tags: tuple[str, ...] = ()
) -> Thread:
    """Create the thread of an article that has none, with the page's tags (`tags_in`). Raises
    `NotAllowed` for a page that is not the site's."""
    name, address = naming.parted(href)[1], page_of(site, href)
    if not may_embed(site, address.origin):
        raise NotAllowed("foreign_page")
    if name and naming.stands_apart(name, _row(site, address.canonical)):
        address = address_of(site, href)  # two names for one page are two threads
    try:
        with unit_of_work(), db.session.begin_nested():
            thread = Thread(
                site_id=site.id,
                address=address.canonical,
                href=address.href,
                title=texts.cut(one_line(title or ""), 300) or None,  # untrusted input
                tags=tags,
                version=1,
                comment_count=0,
                slow_seconds=0,
                premoderate=False,
                created_at=clock.now(),
            )
            db.session.add(thread)
            db.session.flush()
            naming.give_names(thread, [name])
        return thread
    except IntegrityError:  # another node has just created it
        again = find_thread(site, href)
        if again is None:
            raise
        return again


def _row(site: Site, address: str) -> Thread | None:
    return load(Thread, AT, {"site": site.id, "address": address})


AT = whole(Thread).where(
    Thread.site_id == bindparam("site"), Thread.address == bindparam("address")
)


def set_closed(thread: Thread, closed: bool, *, by: User | None = None) -> bool:
    """Close a thread for new comments, or reopen it: whether it was not so before. It stays
    readable."""
    with unit_of_work():
        if (thread.closed_at is not None) == closed:
            return False
        thread.closed_at = clock.now() if closed else None
        kind = "closed" if closed else "opened"
        record_act(kind, site_id=thread.site_id, by=by, thread_id=thread.id)
        touch(thread.id)
    return True


def slow_pause(thread: Thread) -> int:
    """The seconds that a person must wait between comments in this thread now; 0: none."""
    over = thread.slow_until is not None and thread.slow_until <= clock.now()
    return 0 if over else thread.slow_seconds


def touch(thread_id: int) -> None:
    """Raise the thread's version: readers see something else now, so cached responses are stale."""
    db.session.flush()
    execute(_TOUCH, {"row": thread_id})
    loaded = db.session.identity_map.get(identity_key(Thread, thread_id))
    if loaded is not None:
        db.session.expire(loaded, ["version"])


_threads = table_of(Thread)
_TOUCH = (
    update(_threads).where(_threads.c.id == bindparam("row")).values(version=_threads.c.version + 1)
)


def add(
    *,
    thread: Thread,
    author: User,
    written: Written,
    parent: Comment | None,
    status: str,
    urgency: Callable[[datetime], float],
    judged: Judged,
    rows: tuple[int, int],
    network: str | None = None,
) -> tuple[Comment, Revision]:
    """Add a comment with the status of its verdict. In a unit only. `urgency` takes the time;
    `rows` are the ids of comment and revision (`NextId`)."""
    moment = clock.now()
    is_published = status == "published"
    comment = made(
        Comment,
        id=rows[0],
        revision_id=rows[1],
        site_id=thread.site_id,
        thread_id=thread.id,
        parent_id=parent.id if parent else None,
        depth=parent.depth + 1 if parent else 0,
        author_id=author.id,
        status=status,
        version=1,
        shown=is_published,
        unscored=judged.unscored,
        reviewed=False,
        created_at=moment,
        published_at=moment if is_published else None,
        like_count=0,
        likes_elsewhere=0,
        approval=0,
        reply_count=0,
        flag_count=0,
        rank=0.0,
        urgency=urgency(moment),
        featured=False,
        pinned=False,
        network=network,
    )
    insert(comment)
    insert(revision := new_revision(comment, 1, written, judged, moment=moment, id=rows[1]))
    born(comment)
    db.session.expire(thread, ["comment_count", "last_comment_at", "version"])
    return comment, revision


def revise(comment: Comment, written: Written, judged: Judged) -> Revision:
    """Give a comment a new text. Earlier texts are kept."""
    moment = clock.now()
    last = db.session.scalar(
        select(func.max(Revision.number)).where(Revision.comment_id == comment.id)
    )
    revision = insert(new_revision(comment, (last or 0) + 1, written, judged, moment=moment))
    comment.revision_id = revision.id
    comment.edited_at, comment.reviewed = moment, False
    comment.unscored = judged.unscored
    comment.version += 1
    touch(comment.thread_id)
    return revision


def revision_of(comment: Comment) -> Revision:
    """The current text. Raises `NotFound` for a comment that never had one."""
    revision = db.session.get(Revision, comment.revision_id) if comment.revision_id else None
    if revision is None:
        raise NotFound("not_found.text")
    return revision
