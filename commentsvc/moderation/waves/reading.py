"""Pending comments related to one: its wave, its author's others, and others from its network. A
comment whose author may hurt themselves is decided alone: it is related to no other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select

from ...accounts.models import User
from ...core.db import db
from ...threads.models import Comment
from .folding import despairing, in_despair, members_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement

    from ..desk.card import Card

_FROM_A_NETWORK = 3  # other pending comments; fewer may come from one household
#: Rendered as a literal: SQLite uses the partial index of pending comments only then.
_WAITING = literal("pending", literal_execute=True)
_NEWEST = 500  # of a longer wave: whose networks and names are counted


@dataclass(frozen=True)
class Company:
    """How many other pending comments relate to one: alike or with the same link (`like`, from
    `networks` and under `names`), by its author, and from its network (under `network_names`). Of a
    wave with more than `newest`, only the newest are asked for their networks and names. `matching` of
    the wave's comments, with this one, match the page's filter: None if all do, or if it was not
    counted."""

    wave: int | None = None
    like: int = 0
    networks: int = 0
    names: int = 0
    newest: int | None = None
    by_author: int = 0
    by_network: int = 0
    network_names: int = 0
    matching: int | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The groups that the card offers to decide together, the closest first."""
        counts = {"like": self.like, "author": self.by_author, "network": self.by_network}
        return tuple(name for name, count in counts.items() if count)

    @property
    def said(self) -> tuple[str, ...]:
        """The groups that the card mentions up front: a wave alone is enough."""
        return ("like",) if self.like else self.kinds


def company(
    cards: Sequence[Card], filtered: Sequence[ColumnElement[bool]] = ()
) -> dict[str, Company]:
    """The related pending comments of each card, by comment id: at most four queries; if there are long
    waves, one for each and one more. `filtered`, the conditions of the filter that found the cards,
    add one."""
    waiting = {each.row_id: each for each in cards if each.status == "pending"}
    if not waiting:
        return {}
    rows = db.session.execute(
        select(Comment.id, Comment.site_id, Comment.author_id, Comment.wave, Comment.network).where(
            Comment.id.in_(waiting), ~in_despair(Comment)
        )
    ).all()
    waves = _waves({row.wave: row.site_id for row in rows if row.wave is not None})
    matching = _matching(waves, {row.site_id for row in rows}, filtered)
    networks = _networks(
        {row.site_id for row in rows}, {row.network for row in rows if row.network}
    )
    several = [row for row in rows if waiting[row.id].author.pending > 1]
    apart = alone({row.author_id for row in several}, {row.site_id for row in several})
    found = {card.id: Company() for card in waiting.values()}
    for row in rows:
        card = waiting[row.id]
        wave = waves.get(row.wave, _Wave())
        others, network_names = networks.get((row.site_id, row.network), (1, 0))
        enough = others > _FROM_A_NETWORK
        found[card.id] = Company(
            wave=row.wave,
            like=wave.count - 1,
            networks=wave.networks,
            names=wave.names,
            newest=wave.newest,
            by_author=max(0, card.author.pending - 1 - apart.get((row.site_id, row.author_id), 0)),
            by_network=others - 1 if enough else 0,
            network_names=network_names if enough else 0,
            matching=matching.get(row.wave),
        )
    return found


@dataclass(frozen=True)
class _Wave:
    """Its pending comments, and distinct networks and names: of all, or of the `newest`."""

    count: int = 1
    networks: int = 0
    names: int = 0
    newest: int | None = None


def _waves(waves: Mapping[int, int]) -> dict[int, _Wave]:
    """The waves with these ids, each on its site."""
    if not waves:
        return {}
    together = members_of(waves, set(waves.values()))
    most = _NEWEST * len(waves)
    found = _newest(together, most)
    if sum(each.count for each in found.values()) < most:
        return found
    rows = db.session.execute(
        select(Comment.wave, func.count()).where(*together).group_by(Comment.wave)
    )
    counts = {wave: count for wave, count in rows if wave is not None}
    for wave, count in counts.items():
        if len(waves) > 1:
            found |= _newest((*together, Comment.wave == wave), _NEWEST)
        some = found.get(wave, _Wave())
        newest = some.count if some.count < count else None
        found[wave] = replace(some, count=count, newest=newest)
    return found


def _matching(
    waves: Mapping[int, _Wave], site_ids: Collection[int], filtered: Sequence[ColumnElement[bool]]
) -> dict[int, int]:
    """How many comments of each wave meet the conditions, where not all do. Long waves are not asked:
    unlike their length, what a filter asks for is in no index of waves."""
    some = [wave for wave, each in waves.items() if each.count > 1 and each.newest is None]
    if not (some and filtered):
        return {}
    rows = db.session.execute(
        select(Comment.wave, func.count())
        .where(*members_of(some, site_ids), *filtered)
        .group_by(Comment.wave)
    )
    return {wave: n for wave, n in rows if wave is not None and n < waves[wave].count}


def _newest(together: Sequence[ColumnElement[bool]], most: int) -> dict[int, _Wave]:
    """The newest comments of these waves by wave, as if there were no others."""
    ids = select(Comment.id).where(*together).order_by(Comment.id.desc()).limit(most)
    rows = db.session.execute(
        select(
            Comment.wave,
            func.count(),
            func.count(Comment.network.distinct()),
            func.count(User.name.distinct()),
        )
        .join(User, User.id == Comment.author_id)
        .where(Comment.id.in_(ids))
        .group_by(Comment.wave)
    ).all()
    return {row[0]: _Wave(row[1], row[2], row[3]) for row in rows if row[0] is not None}


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
            .where(Comment.status == _WAITING, Comment.id.not_in(despairing(site_ids)))
            .group_by(Comment.site_id, Comment.network)
        ).all()
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def alone(author_ids: Collection[int], site_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """For each site and author: pending comments that must be decided alone."""
    rows: Sequence[Any] = ()
    if author_ids:
        apart = despairing(site_ids).subquery()
        rows = db.session.execute(
            select(Comment.site_id, Comment.author_id, func.count())
            .join(apart, apart.c.id == Comment.id)
            # not by the index of authors: one may have written most of a site
            .where((Comment.author_id + 0).in_(author_ids))
            .group_by(Comment.site_id, Comment.author_id)
        ).all()
    return {(row[0], row[1]): row[2] for row in rows}
