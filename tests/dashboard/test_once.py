"""What the cards of a page have in common is written once, and each card gets its own values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from commentsvc.dashboard.desk import queue
from commentsvc.dashboard.once import Once
from commentsvc.moderation.sharing import own_reasons
from commentsvc.moderation.sharing.own_reasons import Wording
from commentsvc.sites.commands import add_site
from commentsvc.sites.queries import by_key
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

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


def test_sites_share_their_forms(cast: Cast, olga: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written once for all, except for a site with choices of its own."""
    pages = list[Once]()

    class Kept(Once):
        def __init__(self) -> None:
            super().__init__()
            pages.append(self)

    monkeypatch.setattr(queue, "Once", Kept)
    keys = ["lake", "river"]
    for key in keys:
        site = add_site(name=key, key=key, origins=[f"https://{key}.example"], owner=cast.olga)
        post(site, "You idiot.", href=f"https://{key}.example/a")
    post(cast.site, "You idiot.")
    for forms, offering in ((1, []), (2, ["river"])):
        cards = _cards(olga.page("/dashboard/"))
        made = [key for key in pages[-1]._written if getattr(key[0], "name", "") == "action_forms"]
        assert len(made) == forms
        assert [each for each in cards if "Too long" in cards[each]] == offering
        for key, card in cards.items():
            assert re.findall(r"/dashboard/sites/([\w-]+)/canned", card) == [key]
        if not offering:
            own_reasons.add(by_key("river"), Wording({"en": "Too long"}), by=cast.olga)
    assert cards.keys() == {"harbour", *keys}


def _cards(page: str) -> dict[str, str]:
    """The cards by their site."""
    found = re.findall(r'<article\b[^>]*data-site="([\w-]+)"(.*?)</article>', page, re.DOTALL)
    return dict(found)


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
