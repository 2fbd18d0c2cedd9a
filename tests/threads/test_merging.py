"""Two conversations made one and parted again; pages that have moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Conflict, Invalid, NotAllowed, NotFound
from commentsvc.posting.commands import withdraw
from commentsvc.sites.commands import set_origins, set_policy
from commentsvc.sites.queries import by_id, by_key
from commentsvc.threads import commands as threads
from commentsvc.threads import merging, pages, remap
from commentsvc.threads.models import Comment, Thread
from commentsvc.threads.recount import recount
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.sites.models import Site
    from tests.people import Cast

A, B, C = (f"https://news.example.org/{name}" for name in "abc")


def at(site: Site, href: str) -> Thread:
    found = threads.find_thread(site, href)
    assert found is not None
    return found


def said(site: Site, href: str) -> set[str]:
    """The texts of an address's conversation."""
    rows = db.session.scalars(select(Comment).where(Comment.thread_id == at(site, href).id))
    return {threads.revision_of(each).text for each in rows}


def counted(site: Site) -> list[tuple[object, ...]]:
    db.session.expire_all()
    found: list[tuple[object, ...]] = [
        (each.id, each.comment_count, each.last_comment_at)
        for each in db.session.scalars(select(Thread).order_by(Thread.id))
    ]
    return found + [
        (each.id, each.shown, each.reply_count, each.rank)
        for each in db.session.scalars(select(Comment).order_by(Comment.id))
    ]


def talk(site: Site, href: str, name: str) -> Comment:
    first = post(site, f"{name} says one", href=href).comment
    post(site, f"{name} answers one", href=href, parent=first.public_id)
    return first


@pytest.mark.engines
def test_it_works(cast: Cast) -> None:
    site = cast.site
    first, _ = talk(site, A, "a"), talk(site, B, "b")
    before = counted(site)
    done = merging.merge(at(site, A), at(site, B), by=cast.olga)
    assert at(site, A).id == at(site, B).id
    assert len(said(site, A)) == at(site, A).comment_count == 4
    assert pages.counts(site, [A, B, C]) == {A: 4, B: 4, C: 0}
    post(site, "a hears a late answer", href=A, parent=first.public_id)
    post(site, "a new one on top", href=A)
    merging.undo(done.public_id, by=cast.olga)
    assert said(site, A) == {"a says one", "a answers one", "a hears a late answer"}
    assert said(site, B) == {"b says one", "b answers one", "a new one on top"}
    assert [row[1] for row in counted(site)[:2]] == [3, 3]
    assert counted(site)[3:4] == before[3:4]


def test_an_old_permalink_still_leads_there(cast: Cast) -> None:
    first, _ = talk(cast.site, A, "a"), talk(cast.site, B, "b")
    old = at(cast.site, A).public_id
    merging.merge(at(cast.site, A), at(cast.site, B), by=cast.olga)
    assert threads.by_public_id(old).id == at(cast.site, B).id
    comment = threads.comment_by_public_id(first.public_id)
    assert threads.thread_of(comment).id == at(cast.site, B).id


def test_readers_see_it_at_once(cast: Cast) -> None:
    talk(cast.site, A, "a"), talk(cast.site, B, "b")
    versions = [each.version for each in (at(cast.site, A), at(cast.site, B))]
    a = at(cast.site, A)
    merging.merge(a, at(cast.site, B), by=cast.olga)
    db.session.expire_all()
    assert a.version > versions[0] and at(cast.site, B).version > versions[1]


def test_merges_of_merges_come_apart_one_by_one(cast: Cast) -> None:
    site = cast.site
    for name, href in zip("abc", (A, B, C), strict=True):
        talk(site, href, name)
    c_into_a = merging.merge(at(site, C), at(site, A), by=None)
    a_into_b = merging.merge(at(site, A), at(site, B), by=None)
    assert len(said(site, C)) == 6 and pages.counts(site, [C]) == {C: 6}
    merging.undo(a_into_b.public_id, by=None)
    assert {len(said(site, A)), len(said(site, C))} == {4} and len(said(site, B)) == 2
    merging.undo(c_into_a.public_id, by=None)
    assert all(len(said(site, href)) == 2 for href in (A, B, C))
    assert all(each.home_id is None for each in db.session.scalars(select(Comment)))


