"""What an import leaves in the tables, column by column, as `samples/tables/rows.json` has it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Column, Table, select

from commentsvc.accounts.models import Identity, User
from commentsvc.core import clock
from commentsvc.core.db import Base, db
from commentsvc.core.rows import table_of
from commentsvc.exchange.importing import commands
from commentsvc.exchange.importing.arrange import Reading
from commentsvc.exchange.importing.commands import import_comments
from commentsvc.exchange.records import (
    OWN,
    AppealRecord,
    AuthorRecord,
    CommentRecord,
    DecisionRecord,
    FlagRecord,
    Item,
    RevisionRecord,
    ThreadRecord,
)
from commentsvc.moderation.models import Appeal, Decision, Flag, RuleFinding
from commentsvc.threads.models import Comment, Reaction, Revision, Thread
from commentsvc.threads.recount import recount
from tests.exchange.reading import SAMPLES

if TYPE_CHECKING:
    from tests.people import Cast

DAY = datetime(2020, 1, 1, 12, tzinfo=UTC)
TABLES = (User, Identity, Thread, Comment, Revision, RuleFinding, Flag, Decision, Appeal, Reaction)
PEOPLE = {name: AuthorRecord(name, source_id=f"bcdfghjkmnp2{at}") for at, name in enumerate(
    ("Ann", "Bob", "Cy"), 2)}  # fmt: skip
_FINDINGS = [{"rule": "toxicity", "reason": "insult", "action": "HOLD", "evidence": {"score": 0.8}}]
JUDGED = RevisionRecord(
    "A *bridge*", DAY, {"toxicity": 0.8}, "stub/1", "en", {"links": 0},
    {"action": "HOLD", "findings": _FINDINGS},
)  # fmt: skip


def said(name: str, parent: str | None = None, by: str = "Ann", **more: Any) -> CommentRecord:
    values = {"source": OWN, "text": f"Words of {name}", "created_at": DAY} | more
    return CommentRecord(
        source_id=name, thread_source_id="t", parent_source_id=parent, author=PEOPLE[by], **values
    )


def own() -> list[Item]:
    """Comments with everything that an own export says of them."""
    known = {name: each.source_id or "" for name, each in PEOPLE.items()}
    later = DAY + timedelta(hours=1)
    approved = DecisionRecord("approve", id="bcdfghjkmnp92", by=known["Cy"], created_at=later,
        before="pending", after="published", evidence={"a": 1})  # fmt: skip
    undone = DecisionRecord("undo", id="bcdfghjkmnp93", undoes=approved.id, revision=1,
        appeal=AppealRecord("Why?", by=known["Bob"], created_at=later))  # fmt: skip
    edited = RevisionRecord("A bridge, *closed*", later)
    return [
        *PEOPLE.values(),
        ThreadRecord(OWN, "t", "https://news.example.org/a", "The bridge", tags=("live",), names=("bridge",)),
        said("bcdfghjkmnp72", text=edited.text, revisions=(JUDGED, edited), edited_at=later,
             decisions=(approved, undone), likes=5, liked_by=(known["Bob"], known["Cy"]),
             published_at=later),
        said("bcdfghjkmnp73", "bcdfghjkmnp72", "Bob", status="rejected", text=JUDGED.text,
             revisions=(JUDGED,), flags=(
                 FlagRecord("off_topic", by=known["Ann"], created_at=later),
                 FlagRecord("insult", rule="toxicity", closed_at=later, outcome="agreed"))),
        said("bcdfghjkmnp74", "bcdfghjkmnp73", "Cy", pinned=True, featured=True),
        said("foreign", "bcdfghjkmnp74", status="pending", unscored="timeout"),
        said("bcdfghjkmnp75", status="withdrawn", text=""),
    ]  # fmt: skip


def foreign() -> list[Item]:
    """Replies to what is there, in another unit: a gap that is shown again, and a chain below it."""
    return [
        ThreadRecord("isso", "t", "https://news.example.org/a"),
        said("1", source="isso", by="Bob", status="withdrawn", likes=2),
        said("2", "1", source="isso", by="Cy", likes=3, text="<b>2</b>\n\nhttps://e.org/"),
        said("3", "2", source="isso", status="pending", edited_at=DAY),
        said("4", "3", source="isso", created_at=DAY + timedelta(days=1)),
    ]


def rows() -> dict[str, list[dict[str, Any]]]:
    """All rows, with ids as they would be in an empty database; random names are left out."""
    db.session.expire_all()
    found = {table_of(each): _stored(each) for each in TABLES}
    numbers = {
        table: {row["id"]: at for at, row in enumerate(some, 1) if "id" in row}
        for table, some in found.items()
    }
    return {
        table.name: [
            {name: _numbered(numbers, table.c[name], row[name]) for name in row} for row in some
        ]
        for table, some in found.items()
    }


def _numbered(numbers: dict[Table, dict[int, int]], column: Column[Any], value: Any) -> Any:
    target = _target(column)
    return value if target is None else numbers.get(target, {}).get(value, value)


def _target(column: Column[Any]) -> Any:
    named = {"id": column.table, "revision_id": table_of(Revision)}
    for key in column.foreign_keys:
        return key.column.table
    return named.get(column.name)


def _stored(model: type[Base]) -> list[dict[str, Any]]:
    table = table_of(model)
    asked = select(table).order_by(*table.primary_key)
    if model is User:
        asked = asked.where(User.id.in_(select(Identity.user_id)))
    return [
        {name: _plain(name, value) for name, value in row._mapping.items() if name != "site_id"}
        for row in db.session.execute(asked)
    ]


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if name == "public_id" and not value.startswith("bcdfghjkmnp"):
        return "random"
    return value.isoformat() if isinstance(value, datetime) else value


@pytest.mark.engines
def test_it_works(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "UNIT", 3)
    with clock.frozen(DAY + timedelta(days=400)):
        for items in (own(), foreign(), own()):  # the second time, nothing is new
            with Reading(items) as reading:
                import_comments(cast.site, reading)
    found = rows()
    assert found == json.loads((SAMPLES / "tables" / "rows.json").read_text())


@pytest.mark.engines
def test_a_new_count_changes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "UNIT", 2)
    for items in (own(), foreign()):
        with Reading(items) as reading:
            import_comments(cast.site, reading)
    before = rows()
    for thread_id in db.session.scalars(select(Thread.id)).all():
        recount(thread_id)
    after = rows()
    for each in (*before["thread"], *after["thread"]):
        del each["version"]
    assert before == after
