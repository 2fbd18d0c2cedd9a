"""Lists and quotations on a page whose policy lets in nothing but our scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.factories import HREF, post

if TYPE_CHECKING:
    from tests.browser.conftest import Pages
    from tests.people import Cast

pytestmark = pytest.mark.browser

FERRY = "https://news.example.org/2026/ferry"


def test_it_works(page: Page, people: Cast, pages: Pages) -> None:
    post(people.site, "First.", name="Ann")
    post(people.site, "مرحبا", href=FERRY, name="ليلى")
    quoted = post(people.site, "One line.\n\nAnother.", href=FERRY, name="Cy").comment.public_id
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src {pages.service}"
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    script = f'<script async src="{pages.service}/embed/lists.js" data-site=harbour></script>'
    page.goto(
        pages.write(
            "<div data-commentsvc-list=recent data-limit=2>Loading</div>"
            "<div data-commentsvc-list=discussed></div>"
            f"<div data-commentsvc-comment={quoted}></div><div data-commentsvc-comment=none>Gone</div>"
            f"<div data-commentsvc-list=recent data-site=mountain><b>Nothing</b> yet</div>{script}",
            head=head,
        )
    )
    places = page.locator("body > div")
    users = places.nth(0).locator(".commentsvc-user")
    expect(users).to_have_text(["Cy", "ليلى"])
    expect(users.nth(1)).to_have_attribute("dir", "auto")
    first = places.nth(1).locator("li").first
    expect(first).to_contain_text("2 comments")
    expect(first.locator("a.commentsvc-thread")).to_have_attribute("href", FERRY)
    quote = places.nth(2).locator("blockquote")
    expect(quote.locator("p")).to_contain_text("Another.")
    expect(quote.locator("footer a").first).to_have_attribute(
        "href", f"{FERRY}#commentsvc={quoted}"
    )
    # what stands there stays where nothing comes
    expect(places.nth(3)).to_have_text("Gone")
    expect(places.nth(4)).to_have_text("Nothing yet")
    # what a router puts in, and what asks for something else
    page.evaluate(
        "document.body.insertAdjacentHTML('afterbegin', "
        "'<p data-commentsvc-list=discussed data-limit=1></p>')"
    )
    expect(page.locator("p[data-commentsvc-list] li")).to_have_count(1)
    assert HREF not in (page.locator("p[data-commentsvc-list]").inner_html())
