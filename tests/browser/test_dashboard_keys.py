"""Other keys for the queue, chosen and used by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_dashboard_queue import status
from tests.factories import post
from tests.people import PASSWORD, Cast

if TYPE_CHECKING:
    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


def test_it_works(page: Page, live: Server, people: Cast) -> None:
    held = post(people.site, "You idiot.").comment
    page.goto(live.url + "/account/sign-in")
    page.fill("[name=email]", "mona@example.org")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard/")
    page.keyboard.press("?")
    page.get_by_role("link", name="Change shortcuts").press("Enter")
    field = page.get_by_label("approve", exact=True)
    field.press("d")  # the field holds "f": one key alone fits
    field.fill("d")
    field.press("Enter")
    expect(page.locator("#e-keys")).to_contain_text("can’t be used for both “approve” and “reject")
    page.get_by_label("reject, then press a number for the reason").fill("f")
    page.get_by_role("button", name="Save shortcuts").press("Enter")
    expect(page.get_by_text("Your shortcuts have been saved.")).to_be_visible()
    page.goto(live.url + "/dashboard/")
    page.keyboard.press("?")
    approve = page.locator("dl.keys dt", has_text="d").first
    expect(approve).to_have_text("d")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("d")
    expect(page.locator("#toasts")).to_contain_text("Approved.")
    expect(page.locator("#cards .card")).to_have_count(0)
    assert status(held.public_id) == "published"
