"""Undo of an import: what it brought goes, what people here have done with it stays."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest
from sqlalchemy import event, func, select

from commentsvc.accounts import chain
from commentsvc.accounts.models import StaffAct, User
from commentsvc.core import jobs
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, NotAllowed, NotFound
from commentsvc.exchange.exporting.commands import export_site
from commentsvc.exchange.importing import commands
from commentsvc.exchange.uploads import commands as uploads
from commentsvc.exchange.uploads import undoing
from commentsvc.exchange.uploads.models import Import, ImportUnit
from commentsvc.moderation import audit
from commentsvc.moderation.commands import decide, undo
from commentsvc.moderation.flags import flag
from commentsvc.moderation.models import Decision
from commentsvc.sites.commands import add_site
from commentsvc.threads import likes
from commentsvc.threads.commands import open_thread, set_closed
from commentsvc.threads.models import Comment, Thread
from commentsvc.threads.reactions import pages as of_pages
from commentsvc.threads.recount import recount
from tests.exchange.test_uploads import tried
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.engines
PAGE = "https://news.example.org/old"


def rows(*given: tuple[str, str, str]) -> bytes:
    """id, parent, page -> a file of comments."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["comment_id", "parent_id", "thread_url", "author_name", "text", "created_at"])
    for number, (name, parent, page) in enumerate(given):
        date = f"2019-01-01T00:00:{number:02}Z"
        table.writerow([name, parent, page, f"Ann {name}", f"Words of {name}", date])
    return out.getvalue().encode()


def brought(cast: Cast, data: bytes) -> Import:
    row = tried(cast, data)
    uploads.start(cast.site, row.public_id, by=cast.olga)
    jobs.run_due()
    return again(row)


def again(row: Import) -> Import:
    return db.session.get_one(Import, row.id, populate_existing=True)


def undone(cast: Cast, row: Import) -> Import:
    undoing.start(cast.site, row.public_id, by=cast.olga)
    jobs.run_due()
    db.session.expire_all()
    return again(row)


def called(name: str) -> Comment:
    return db.session.scalars(select(Comment).where(Comment.source.like(f"%:{name}"))).one()


def left() -> set[str]:
    found = db.session.scalars(select(Comment.source).where(Comment.source.is_not(None)))
    return {each.rpartition(":")[2] for each in found}


