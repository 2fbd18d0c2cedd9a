"""Waves of real comments: gathered by a job, one card of the queue, decided and undone together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.core.db import db
from commentsvc.moderation.cases import bulk
from commentsvc.moderation.cases.models import Sanction
from commentsvc.moderation.commands import decide
from commentsvc.moderation.desk import queue
from commentsvc.moderation.desk.queue import Filters
from commentsvc.moderation.waves import gathering
from commentsvc.moderation.waves.models import Likeness, LikenessKey
from commentsvc.moderation.waves.reading import Company, company
from commentsvc.posting import commands as posting
from commentsvc.posting.commands import NewComment, submit
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Comment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = pytest.mark.engines

WHO = ("My sister", "My aunt", "A colleague", "My neighbor", "Grandma")
WHAT = ("had sore knees", "slept badly for years", "could hardly walk", "was tired all day")


@pytest.fixture(autouse=True)
def holding(cast: Cast) -> None:
    """A site where everything waits for a moderator."""
    sites.set_policy(cast.site, {"premoderate_all": True, "slow_seconds": 0}, by=cast.olga)


def ad(at: int) -> str:
    return (
        f"{WHO[at % 5]} {WHAT[at // 5 % 4]} until the new Flexora drops came, so ask for them now."
    )


def write(cast: Cast, text: str, *, name: str = "Guest", network: str = "net-1", **more) -> Comment:
    new = NewComment(
        site=more.pop("site", cast.site),
        href=more.pop("href", "https://news.example.org/2026/bridge"),
        text=text,
        name=None if "user" in more else name,
        network=network,
        **more,
    )
    return submit(new).comment


def wave(cast: Cast, work: Callable[[], int], count: int = 8) -> list[str]:
    made = [
        write(cast, ad(at), name=f"Name {at % 4}", network=f"net-{at % 3}") for at in range(count)
    ]
    work()
    return [each.public_id for each in made]


def cards(cast: Cast, **more) -> dict[str, Company]:
    found = queue.page([cast.site], "pending", fold=True, **more).items
    beside = company(found)
    return {each.id: beside[each.id] for each in found}


def status(ids: list[str]) -> set[str]:
    db.session.expire_all()
    return set(db.session.scalars(select(Comment.status).where(Comment.public_id.in_(ids))))


def test_it_works(cast: Cast, work: Callable[[], int]) -> None:
    ids = wave(cast, work)
    calm = write(cast, "The ferry was late again, as every Monday this year.", network="net-9")
    work()
    found = cards(cast)
    assert set(found) == {ids[0], calm.public_id}
    assert (found[ids[0]].like, found[ids[0]].networks, found[ids[0]].names) == (7, 3, 4)
    assert found[calm.public_id].kinds == ()
    assert queue.counts([cast.site])["pending"] == 9  # what waits is counted, not cards
    assert {each.id for each in queue.page([cast.site], "pending").items} == {
        *ids,
        calm.public_id,
    }


def test_a_wave_is_decided_and_undone_together(cast: Cast, work: Callable[[], int]) -> None:
    ids = wave(cast, work)
    made = bulk.preview(
        [cast.site],
        action="reject",
        reason="spam",
        ban=True,
        by=cast.mona,
        filters=Filters(like=ids[3]),
    )
    assert {each[0] for each in made.targets} == set(ids)
    bulk.start(made, by=cast.mona)
    work()
    assert status(ids) == {"rejected"} and cards(cast) == {}
    assert db.session.scalar(select(func.count()).where(Sanction.kind == "ban")) == 8
    bulk.undo_all(made, by=cast.mona)
    work()
    assert status(ids) == {"pending"}
    assert cards(cast)[ids[0]].like == 7


def test_what_is_left_of_a_wave_stays_one_card(cast: Cast, work: Callable[[], int]) -> None:
    ids = wave(cast, work)
    decide(ids[0], action="reject", reason="spam", by=cast.mona)
    found = cards(cast)
    assert set(found) == {ids[1]} and found[ids[1]].like == 6
    later = write(cast, ad(9))
    work()
    assert cards(cast)[ids[1]].like == 7 and later.public_id not in cards(cast)


def test_other_words_with_the_same_link(cast: Cast, work: Callable[[], int]) -> None:
    page = "https://shop.example.com/drops"
    first = write(cast, f"Grandma sleeps well again, see {page}?utm_source=a")
    other = write(cast, "Who else has tried this? http://www.shop.example.com/drops/ is my tip")
    write(cast, "I read about it on https://shop.example.com/knees yesterday evening")
    work()
    assert cards(cast)[first.public_id].like == 1 and other.public_id not in cards(cast)
    assert len(cards(cast)) == 2


def test_anybody_may_link_to_what_was_approved(cast: Cast, work: Callable[[], int]) -> None:
    page = "https://library.example.com/hours"
    known = write(cast, f"The library has new opening hours: {page}")
    decide(known.public_id, action="approve", by=cast.mona)
    work()
    write(cast, f"Thanks, I had looked for that everywhere: {page}")
    write(cast, f"Closed on Mondays, what a pity. Source: {page}")
    work()
    assert len(cards(cast)) == 2


def test_each_site_has_waves_of_its_own(cast: Cast, work: Callable[[], int]) -> None:
    sites.set_policy(cast.other, {"premoderate_all": True}, by=cast.olga)
    here = write(cast, ad(1))
    there = write(cast, ad(1), site=cast.other, href="https://mountain.example.net/a")
    work()
    found = queue.page([cast.site, cast.other], "pending", fold=True).items
    assert {each.id for each in found} == {here.public_id, there.public_id}
    assert all(each.like == 0 for each in company(found).values())
    shown = queue.page([cast.other], "pending", filters=Filters(network=here.public_id)).items
    assert shown == []  # another site's comment says nothing here


def test_its_author_and_network(cast: Cast, work: Callable[[], int]) -> None:
    texts = ("The ferry is late.", "What about the bridge?", "I saw a heron there today.")
    mine = [write(cast, each, user=cast.rita, network="net-7") for each in texts]
    work()
    found = cards(cast)
    assert found[mine[0].public_id].kinds == ("author",)
    assert found[mine[0].public_id].by_author == 2
    write(cast, "Nobody repairs the pier.", network="net-7")
    found = cards(cast)
    assert found[mine[0].public_id].kinds == ("author", "network")
    assert (found[mine[0].public_id].by_network, found[mine[0].public_id].network_names) == (3, 2)
    shown = queue.page([cast.site], "pending", filters=Filters(network=mine[1].public_id)).items
    assert len(shown) == 4


def test_who_may_hurt_themselves_is_answered_alone(cast: Cast, work: Callable[[], int]) -> None:
    """Neither in a wave nor beside what else the author wrote or the network sent."""
    words = "until the new Flexora drops came, so ask for them now. I want to die."
    alike = [write(cast, f"{who} had sore knees {words}", user=cast.rita) for who in WHO[:2]]
    ids = wave(cast, work)
    mine = [write(cast, each, user=cast.rita) for each in ("The ferry is late.", "A heron came.")]
    work()
    found = cards(cast)
    sad = {each.public_id for each in alike}
    assert set(found) == {*sad, ids[0], *(each.public_id for each in mine)}
    assert all(found[each].kinds == () for each in sad)
    assert found[ids[0]].like == 7
    assert found[mine[0].public_id].by_author == 1 and found[mine[0].public_id].by_network == 4
    for given, count in (({"like": ids[0]}, 8), ({"network": mine[0].public_id}, 5)):
        some = queue.page([cast.site], "pending", filters=Filters(**given)).items
        assert len(some) == count and not sad & {each.id for each in some}
    by_rita = Filters(author=cast.rita.public_id)
    assert len(queue.page([cast.site], "pending", filters=by_rita).items) == 4
    made = bulk.preview(
        [cast.site],
        action="reject",
        reason="spam",
        by=cast.mona,
        filters=replace(by_rita, together=True),
    )
    assert {each[0] for each in made.targets} == {each.public_id for each in mine}


def test_another_text_leaves_the_wave(cast: Cast, work: Callable[[], int]) -> None:
    sites.set_policy(cast.site, {"premoderate_all": True, "edit_seconds": 600}, by=cast.olga)
    one, other = write(cast, ad(1), user=cast.rita), write(cast, ad(2), user=cast.max)
    work()
    assert len(cards(cast)) == 1
    posting.edit(other.public_id, "The ferry was late again, as every Monday.", user=cast.max)
    work()
    assert set(cards(cast)) == {one.public_id, other.public_id}


def test_two_waves_become_one(cast: Cast, work: Callable[[], int]) -> None:
    page = "https://shop.example.com/drops"
    wave(cast, work)
    for name in ("Ann", "Ben"):
        write(cast, f"Look here before it is sold out, friends: {page}", name=name)
    work()
    assert sorted(each.like for each in cards(cast).values()) == [1, 7]
    write(cast, f"{ad(3)} {page}")
    work()
    assert [each.like for each in cards(cast).values()] == [10]


def test_what_waited_before_is_gathered(cast: Cast, work: Callable[[], int]) -> None:
    ids = wave(cast, work)
    gathering._forget_these(list(db.session.scalars(select(Comment.id))))
    for each in db.session.scalars(select(Comment)):
        each.wave = None
    db.session.commit()
    assert len(cards(cast)) == len(ids)
    gathering.gather_waves()
    assert len(cards(cast)) == 1


def test_what_is_decided_is_forgotten(
    cast: Cast, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = wave(cast, work)
    for each in ids[1:]:
        decide(each, action="reject", reason="spam", by=cast.mona)
    gathering.forget_waves()
    assert db.session.scalar(select(func.count()).select_from(Likeness)) == 8  # one still waits
    decide(ids[0], action="reject", reason="spam", by=cast.mona)
    gathering.forget_waves()
    assert db.session.scalars(select(Likeness)).all() == []
    assert db.session.scalars(select(LikenessKey)).all() == []
    wave(cast, work)
    monkeypatch.setattr(gathering, "_KEPT", 3)
    gathering.forget_waves()
    assert db.session.scalar(select(func.count()).select_from(Likeness)) == 3


def test_a_key_has_few_comments(
    cast: Cast, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_OF_A_KEY", 2)
    for _ in range(5):
        write(cast, ad(1))
    work()
    counted = select(LikenessKey.key, func.count().label("n")).group_by(LikenessKey.key).subquery()
    assert db.session.scalar(select(func.max(counted.c.n))) == 2
    assert [each.like for each in cards(cast).values()] == [4]


def test_what_nobody_has_to_read_is_not_compared(cast: Cast, work: Callable[[], int]) -> None:
    sites.set_policy(cast.site, {"premoderate_all": False}, by=cast.olga)
    write(cast, "The ferry was late again, as every Monday this year.")
    assert work() == 0
    assert db.session.scalars(select(Likeness)).all() == []
