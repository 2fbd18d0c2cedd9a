"""Shortcuts to real rows: everything goes through the product's own commands."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from commentsvc.moderation.cases.notices import give_notice
from commentsvc.posting.commands import NewComment, Posted, submit
from commentsvc.sites.sections.tags import tags_in
from commentsvc.sites.workload import measured

if TYPE_CHECKING:
    from commentsvc.accounts.models import User
    from commentsvc.moderation.cases.models import Notice
    from commentsvc.sites.models import Site

HREF = "https://news.example.org/2026/bridge"
_numbers = count(1)


def post(
    site: Site,
    text: str | None = None,
    *,
    user: User | None = None,
    name: str | None = "Guest",
    href: str = HREF,
    parent: str | None = None,
    key: str | None = None,
    tags: str | None = None,
) -> Posted:
    """A comment, posted as a reader would."""
    return submit(
        NewComment(
            site=site,
            href=href,
            text=text or f"The ferry was late again, number {next(_numbers)}.",
            parent=parent,
            tags=tags_in(tags),
            name=None if user else name,
            user=user,
            idempotency_key=key,
            network="net-1",
        )
    )


def notice(comment_id: str) -> Notice:
    """A notice of illegal content about a comment, as somebody from outside gives it."""
    return give_notice(
        comment_id,
        law="Criminal code, 185",
        explanation="It names a person and says what the law forbids.",
        name="Nora",
        email="nora@example.org",
        good_faith=True,
        network="net-9",
    )


def held_of_1000(limit: float) -> int:
    """Of 1,000 news comments, how many a limit on toxicity holds, by the shipped curve."""
    (rung,) = (each for each in measured().rungs if each.toxicity == limit)
    return round(1000 * rung.held)
