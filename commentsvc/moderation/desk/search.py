"""Searching comments by what they say, who wrote them and where: one question, whichever the engine.

Every word has to occur, anywhere in a word and in any script, upper and lower case alike: all of them
in one of the texts that the comment ever had, or in the author's name, or in the article's title or
address. An index of all pieces of three characters finds them: FTS5 with its trigram tokenizer on
SQLite, pg_trgm on PostgreSQL. Triggers (SQLite) and the engine (PostgreSQL) keep it, so nothing that
writes a text has to think of it.
https://sqlite.org/fts5.html#the_trigram_tokenizer https://www.postgresql.org/docs/current/pgtrgm.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    column,
    event,
    literal_column,
    or_,
    select,
    table,
    text,
    union,
)
from sqlalchemy.exc import DBAPIError

from ...accounts.models import User
from ...core.db import Among, db, is_sqlite
from ...core.errors import Invalid
from ...threads.models import Comment, Revision, Thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...sites.models import Site

MOST_CHARACTERS = 200
MOST_WORDS = 10
MOST_FOUND = 5000  # comments of all sites that an index is asked for
INDEXED_FROM = 3  # characters of a word: shorter ones are in no index

_WORD = re.compile(r'"([^"]+)"|(\S+)')
_ESCAPE = "\\"
_LONG = 16  # characters of a word that the index is asked for as a whole
_RUN = re.compile(r"((.)\2{15})\2+")  # more of the same letter says nothing more

#: What SQLite needs; a migration holds the same.
SQLITE = (
    "CREATE VIRTUAL TABLE revision_search USING fts5("
    "text, content='revision', content_rowid='id', tokenize='trigram')",
    "CREATE TRIGGER revision_search_added AFTER INSERT ON revision BEGIN "
    "INSERT INTO revision_search(rowid, text) VALUES (new.id, new.text); END",
    "CREATE TRIGGER revision_search_gone AFTER DELETE ON revision BEGIN "
    "INSERT INTO revision_search(revision_search, rowid, text) "
    "VALUES ('delete', old.id, old.text); END",
    "CREATE TRIGGER revision_search_changed AFTER UPDATE OF text ON revision BEGIN "
    "INSERT INTO revision_search(revision_search, rowid, text) "
    "VALUES ('delete', old.id, old.text); "
    "INSERT INTO revision_search(rowid, text) VALUES (new.id, new.text); END",
)
#: What PostgreSQL needs. The extension is trusted: the owner of the database may add it.
POSTGRES = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX revision_search ON revision USING gin (text gin_trgm_ops)",
)


def words_of(query: str) -> list[str]:
    """The words of a search; what stands in quotation marks is one. Raises `Invalid` for too many."""
    query = query.replace("\x00", "").strip()
    found = [quoted or word for quoted, word in _WORD.findall(query)]
    found = [_RUN.sub(r"\1", each.strip('"')) for each in found if each.strip('"')]
    if len(query) > MOST_CHARACTERS or len(found) > MOST_WORDS:
        raise Invalid("invalid.search", field="q", words=MOST_WORDS, n=MOST_CHARACTERS)
    return found


def matches(query: str, sites: Sequence[Site]) -> tuple[ColumnElement[bool], bool]:
    """The condition on `Comment`, for comments of these sites, and whether an index has found them. Otherwise
    whoever asks bounds how many comments are looked through. Raises `Invalid`."""
    words = words_of(query)
    saying = _saying(words)
    site_ids = [site.id for site in sites]
    named = select(User.id).where(*(_holds(User.name, word) for word in words))
    titled = select(Thread.id).where(
        Thread.site_id.in_(site_ids),
        or_(
            and_(*(_holds(Thread.title, word) for word in words)),
            and_(*(_holds(Thread.href, word) for word in words)),
        ),
    )
    if saying is None:
        said = select(Revision.text).where(Revision.id == Comment.revision_id).scalar_subquery()
        looked_through = or_(
            and_(*(_holds(said, word) for word in words)),
            Comment.author_id.in_(named),
            Comment.thread_id.in_(titled),
        )
        return looked_through, False
    by_name = select(Comment.id).where(Comment.site_id.in_(site_ids), Comment.author_id.in_(named))
    by_thread = select(Comment.id).where(Comment.thread_id.in_(titled))
    return or_(Among(Comment.id, "saying", saying), Comment.id.in_(union(by_name, by_thread))), True


def _saying(words: Sequence[str]) -> Sequence[int] | None:
    """The comments, of any site, that have ever said these words, as an index finds them. None where none
    does, or where there are so many that it is quicker to look through the newest."""
    if all(len(word) < INDEXED_FROM for word in words):
        return None
    rows = select(Revision.comment_id).where(*_text_holds(words)).limit(MOST_FOUND + 1)
    found = db.session.scalars(rows).all()
    return None if len(found) > MOST_FOUND else found


def _text_holds(words: Sequence[str]) -> list[ColumnElement[bool]]:
    if not is_sqlite():
        return [_holds(Revision.text, word) for word in words]
    indexed = [word for word in words if len(word) >= INDEXED_FROM]
    short = [word for word in words if len(word) < INDEXED_FROM]
    asked = " AND ".join('"{}"'.format(each.replace('"', '""')) for each in _asked(indexed))
    index = table("revision_search", column("rowid"))
    rows = select(index.c.rowid).where(literal_column("revision_search").op("MATCH")(asked))
    checked = [*short, *(word for word in indexed if len(word) > _LONG)]
    if not checked:
        rows = rows.limit(MOST_FOUND + 1)  # the subquery is answered as a whole
    return [Revision.id.in_(rows), *(_holds(Revision.text, word) for word in checked)]


def _asked(words: Sequence[str]) -> list[str]:
    """What the index is asked for. It walks through all places of each piece, and a long word has many, in
    texts of few letters over and over: of those some different pieces are asked for, and the word itself
    is looked for in what was found."""
    found: dict[str, None] = {}
    for word in words:
        pieces = {word[at : at + INDEXED_FROM]: None for at in range(len(word) - INDEXED_FROM + 1)}
        found |= dict.fromkeys(list(pieces)[:_LONG] if len(word) > _LONG else [word])
    return list(found)


def _holds(where: Any, word: str) -> ColumnElement[bool]:
    """Whether a text holds the word. SQLite knows upper and lower case of ASCII alone, so the usual
    ways to write a word are asked for."""
    for special in (_ESCAPE, "%", "_"):
        word = word.replace(special, _ESCAPE + special)
    ways = dict.fromkeys((word, word.lower(), word.upper(), word.title()))
    if word.isascii():
        ways = dict.fromkeys((word,))
    return or_(*(where.ilike(f"%{way}%", escape=_ESCAPE) for way in ways))


# --- the index ------------------------------------------------------------------------------------


def add_index(connection: Connection) -> None:
    """Make the index on an engine whose table `revision` is there. Without pg_trgm PostgreSQL does
    without: it finds the same, and reads all texts for it."""
    if connection.dialect.name == "sqlite":
        for statement in SQLITE:
            connection.execute(text(statement))
        return
    try:
        with connection.begin_nested():
            for statement in POSTGRES:
                connection.execute(text(statement))
    except DBAPIError:
        return


@event.listens_for(Revision.__table__, "after_create")
def _after_create(_table: Any, connection: Connection, **_more: Any) -> None:
    add_index(connection)
