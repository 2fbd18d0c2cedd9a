"""Searching: by text, author and article, in any script, on both engines, never across sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Invalid
from commentsvc.moderation.desk import queue, search
from commentsvc.moderation.desk.queue import Filters
from commentsvc.posting import commands as posting
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Revision, Thread
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.people import Cast

pytestmark = pytest.mark.engines


def search_for(cast: Cast, words: str, name: str = "all") -> set[str]:
    return {each.id for each in queue.page([cast.site], name, filters=Filters(words=words)).items}


@pytest.fixture(autouse=True)
def no_waiting(cast: Cast) -> None:
    sites.set_policy(cast.site, {"slow_seconds": 0}, by=cast.olga)


def test_it_works(cast: Cast) -> None:
    wanted = post(cast.site, "The harbourmaster was asleep.").comment.public_id
    post(cast.site, "A calm word.")
    assert search_for(cast, "harbourmaster") == {wanted}
    assert search_for(cast, "HARBOUR asleep") == {wanted}
    assert search_for(cast, "harbour awake") == set()


@pytest.mark.parametrize(
    ("said", "sought"),
    [
        ("港口的渡轮又晚了", "渡轮"),
        ("港口的渡轮又晚了", "渡轮又晚"),
        ("フェリーがまた遅れた", "フェリー"),
        ("Паром снова опоздал", "ПАРОМ"),
        ("العبارة تأخرت مرة أخرى", "تأخرت"),
        ("Die Hafenbehörde schläft", "behörde"),
        ("It cost 100% more, o_O", "100%"),
        ("It cost 100% more, o_O", "o_O"),
        ('He said "never again" to us', '"never again"'),
        ("ab cd", "ab"),
    ],
)
def test_any_script_and_sign(cast: Cast, said: str, sought: str) -> None:
    wanted = post(cast.site, said).comment.public_id
    post(cast.site, "Nothing of that kind, 100 people owed.")
    assert search_for(cast, sought) == {wanted}


def test_a_phrase_is_one_word(cast: Cast) -> None:
    post(cast.site, "again and never")
    assert search_for(cast, '"never again"') == set()


def test_authors_and_articles(cast: Cast) -> None:
    by_rita = post(cast.site, "One thing.", user=cast.rita).comment
    by_guest = post(cast.site, "Another.", name="Émile Zola").comment
    elsewhere = post(cast.site, "A third.", href="https://news.example.org/2026/lighthouse").comment
    with unit_of_work():
        db.session.get_one(Thread, elsewhere.thread_id).title = "Ein Leuchtturm für Ängstliche"
    assert search_for(cast, cast.rita.name) == {by_rita.public_id}
    assert search_for(cast, "émile") == {by_guest.public_id}
    assert search_for(cast, "lighthouse") == {elsewhere.public_id}
    assert search_for(cast, "ängstliche leuchtturm") == {elsewhere.public_id}


def test_what_was_said_before_an_edit_is_found(cast: Cast) -> None:
    comment = post(cast.site, "You absolute walnut.", user=cast.rita).comment
    posting.edit(comment.public_id, "A calm word.", user=cast.rita)
    assert search_for(cast, "walnut") == search_for(cast, "calm") == {comment.public_id}


def test_nothing_of_another_site_or_queue(cast: Cast) -> None:
    for words in ("walnut", "ab"):
        post(cast.other, f"A {words} there.", href=f"https://mountain.example.net/{words}")
        held = post(cast.site, f"You idiot, {words}.", name=words).comment.public_id
        assert search_for(cast, words) == search_for(cast, words, "pending") == {held}
        assert search_for(cast, words, "rejected") == set()


def test_what_is_deleted_leaves_the_index(cast: Cast) -> None:
    comment = post(cast.site, "A walnut.").comment
    with unit_of_work():
        db.session.execute(text("DELETE FROM comment WHERE id = :id"), {"id": comment.id})
    assert search_for(cast, "walnut") == set()
    if db.engine.dialect.name == "sqlite":
        index = text("SELECT count(*) FROM revision_search WHERE revision_search MATCH 'walnut'")
        assert db.session.scalar(index) == 0


@pytest.mark.parametrize("sought", ["", "   ", '"', '""', '" "'])
def test_nothing_sought_is_no_filter(cast: Cast, sought: str) -> None:
    wanted = post(cast.site, "A calm word.").comment.public_id
    assert search_for(cast, sought) == {wanted}


@pytest.mark.parametrize("sought", ["x" * 201, " ".join("abcdefghijk")])
def test_too_much_is_refused(cast: Cast, sought: str) -> None:
    with pytest.raises(Invalid):
        search_for(cast, sought)


@pytest.mark.parametrize(
    "sought", ["a\x00bc", "NEAR(a b)", "text:abc", "'; --", "((", "*", "\\", "AND OR"]
)
def test_signs_of_query_languages_mean_nothing(cast: Cast, sought: str) -> None:
    post(cast.site, "A calm word.")
    assert search_for(cast, sought) == set()


def test_an_index_answers(cast: Cast) -> None:
    """The engines say how they would look: not by reading all texts."""
    post(cast.site, "A calm word.")
    holds = search._text_holds(["harbourmaster"])
    query = (
        db.select(Revision.comment_id)
        .where(*holds)
        .compile(db.engine, compile_kwargs={"literal_binds": True})
    )
    sqlite = db.engine.dialect.name == "sqlite"
    if not sqlite:
        db.session.execute(text("SET enable_seqscan = off"))
    asked = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
    plan = str(
        db.session.connection()
        .exec_driver_sql(asked + str(query).replace("%%", "%") if sqlite else asked + str(query))
        .all()
    )
    assert "revision_search" in plan


def test_a_word_of_very_many_comments_is_looked_for_in_the_newest(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ("A walnut, so to say.", "A walnut again.", "No nut.", "The last walnut of the year.")
    wanted = [post(cast.site, said).comment.public_id for said in texts]
    del wanted[2]
    asked = Filters(words="walnut")
    assert search.matches("walnut", [cast.site])[1]
    monkeypatch.setattr(search, "MOST_FOUND", 2)
    assert not search.matches("walnut", [cast.site])[1]
    assert search_for(cast, "walnut") == set(wanted) and search_for(cast, "walnut again") == {
        wanted[1]
    }
    assert queue.matching([cast.site], "all", asked) == (3, False)
    assert [row[0] for row in queue.found([cast.site], "all", asked, most=5)] == wanted[::-1]


def test_what_is_asked_does_not_grow_with_what_is_found(
    cast: Cast, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """What the index has found goes to the database as one value, however many comments it is."""
    post(cast.site, "The heron is back.")
    for number in range(3):
        post(cast.site, f"The stork is back, number {number}.")
    with count_queries() as one:
        assert len(search_for(cast, "heron")) == 1
    with count_queries() as three:
        assert len(search_for(cast, "stork")) == 3
    keys = ["comment.created_at AS" in each or "urgency AS" in each for each in one]
    assert any(keys) and one[: keys.index(True) + 1] == three[: keys.index(True) + 1]


def test_long_words_are_found_by_some_of_their_pieces() -> None:
    from commentsvc.moderation.desk.search import _asked, words_of

    assert words_of("a" * 150) == ["a" * 16]
    assert _asked(["a" * 16]) == ["a" * 16]
    assert _asked(["ab" * 75]) == ["aba", "bab"]
    assert len(_asked(["https://example.org/2026/a-long-address-of-one-article"])) == 16
