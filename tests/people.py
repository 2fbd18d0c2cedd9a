"""The cast: olga owns, mona moderates, rita reads, max is a stranger, bo is banned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, text

from commentsvc.accounts import commands as accounts
from commentsvc.accounts.chain import bind_later
from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import Base, db, is_sqlite, unit_of_work
from commentsvc.settings import settings
from commentsvc.sites import commands as sites
from commentsvc.sites.models import Site

if TYPE_CHECKING:
    from sqlalchemy import Insert

PASSWORD = "correct horse battery"
#: Limits with words of the stub scorer on both sides.
LIMITS = {
    "hold_at": {
        "toxicity": 0.8,
        "severe_toxicity": 0.5,
        "obscene": 0.9,
        "threat": 0.5,
        "insult": 0.8,
        "identity_attack": 0.6,
    },
    "flag_at": {"toxicity": 0.6},
}


@dataclass(frozen=True)
class Cast:
    """Everybody, and their site. `other` is a second site with an owner of its own."""

    site: Site
    other: Site
    ada: User  # the administrator
    olga: User
    mona: User
    rita: User
    bo: User
    max: User  # a stranger: a member without a role here; owns the other site


#: A staff act before it is bound to the previous ones.
UNBOUND = {"number": None, "previous": None, "hash": None}


@dataclass(frozen=True)
class _Written:
    """What the commands wrote when they made a cast, and when."""

    at: datetime
    rows: list[tuple[Insert, list[dict[str, Any]]]]


_SOMEBODY = select(User.id).limit(1)
#: (database, secret key) -> the first cast made there.
_WRITTEN: dict[tuple[object, ...], _Written] = {}


def make_cast() -> Cast:
    """Two sites with their people, made by commands. Inside an app context. In an empty database
    that had a cast before, the same rows are written again, as if it had happened just now."""
    given = settings()
    key = (given.database_url, given.secret_key)
    if db.session.scalar(_SOMEBODY):
        return _made()
    if key in _WRITTEN:
        return _write_again(_WRITTEN[key])
    cast = _made()
    tables = [(each, db.session.execute(each.select())) for each in Base.metadata.sorted_tables]
    rows = [
        (
            table,
            [
                {**row, **UNBOUND} if table.name == "staff_act" else dict(row)
                for row in found.mappings()
            ],
        )
        for table, found in tables
        if table.name != "staff_chain"
    ]
    inserts = [(insert(table), found) for table, found in rows if found]
    _WRITTEN[key] = _Written(clock.now(), inserts)
    return cast


def _write_again(written: _Written) -> Cast:
    later = clock.now() - written.at
    with unit_of_work():
        bind_later()  # other times make other hashes
        connection = db.session.connection()
        for statement, rows in written.rows:
            moved = [
                {name: x + later if isinstance(x, datetime) else x for name, x in row.items()}
                for row in rows
            ]
            connection.execute(statement, moved)
            if not is_sqlite():  # explicit ids do not advance the sequence
                top = f"""SELECT setval(s, greatest(nextval(s), {max(row["id"] for row in rows)}))
                    FROM pg_get_serial_sequence('"{statement.table.name}"', 'id') s"""
                connection.execute(text(top))
        site, other = db.session.scalars(select(Site).order_by(Site.id)).all()
        ada, olga, mona, rita, bo, stranger = db.session.scalars(select(User).order_by(User.id))
    return Cast(site, other, ada, olga, mona, rita, bo, stranger)


def _made() -> Cast:
    def person(name: str, **more: object) -> User:
        return accounts.register(
            email=f"{name}@example.org", password=PASSWORD, name=name.capitalize(), **more
        )

    ada, olga, mona = person("ada", is_admin=True), person("olga"), person("mona")
    rita, bo, stranger = person("rita"), person("bo"), person("max")
    site = sites.add_site(
        name="The Harbour Post", key="harbour", origins=["https://news.example.org"], owner=olga
    )
    other = sites.add_site(
        name="Mountain News",
        key="mountain",
        origins=["https://mountain.example.net"],
        owner=stranger,
    )
    sites.set_role(site, mona, "moderator", by=olga)
    sites.set_role(site, bo, "banned", by=mona, message="Read the rules first.")
    sites.set_policy(site, {"slow_seconds": 0, **LIMITS}, by=olga)
    sites.set_policy(other, LIMITS, by=stranger)
    return Cast(site, other, ada, olga, mona, rita, bo, stranger)
