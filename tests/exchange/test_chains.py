"""A chain of answers, each to the one before, costs what flat ones cost, and is counted as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select

from commentsvc.core.db import db
from commentsvc.threads.models import Comment, Thread
from commentsvc.threads.recount import recount
from tests.exchange.test_import import PAGE, bring, comment, stored, thread

if TYPE_CHECKING:
    from commentsvc.exchange.records import Item
    from tests.people import Cast


class Statements:
    """How many rows or statements the database was asked for in a `with` block."""

    def __enter__(self) -> Statements:
        self.many = 0
        event.listen(db.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *raised: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._note)

    def _note(self, *given: object) -> None:
        self.many += 1


def conversation(number: int, *, chain: bool) -> list[Item]:
    name = f"{number}-{chain}"
    items: list[Item] = [thread(name, f"{PAGE}/{name}")]
    for each in range(number):
        above = f"{name}-{each - 1}" if chain and each else None
        items.append(comment(f"{name}-{each}", above, thread=name))
    return items


def cost(cast: Cast, number: int, *, chain: bool) -> tuple[int, int]:
    """Statements of an import, and of a recount of what it made."""
    with Statements() as imported:
        assert bring(cast, conversation(number, chain=chain)).taken["comments"] == number
    row = db.session.scalar(select(Thread.id).order_by(Thread.id.desc()).limit(1))
    with Statements() as counted:
        recount(row or 0)
    return imported.many, counted.many


def test_it_works(cast: Cast) -> None:
    one, two = cost(cast, 150, chain=True), cost(cast, 300, chain=True)
    flat = cost(cast, 300, chain=False)
    for each in range(2):
        assert two[each] < 2.2 * one[each] + 8
        assert two[each] < 1.1 * flat[each] + 8


@pytest.mark.engines
def test_what_stands_in_gaps_is_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places without words stay where something shown hangs on them, over units and imports."""
    monkeypatch.setattr("commentsvc.exchange.importing.commands.UNIT", 3)
    gone = {"status": "withdrawn", "reason": "deleted", "text": ""}
    items: list[Item] = [thread(), comment("0")]
    items += [comment(str(each), str(each - 1), **gone) for each in range(1, 9)]
    bring(cast, items)
    assert {name for name, each in stored().items() if each.shown} == {"disqus:0"}
    bring(
        cast, [*items, comment("9", "8"), comment("10", "4", likes=2), comment("11", "4", **gone)]
    )
    expected = {str(each): (True, 1, 1.0) for each in range(9)}
    expected |= {
        "4": (True, 2, 2.0),
        "9": (True, 0, 0.0),
        "10": (True, 0, 4.0),
        "11": (False, 0, 0.0),
    }
    for _ in range(2):
        found = stored()
        for name, counts in expected.items():
            each = found[f"disqus:{name}"]
            assert (each.shown, each.reply_count, each.rank) == counts, name
        recount(found["disqus:0"].thread_id)
        db.session.expire_all()


def test_a_recount_mends_what_is_wrong(cast: Cast) -> None:
    bring(cast, conversation(5, chain=True))
    rows = db.session.scalars(select(Comment).order_by(Comment.id)).all()
    for each in rows:
        each.shown, each.reply_count, each.rank = False, 7, 3.0
    db.session.commit()
    recount(rows[0].thread_id)
    db.session.expire_all()
    assert [each.reply_count for each in rows] == [1, 1, 1, 1, 0]
    assert all(each.shown for each in rows)
