"""The hosts that a site's approved comments link, updated as decisions are made and undone."""

from __future__ import annotations

from sqlalchemy import delete, select

from ..core.db import Among, db, execute
from ..core.jobs import handler
from ..core.rows import insert_rows
from ..threads.models import Comment, Revision
from .models import KnownHost, RuleFinding

_LONGEST = 253
_RULE = "first_link"
_MOST = 500  # comments per statement


def has_new_hosts(comment_ids: list[int]) -> bool:
    """Whether any of these comments links to a new host."""
    return execute(_NEW, {"comments": comment_ids}).first() is not None


_NEW = (
    select(RuleFinding.id)
    .where(RuleFinding.rule == _RULE, Among(RuleFinding.comment_id, "comments"))
    .limit(1)
)


@handler("know_hosts", at_once=True, wanted=has_new_hosts)
def know_hosts(comment_ids: list[int]) -> None:
    """Store the hosts of comments that a person approved, and delete those of the others."""
    for part in parts(comment_ids):
        db.session.execute(delete(KnownHost).where(KnownHost.comment_id.in_(part)))
        rows = db.session.execute(
            select(Comment.id, Comment.site_id, Revision.facts)
            .join(Revision, Revision.id == Comment.revision_id)
            .where(Comment.id.in_(part), Comment.status == "published", Comment.reviewed)
        )
        insert_rows(
            KnownHost,
            [
                {"site_id": row.site_id, "comment_id": row.id, "host": host}
                for row in rows
                for host in dict.fromkeys((row.facts or {}).get("links", ()))
                if len(host) <= _LONGEST
            ],
        )


def parts(comment_ids: list[int]) -> list[list[int]]:
    """The ids in chunks small enough for one statement."""
    return [comment_ids[at : at + _MOST] for at in range(0, len(comment_ids), _MOST)]
