"""The box on a real blog, in a real Chromium: shown, signed in, signed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from scripts.need import chromium
from tests.drills.wordpress.room import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import FrameLocator, Page

    from tests.drills.wordpress.conftest import Place

pytestmark = [
    pytest.mark.drill,
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
]
_FLAGS = ["--no-sandbox", "--disable-features=LocalNetworkAccessChecks,HttpsUpgrades"]


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=_FLAGS)
        page = browser.new_page()
        page.set_default_timeout(60_000)
        yield page
        browser.close()


def box(page: Page) -> FrameLocator:
    return page.frame_locator(".commentsvc iframe")


def test_it_works(place: Place, page: Page) -> None:
    """Readers see the box and cost the blog no request; people of the blog are signed in and out with it."""
    place.write("bridge", post_name="bridge")
    place.comment("bridge", "The ferry is late again.")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{place.blog.url}/bridge/")
    expect(box(page).get_by_text("The ferry is late again.")).to_be_visible(timeout=60_000)
    expect(box(page).get_by_role("button", name="Sign in")).to_be_visible(timeout=60_000)
    expect(page.locator(".commentsvc-comments")).to_have_count(0)  # nobody sees comments twice
    assert not [each for each in asked if "admin-ajax" in each]

    page.goto(f"{place.blog.url}/wp-login.php")
    page.fill("#user_login", "admin")
    page.fill("#user_pass", PASSWORD)
    page.click("#wp-submit")
    page.wait_for_url("**/wp-admin/**")
    page.goto(f"{place.blog.url}/bridge/")
    expect(box(page).locator("#me")).to_contain_text("admin", timeout=60_000)

    box(page).get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/wp-login.php?action=logout*")
    page.get_by_role("link", name="log out").click()
    page.wait_for_url("**/bridge/")  # and back to the article
    expect(box(page).get_by_role("button", name="Sign in")).to_be_visible(timeout=60_000)
