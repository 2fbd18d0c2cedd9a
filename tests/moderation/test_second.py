"""Second looks: what is drawn, who may look, that they look blind, and how far people agree."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotFound
from commentsvc.moderation import second
from commentsvc.moderation.cases.waiting import count_waiting
from commentsvc.moderation.commands import decide, undo
from commentsvc.moderation.models import Decision, SecondLook
from commentsvc.moderation.second import Pair, agreement
from commentsvc.posting.commands import edit, withdraw
from commentsvc.sites import commands as sites
from tests.factories import post

if TYPE_CHECKING:
    from commentsvc.accounts.models import User
    from commentsvc.threads.models import Comment
    from tests.people import Cast


@pytest.fixture(autouse=True)
def share(cast: Cast) -> None:
    changes = {"double_check_share": 1.0, "flood_count": 1000}
    sites.set_policy(cast.site, changes, by=cast.olga)


def decided(cast: Cast, action: str = "approve", *, by: User | None = None) -> Comment:
    comment = post(cast.site, "You idiot.", user=cast.rita).comment
    decide(comment.public_id, action=action, reason="spam", by=by or cast.mona)
    return comment


def ids(cast: Cast, who: User) -> list[str]:
    return [each.id for each in second.waiting(who, [cast.site])]


@pytest.mark.engines
def test_it_works(cast: Cast) -> None:
    sites.set_policy(cast.site, {"hold_repeats": False}, by=cast.olga)
    comment = decided(cast)
    before = (comment.status, comment.version, len(db.session.scalars(select(Decision)).all()))
    (look,) = second.waiting(cast.olga, [cast.site])
    assert look.text == "You idiot." and look.scores["insult"] == 0.93
    assert count_waiting(cast.olga, [cast.site])["second"] == 1
    second.answer(look.id, "reject", by=cast.olga)
    db.session.refresh(comment)
    after = (comment.status, comment.version, len(db.session.scalars(select(Decision)).all()))
    assert after == before  # nothing happens by itself
    assert ids(cast, cast.olga) == [] and count_waiting(cast.olga, [cast.site])["second"] == 0
    for each in (cast.mona, cast.olga):
        (row,) = second.disagreements([cast.site], of=each)
        assert (row.first, row.first_action, row.second, row.second_action) == (
            *("Mona", "approve"),
            *("Olga", "reject"),
        )
    assert second.disagreements([cast.site], of=cast.ada) == []
    found = second.agreements([cast.site])
    assert (found.all.pairs, found.all.agreed, found.all.share) == (1, 0, None)
    assert [each.name for each in found.rules] == ["toxicity"] or found.rules[0].name == "insult"
    assert {each.name for each in found.people} == {"Mona", "Olga"}


def test_what_they_see_does_not_depend_on_what_was_decided(cast: Cast) -> None:
    seen = []
    for action in ("approve", "reject"):
        decided(cast, action)
        (look,) = second.waiting(cast.olga, [cast.site])
        seen.append({**asdict(look), "id": "", "written_at": ""})
        second.answer(look.id, "approve", by=cast.olga)
        sites.set_policy(cast.site, {"hold_repeats": False}, by=cast.olga)
    seen[1]["findings"] = [each for each in seen[1]["findings"] if each["rule"] != "history"]
    assert seen[0] == seen[1]


@pytest.mark.parametrize("who", ["mona", "rita", "max", "bo"])
def test_who_may_not_look(cast: Cast, who: str) -> None:
    decided(cast)
    (look,) = ids(cast, cast.olga)
    with pytest.raises(NotFound):
        second.answer(look, "approve", by=getattr(cast, who))
    if who in ("mona", "rita"):  # the first, and the author
        assert ids(cast, getattr(cast, who)) == []


def test_who_has_decided_on_it_before_may_not_look(cast: Cast) -> None:
    comment = decided(cast, by=cast.olga)
    decide(comment.public_id, action="reject", reason="spam", by=cast.mona)
    assert ids(cast, cast.olga) == [] and ids(cast, cast.mona) == []
    assert len(ids(cast, cast.ada)) == 2


def test_what_is_not_shown_any_more(cast: Cast) -> None:
    taken_back = db.session.scalars(
        select(Decision.public_id).where(
            Decision.comment_id == decided(cast).id, Decision.by_id.is_not(None)
        )
    ).one()
    undo(taken_back, by=cast.mona)
    edit(decided(cast).public_id, "Other words.", user=cast.rita)
    withdraw(decided(cast).public_id, user=cast.rita)
    assert len(db.session.scalars(select(SecondLook)).all()) == 3
    assert ids(cast, cast.olga) == []


def test_it_is_answered_once(cast: Cast) -> None:
    decided(cast)
    (look,) = ids(cast, cast.olga)
    with pytest.raises(Invalid):
        second.answer(look, "feature", by=cast.olga)
    second.answer(look, "approve", by=cast.olga)
    with pytest.raises(Conflict):
        second.answer(look, "reject", by=cast.ada)
    with pytest.raises(NotFound):
        second.answer("nothing", "reject", by=cast.ada)


def test_which_decisions_are_drawn(cast: Cast) -> None:
    comment = decided(cast)
    decide(comment.public_id, action="pin", by=cast.mona)
    sites.set_policy(cast.site, {"double_check_share": 0.0}, by=cast.olga)
    decided(cast)
    assert len(db.session.scalars(select(SecondLook)).all()) == 1
    assert second.waiting(cast.max, [cast.other]) == []


def test_agreement() -> None:
    def pairs(*counts: int) -> list[Pair]:
        said = ((True, True), (True, False), (False, True), (False, False))
        return [
            Pair(None, 1, 2, each)
            for each, count in zip(said, counts, strict=True)
            for _ in range(count)
        ]

    found = agreement("x", pairs(20, 5, 10, 15))  # a table of textbooks: 0.70 and 0.40
    assert found.share is not None and found.share.share == pytest.approx(0.7)
    assert found.kappa == pytest.approx(0.4) and found.share.low < 0.7 < found.share.high
    assert agreement("x", pairs(30, 0, 0, 0)).kappa == 1.0
    assert agreement("x", pairs(25, 25, 0, 0)).kappa == pytest.approx(0.0)
    few = agreement("x", pairs(10, 0, 0, 9))
    assert (few.pairs, few.agreed, few.share, few.kappa) == (19, 19, None, None)
