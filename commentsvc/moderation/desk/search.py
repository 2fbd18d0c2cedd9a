"""Searching comments by text, author and article, the same way on every engine.

Every word has to occur, as any part of a word, in any script and case: all of them in one of the
texts that the comment ever had, or in the author's name, or in the article's title, or in its
address. A trigram index finds them: FTS5 with its trigram tokenizer on SQLite, pg_trgm on
PostgreSQL. Triggers (SQLite) and the engine (PostgreSQL) maintain it, so code that writes a text
need not. https://sqlite.org/fts5.html#the_trigram_tokenizer
https://www.postgresql.org/docs/current/pgtrgm.html
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
from ...core.db import Among, any_of, db, is_sqlite
from ...core.errors import Invalid
from ...threads.models import Comment, Revision, Thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...sites.models import Site

MOST_CHARACTERS = 200
MOST_WORDS = 10
MOST_FOUND = 5000  # comments of all sites that an index may return
INDEXED_FROM = 3  # characters of a word; shorter ones are not in the index

_WORD = re.compile(r'"([^"]+)"|(\S+)')
_ESCAPE = "\\"
_LONG = 16  # characters; the index is queried for longer words in pieces
_RUN = re.compile(r"((.)\2{15})\2+")  # collapses long runs of one letter

#: The index on SQLite; a migration has the same.
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
#: The index on PostgreSQL. The extension is trusted: the database owner may add it.
POSTGRES = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX revision_search ON revision USING gin (text gin_trgm_ops)",
)


def words_of(query: str) -> list[str]:
    """The words of a search; a phrase in quotation marks is one. Raises `Invalid` for too many."""
    query = query.replace("\x00", "").strip()
    found = [quoted or word for quoted, word in _WORD.findall(query)]
    found = [_RUN.sub(r"\1", each.strip('"')) for each in found if each.strip('"')]
    if len(query) > MOST_CHARACTERS or len(found) > MOST_WORDS:
        raise Invalid("invalid.search", field="q", words=MOST_WORDS, n=MOST_CHARACTERS)
    return found


def matches(query: str, sites: Sequence[Site]) -> tuple[ColumnElement[bool], bool]:
    """A condition on `Comment` for comments on these sites, and whether an index answers it. If
    not, the caller must bound how many comments are scanned. Raises `Invalid`."""
    words = words_of(query)
    saying = _saying(words)
    site_ids = [site.id for site in sites]
    named = select(User.id).where(*(_holds(User.name, word) for word in words))
    titled = select(Thread.id).where(
        any_of(Thread.site_id, site_ids),
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
    authors = db.session.scalars(named.limit(MOST_FOUND + 1)).all()
    wrote = Among(Comment.author_id, "authors", authors)
    by_name = select(Comment.id).where(
        any_of(Comment.site_id, site_ids),
        wrote if len(authors) <= MOST_FOUND else Comment.author_id.in_(named),
    )
    by_thread = select(Comment.id).where(Comment.thread_id.in_(titled))
    about = union(by_name, by_thread)
    others = db.session.scalars(about.limit(MOST_FOUND + 1)).all()
    if len(others) <= MOST_FOUND:
        return Among(Comment.id, "saying", sorted({*saying, *others})), True
    return or_(Among(Comment.id, "saying", saying), Comment.id.in_(about)), True


def _saying(words: Sequence[str]) -> Sequence[int] | None:
    """Row ids of comments, on any site, whose texts ever had these words, by the index. None if the
    index has none of the words, or finds so many that scanning the newest is quicker."""
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
        rows = rows.limit(MOST_FOUND + 1)  # the subquery is evaluated as a whole
    return [Revision.id.in_(rows), *(_holds(Revision.text, word) for word in checked)]


def _asked(words: Sequence[str]) -> list[str]:
    """The strings to query the index for. It walks all positions of each trigram, which is slow for
    long words: of those, query only some trigrams; the word itself is checked in the results."""
    found: dict[str, None] = {}
    for word in words:
        pieces = {word[at : at + INDEXED_FROM]: None for at in range(len(word) - INDEXED_FROM + 1)}
        found |= dict.fromkeys(list(pieces)[:_LONG] if len(word) > _LONG else [word])
    return list(found)


def _holds(where: Any, word: str) -> ColumnElement[bool]:
    """The condition that a text contains the word. SQLite folds the case of ASCII only, so the
    usual spellings of other words are all tried."""
    for special in (_ESCAPE, "%", "_"):
        word = word.replace(special, _ESCAPE + special)
    ways = dict.fromkeys((word, word.lower(), word.upper(), word.title()))
    if word.isascii():
        ways = dict.fromkeys((word,))
    # SQLite's LIKE ignores the case of ASCII; SQLAlchemy's ILIKE would copy each text first
    like = "like" if is_sqlite() else "ilike"
    return or_(*(getattr(where, like)(f"%{way}%", escape=_ESCAPE) for way in ways))


# --- the index ------------------------------------------------------------------------------------


def add_index(connection: Connection) -> None:
    """Create the index on an engine that has the table `revision`. Without pg_trgm, PostgreSQL
    finds the same by reading all texts."""
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
