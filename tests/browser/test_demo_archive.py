"""The demo's page that was written for Disqus: its box, and how many comments there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.demo import pages, paper, seed
from tests.browser.conftest import box

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


def test_it_works(live: Server, page: Page) -> None:
    assert live.app is not None
    pages.register(live.app)
    staff = seed.people("correct horse battery")
    seed.archive(seed.site(staff, [live.url]), staff, live.url)
    page.set_viewport_size({"width": 360, "height": 900})
    page.goto(f"{live.url}/demo/archive/{paper.DISQUS_PAGE}")
    expect(box(page).locator("#list .text")).to_have_text(paper.DISQUS_COMMENT)
    expect(page.locator(".byline a")).to_have_text("1 comment")
    expect(page.locator(".more li a:nth-of-type(2)").first).to_have_text("0 comments")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