def many(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


CHAIN = rows(
    ("a", "", PAGE), ("b", "a", PAGE), ("c", "b", PAGE), ("d", "a", PAGE),
    ("e", "", f"{PAGE}/2"), ("f", "e", f"{PAGE}/2"),
)  # fmt: skip


@pytest.mark.parametrize("unit", [200, 3])
def test_it_works(cast: Cast, monkeypatch: pytest.MonkeyPatch, unit: int) -> None:
    monkeypatch.setattr(commands, "UNIT", unit)
    monkeypatch.setattr(undoing, "_AT_ONCE", unit)
    before = many(Comment), many(Thread), many(User)
    row = brought(cast, CHAIN)
    assert many(Comment) == before[0] + 6 and undoing.can_undo(row)
    assert undoing.plan(row) == undoing.Plan(gone=6, kept=0)
    row = undone(cast, row)
    assert row.state == "undone" and row.seen == 6
    assert (many(Comment), many(Thread), many(User)) == before
    act = db.session.scalars(select(StaffAct).order_by(StaffAct.id.desc())).first()
    assert act.kind == "import_undone" and act.data == {"comments": 6, "kept": 0}
    assert act.by_id == cast.olga.id and chain.verify()[1] is None
    assert not undoing.can_undo(row) and many(ImportUnit) == 0
    # and it can be imported again
    assert brought(cast, CHAIN).report["taken"]["comments"] == 6


def test_what_was_here_stays(cast: Cast) -> None:
    mine = post(cast.site, "I was here.", user=cast.rita, href=PAGE).comment
    row = undone(cast, brought(cast, CHAIN))
    assert row.state == "undone" and left() == set()
    assert db.session.get(Comment, mine.id) is not None
    assert db.session.get_one(Thread, mine.thread_id).comment_count == 1


def test_what_people_answered_stays_with_what_it_answers(cast: Cast) -> None:
    row = brought(cast, CHAIN)
    reply = post(cast.site, "So it is.", user=cast.rita, href=PAGE, parent=called("b").public_id)
    assert undoing.plan(row) == undoing.Plan(gone=4, kept=2)
    row = undone(cast, row)
    assert left() == {"a", "b"} and db.session.get(Comment, reply.comment.id) is not None
    assert (row.seen, row.total) == (4, 6)
    for comment in (called("a"), called("b")):
        assert comment.reply_count == 1
        said = comment.thread_id, comment.reply_count, comment.shown, comment.rank
        recount(comment.thread_id)
        db.session.expire_all()
        assert said == (comment.thread_id, comment.reply_count, comment.shown, comment.rank)
    assert db.session.get_one(Thread, called("a").thread_id).comment_count == 3


@pytest.mark.parametrize("act", ["like", "report", "decide"])
def test_what_people_have_touched_stays(cast: Cast, act: str) -> None:
    row = brought(cast, CHAIN)
    one = called("e")
    if act == "like":
        likes.like(one, cast.rita)
    elif act == "report":
        flag(one.public_id, user=cast.rita, reason="spam")
    else:
        decide(one.public_id, action="pin", by=cast.mona)
    assert undoing.plan(row) == undoing.Plan(gone=5, kept=1)
    assert undone(cast, row).report["kept"] == 1
    assert left() == {"e"}
    act_of = db.session.scalars(select(StaffAct).order_by(StaffAct.id.desc())).first()
    assert act_of.data == {"comments": 5, "kept": 1}


def test_only_its_own_goes(cast: Cast) -> None:
    """What another import brought stays, even if it answers something of this one."""
    first = brought(cast, rows(("a", "", PAGE), ("b", "", PAGE)))
    more = rows(("a", "", PAGE), ("b", "", PAGE), ("later", "a", PAGE))
    second = brought(cast, more)
    assert second.report["taken"]["comments"] == 1
    undone(cast, first)
    assert left() == {"a", "later"}
    undone(cast, second)
    assert left() == {"a"}


def test_a_whole_export_goes_with_its_history(cast: Cast) -> None:
    """Decisions, reports and likes that the file told of came before the import, and keep nothing."""
    held = post(cast.site, "You idiot.", user=cast.max).comment
    shown = post(cast.site, "Fine.", user=cast.rita).comment
    likes.like(shown, cast.max)
    flag(shown.public_id, user=cast.max, reason="spam")
    first = decide(held.public_id, action="reject", reason="abusive", by=cast.mona)
    undo(first.public_id, by=cast.mona)
    out = io.BytesIO()
    export_site(cast.site, "commentsvc", out)
    other = add_site(name="Other", origins=["https://news.example.org"], owner=cast.olga)
    before = many(Comment), many(Thread), many(User)

    def save(file: BinaryIO) -> None:
        file.write(out.getvalue())

    row = uploads.try_file(other, save, uploads.Options(), name="a.jsonl", by=cast.olga)
    uploads.start(other, row.public_id, by=cast.olga)
    jobs.run_due()
    assert many(Comment) == before[0] + 2 and many(Decision) > 2
    assert undoing.plan(again(row)) == undoing.Plan(gone=2, kept=0)
    undoing.start(other, row.public_id, by=cast.olga)
    jobs.run_due()
    assert (many(Comment), many(Thread)) == before[:2]
    chains = chain.verify(), audit.verify(cast.site.id), audit.verify(other.id)
    assert all(each[-1] is None for each in chains)


def test_reactions_to_pages_go_unless_readers_gave_them(cast: Cast) -> None:
    """Those of the file go; a page that a reader has reacted to since stays, with this reaction."""
    pages = [open_thread(cast.site, f"{PAGE}/{each}") for each in "ab"]
    for each in pages:
        of_pages.react(each, cast.max, "love")
    out = io.BytesIO()
    export_site(cast.site, "commentsvc", out)
    other = add_site(name="Other", origins=["https://news.example.org"], owner=cast.olga)

    def save(file: BinaryIO) -> None:
        file.write(out.getvalue())

    row = uploads.try_file(other, save, uploads.Options(), name="a.jsonl", by=cast.olga)
    uploads.start(other, row.public_id, by=cast.olga)
    jobs.run_due()
    ours = select(Thread).where(Thread.site_id == other.id).order_by(Thread.address)
    first, second = db.session.scalars(ours).all()
    assert first.reactions == second.reactions == {"love": 1}
    of_pages.react(second, cast.rita, "sad")
    undoing.start(other, row.public_id, by=cast.olga)
    jobs.run_due()
    db.session.expire_all()
    [kept] = db.session.scalars(ours).all()
    assert (kept.address, kept.reactions) == (second.address, {"sad": 1})
    assert of_pages.reaction_of(cast.rita, kept) == "sad"
    assert [each.reactions for each in pages] == [{"love": 1}] * 2


def statements(call: Any) -> int:
    """How many a call asks the database for."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        call()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)


def test_a_deep_conversation_goes_in_as_few_steps_as_a_flat_one(cast: Cast) -> None:
    costs = {}
    for deep in (100, 200):
        chain = rows(*((f"{n}", f"{n - 1}" if n else "", f"{PAGE}/{deep}") for n in range(deep)))
        row = brought(cast, chain)
        undoing.start(cast.site, row.public_id, by=cast.olga)
        costs[deep] = statements(lambda row=row: undoing.undo_import(row.id))
        assert again(row).state == "undone" and again(row).seen == deep and not left()
    assert costs[200] < 2.6 * costs[100] and costs[200] < 120


def test_in_a_deep_conversation_all_that_is_replied_to_stays(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "_AT_ONCE", 7)
    chain = rows(*((f"{n}", f"{n - 1}" if n else "", PAGE) for n in range(40)))
    row = brought(cast, chain)
    post(cast.site, "So it is.", user=cast.rita, href=PAGE, parent=called("11").public_id)
    likes.like(called("3"), cast.max)
    assert undoing.plan(row) == undoing.Plan(gone=28, kept=12)
    row = undone(cast, row)
    assert (row.seen, left()) == (28, {f"{n}" for n in range(12)})
    assert [called(f"{n}").reply_count for n in (10, 11)] == [1, 1]
    assert db.session.get_one(Thread, called("1").thread_id).comment_count == 13


def test_a_worker_that_dies_is_followed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "_AT_ONCE", 2)
    row = brought(cast, CHAIN)
    whole, calls = undoing._remove, []

    def dying(ids: list[int], of: Any) -> int:
        calls.append(ids)
        if len(calls) == 2:
            raise RuntimeError("died")
        return whole(ids, of)

    monkeypatch.setattr(undoing, "_remove", dying)
    undoing.start(cast.site, row.public_id, by=cast.olga)
    jobs.run_due()
    assert again(row).state == "undoing" and 0 < len(left()) < 6
    with pytest.raises(Conflict):  # nothing else meanwhile
        tried(cast, CHAIN)
    undoing.undo_import(row.id)
    assert again(row).state == "undone" and not left()
    assert again(row).seen == 6


def test_what_cannot_be_undone(cast: Cast) -> None:
    row = tried(cast, CHAIN)
    with pytest.raises(Conflict, match="undo"):
        undoing.start(cast.site, row.public_id, by=cast.olga)
    with pytest.raises(NotFound):
        undoing.start(cast.site, "none", by=cast.olga)
    row = brought(cast, CHAIN)
    with pytest.raises(NotAllowed):
        undoing.start(cast.site, row.public_id, by=cast.mona)
    undone(cast, row)
    with pytest.raises(Conflict, match="undo"):
        undoing.start(cast.site, row.public_id, by=cast.olga)


def test_what_staff_did_with_a_conversation_stays_in_their_log(cast: Cast) -> None:
    """A row that lost its conversation would look as if somebody had changed it."""
    row = brought(cast, CHAIN)
    set_closed(db.session.get_one(Thread, called("e").thread_id), True, by=cast.mona)
    thread_id = called("e").thread_id
    row = undone(cast, row)
    assert row.state == "undone" and not left()
    assert db.session.get(Thread, thread_id) is not None and chain.verify()[1] is None
