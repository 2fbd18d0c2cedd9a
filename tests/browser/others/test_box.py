"""Reading and writing in Firefox and in WebKit, with storage kept apart as each does by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.sites import commands as sites
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Pages
    from tests.browser.others.driving import Reader
    from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.drill]


def test_it_works(people: Cast, article: str, reader: Reader) -> None:
    """A guest writes, answers, edits, and comes back as the same."""
    sites.set_policy(people.site, {"edit_seconds": 600}, by=people.olga)
    first = post(people.site, "The ferry was late again.").comment
    post(people.site, "By an hour.", parent=first.public_id)
    reader.open(article)
    reader.box()
    reader.reads("#list .text", "The ferry was late again.", "By an hour.")
    reader.write("#write", "I was on that ferry.", "Edda")
    reader.reads("#list > .c:first-child .text", "I was on that ferry.")
    reader.reads("#count", "3 comments")
    reader.reads("#write textarea", "")
    reader.press(".replies [data-action=reply]")
    reader.until(lambda: reader.run("return document.activeElement.matches('#list textarea')"))
    reader.write("#list form", "Two, in truth.")
    reader.reads(".replies .text", "By an hour.", "Two, in truth.")
    reader.press("#list > .c:first-child [data-action=edit]")
    reader.one("#list form textarea").send_keys(" Twice.")
    reader.press("#list form .go")
    reader.reads("#list > .c:first-child .text", "I was on that ferry. Twice.")
    reader.open(article)
    reader.box()
    reader.one("#list > .c:first-child [data-action=edit]")
    reader.reads("#count", "4 comments")


def test_a_draft_outlives_a_reload(people: Cast, article: str, reader: Reader) -> None:
    reader.open(article)
    reader.box()
    reader.press("#write textarea")
    reader.one("#write textarea").send_keys("A long thought.")
    reader.until(lambda: reader.run("return Object.keys(localStorage).length"))
    reader.open(article)
    reader.box()
    reader.until(lambda: reader.one("#write textarea").get_property("value") == "A long thought.")


def test_sorting_lasts(people: Cast, article: str, reader: Reader) -> None:
    for text in ("First.", "Second.", "Third."):
        post(people.site, text)
    reader.open(article)
    reader.box()
    reader.reads("#list .text", "Third.", "Second.", "First.")
    reader.press("[data-sort=oldest]")
    reader.reads("#list .text", "First.", "Second.", "Third.")
    reader.open(article)
    reader.box()
    reader.reads("#list .text", "First.", "Second.", "Third.")


def test_new_comments_arrive(people: Cast, article: str, reader: Reader) -> None:
    post(people.site, "First.")
    reader.open(article)
    reader.box()
    reader.reads("#list .text", "First.")
    post(people.site, "Second.")
    reader.reads("#new button", "1 new comment")
    reader.reads("#list .text", "First.")
    reader.press("#new button")
    reader.reads("#list .text", "Second.", "First.")
    reader.reads("#count", "2 comments")


def test_menu_and_like(people: Cast, article: str, reader: Reader) -> None:
    post(people.site, "First.")
    reader.open(article)
    reader.box()
    reader.press("[data-action=like]")
    reader.reads("[data-action=like] b", "1")
    reader.press("[data-action=menu]")
    reader.one("[role=menu] [data-action=flag]")
    reader.press("[role=menu] [data-action=mute]")
    reader.until(
        lambda: (
            not any(
                "First." in each.text for each in reader.all("#list .text") if each.is_displayed()
            )
        )
    )


def test_signing_in(people: Cast, pages: Pages, article: str, reader: Reader) -> None:
    """In the service's window. Another site's page does not know the reader, nor does a frame get cookies."""
    around = "http://news.localhost:*"
    sites.set_origins(people.site, ["http://localhost:*", around, "https://news.example.org"])
    reader.open(article)
    reader.box()
    reader.sign_in()
    reader.reads("#me bdi", "Rita")
    reader.write("#write", "As myself.")
    reader.reads("#list .by", "Rita")
    reader.open(article)
    reader.box()
    reader.reads("#me bdi", "Rita")
    reader.one("#list [data-action=edit]")
    assert reader.run("return document.cookie") == ""
    reader.open(article.replace("localhost", "news.localhost"))
    reader.box()
    reader.one("#me [data-action=sign-in]")
    assert reader.run("return localStorage.length") == 0
    reader.open(article)
    reader.box()
    reader.press("#me [data-action=sign-out]")
    reader.one("#me [data-action=sign-in]")


def test_a_like_leads_to_signing_in(people: Cast, article: str, reader: Reader) -> None:
    """Safari lets a press open a window only at once, before any script comes."""
    sites.set_policy(people.site, {"guests_may_like": False}, by=people.olga)
    post(people.site, "First.")
    reader.open(article)
    reader.box()
    reader.sign_in("#list [data-action=like]")
    reader.reads("#me bdi", "Rita")
