"""Waves as the queue folds them: all cards once and in order, read from indexes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select, text, update

from commentsvc.core.db import db, is_sqlite, unit_of_work
from commentsvc.core.rows import table_of
from commentsvc.moderation.desk import queue
from commentsvc.moderation.waves import folding, reading
from commentsvc.threads.models import Comment

from .test_gathering import cards, holding, wave, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = [pytest.mark.engines, pytest.mark.usefixtures(holding.__name__)]


def test_a_wave_is_folded_by_indexes_alone(cast: Cast, work: Callable[[], int]) -> None:
    """Each of its comments was read, and its first one looked for; PostgreSQL once read the whole
    wave for each."""
    ids = wave(cast, work)
    if is_sqlite():
        [statement, values] = folding_of(cast)
        connection = db.session.connection()
        plan = [
            row.detail
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
        assert any("COVERING INDEX ix_comment_wave (wave=? AND status=?)" in e for e in plan), plan
        assert any("SEARCH comment USING COVERING INDEX" in each for each in plan), plan
        # only what is found is asked for its wave and site
        assert sum("CORRELATED" in each for each in plan) == 2, plan
        assert sum("TEMP B-TREE" in each for each in plan) == 0, plan
        return
    # which plan is chosen depends on how many comments there are, and whether they were analyzed
    assert rows_read(cast, ids[-1], more=1000) < 20_000


def folding_of(cast: Cast) -> tuple[str, Any]:
    """The statement that asks for a page without members of waves, and its values."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if "comment.urgency AS" in statement:
            asked.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    queue.page([cast.site], "pending", fold=True)
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) == 2  # which waves there are, and the page without their members
    return asked[-1]


def rows_read(cast: Cast, like: str, *, more: int) -> float:
    """How many rows PostgreSQL looks at to fold a wave, with so many more copies of one comment."""
    columns: dict[str, Any] = {
        each.name: each for each in table_of(Comment).columns if each.name != "id"
    }
    number = func.generate_series(1, more)
    columns["public_id"] = func.concat("copy-", number)
    with unit_of_work():
        copied = select(*columns.values()).where(Comment.public_id == like)
        db.session.execute(table_of(Comment).insert().from_select([*columns], copied))
        db.session.execute(text("ANALYZE comment"))
        db.session.execute(text("ANALYZE rule_finding"))
    statement, values = folding_of(cast)
    asked = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
    [[plan]] = db.session.connection().exec_driver_sql(asked, values)
    nodes = [plan[0]["Plan"]]
    for each in nodes:
        nodes += each.get("Plans", ())
    removed = ("Rows Removed by Filter", "Rows Removed by Join Filter")
    return sum(
        each["Actual Loops"] * (each["Actual Rows"] + sum(each.get(name, 0) for name in removed))
        for each in nodes
    )


def test_many_waves_between_others(
    cast: Cast, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All cards are shown once and in order, on pages of any length, in few rounds or many."""
    made = [write(cast, f"The ferry was late on day {at}, said no. {at}.") for at in range(9)]
    work()
    # three waves of two, mixed with others
    waves = {made[at].id: made[at % 3 if at % 3 < 2 else 2].id for at in (0, 1, 2, 4, 5, 6)}
    with unit_of_work():
        db.session.execute(update(Comment).values(wave=None))
        for row, wave_id in waves.items():
            db.session.execute(update(Comment).where(Comment.id == row).values(wave=wave_id))
    first = {
        wave_id: min(row for row in waves if waves[row] == wave_id) for wave_id in waves.values()
    }
    wanted = [e.public_id for e in made if first.get(waves.get(e.id, 0), e.id) == e.id]
    assert len(wanted) == 6
    for steps, limit in itertools.product((0, 1, 2, 6), (1, 2, 25)):
        monkeypatch.setattr(folding, "_STEPS", steps)
        found: list[str] = []
        after = None
        while after or not found:
            page = queue.page(
                [cast.site], "pending", order="oldest", fold=True, limit=limit, after=after
            )
            found += [each.id for each in page.items]
            after = page.next
        assert found == wanted, (steps, limit)


def test_the_newest_of_a_long_wave_say_where_it_is_from(
    cast: Cast, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two networks and two names, and all are counted: not read one by one."""
    monkeypatch.setattr(reading, "_NEWEST", 2)
    ids = wave(cast, work)
    found = cards(cast)[ids[0]]
    assert (found.like, found.newest, found.networks, found.names) == (7, 2, 2, 2)
    long = [write(cast, f"Cheap watches, {at}0 % off, at our corner shop.") for at in range(2, 7)]
    work()
    both = cards(cast)
    second, first = both[long[0].public_id], both[ids[0]]
    assert (second.like, second.newest, first.like, first.newest) == (4, 2, 7, 2)
    monkeypatch.setattr(reading, "_NEWEST", 8)
    assert {each.newest for each in cards(cast).values()} == {None}
