"""In a real browser: a role that is taken away while somebody works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.sites.commands import set_role
from tests.browser.test_moderators_day import look_again
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_it_works(open_as: Open, people: Cast) -> None:
    """What a script asks for says so, and leads to a page that says the rest."""
    held = post(people.site, "You idiot.").comment.public_id
    page = open_as("mona")
    set_role(people.site, people.mona, None, by=people.olga)
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(page.locator(".toast")).to_contain_text("Mona")
    expect(page.locator(f"#c-{held}")).to_be_visible()
    look_again(page)
    expect(page.locator("#health a")).to_contain_text("no role")
    page.locator("#health a").click()
    expect(page.get_by_role("heading")).to_contain_text("don’t have a role")
    expect(page.get_by_text("mona@example.org")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/sign-in**")
