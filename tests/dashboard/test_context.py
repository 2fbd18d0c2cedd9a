"""What stands around a comment, for one card at a time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from commentsvc.core.errors import NotFound
from commentsvc.moderation.desk.context import around
from commentsvc.sites.commands import set_policy
from tests.factories import post

if TYPE_CHECKING:
    from tests.dashboard.conftest import Staff
    from tests.people import Cast

pytestmark = pytest.mark.engines


@pytest.fixture(autouse=True)
def no_waiting(cast: Cast) -> None:
    set_policy(cast.site, {"slow_seconds": 0}, by=cast.olga)


def test_it_works(cast: Cast, mona: Staff) -> None:
    first = post(cast.site, "The first.", name="Ann").comment
    here = post(cast.site, "Here.", user=cast.rita).comment
    post(cast.site, "A reply.", name="Kim", parent=here.public_id)
    post(cast.site, "A reply to another.", name="Kim", parent=first.public_id)
    post(cast.site, "After.", name="Joe")
    held = post(cast.site, "You idiot.", user=cast.rita).comment
    elsewhere = post(cast.site, "Elsewhere.", user=cast.rita, href="https://news.example.org/b")
    found = around(here.public_id, [cast.site])
    assert [(each.place, each.excerpt) for each in found.conversation] == [
        ("before", "The first."),
        ("here", "Here."),
        ("reply", "A reply."),
        ("after", "After."),
    ]
    assert [each.id for each in found.history] == [elsewhere.comment.public_id, held.public_id]
    assert [each.status for each in found.history] == ["published", "pending"]
    page = mona.page(f"/dashboard/comments/{here.public_id}/context")
    assert "Also by this person" in page and "Elsewhere." in page and "pending" in page
    assert "<html" not in page
    # what is hidden on cards as severe is hidden here as well
    assert "You idiot." not in page and "Text with a high score is hidden" in page


def test_a_reply_among_replies(cast: Cast) -> None:
    parent = post(cast.site, "Parent.").comment.public_id
    made = [post(cast.site, f"Reply {n}.", parent=parent, name="Kim").comment for n in range(12)]
    found = around(made[6].public_id, [cast.site])
    said = [each.excerpt for each in found.conversation]
    assert said == [f"Reply {n}." for n in range(2, 11)]
    assert "Parent." not in said  # the card quotes it


def test_of_another_site(cast: Cast, mona: Staff) -> None:
    there = post(cast.other, "Hello.", href="https://mountain.example.net/1").comment.public_id
    with pytest.raises(NotFound):
        around(there, [cast.site])
    assert mona.get(f"/dashboard/comments/{there}/context").status_code == 404


def test_markup_stays_text(cast: Cast, mona: Staff) -> None:
    here = post(cast.site, "Here.", name="<b>Ann</b>").comment.public_id
    post(cast.site, "<script>alert(1)</script> after.", name="Kim")
    page = mona.page(f"/dashboard/comments/{here}/context")
    assert not re.search("<script|<b>Ann", page)
