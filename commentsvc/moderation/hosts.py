"""Which hosts a site's approved comments link: kept as decisions are made and undone."""

from __future__ import annotations

from sqlalchemy import delete, select

from ..core.db import Among, db, execute, insert_rows
from ..core.jobs import handler
from ..threads.models import Comment, Revision
from .models import KnownHost, RuleFinding

_LONGEST = 253
_RULE = "first_link"
_MOST = 500  # comments that one statement names


def has_new_hosts(comment_ids: list[int]) -> bool:
    """Whether any of these comments links to where none did before."""
    return execute(_NEW, {"comments": comment_ids}).first() is not None


_NEW = (
    select(RuleFinding.id)
    .where(RuleFinding.rule == _RULE, Among(RuleFinding.comment_id, "comments"))
    .limit(1)
)


@handler("know_hosts", at_once=True, wanted=has_new_hosts)
def know_hosts(comment_ids: list[int]) -> None:
    """Vouch for the hosts of what a person approved, and no longer for those of the rest."""
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
    """So many as one statement names."""
    return [comment_ids[at : at + _MOST] for at in range(0, len(comment_ids), _MOST)]