@settings(max_examples=25)
@given(steps=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=6), data=st.data())
def test_whatever_is_merged_and_parted_nothing_is_lost(
    cast: Cast, steps: list[tuple[int, int]], data: st.DataObject
) -> None:
    site, hrefs = by_key("harbour"), (A, B, C)
    with unit_of_work():
        db.session.execute(update(Thread).values(merged_into_id=None))
        db.session.execute(delete(Thread))
    db.session.expunge_all()
    site = by_key("harbour")
    for name, href in zip("abc", hrefs, strict=True):
        talk(site, href, name)
    rows = {each.href: each.id for each in db.session.scalars(select(Thread))}
    done: list[str] = []
    for one, other in steps:
        try:
            thread, into = (db.session.get_one(Thread, rows[hrefs[n]]) for n in (one, other))
            done.append(merging.merge(thread, into, by=None).public_id)
        except (Invalid, Conflict):
            pass
        if done and data.draw(st.booleans()):
            merging.undo(done.pop(data.draw(st.integers(0, len(done) - 1))), by=None)
    now = counted(site)
    for row_id in rows.values():
        recount(row_id)
    assert counted(site) == now
    while done:
        merging.undo(done.pop(), by=None)
    for name, href in zip("abc", hrefs, strict=True):
        assert said(site, href) == {f"{name} says one", f"{name} answers one"}


def test_who_may_not_and_what_cannot(cast: Cast) -> None:
    site = cast.site
    talk(site, A, "a"), talk(site, B, "b")
    talk(cast.other, "https://mountain.example.net/x", "x")
    a, b = at(site, A), at(site, B)
    for user in (cast.rita, cast.mona, cast.max):
        with pytest.raises(NotAllowed):
            merging.merge(a, b, by=user)
    with pytest.raises(Invalid, match="different sites"):
        merging.merge(a, at(cast.other, "https://mountain.example.net/x"), by=None)
    with pytest.raises(Invalid, match="itself"):
        merging.merge(a, a, by=None)
    done = merging.merge(a, b, by=cast.olga)
    with pytest.raises(Conflict):
        merging.merge(a, b, by=cast.olga)
    with pytest.raises(Invalid):
        merging.merge(b, a, by=cast.olga)
    with pytest.raises(NotAllowed):
        merging.undo(done.public_id, by=cast.mona)
    merging.undo(done.public_id, by=cast.olga)
    with pytest.raises(Conflict):
        merging.undo(done.public_id, by=cast.olga)
    with pytest.raises(NotFound):
        merging.undo("nothing", by=cast.olga)
    seen = merging.moves(site.id)
    assert [(each.kind, each.by, each.undone_at is None) for each in seen] == [
        ("merged", "Olga", False)
    ]


def test_a_gap_keeps_its_place_through_a_merge(cast: Cast) -> None:
    first = post(cast.site, "gone soon", href=A, user=cast.rita).comment
    post(cast.site, "its answer", href=A, parent=first.public_id)
    withdraw(first.public_id, user=cast.rita)
    talk(cast.site, B, "b")
    done = merging.merge(at(cast.site, A), at(cast.site, B), by=None)
    merging.undo(done.public_id, by=None)
    db.session.expire_all()
    assert first.shown and first.reply_count == 1 and at(cast.site, A).comment_count == 1


# --- rules ----------------------------------------------------------------------------------------


