"""Pending comments related to one: its wave, its author's others, and others from its network. A
comment whose author may hurt themselves is decided alone: it is related to no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, exists, func, literal, select
from sqlalchemy.orm import aliased

from ...accounts.models import User
from ...core.db import db
from ...threads.models import Comment
from ..models import RuleFinding

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ..desk.card import Card

_FROM_A_NETWORK = 3  # other pending comments; fewer may come from one household
#: Rendered as a literal: SQLite uses the partial index of pending comments only then.
_WAITING = literal("pending", literal_execute=True)
_Other = aliased(Comment)  # made once: to make it takes longer than to ask


@dataclass(frozen=True)
class Company:
    """How many other pending comments relate to one: alike or with the same link (`like`, from
    `networks` and under `names`), by its author, and from its network (under `network_names`)."""

    like: int = 0
    networks: int = 0
    names: int = 0
    by_author: int = 0
    by_network: int = 0
    network_names: int = 0

    @property
    def kinds(self) -> tuple[str, ...]:
        """The groups that the card offers to decide together, the closest first."""
        counts = {"like": self.like, "author": self.by_author, "network": self.by_network}
        return tuple(name for name, count in counts.items() if count)

    @property
    def said(self) -> tuple[str, ...]:
        """The groups that the card mentions up front: a wave alone is enough."""
        return ("like",) if self.like else self.kinds


def first_of_wave() -> ColumnElement[bool]:
    """Whether a comment has no wave, is the first pending one of its wave, or must be decided
    alone."""
    first = (
        select(_Other.id)
        .where(_Other.wave == Comment.wave, _Other.status == "pending", ~in_despair(_Other))
        .order_by(_Other.id)
        .limit(1)
        .scalar_subquery()
    )
    return Comment.wave.is_(None) | (Comment.id == first) | in_despair(Comment)


def in_despair(comment: type[Comment]) -> ColumnElement[bool]:
    """Whether a rule found that the comment's author may hurt themselves."""
    return exists().where(
        RuleFinding.revision_id == comment.revision_id, RuleFinding.rule == "self_harm"
    )


def company(cards: Sequence[Card]) -> dict[str, Company]:
    """The related pending comments of each card, by comment id: at most four queries."""
    waiting = {each.row_id: each for each in cards if each.status == "pending"}
    if not waiting:
        return {}
    rows = db.session.execute(
        select(Comment.id, Comment.site_id, Comment.author_id, Comment.wave, Comment.network).where(
            Comment.id.in_(waiting), ~in_despair(Comment)
        )
    ).all()
    waves = _waves({row.wave for row in rows} - {None})
    networks = _networks(
        {row.site_id for row in rows}, {row.network for row in rows if row.network}
    )
    alone = _alone({row.author_id for row in rows if waiting[row.id].author.pending > 1})
    found = {card.id: Company() for card in waiting.values()}
    for row in rows:
        card = waiting[row.id]
        like, sources, names = waves.get(row.wave, (1, 0, 0))
        others, network_names = networks.get((row.site_id, row.network), (1, 0))
        enough = others > _FROM_A_NETWORK
        found[card.id] = Company(
            like=like - 1,
            networks=sources,
            names=names,
            by_author=max(0, card.author.pending - 1 - alone.get((row.site_id, row.author_id), 0)),
            by_network=others - 1 if enough else 0,
            network_names=network_names if enough else 0,
        )
    return found


def _waves(waves: Collection[int]) -> dict[int, tuple[int, int, int]]:
    """For each wave: pending comments, distinct networks, distinct names."""
    rows: Sequence[Any] = ()
    if waves:
        rows = db.session.execute(
            select(
                Comment.wave,
                func.count(),
                func.count(Comment.network.distinct()),
                func.count(User.name.distinct()),
            )
            .join(User, User.id == Comment.author_id)
            .where(Comment.wave.in_(waves), Comment.status == "pending", ~in_despair(Comment))
            .group_by(Comment.wave)
        ).all()
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _networks(
    site_ids: Collection[int], networks: Collection[str]
) -> dict[tuple[int, str], tuple[int, int]]:
    """For each site and network: pending comments, distinct names."""
    rows: Sequence[Any] = ()
    if networks:
        rows = db.session.execute(
            select(Comment.site_id, Comment.network, func.count())
            .add_columns(func.count(User.name.distinct()))
            .join(User, User.id == Comment.author_id)
            .where(Comment.site_id.in_(site_ids), Comment.network.in_(networks))
            .where(Comment.status == _WAITING, ~in_despair(Comment))
            .group_by(Comment.site_id, Comment.network)
        ).all()
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def _alone(author_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """For each site and author: pending comments that must be decided alone."""
    rows: Sequence[Any] = ()
    if author_ids:
        rows = db.session.execute(
            select(Comment.site_id, Comment.author_id, func.count())
            .where(Comment.author_id.in_(author_ids), Comment.status == "pending")
            .where(in_despair(Comment))
            .group_by(Comment.site_id, Comment.author_id)
        ).all()
    return {(row[0], row[1]): row[2] for row in rows}
