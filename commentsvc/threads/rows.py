"""The SQL that reads places in conversations. Each statement first finds its few rows by an index,
then reads what is shown of each, so a long conversation costs no more than a short one.

Plain SQL, because loading objects costs ten times as much (docs/performance.md). SQLite joins row
by row. LATERAL and LIMIT keep PostgreSQL from scanning tables for a page of a long conversation.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import TextClause, text

_COLUMNS = """
    c.id AS row_id, c.parent_id AS parent_row, c.public_id AS id, t.public_id AS thread_id,
    t.href AS href, c.depth, c.status, c.created_at, c.edited_at, c.like_count, c.reply_count,
    c.reactions, c.rank, c.featured, c.pinned, r.id AS revision, r.html, r.text,
    CASE WHEN r.language IS NULL AND c.unscored = 'language' THEN '' ELSE r.language END AS language,
    u.public_id AS author_id, u.name AS author_name, u.kind AS author_kind, u.profile, m.role,
    c.site_id, u.erased_at, p.public_id AS parent_id,
    CASE WHEN p.status = 'published' AND pu.erased_at IS NULL THEN pu.name END AS parent_name
"""
_JOINS = (
    ("JOIN", "comment", "c", "id = k.id"),
    ("JOIN", "thread", "t", "id = c.thread_id"),
    ("JOIN", "revision", "r", "id = c.revision_id"),
    ("JOIN", '"user"', "u", "id = c.author_id"),
    ("LEFT JOIN", "membership", "m", "user_id = c.author_id AND {}.site_id = c.site_id"),
    ("LEFT JOIN", "comment", "p", "id = c.parent_id"),
    ("LEFT JOIN", '"user"', "pu", "id = p.author_id"),
)
_ORDERS = {
    "top": ("x.rank", "DESC", "(x.rank, x.id) < (:key, :id)"),
    "newest": ("x.created_at", "DESC", "(x.created_at, x.id) < (:key, :id)"),
    "oldest": ("x.created_at", "", "(x.created_at, x.id) > (:key, :id)"),
}
#: Row limits of a level, in the SQL text, because PostgreSQL plans a statement once.
_STEPS = (6, 11, 21, 31, 51, 101, 201)


def step_of(limit: int) -> int:
    """The smallest step above `limit`, which shows whether there are more rows."""
    return next(step for step in _STEPS if step > limit)


@cache
def grown_sql(sort: str, step: int, *, parent: bool, after: bool, sqlite: bool) -> TextClause:
    """Some places of one level with their first replies and the first replies to these. Parameters:
    `:thread`, `:limit`, `:first`, `:second`, `:most`, and if needed `:parent`, `:key` and `:id`.

    Where only one place would be left below one, it is returned, too.
    `places`: the number of places below one in branches not returned, at most `:most` in total;
    `found`: the number of rows on the level, up to `step`.
    """
    level = _level(sort, step, parent=parent, after=after, sqlite=sqlite)
    return _with_first(level, f"b.key {_ORDERS[sort][1]}, b.id {_ORDERS[sort][1]}", sqlite)


@cache
def one_grown_sql(*, sqlite: bool) -> TextClause:
    """The same for one place, `:comment`."""
    return _with_first("SELECT x.id, 0 AS key FROM comment x WHERE x.id = :comment", "b.id", sqlite)


@cache
def level_sql(sort: str, step: int, *, parent: bool, after: bool, sqlite: bool) -> TextClause:
    """Only the places of one level, up to `step`."""
    level = _level(sort, step, parent=parent, after=after, sqlite=sqlite)
    _, way, _ = _ORDERS[sort]
    return text(f"WITH k AS ({level}) {_shown(sqlite)} ORDER BY k.key {way}, k.id {way}")


@cache
def branch_sql(*, sqlite: bool) -> TextClause:
    """The places below `:parents` (JSON list of row ids): the nearest `:most`, ordered by time."""
    return text(
        f"""WITH RECURSIVE down(id) AS (
            SELECT x.id FROM {_listed("parents", sqlite)} b {_below("b", sqlite)}
            UNION ALL SELECT x.id FROM down {_below("down", sqlite)}),
        k AS (SELECT id FROM down LIMIT :most)
        {_shown(sqlite)} ORDER BY c.created_at, c.id"""
    )


@cache
def left_sql(*, sqlite: bool) -> TextClause:
    """The number of places in the branches below some places that start after a reply, except one
    branch: `:left` is a JSON list of `[place, moment, reply, but]`; up to `:most` in total."""
    one = "json_extract(value, '$[{n}]')" if sqlite else "CAST(value ->> {n} AS bigint)"
    asked = ", ".join(
        f"{one.format(n=n)} AS {name}" for n, name in enumerate(("id", "moment", "reply", "but"))
    )
    listed = "json_each(:left)" if sqlite else "json_array_elements(CAST(:left AS json))"
    further = "AND (x.created_at, x.id) > (a.moment, a.reply) AND x.id <> a.but"
    return text(
        f"""WITH RECURSIVE asked AS (SELECT {asked} FROM {listed}),
        down(start, id) AS (
            SELECT a.id, x.id FROM asked a {_below("a", sqlite, further)}
            UNION ALL SELECT down.start, x.id FROM down {_below("down", sqlite)})
        SELECT start, count(*) AS places, min(id) AS lone
        FROM (SELECT start, id FROM down LIMIT :most) d GROUP BY start"""
    )


@cache
def some_sql(*, sqlite: bool) -> TextClause:
    """The places of `:ids` (JSON list of row ids), ordered by time."""
    return text(f"WITH k AS {_listed('ids', sqlite)} {_shown(sqlite)} ORDER BY c.created_at, c.id")


@cache
def path_sql(*, sqlite: bool) -> TextClause:
    """A comment with its ancestors, top-level first: `:comment`, at most `:most` ancestors."""
    return text(
        f"""WITH RECURSIVE k(id, parent_id, n) AS (
            SELECT id, parent_id, 0 FROM comment WHERE id = :comment
            UNION ALL
            SELECT x.id, x.parent_id, k.n + 1 FROM comment x JOIN k ON x.id = k.parent_id
            WHERE k.n < :most)
        {_shown(sqlite)} ORDER BY k.n DESC"""
    )


@cache
def one_sql(*, sqlite: bool) -> TextClause:
    """One place, `:comment`, whatever its status."""
    return text(f"WITH k AS (SELECT id FROM comment WHERE id = :comment) {_shown(sqlite)}")


@cache
def new_sql(*, sqlite: bool) -> TextClause:
    """What was published in `:thread` after (`:moment`, `:id`), oldest first, up to `:limit`."""
    return text(
        f"""WITH k AS (SELECT x.id, x.published_at FROM comment x
            WHERE x.thread_id = :thread AND x.status = 'published'
            AND (x.published_at, x.id) > (:moment, :id)
            ORDER BY x.published_at, x.id LIMIT :limit)
        {_shown(sqlite, "k.published_at")} ORDER BY k.published_at, k.id"""
    )


def _level(sort: str, step: int, *, parent: bool, after: bool, sqlite: bool) -> str:
    key, way, further = _ORDERS[sort]
    which = "x.parent_id = :parent" if parent else "x.parent_id IS NULL"
    # parent_id is in ORDER BY because PostgreSQL does not use the index order after IS NULL
    return f"""SELECT x.id, {key} AS key FROM comment x
        WHERE x.thread_id = :thread AND {which} AND x.shown = {_true(sqlite)}
        {"AND " + further if after else ""}
        ORDER BY x.parent_id {way}, {key} {way}, x.id {way} LIMIT {step}"""


def _with_first(level: str, order: str, sqlite: bool) -> TextClause:
    drawn = "AND x.id NOT IN (SELECT id FROM k)"
    return text(
        f"""WITH RECURSIVE level AS ({level}),
        l0 AS (SELECT b.id FROM level b ORDER BY {order} LIMIT :limit),
        l1 AS ({_first("l0", ":first", sqlite)}),
        l2 AS ({_first("l1", ":second", sqlite)}),
        k AS (SELECT id FROM l0 UNION ALL SELECT id FROM l1 UNION ALL SELECT id FROM l2),
        down(start, id) AS (
            SELECT k.id, x.id FROM k {_below("k", sqlite, drawn)}
            UNION ALL SELECT down.start, x.id FROM down {_below("down", sqlite)}),
        d AS (SELECT start, id FROM down LIMIT :most),
        n AS (SELECT start, count(*) AS places, min(id) AS lone FROM d GROUP BY start),
        s AS (SELECT id FROM k UNION ALL SELECT lone FROM n
            WHERE places = 1 AND (SELECT count(*) FROM d) < :most)
        {_shown(sqlite, "n.places, (SELECT count(*) FROM level) AS found", of="s k")}
        LEFT JOIN n ON n.start = k.id ORDER BY c.created_at, c.id"""
    )


def _shown(sqlite: bool, *more: str, of: str = "k") -> str:
    """The SELECT of everything shown of the places in `k`, or in another table named so."""
    joins = (
        f"{how} {table} {name} ON {name}.{where.format(name)}"
        if sqlite
        else f"{how} LATERAL (SELECT * FROM {table} x WHERE x.{where.format('x')} LIMIT 1) {name} ON true"
        for how, table, name, where in _JOINS
    )
    return f"SELECT {', '.join((_COLUMNS, *more))} FROM {of} {' '.join(joins)}"


def _first(of: str, limit: str, sqlite: bool) -> str:
    """The first replies to each, found by an index, without reading all replies."""
    found = f"""SELECT y.id FROM comment y WHERE y.parent_id = b.id AND y.shown = {_true(sqlite)}
        ORDER BY y.created_at, y.id LIMIT {limit}"""
    if sqlite:
        return f"SELECT x.id FROM {of} b JOIN comment x ON x.id IN ({found})"
    return f"SELECT x.id FROM {of} b JOIN LATERAL ({found}) x ON true"


def _below(of: str, sqlite: bool, further: str = "") -> str:
    """The join of all shown replies to each."""
    which = f"x.parent_id = {of}.id AND x.shown = {_true(sqlite)} {further}"
    if sqlite:
        return f"JOIN comment x ON {which}"
    return f"JOIN LATERAL (SELECT x.id FROM comment x WHERE {which} OFFSET 0) x ON true"


def _listed(name: str, sqlite: bool) -> str:
    """The row ids in a parameter that is a JSON list."""
    if sqlite:
        return f"(SELECT value AS id FROM json_each(:{name}))"
    values = f"json_array_elements_text(CAST(:{name} AS json)) e(value)"
    return f"(SELECT CAST(value AS bigint) AS id FROM {values})"


def _true(sqlite: bool) -> str:
    return "1" if sqlite else "true"  # as in SQLite's index
