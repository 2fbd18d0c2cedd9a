"""Earlier decisions on comments like one that waits: which are found, which never, who reads what of them."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text

from commentsvc.accounts import commands as accounts
from commentsvc.core import clock
from commentsvc.core.db import db, is_sqlite, release, unit_of_work
from commentsvc.moderation.commands import decide, decide_each, undo
from commentsvc.moderation.desk import queue
from commentsvc.moderation.models import Decision
from commentsvc.moderation.precedents import keeping, reading
from commentsvc.moderation.precedents.models import Precedent, PrecedentKey
from commentsvc.notifications.statements import statement
from commentsvc.posting.commands import edit, withdraw
from commentsvc.sites import commands as sites
from commentsvc.tuning.consistency import FEWEST, consistency
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from commentsvc.threads.models import Comment
    from tests.people import Cast

pytestmark = pytest.mark.engines

SAID = (
    "What rubbish about the harbourmaster and his lighthouse.",
    "The lighthouse keeper talks rubbish, ask the harbourmaster.",
    "Rubbish: no harbourmaster ever touched that lighthouse.",
    "More rubbish from the harbourmaster on the lighthouse.",
)
ASKED = "This harbourmaster rubbish about a lighthouse again."


@pytest.fixture(autouse=True)
def holding(cast: Cast) -> None:
    """A site where everything waits for a moderator."""
    sites.set_policy(cast.site, {"premoderate_all": True, "slow_seconds": 0}, by=cast.olga)


@pytest.fixture
def later(work: Callable[[], int]) -> Iterator[Callable[[], None]]:
    """Lets jobs work, and then the time pass in which decisions may be taken back."""
    with clock.frozen(clock.now()):

        def wait() -> None:
            work()
            clock.move(timedelta(minutes=10))
            work()

        yield wait


def write(cast: Cast, text: str, **more: Any) -> Comment:
    return post(more.pop("site", cast.site), text, **more).comment


def settle(cast: Cast, *actions: str, by: Any = None) -> list[Comment]:
    made = [write(cast, text) for text in SAID[: len(actions)]]
    for comment, action in zip(made, actions, strict=True):
        reason = "off_topic" if action == "reject" else None
        decide(comment.public_id, action=action, reason=reason, by=by or cast.mona)
    return made


def near(cast: Cast, comment: Comment) -> list[reading.Shown]:
    db.session.expire_all()
    card = queue.card(comment.public_id, [cast.site, cast.other])
    return reading.of_cards([card])[card.id]


def ids(found: list[reading.Shown]) -> set[str]:
    return {each.id for each in found}


def test_it_works(cast: Cast, later: Callable[[], None]) -> None:
    made = settle(cast, "approve", "reject", "reject")
    write(cast, "Flowers grow along the old canal.")  # nobody has decided on it
    later()
    found = near(cast, write(cast, ASKED))
    assert ids(found) == {each.public_id for each in made}
    assert [each.approved for each in found].count(True) == 1
    assert {each.by for each in found} == {cast.mona.name}
    assert found[0].excerpt in SAID


def test_what_is_far_away_is_none(cast: Cast, later: Callable[[], None]) -> None:
    settle(cast, "approve", "reject", "reject")
    later()
    assert near(cast, write(cast, "You idiot, I will kill you over that canal.")) == []


def test_only_the_nearest_three_are_told(cast: Cast, later: Callable[[], None]) -> None:
    made = settle(cast, "approve", "reject", "reject", "reject")
    other = write(cast, "Rubbish everywhere in town.")
    decide(other.public_id, action="approve", by=cast.mona)
    later()
    found = near(cast, write(cast, ASKED))
    assert len(found) == 3
    assert ids(found) <= {each.public_id for each in made}


def test_what_may_still_be_taken_back_is_not_final(
    cast: Cast, work: Callable[[], int], later: Callable[[], None]
) -> None:
    settle(cast, "reject")
    work()
    waiting = write(cast, ASKED)
    assert near(cast, waiting) == []
    later()
    assert len(near(cast, waiting)) == 1


def test_what_was_undone_or_decided_anew_counts_as_it_stands(
    cast: Cast, later: Callable[[], None]
) -> None:
    made = settle(cast, "reject", "reject")
    later()
    first, second = (
        db.session.scalar(
            select(Decision).where(Decision.comment_id == each.id, Decision.by_id.is_not(None))
        )
        for each in made
    )
    assert first is not None and second is not None
    undo(first.public_id, by=cast.mona)
    decide(made[1].public_id, action="approve", by=cast.olga)
    later()
    found = near(cast, write(cast, ASKED))
    assert ids(found) == {made[1].public_id}
    assert found[0].approved and found[0].by == cast.olga.name


def test_machines_make_no_precedents(cast: Cast, later: Callable[[], None]) -> None:
    sites.set_policy(
        cast.site, {"reject_at": {"toxicity": 0.6}, "premoderate_all": False}, by=cast.olga
    )
    rejected = write(cast, SAID[0])
    assert rejected.status == "rejected"
    sites.set_policy(cast.site, {"reject_at": {}, "premoderate_all": True}, by=cast.olga)
    later()
    assert near(cast, write(cast, ASKED)) == []
    assert not db.session.scalar(select(func.count()).select_from(Precedent))


def test_what_was_erased_or_changed_never_comes_back(cast: Cast, later: Callable[[], None]) -> None:
    author = accounts.register(email="ann@example.org", password="a long password", name="Ann")
    gone, changed = (write(cast, text, user=author) for text in SAID[:2])
    for each in (gone, changed):
        decide(each.public_id, action="approve", by=cast.mona)
    kept = write(cast, SAID[2])
    decide(kept.public_id, action="reject", reason="off_topic", by=cast.mona)
    later()
    waiting = write(cast, ASKED)
    assert ids(near(cast, waiting)) == {gone.public_id, changed.public_id, kept.public_id}
    withdraw(gone.public_id, user=author)
    edit(changed.public_id, "Flowers grow along the old canal.", user=author)
    assert ids(near(cast, waiting)) == {kept.public_id}, "at once, before any job"
    later()
    assert not db.session.get(Precedent, gone.id)
    words = select(func.count()).where(PrecedentKey.comment_id == gone.id)
    assert not db.session.scalar(words), "nor its words"


def test_each_site_has_its_own(cast: Cast, later: Callable[[], None]) -> None:
    sites.set_policy(cast.other, {"premoderate_all": True}, by=cast.max)
    settle(cast, "approve", "reject")
    later()
    there = write(cast, ASKED, site=cast.other, href="https://mountain.example.net/hut")
    assert near(cast, there) == []


def test_who_may_hurt_themselves_is_answered_alone(cast: Cast, later: Callable[[], None]) -> None:
    said = "I want to kill myself tonight, the harbourmaster said."
    first = write(cast, said)
    decide(first.public_id, action="reject", reason="care", by=cast.mona)
    later()
    assert not db.session.get(Precedent, first.id)
    assert near(cast, write(cast, said)) == []


def test_of_a_common_word_the_newest_are_kept(
    cast: Cast, later: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "OF_A_KEY", 2)
    made = settle(cast, "approve", "reject", "reject")
    later()
    held = db.session.execute(
        select(PrecedentKey.key, func.count()).group_by(PrecedentKey.key)
    ).all()
    assert max(count for _, count in held) == 2
    last = select(func.count()).where(PrecedentKey.comment_id == made[2].id)
    first = select(func.count()).where(PrecedentKey.comment_id == made[0].id)
    assert (db.session.scalar(last) or 0) > (db.session.scalar(first) or 0)


def test_decisions_from_before_an_upgrade_are_gathered(
    cast: Cast, later: Callable[[], None]
) -> None:
    settle(cast, "approve", "reject", "reject")
    later()
    for table in (PrecedentKey, Precedent):
        db.session.execute(db.delete(table))
    waiting = write(cast, ASKED)
    assert near(cast, waiting) == []
    keeping.gather_precedents()
    assert len(near(cast, waiting)) == 3


def test_the_oldest_are_forgotten(
    cast: Cast, later: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = settle(cast, "approve", "reject", "reject")
    later()
    monkeypatch.setattr(keeping, "_KEPT", 2)
    keeping.gather_precedents()
    kept = set(db.session.scalars(select(Precedent.comment_id)))
    assert kept == {made[1].id, made[2].id}


def test_the_author_reads_counts_and_no_texts(cast: Cast, later: Callable[[], None]) -> None:
    settle(cast, "approve", "reject", "reject")
    later()
    mine = write(cast, ASKED)
    made = decide(mine.public_id, action="reject", reason="off_topic", by=cast.mona)
    later()
    said = statement(made, "en")
    assert said.precedents is not None
    assert "rejected 2 of the 3 most similar comments" in said.precedents
    assert said.precedents in said.lines()
    assert not any("lighthouse" in line or "harbourmaster" in line for line in said.lines())


def test_the_author_is_told_nothing_of_fewer_or_of_later_decisions(
    cast: Cast, later: Callable[[], None]
) -> None:
    settle(cast, "approve", "reject")
    later()
    mine = write(cast, ASKED)
    made = decide(mine.public_id, action="reject", reason="off_topic", by=cast.mona)
    after = write(cast, SAID[3])
    decide(after.public_id, action="reject", reason="off_topic", by=cast.mona)
    later()
    assert statement(made, "en").precedents is None


def test_consistency_is_told_by_rule_and_by_person(cast: Cast, later: Callable[[], None]) -> None:
    settle(cast, "reject", "reject", "reject")
    later()
    for by, action in ((cast.mona, "reject"), (cast.olga, "approve")):
        made = [write(cast, f"{ASKED} Day {n}.") for n in range(FEWEST)]
        seen = {each.public_id: each.version for each in made}
        reason = "off_topic" if action == "reject" else None
        decide_each(seen, action=action, reason=reason, by=by, batch=None)
        later()
    found = consistency([cast.site])
    rows = {each.name: each for each in found.people}
    mona, olga = rows[cast.mona.name], rows[cast.olga.name]
    assert mona.share and mona.share.share == 1.0
    assert olga.share and olga.share.share == 0.0
    assert found.all.decisions == mona.decisions + olga.decisions
    assert sum(each.decisions for each in found.rules) == found.all.decisions
    assert consistency([cast.other]).all.share is None


def test_jobs_of_one_site_take_turns(app: Flask, cast: Cast) -> None:
    """Each drops the oldest comments of full keys: in two orders at once, that is a deadlock."""
    if is_sqlite():
        pytest.skip("units of work take turns anyway")
    made = [each.id for each in settle(cast, "approve", "reject")]
    release()
    begun, order = threading.Event(), list[str]()
    waits = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")

    def second() -> None:
        begun.wait(60)
        with app.app_context(), unit_of_work():
            keeping._forget(made[1:])
            order.append("second")

    (other := threading.Thread(target=second)).start()
    with unit_of_work():
        keeping._forget(made[:1])
        begun.set()
        end = time.monotonic() + 60
        while not db.session.scalar(waits) and not order and time.monotonic() < end:
            time.sleep(0.01)
        order.append("first")
    other.join(60)
    assert order == ["first", "second"]
