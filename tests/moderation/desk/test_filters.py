"""Filters find the same, however they are looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.moderation.commands import decide, flag
from commentsvc.moderation.desk import filters, findings, queue
from commentsvc.moderation.desk.queue import Filters
from commentsvc.sites.commands import set_policy
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.engines


def ids(cast: Cast, name: str, **more: object) -> list[str]:
    return [each.id for each in queue.page([cast.site], name, **more).items]


@pytest.mark.parametrize(("most", "few"), [(0, 500), (2, 500), (5000, 500), (5000, 0)])
def test_a_common_reason_finds_the_same_as_a_rare_one(
    cast: Cast, most: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few comments are listed and read; more are met on a walk; where there are many, all are asked."""
    monkeypatch.setattr(findings, "MOST_LISTED", most)
    monkeypatch.setattr(filters, "FEW_LISTED", few)
    found, spam = [], Filters(reason="spam")
    for number in range(3):
        each = post(cast.site, f"Number {number}", user=cast.rita).comment
        decide(each.public_id, action="reject", reason="spam", by=cast.mona)
        found.append(each.public_id)
    flagged = post(cast.site, "A calm word.", user=cast.max).comment
    flag(flagged.public_id, user=cast.rita, reason="spam")
    for text_id in (*found, flagged.public_id):  # rejected again, or for another reason
        decide(text_id, action="approve", by=cast.mona)
        decide(
            text_id, action="reject", reason="spam" if text_id in found else "hate", by=cast.mona
        )
    decide(found[0], action="approve", by=cast.mona)
    away = "https://mountain.example.net/a"
    elsewhere = post(cast.other, "Number 0", user=cast.rita, href=away).comment
    decide(elsewhere.public_id, action="reject", reason="spam", by=cast.max)
    assert ids(cast, "all", order="newest", filters=spam) == [found[2], found[1]]
    assert ids(cast, "all", order="newest", filters=spam, limit=1) == [found[2]]
    for size in (None, 5, queue.MOST_COUNTED):  # a short queue is walked through, a long one is not
        rejected = ids(cast, "rejected", order="oldest", filters=spam, size=size)
        assert rejected == [found[1], found[2]]
        assert ids(cast, "pending", filters=spam, size=size) == []
    said = Filters(words="Number", reason="spam")
    assert ids(cast, "all", order="newest", filters=said) == [found[2], found[1]]
    assert ids(cast, "all", filters=Filters(words="Number 1")) == [found[1]]
    assert queue.matching([cast.site], "all", spam) == (2, False)
    assert [each[0] for each in queue.found([cast.site], "all", spam, most=9)] == found[:0:-1]
    both = queue.page([cast.site, cast.other], "rejected", order="oldest", filters=spam)
    assert [each.id for each in both.items] == [found[1], found[2], elsewhere.public_id]


PASTED = {
    "ferry": "abc",
    "/2026/": "ab",
    "ferry#comments": "abc",
    "ferry?utm_source=x": "abc",
    "/2026/ferry?utm_source=x&fbclid=y#comment-3": "ab",
    "ferry?id=7&utm_source=x": "b",
    "?id=7&utm_source=x": "b",
    "https://news.example.org/2026/ferry?utm_source=x#comments": "ab",
    "HTTP://www.news.example.org/2026/ferry/?fbclid=x": "a",
    "  ferry  ": "abc",
    "#/ferry": "c",
    "https://": "abcd",
    "https://news.example.org/2026/ferry?id=8": "",
    "#comments": "",
    "?utm_source=x": "",
    "50%#x": "",
    "http://[?": "",
}


def test_a_part_of_an_address_as_it_is_pasted(cast: Cast) -> None:
    """Without what the addresses of pages lose too; what they keep is found as typed."""
    set_policy(cast.site, {"slow_seconds": 0, "keep_fragment": True}, by=cast.olga)
    at = "https://news.example.org"
    hrefs = {"a": "/2026/ferry", "b": "/2026/ferry?id=7", "c": "/app#/ferry", "d": "/2027/bridge"}
    of = {post(cast.site, href=at + href).comment.public_id: name for name, href in hrefs.items()}
    for typed, finds in PASTED.items():
        found = ids(cast, "all", filters=Filters(address=typed))
        assert "".join(sorted(of[each] for each in found)) == finds, typed
