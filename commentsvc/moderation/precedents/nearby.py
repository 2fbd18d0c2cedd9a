"""The SQL that finds candidates for many comments at once, on any number of sites: one statement for
the words of all, and one for all rules and scores. `:asked` is a JSON list of what is asked.

Plain SQL, because SQLite has no LATERAL. It joins row by row, and LATERAL and LIMIT keep PostgreSQL
from scanning tables.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import TextClause, text

#: Candidates of a rule, on each side of the score.
_BESIDE = 16


@cache
def with_words(*, sqlite: bool) -> TextClause:
    """The comments with each of some keys; asked: `[site, key]`."""
    asked = _asked(sqlite, site="bigint", key="bigint")
    which = "w.site_id = a.site AND w.key = a.key"
    found = f"SELECT w.comment_id FROM precedent_key w WHERE {which} OFFSET 0"
    join = (
        f"CROSS JOIN precedent_key w ON {which}" if sqlite else f"JOIN LATERAL ({found}) w ON true"
    )
    return text(f"SELECT a.site, a.key, w.comment_id FROM {asked} a {join}")


@cache
def beside(*, sqlite: bool) -> TextClause:
    """The comments with the same rule and a similar score; asked: `[number, site, rule, level]`."""
    asked = _asked(sqlite, number="bigint", site="bigint", rule="text", level="double precision")
    found = " UNION ALL ".join(
        "SELECT s.comment_id FROM (SELECT x.comment_id FROM precedent x WHERE x.site_id = a.site"
        f" AND x.rule = a.rule AND x.level {side} ORDER BY x.level {way}, x.comment_id {way}"
        f" LIMIT {_BESIDE}) s"
        for side, way in (("<= a.level", "DESC"), ("> a.level", "ASC"))
    )
    join = (
        f"CROSS JOIN precedent p ON p.comment_id IN ({found})"
        if sqlite
        else f"JOIN LATERAL ({found}) p ON true"
    )
    return text(f"SELECT a.number, p.comment_id FROM {asked} a {join}")


def _asked(sqlite: bool, **kinds: str) -> str:
    one = "json_extract(value, '$[{n}]')" if sqlite else "CAST(value ->> {n} AS {kind})"
    columns = ", ".join(
        f"{one.format(n=n, kind=kind)} AS {name}" for n, (name, kind) in enumerate(kinds.items())
    )
    listed = "json_each(:asked)" if sqlite else "json_array_elements(CAST(:asked AS json)) e(value)"
    return f"(SELECT {columns} FROM {listed})"