@pytest.mark.engines
def test_pages_that_moved_keep_their_conversations(cast: Cast) -> None:
    site = cast.site
    talk(site, "https://news.example.org/old/one", "one")
    talk(site, "https://news.example.org/old/two", "two")
    talk(site, "https://news.example.org/new/two", "again")
    plan = remap.add_alias(site, "/old/*", "/new/*", by=cast.olga, dry_run=True)
    assert len(plan.moved) == len(plan.merged) == 1 and not remap.aliases(site)
    done = remap.add_alias(site, "/old/*", "/new/*", by=cast.olga)
    assert (done.moved, done.merged) == (plan.moved, plan.merged)
    site = by_id(site.id)
    for name, total in (("one", 2), ("two", 4)):
        counts = pages.counts(
            site, [f"https://news.example.org/{at}/{name}" for at in ("old", "new")]
        )
        assert set(counts.values()) == {total}
    assert at(site, "https://news.example.org/old/one").href == "https://news.example.org/new/one"
    assert remap.rekey(site, by=None).batch is None  # once is enough

    remap.remove_alias(site, "/old/*", by=cast.olga)
    assert done.batch
    merging.undo_batch(done.batch, by=cast.olga)
    site = by_id(site.id)
    assert said(site, "https://news.example.org/old/two") == {"two says one", "two answers one"}
    assert said(site, "https://news.example.org/old/one") == {"one says one", "one answers one"}
    assert threads.find_thread(site, "https://news.example.org/new/one") is None


def test_an_old_host_leads_to_the_new_one(cast: Cast) -> None:
    remap.add_alias(cast.site, "http://old.example/*", "https://news.example.org/*", by=None)
    talk(cast.site, "http://old.example/a?utm_source=x", "a")
    assert at(by_id(cast.site.id), A).href == A


def test_a_rule_set_in_the_policy_form_moves_as_well(cast: Cast, work: Callable[[], int]) -> None:
    talk(cast.site, "https://news.example.org/?p=1&x=2", "one")
    set_policy(cast.site, {"ignore_params": ["x"]}, by=cast.olga)
    assert work() > 0
    assert len(said(by_id(cast.site.id), "https://news.example.org/?p=1")) == 2


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("", "/new", "rule_both"),
        ("/a", "/a", "rule_both"),
        ("/a", "/b/*", "rule_stars"),
        ("/a*", "https://elsewhere.example/*", "rule_foreign"),
        ("javascript:alert(1)", "/a", "rule_old"),
        ("/a/*", "javascript:*", "rule_new"),
        ("not an address", "/a", "rule_old"),
    ],
)
def test_rules_that_cannot_work_are_refused(cast: Cast, old: str, new: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        remap.add_alias(cast.site, old, new, by=cast.olga)
    assert refused.value.key == f"invalid.{why}"
    assert not remap.aliases(cast.site)


def test_rules_that_lead_in_a_circle_are_refused(cast: Cast) -> None:
    remap.add_alias(cast.site, "/a/*", "/b/*", by=None)
    with pytest.raises(Invalid, match="loop"):
        remap.add_alias(by_id(cast.site.id), "/b/*", "/a/*", by=None)


def test_only_owners_change_rules(cast: Cast) -> None:
    for user in (cast.rita, cast.mona, cast.max):
        with pytest.raises(NotAllowed):
            remap.add_alias(cast.site, "/a", "/b", by=user)
    with pytest.raises(NotFound):
        remap.remove_alias(cast.site, "/a", by=cast.olga)


def test_pages_are_called_as_their_readers_know_them(cast: Cast) -> None:
    """http stays http in what is said of a move, whatever we call the page ourselves."""
    site = cast.site
    set_origins(site, ("https://news.example.org", "http://old.example.org"))
    pages_of = [f"http://old.example.org/{name}" for name in ("one", "two", "three")]
    for page in pages_of:
        talk(site, page, page[-3:])
    one, two, _ = (at(site, page) for page in pages_of)
    merging.merge(one, two, by=cast.olga)
    remap.add_alias(site, pages_of[2], "http://old.example.org/four", by=cast.olga)
    told = [(each.before, each.after) for each in merging.moves(site.id)]
    assert told == [(pages_of[2], "http://old.example.org/four"), (pages_of[0], pages_of[1])]
    assert told[0][1].startswith("http:")
