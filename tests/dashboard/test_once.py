"""What the cards of a page have in common is written once, and each card gets its own values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from commentsvc.dashboard.once import Once
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.dashboard.conftest import Staff
    from tests.people import Cast


def test_it_works(cast: Cast, mona: Staff) -> None:
    """Every form and link on a card is about that card."""
    made = {
        each.comment.public_id: each.comment
        for each in (post(cast.site, "You idiot.", user=cast.max), post(cast.site, "You idiot!"))
    }
    page = mona.page("/dashboard/")
    cards = dict(re.findall(r'<article\b[^>]*data-id="(\w+)"(.*?)</article>', page, re.DOTALL))
    assert cards.keys() == made.keys()
    for public_id, card in cards.items():
        actions = re.findall(r'action="/dashboard/comments/(\w+)/(\w+)"', card)
        assert {each for each, _ in actions} == {public_id}
        assert [act for _, act in actions] == ["decisions", "decisions", "claim"]
        assert set(re.findall(r'name="seen_version"\s+value="(\d+)"', card)) == {
            str(made[public_id].version)
        }
        people = set(re.findall(r"/dashboard/people/(\w+)\?", card))
        assert len(people) == 1 and people <= set(re.findall(r'data-author="(\w+)"', card))


def test_values_are_escaped() -> None:
    asked = []

    def macro(own: Mapping[str, str], kind: str) -> Markup:
        asked.append(kind)
        return Markup("<a id={}>{} {}</a>").format(own["id"], own["id"], own["words"])

    once = Once()
    for at in ("1", "2"):
        said = once.card(macro, {"id": at, "words": "<b>"}, "form")
        assert said == f"<a id={at}>{at} &lt;b&gt;</a>"
    assert once.card(macro, {"id": "3", "words": escape("&")}, "other") == "<a id=3>3 &amp;</a>"
    assert asked == ["form", "other"]


def test_addresses_are_built_once() -> None:
    asked = []

    def build(endpoint: str, **values: str) -> str:
        asked.append(endpoint)
        return f"/{endpoint}/{values['id']}?site={values['site']}"

    once = Once()
    assert once.address(build, "person", id="a", site="b") == "/person/a?site=b"
    assert once.address(build, "person", id="c/d", site="&") == "/person/c%2Fd?site=%26"
    assert asked == ["person"]
