"""What is undone on a page that lists it is crossed out there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_dashboard_hour import OLDEST, held

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_it_works(open_as: Open, people: Cast) -> None:
    held(people, 2)
    page = open_as("mona", OLDEST)
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(page.locator(".toast .num")).to_be_visible()
    page.goto(f"{page.url.split('/dashboard')[0]}/dashboard/log")
    expect(page.locator(".toast .num")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("tr.undone")).to_contain_text("Abusive")
    expect(page.locator(".toast")).to_contain_text("Undone")
